"""How good a segmentation and its uncertainty are, against labels."""
