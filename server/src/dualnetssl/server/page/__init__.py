"""The page of the server for a browser: fixed files of this package, and the headers under which they go out.

The files hold nothing of anybody; whatever they show they ask of ``/v1``, with the token of whoever signed in.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

START = "index.html"
"""What stands at ``/``."""
_PACKED = ".gz"
_MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # the viewer library carries its letters as a picture
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in _POLICY.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-cache",  # a newer server has a newer page; the entity tag spares the bytes
    }
)
"""What every file of the page goes out with: nothing from elsewhere, nothing inline, in nobody's frame."""


@dataclass(frozen=True)
class PageFile:
    """One file of the page.

    Attributes:
        media_type: what it is.
        data: its bytes, as the package has them.
        packed: whether these are packed by gzip.
        tag: changes with the bytes.
    """

    media_type: str
    data: bytes
    packed: bool
    tag: str

    def body(self, *, gzip_accepted: bool) -> bytes:
        """Return the bytes to send: packed ones to those alone who can unpack them."""
        return gzip.decompress(self.data) if self.packed and not gzip_accepted else self.data


def page_files() -> dict[str, PageFile]:
    """Read all files of the page, by the name that a browser asks for; a packed one goes by its name without ``.gz``.

    Rooms (folders) are the developer's: a browser finds the files of all of them side by side.

    Example:
        >>> sorted(page_files())[:2]
        ['api.js', 'case.js']
    """
    folder = resources.files(__name__).joinpath("static")
    rooms = (folder, *(entry for entry in folder.iterdir() if entry.is_dir()))
    files = (entry for room in rooms for entry in room.iterdir() if entry.is_file())
    return dict(_read(file.name, file.read_bytes()) for file in files)


def _read(stored: str, data: bytes) -> tuple[str, PageFile]:
    name = stored.removesuffix(_PACKED)
    media_type = _MEDIA_TYPES[name[name.rindex(".") :]]
    return name, PageFile(media_type, data, name != stored, hashlib.sha256(data).hexdigest()[:32])
