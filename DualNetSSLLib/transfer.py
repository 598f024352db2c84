"""Moving files: the two directions, and what they have in common, under one name."""

from __future__ import annotations

from DualNetSSLLib.cancel import CancelToken
from DualNetSSLLib.download import download_file
from DualNetSSLLib.files import Progress, hash_file
from DualNetSSLLib.upload import upload_file

__all__ = ["CancelToken", "Progress", "download_file", "hash_file", "upload_file"]
