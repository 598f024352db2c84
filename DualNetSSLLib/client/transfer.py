"""Moving files: the two directions, and what they have in common, under one name."""

from __future__ import annotations

from .cancel import CancelToken
from .download import download_file
from .files import Progress, hash_file
from .upload import upload_file

__all__ = ["CancelToken", "Progress", "download_file", "hash_file", "upload_file"]
