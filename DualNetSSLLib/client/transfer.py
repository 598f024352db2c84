"""Moving files: the two directions, and what they have in common, under one name."""

from __future__ import annotations

from DualNetSSLLib.client.cancel import CancelToken
from DualNetSSLLib.client.download import download_file
from DualNetSSLLib.client.files import Progress, hash_file
from DualNetSSLLib.client.upload import upload_file

__all__ = ["CancelToken", "Progress", "download_file", "hash_file", "upload_file"]
