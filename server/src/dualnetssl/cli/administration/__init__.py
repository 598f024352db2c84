"""Commands for whoever runs a server: start it, accounts, audit, backup, check."""
