"""From files to patches: the training grid, intensities, random crops, and the patches of one step."""
