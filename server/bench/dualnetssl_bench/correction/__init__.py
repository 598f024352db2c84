"""A simulated clinician corrects and trains on: Dice against effort."""
