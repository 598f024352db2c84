"""The demo: the whole loop on sample scans, with a simulated clinician, and its illustrated report."""
