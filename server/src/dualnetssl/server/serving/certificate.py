"""The certificate of the server, read anew when its files change."""

from __future__ import annotations

import logging
import ssl
from dataclasses import dataclass, field
from pathlib import Path

_LOG = logging.getLogger(__name__)


@dataclass
class Certificate:
    """A certificate and its key; connections that are open keep the one that they began with.

    Attributes:
        path: PEM file of the certificate, with its chain.
        key: PEM file of the key.
    """

    path: Path
    key: Path
    _context: ssl.SSLContext = field(init=False)
    _seen: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Read both files.

        Raises:
            OSError: they cannot be used; an ``ssl.SSLError`` is one.
        """
        self._seen = self._stamp()
        self._context = self._read()

    def context(self) -> ssl.SSLContext:
        """Return the TLS context for a new connection."""
        return self._context

    def renew(self, *, always: bool = False) -> None:
        """Read the files again if they changed; ones that cannot be used leave the certificate as it is."""
        try:
            stamp = self._stamp()
            if stamp == self._seen and not always:
                return
            self._seen = stamp
            self._context = self._read()
        except OSError as error:
            _LOG.warning("the certificate was not renewed, the one before stays in use: %s", error.strerror or error)
        else:
            _LOG.info("the certificate was renewed")

    def _stamp(self) -> tuple[int, ...]:
        return tuple(number for path in (self.path, self.key) for number in _stamp_of(path))

    def _read(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.path, self.key)
        return context


def _stamp_of(path: Path) -> tuple[int, int, int]:
    facts = path.stat()
    return facts.st_mtime_ns, facts.st_size, facts.st_ino
