"""What is done to the region that is looked at: brush, eraser, classes, other answers."""
