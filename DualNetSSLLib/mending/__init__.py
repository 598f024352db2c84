"""What mends a region at a touch: other answers of the networks, and corrections that spread."""
