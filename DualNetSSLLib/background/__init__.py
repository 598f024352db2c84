"""The process beside Slicer that does all network and disk work, and the way to it."""
