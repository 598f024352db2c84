"""A server on this computer: set up in an environment of its own, started, found again."""
