"""The map of uncertainty over the anatomy, and its controls."""
