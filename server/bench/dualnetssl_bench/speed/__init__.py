"""How fast the step is, beside a plain loop and the device's limits."""
