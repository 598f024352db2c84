"""The section of results: models, predictions, comparison and export."""
