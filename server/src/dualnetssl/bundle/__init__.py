"""A trained model as a MONAI bundle: weights, card, and code that plain MONAI runs."""
