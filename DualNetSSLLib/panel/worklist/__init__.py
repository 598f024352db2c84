"""The regions of all scans in one list, and regions of one kind that are answered together."""
