"""Content-addressed immutable files: grown by appending, proven by their SHA-256, collected when nobody needs them.

A blob under way is ``parts/DIGEST.LENGTH``; a whole one is ``DIGEST`` in a folder named by its first two letters. The
name appears only when the bytes are on the disk and their digest is right, so a crash leaves a part or a whole blob.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dualnetssl_server.errors import (
    DigestMismatch,
    DiskFull,
    InvalidRequest,
    NotFound,
    OffsetConflict,
    VolumeTooLarge,
)

CHUNK = 1 << 20
"""Bytes read at a time."""
RESERVE = 64 << 20
"""Bytes left free on the disk, so that database and checkpoints can still be written."""
GRACE = 24 * 3600.0
"""Seconds for which a blob may be named by nobody: time to upload a scan and then make its case."""


@dataclass(frozen=True)
class BlobStatus:
    """How much of a blob is here.

    Attributes:
        digest: its SHA-256 in hex.
        offset: bytes received.
        length: bytes of the whole.
        complete: whether it is whole and proven.
    """

    digest: str
    offset: int
    length: int
    complete: bool


@dataclass
class _Part:
    """A blob under way: its file and the hash of what is in it."""

    path: Path
    length: int
    sha: hashlib._Hash
    offset: int


class Blobs:
    """The blobs below one folder; safe to share between threads."""

    def __init__(self, root: Path, max_bytes: int = 4 << 30) -> None:
        """Use a folder, making it as needed.

        Args:
            root: where the blobs lie.
            max_bytes: size of the largest blob to accept.
        """
        self._root = root
        self._parts = root / "parts"
        self._parts.mkdir(parents=True, exist_ok=True)
        self._max_bytes = max_bytes
        self._open_parts: dict[str, _Part] = {}
        self._locks = tuple(threading.Lock() for _ in range(256))

    def status(self, digest: str) -> BlobStatus:
        """Tell how much of a blob is here; a whole one is then safe from collection for a while.

        Raises:
            NotFound: nothing of it was received.
        """
        with self._lock(digest):
            status = self._status(digest)
        if status is None:
            raise _unknown(digest)
        return status

    def path(self, digest: str) -> Path:
        """Return the file of a whole blob, safe from collection for a while.

        Raises:
            NotFound: there is no such blob, or only a part of it.
        """
        if not self.status(digest).complete:
            raise _unknown(digest)
        return self._path(digest)

    def append(self, digest: str, offset: int, length: int, data: bytes) -> BlobStatus:
        """Write the next bytes; with the last of them the blob is proven and becomes whole.

        Bytes of a blob that is whole already are ignored. Starting again at 0 with another length drops the part.

        Args:
            digest: SHA-256 of the whole blob, in hex.
            offset: place of the first byte of ``data``.
            length: bytes of the whole blob.
            data: the bytes; may be empty.

        Raises:
            InvalidRequest: ``data`` goes beyond ``length``.
            VolumeTooLarge: ``length`` is over the cap.
            OffsetConflict: the bytes here do not end at ``offset``.
            DigestMismatch: all bytes are here and they are not those announced; the part is gone.
            DiskFull: there is no room; what was written before is kept.
        """
        self._check_length(offset + len(data), length)
        with self._lock(digest):
            status = self._status(digest)
            if status is not None and status.complete:
                return status
            part = self._part(digest, offset, length)
            with _part_kept(self._open_parts, digest):
                self._write(part, data)
            if part.offset == length:
                self._finish(digest, part)
        return BlobStatus(digest, part.offset, length, part.offset == length)

    def import_file(self, source: Path) -> str:
        """Take a copy of a file of this computer and return its digest.

        Raises:
            DiskFull: there is no room; nothing was kept.
        """
        copy = self._parts / f"import-{threading.get_ident()}-{time.monotonic_ns()}"
        try:
            with _no_room_reported():
                digest = _copy(source, copy)
            with self._lock(digest):
                self._publish(digest, copy)
        finally:
            copy.unlink(missing_ok=True)
        return digest

    def collect(self, referenced: Callable[[], set[str]], grace: float = GRACE) -> int:
        """Remove blobs that nobody names and parts that nobody went on with.

        Args:
            referenced: gives the digests in use; asked once, after the candidates were found.
            grace: seconds for which a file stays after it was last touched.

        Returns:
            How many files were removed.
        """
        before = time.time() - grace
        old = [path for path in self._root.glob("*/*") if _touched(path) < before]
        used = referenced() if old else set()
        return sum(
            self._remove_if_old(path, before) for path in old if path.parent == self._parts or path.name not in used
        )

    def _remove_if_old(self, path: Path, before: float) -> int:
        with self._lock(path.name.split(".")[0]):
            if _touched(path) >= before:  # somebody asked for it since
                return 0
            self._open_parts.pop(path.name.split(".")[0], None)
            path.unlink(missing_ok=True)
            return 1

    def _lock(self, digest: str) -> threading.Lock:
        return self._locks[hash(digest) % len(self._locks)]

    def _path(self, digest: str) -> Path:
        return self._root / digest[:2] / digest

    def _status(self, digest: str) -> BlobStatus | None:
        path = self._path(digest)
        if path.exists():
            os.utime(path)
            size = path.stat().st_size
            return BlobStatus(digest, size, size, True)
        for part in self._parts.glob(f"{digest}.*"):
            return BlobStatus(digest, part.stat().st_size, int(part.suffix[1:]), False)
        return None

    def _check_length(self, end: int, length: int) -> None:
        if length > self._max_bytes:
            raise VolumeTooLarge(
                f"a file of {length} bytes",
                f"at most {self._max_bytes} bytes",
                "Crop or compress the scan, or raise the cap of the server.",
            )
        if end > length:
            raise InvalidRequest(
                f"bytes up to {end} of a file announced with {length}",
                f"at most {length} bytes",
                "Send the file again.",
            )

    def _part(self, digest: str, offset: int, length: int) -> _Part:
        part = self._open_parts.get(digest) or self._left_part(digest)
        if part is not None and offset == 0 and part.length != length:
            part.path.unlink()
            part = None
        if part is None:
            part = _Part(self._parts / f"{digest}.{length}", length, hashlib.sha256(), 0)
        if (part.offset, part.length) != (offset, length):
            raise OffsetConflict(
                f"bytes from {offset} on of {length}",
                f"bytes from {part.offset} on of {part.length}",
                "Ask for the present offset and go on there.",
            )
        self._open_parts[digest] = part
        return part

    def _left_part(self, digest: str) -> _Part | None:
        """Find what an earlier run of the server left of a blob, and hash it again."""
        for path in self._parts.glob(f"{digest}.*"):
            sha = hashlib.sha256()
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    sha.update(chunk)
            return _Part(path, int(path.suffix[1:]), sha, path.stat().st_size)
        return None

    def _write(self, part: _Part, data: bytes) -> None:
        if shutil.disk_usage(self._parts).free < len(data) + RESERVE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with part.path.open("ab") as file:
            file.write(data)
        part.sha.update(data)
        part.offset += len(data)

    def _finish(self, digest: str, part: _Part) -> None:
        del self._open_parts[digest]
        found = part.sha.hexdigest()
        if found != digest:
            part.path.unlink()
            raise DigestMismatch(
                f"bytes with the SHA-256 {found}",
                f"bytes with the SHA-256 {digest}",
                "Send the file again from its start.",
            )
        with _no_room_reported():
            _sync(part.path)
            self._publish(digest, part.path)

    def _publish(self, digest: str, whole: Path) -> None:
        path = self._path(digest)
        path.parent.mkdir(exist_ok=True)
        whole.replace(path)
        _sync(path.parent)
        _sync(self._root)


@contextmanager
def _part_kept(open_parts: dict[str, _Part], digest: str) -> Iterator[None]:
    """Forget the running hash when a write fails: how much of it reached the file is for the next one to find out."""
    try:
        with _no_room_reported():
            yield
    except BaseException:
        open_parts.pop(digest, None)
        raise


@contextmanager
def _no_room_reported() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DiskFull(
            "bytes for which the server's disk has no room",
            "what fits on the disk",
            "Free some space on the server, then go on: what arrived is kept.",
        ) from error


def _copy(source: Path, target: Path) -> str:
    sha = hashlib.sha256()
    with source.open("rb") as reader, target.open("xb") as writer:
        while chunk := reader.read(CHUNK):
            writer.write(chunk)
            sha.update(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return sha.hexdigest()


def _touched(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _sync(path: Path) -> None:
    """Wait until a file or folder is on the disk; Windows has no such call for folders, nor needs it."""
    if path.is_file() or os.name != "nt":
        handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _unknown(digest: str) -> NotFound:
    return NotFound(f"blob {digest}", "a blob that was uploaded whole", "Upload the file first.")
