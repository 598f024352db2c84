"""The report of one's own data: one HTML file with nothing outside itself, made from what the commands leave."""
