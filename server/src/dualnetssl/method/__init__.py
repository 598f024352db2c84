"""The method: losses, two networks, what a training owns, and one step in which the networks teach each other."""
