"""Trainings with their verdicts: protocols, series, ablation, accuracy, and whether uncertainty can be trusted."""
