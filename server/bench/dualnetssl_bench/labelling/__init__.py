"""The first labels: what painting them from nothing costs, in which way, and what a training makes of them."""
