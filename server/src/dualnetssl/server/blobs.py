"""Content-addressed immutable files: grown by appending, proven by their SHA-256, collected when nobody needs them.

A blob under way is ``parts/DIGEST.LENGTH``; a whole one is ``DIGEST`` in a folder named by its first two letters. The
name appears only when the bytes are on the disk and their digest is right, so a crash leaves a part or a whole blob.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from dualnetssl.contract.errors import (
    DigestMismatch,
    DiskFull,
    InvalidRequest,
    NotFound,
    OffsetConflict,
    VolumeTooLarge,
)
from dualnetssl.contract.seals import Seal
from dualnetssl.server.trash import ERASED, Trash

CHUNK = 1 << 20
"""Bytes read at a time."""
RESERVE = 64 << 20
"""Bytes left free on the disk, so that database and checkpoints can still be written."""
GRACE = 24 * 3600.0
"""Seconds for which a blob may be named by nobody: time to upload a scan and then make its case."""
PREPARED = "prepared"
"""Folder beside that of the blobs in which workers keep what they made of them; entries begin with the digest."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


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

    def __init__(self, root: Path, max_bytes: int = 4 << 30, trash: Trash | None = None) -> None:
        """Use a folder, making it as needed.

        Args:
            root: where the blobs lie.
            max_bytes: size of the largest blob to accept.
            trash: where garbage goes; the folder ``trash`` beside that of the blobs by default.
        """
        self.trash = trash or Trash(root.parent / "trash")
        self.prepared = root.parent / PREPARED
        self._root = root.resolve()  # once: an order for a worker may name ten thousand files
        self._parts = root / "parts"
        self._parts.mkdir(parents=True, exist_ok=True)
        self._max_bytes = max_bytes
        self._open_parts: dict[tuple[str, int], _Part] = {}
        self._locks = tuple(threading.Lock() for _ in range(256))

    def status(self, digest: str, length: int | None = None) -> BlobStatus:
        """Tell how much of a blob is here; a whole one is then safe from collection for a while.

        Args:
            digest: its SHA-256 in hex.
            length: bytes of the whole, of which only one can be right; the part that came furthest if absent.

        Raises:
            NotFound: nothing of it was received.
        """
        with self._lock(digest):
            status = self._status(digest, length)
        if status is None:
            raise _unknown(digest)
        return status

    def path(self, digest: str) -> Path:
        """Return the absolute path of a whole blob, safe from collection for a while.

        Raises:
            NotFound: there is no such blob, or only a part of it.
        """
        path = self._path(digest)
        with self._lock(digest):
            try:
                os.utime(path)
            except FileNotFoundError:
                raise _unknown(digest) from None
        return path

    def has(self, digest: str) -> bool:
        """Whether a blob is whole and here; asking does not touch it."""
        return self._path(digest).is_file()

    def append(self, digest: str, offset: int, length: int, data: bytes) -> BlobStatus:
        """Write the next bytes; with the last of them the blob is proven and becomes whole.

        Bytes of a blob that is whole already are ignored. Parts that were announced with different lengths grow beside
        each other, since nobody knows yet whose length is right.

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
            with _part_kept(self._open_parts, (digest, length)):
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
                digest = copy_to_new(source, copy)
            with self._lock(digest):
                self._publish(digest, copy)
        finally:
            copy.unlink(missing_ok=True)
        return digest

    def import_files(self, sources: Iterable[tuple[Path, Seal | None]]) -> list[str]:
        """Take many files of this computer and return their digests; all are on the disk when this returns.

        A file that is as its seal says gets its second name here, where the file system has that: it is neither read
        nor copied, and must never be written to again, only replaced. Any other is copied and read.

        Args:
            sources: files, each with what its maker says of it; None: nothing.

        Raises:
            DiskFull: there is no room; what was taken by then stays until it is collected.
        """
        digests, changed = list[str](), set[Path]()
        for source, seal in sources:
            if seal is not None and self._link(source, seal):
                digests.append(seal.sha256)
                changed.add(self._path(seal.sha256).parent)
            else:
                digests.append(self.import_file(source))
        with _no_room_reported():
            for folder in [*sorted(changed), *([self._root] if changed else [])]:
                _sync(folder)
        return digests

    def _link(self, source: Path, seal: Seal) -> bool:
        """Give a sealed file its name here; False where it must be copied."""
        path = self._path(seal.sha256)
        with self._lock(seal.sha256):
            if path.exists():
                fits = path.stat().st_size == seal.bytes
            else:
                fits = seal.fits(source) and self._linked(source, path)
            if fits:
                os.utime(path)  # its maker may have been at work for longer than what nobody names is kept
        return fits

    def _linked(self, source: Path, path: Path) -> bool:
        try:
            path.parent.mkdir(exist_ok=True)
            os.link(source, path)
        except OSError:  # another file system, or one without second names; a full disk shows when it is copied
            return False
        return True

    def collect(self, referenced: Callable[[], set[str]], grace: float = GRACE) -> int:
        """Move blobs that nobody names and parts that nobody went on with to the trash; what is no blob stays.

        Args:
            referenced: gives the digests in use; asked once, after the candidates were found.
            grace: seconds for which a file stays after it was last touched.

        Returns:
            How many files were moved.
        """
        before = time.time() - grace
        old = [path for path in [*self.files(), *self.parts()] if _touched(path) < before]
        used = referenced() if old else set()
        return sum(self._discard_if_old(path, before) for path in old if path.name not in used)

    def files(self) -> list[Path]:
        """List the files of all whole blobs."""
        return [path for path in sorted(self._root.glob("??/*")) if _DIGEST.fullmatch(path.name)]

    def parts(self) -> list[Path]:
        """List the files of all blobs under way."""
        return sorted(self._parts.iterdir())

    def erase(self, digest: str, *, keep: bool = False) -> None:
        """Remove a blob and what the trash has of it, whoever asked for it lately; one that is not here is no error.

        Args:
            digest: its SHA-256 in hex.
            keep: move it to the trash instead.

        Raises:
            OSError: it cannot be removed now.
        """
        path = self._path(digest)
        with self._lock(digest):
            if not keep:
                path.unlink(missing_ok=True)
            elif path.exists():
                self.trash.take(path, ERASED)
        self.trash.forget(digest)
        self._forget_prepared(digest)

    def _discard_if_old(self, path: Path, before: float) -> int:
        digest, _, length = path.name.partition(".")
        with self._lock(digest):
            if _touched(path) >= before:  # somebody asked for it since
                return 0
            self._open_parts.pop((digest, int(length) if length.isdecimal() else 0), None)
            self.trash.take(path)
            self._forget_prepared(digest)
            return 1

    def _forget_prepared(self, digest: str) -> None:
        """Remove what trainings have made of a blob, half written or whole."""
        for place in self.prepared.glob(f"*{digest}-*"):
            with suppress(FileNotFoundError):  # a worker that makes room was faster
                shutil.rmtree(place)

    def _lock(self, digest: str) -> threading.Lock:
        return self._locks[hash(digest) % len(self._locks)]

    def _path(self, digest: str) -> Path:
        return self._root / f"{digest[:2]}/{digest}"

    def _status(self, digest: str, length: int | None = None) -> BlobStatus | None:
        path = self._path(digest)
        if path.exists():
            os.utime(path)
            size = path.stat().st_size
            return BlobStatus(digest, size, size, True)
        parts = self._parts.glob(f"{digest}.{'*' if length is None else length}")
        found = [BlobStatus(digest, part.stat().st_size, int(part.suffix[1:]), False) for part in parts]
        return max(found, key=lambda status: status.offset, default=None)

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
        part = self._open_parts.get((digest, length)) or self._left_part(self._parts / f"{digest}.{length}", length)
        if part.offset != offset:
            raise OffsetConflict(
                f"bytes from {offset} on of {length}",
                f"bytes from {part.offset} on of {length}",
                "Go on at the offset that this answer names, with the length that you announced.",
            )
        self._open_parts[digest, length] = part
        return part

    def _left_part(self, path: Path, length: int) -> _Part:
        """Find what an earlier run of the server left of a blob, and hash it again; else begin."""
        sha, offset = hashlib.sha256(), 0
        if path.exists():
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    sha.update(chunk)
            offset = path.stat().st_size
        return _Part(path, length, sha, offset)

    def _write(self, part: _Part, data: bytes) -> None:
        if shutil.disk_usage(self._parts).free < len(data) + RESERVE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with part.path.open("ab") as file:
            file.write(data)
        part.sha.update(data)
        part.offset += len(data)

    def _finish(self, digest: str, part: _Part) -> None:
        del self._open_parts[digest, part.length]
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
        for lie in self._parts.glob(f"{digest}.*"):  # announced with another length than the one just proven
            self._open_parts.pop((digest, int(lie.suffix[1:])), None)
            lie.unlink()

    def _publish(self, digest: str, whole: Path) -> None:
        path = self._path(digest)
        path.parent.mkdir(exist_ok=True)
        whole.replace(path)
        _sync(path.parent)
        _sync(self._root)


@contextmanager
def _part_kept(open_parts: dict[tuple[str, int], _Part], key: tuple[str, int]) -> Iterator[None]:
    """Forget the running hash when a write fails: how much of it reached the file is for the next one to find out."""
    try:
        with _no_room_reported():
            yield
    except BaseException:
        open_parts.pop(key, None)
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


def copy_to_new(source: Path, target: Path) -> str:
    """Copy a file to where there is none, on the disk when this returns, and return its SHA-256."""
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
