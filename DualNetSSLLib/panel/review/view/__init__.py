"""What is seen of the region that is looked at."""
