"""The map of uncertainty: its colours, one label's map, its surface, and what its values mean."""
