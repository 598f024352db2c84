"""The open case: its nodes in the scene, its label, and how that is kept and submitted."""
