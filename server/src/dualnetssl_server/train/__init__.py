"""The method: networks, losses, one step, the loop, prediction and evaluation."""
