"""Where to look: uncertain voxels, cut into regions and ranked by what is to be gained."""
