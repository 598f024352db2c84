"""Between the socket and the app: how many connections there may be, for how long, and what is logged of strangers."""
