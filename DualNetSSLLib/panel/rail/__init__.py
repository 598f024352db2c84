"""The next step of the loop, always at the top of the panel."""
