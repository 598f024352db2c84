"""The section of review: from one uncertain region to the next."""
