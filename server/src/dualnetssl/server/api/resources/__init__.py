"""The handlers, one router for each resource, and what they share."""
