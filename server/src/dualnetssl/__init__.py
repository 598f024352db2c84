"""Training server of DualNetSSL: two networks that teach each other over unlabelled scans."""

__version__ = "0.1.0"
