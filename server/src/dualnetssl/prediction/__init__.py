"""Whole scans through two networks: windows, uncertainty maps, calibration, and a guess at the Dice."""
