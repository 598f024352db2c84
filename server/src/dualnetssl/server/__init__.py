"""The server: it keeps scans, labels and models, starts workers, and answers over HTTP; it never loads PyTorch."""
