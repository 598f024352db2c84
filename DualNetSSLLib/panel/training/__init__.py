"""The section of training: what it will take, its curves, its end."""
