"""The Python client of the server: every call, uploads and downloads that go on where they stopped."""
