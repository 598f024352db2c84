"""What every bench does with what it found: tables, JSON and pictures."""
