"""The public surface of the package: what the command line does, as functions, and a model that takes volumes."""
