"""The Python client of the server: every call, uploads and downloads that go on where they stopped.

It is also a package by itself, `dualnetssl_client`, so its modules import each other by dots.
"""

from .client import Client

__all__ = ["Client"]
