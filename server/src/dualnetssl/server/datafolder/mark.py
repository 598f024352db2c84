"""The mark beside the blobs: which store they belong to, and how far that store had come.

The store counts its commits. After each of them the count is written into ``blobs/identity``, after the store's own
bytes are on the disk: so the mark is never ahead of the store, and a store that is behind its mark is an older copy.
It is one line of constant length that is overwritten in place, which a loss of power cannot cut in two.
"""

from __future__ import annotations

import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path

from dualnetssl.contract.jobdir import write_atomic
from dualnetssl.server.store import Stamp

_LINE = re.compile(rb"([0-9a-f]{32}) ([0-9]{20})\n")


@dataclass(frozen=True)
class Mark:
    """The mark in one file.

    Attributes:
        path: the file.
    """

    path: Path

    @classmethod
    def beside(cls, blobs_root: Path) -> Mark:
        """Return the mark of a folder of blobs."""
        return cls(blobs_root / "identity")

    def read(self) -> Stamp | None:
        """Read it; None if there is none, or if it cannot be understood."""
        try:
            found = _LINE.fullmatch(self.path.read_bytes())
        except FileNotFoundError:
            return None
        return None if found is None else Stamp(found[1].decode(), int(found[2]))

    def claim(self, stamp: Stamp) -> None:
        """Write it anew, whatever it said before; it is on the disk when this returns.

        Raises:
            OSError: it cannot be written.
        """
        write_atomic(self.path, _line(stamp))

    def advance(self, stamp: Stamp) -> None:
        """Write how far the store has come; a failure goes to the log, as the commit is made already."""
        try:
            with self.path.open("r+b", buffering=0) as file:
                file.write(_line(stamp))
        except OSError:
            logging.getLogger(__name__).exception("the mark beside the blobs was not written")

    def sync(self) -> None:
        """Wait until it is on the disk."""
        with self.path.open("r+b") as file:
            os.fsync(file.fileno())


def _line(stamp: Stamp) -> bytes:
    return f"{stamp.uuid} {stamp.commits:020d}\n".encode()
