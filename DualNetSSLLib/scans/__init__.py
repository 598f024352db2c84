"""Scans on their way in and out: folders into data sets, cases from the server, volumes as mapped files."""
