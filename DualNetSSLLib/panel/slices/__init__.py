"""Slices and boxes: how a scan is labelled in parts, and its bounds. Part of section 3."""
