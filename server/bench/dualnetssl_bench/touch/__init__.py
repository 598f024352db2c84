"""Mending a region: what brush, second opinions and a touch that spreads take of an imperfect hand."""
