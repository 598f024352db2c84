"""What the benches are made of: protocols, experiments, pictures, and the frame that all of them report in."""
