"""The section of the data set: its cases, its labels, and how scans come in."""
