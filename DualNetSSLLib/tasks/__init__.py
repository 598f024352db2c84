"""What a call of the background process is made of: progress, cancelling, results, locks, the user's folders."""
