"""Send files of any size to the server's store: resumable, checked at the end, never whole in memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from .cancel import CancelToken
from .errors import Conflict, DigestMismatch, FileChanged, OffsetConflict, VolumeTooLarge
from .files import Progress, Report, hash_file, local_file, size_of
from .transport import PASSING, Transport, header_number

CHUNK = 8 << 20


def upload_file(
    transport: Transport,
    path: Path,
    *,
    digest: str | None = None,
    chunk_bytes: int = CHUNK,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> str:
    """Send a file to the server's store and return its SHA-256; what the server has already is not sent again.

    A broken connection is taken up where the server's copy ends; so is an upload that was given up earlier.

    Args:
        transport: way to the server.
        path: the file.
        digest: its SHA-256, if it is known already.
        chunk_bytes: bytes of one request.
        progress: told how far the sending is.
        cancel: stops the sending; the server keeps what it has.

    Raises:
        FileChanged: the file changed meanwhile.
        LocalFileError: the file cannot be read.
        DigestMismatch: the bytes were damaged on their way; the server kept nothing.
        Cancelled: the token was cancelled.
        TransportError: the connection broke more often than is borne without any progress.
    """
    digest = digest or hash_file(path, cancel=cancel)
    report = Report(progress, cancel, size_of(path))
    with local_file(path):
        file = path.open("rb")
    with file:
        sending = _Sending(transport, path, file, digest, chunk_bytes, report)
        try:
            sending.run()
        except DigestMismatch:
            if hash_file(path, cancel=cancel) != digest:
                raise _changed(path) from None
            raise
    return digest


def check_size(path: Path, cap: int) -> None:
    """Refuse a file that the server would refuse, before a byte of it is sent.

    Raises:
        VolumeTooLarge: it has more bytes than the cap.
    """
    if size_of(path) > cap:
        raise VolumeTooLarge(
            f"{path.name} has {size_of(path):,} bytes; this server takes at most {cap:,}.",
            "Crop the volume, or have the server's cap raised.",
        )


class _Body:
    """One chunk of a file as the body of a request, read piece by piece while it is sent."""

    def __init__(self, path: Path, file: IO[bytes], start: int, length: int, report: Report) -> None:
        self._path, self._file, self._report = path, file, report
        self._length, self._at, self._end = length, start, start + length
        with local_file(path):
            file.seek(start)

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        wanted = self._end - self._at if size < 0 else min(size, self._end - self._at)
        with local_file(self._path):
            piece = self._file.read(wanted)
        if len(piece) < wanted:
            raise _changed(self._path)
        self._at += len(piece)
        self._report(self._at)
        return piece


@dataclass(frozen=True)
class _Sending:
    """One upload: asks where the server's copy ends, and goes on from there until it is whole."""

    transport: Transport
    path: Path
    file: IO[bytes]
    digest: str
    chunk_bytes: int
    report: Report

    def run(self) -> None:
        failures, offset = 0, self._ask()
        while offset is not None:
            self.report(offset)
            try:
                reached = self._send(offset)
            except (*PASSING, OffsetConflict, Conflict) as error:
                failures += 1
                if failures > self.transport.backoff.attempts:
                    raise
                if not isinstance(error, OffsetConflict):
                    self.transport.pause(failures, self.report.cancel)
                reached = self._ask()
            if reached is None or reached > offset:
                failures = 0
            offset = reached
        self.report(self.report.total)

    def _ask(self) -> int | None:
        """Return where the server's copy ends; None if it is whole."""
        answer = self.transport.send("HEAD", f"/blobs/{self.digest}", accept=(404,), cancel=self.report.cancel)
        return 0 if answer.status_code == 404 else self._reached(answer)

    def _send(self, offset: int) -> int | None:
        """Send one chunk and return where the next begins; None if that was all."""
        length = min(self.chunk_bytes, self.report.total - offset)
        body = _Body(self.path, self.file, offset, length, self.report)
        headers = {
            "Content-Type": "application/octet-stream",
            "Upload-Offset": str(offset),
            "Upload-Length": str(self.report.total),
        }
        answer = self.transport.send(
            "PATCH",
            f"/blobs/{self.digest}",
            data=body if length else b"",
            headers=headers,
            read=self.transport.timeouts.transfer,
        )
        return self._reached(answer)

    def _reached(self, answer: Any) -> int | None:
        if answer.headers.get("Upload-Complete") == "?1":
            return None
        offset = header_number(answer, "Upload-Offset")
        if offset > self.report.total:
            raise _changed(self.path)
        return offset


def _changed(path: Path) -> FileChanged:
    return FileChanged(f"{path.name} changed while it was sent.", "Wait until it is written completely, then send it.")
