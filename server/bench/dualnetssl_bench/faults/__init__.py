"""Faults that real servers are put through, one file for each kind; ``bench faults`` runs them all."""
