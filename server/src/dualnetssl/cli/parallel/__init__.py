"""Many jobs of one command side by side: shards of a prediction, trainings with several seeds."""
