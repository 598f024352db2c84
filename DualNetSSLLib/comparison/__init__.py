"""Two models, or two labels, side by side."""
