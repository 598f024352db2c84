"""Measurements and the demo of DualNetSSL; no clinic needs them, so they are a package of their own."""
