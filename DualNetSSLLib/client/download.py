"""Fetch files of any size: resumable, checked at the end, never whole in memory, and never seen unfinished."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from .cancel import CancelToken
from .errors import ConnectionLost, DamagedDownload, UnexpectedAnswer
from .files import Progress, Report, feed, hash_file, local_file
from .transport import PASSING, Transport, header_number

RECEIVE = 1 << 17
"""Bytes taken at once, and lost at most, to be asked for again, where a connection breaks."""


def download_file(
    transport: Transport,
    url: str,
    target: Path,
    *,
    digest: str,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> Path:
    """Fetch bytes into a file that appears under its name only once it is whole and right.

    Until then they lie beside it in a file ending in ``.part``, from which a later call goes on.

    Args:
        transport: way to the server.
        url: path below ``/v1``.
        target: the file to make; one with the right bytes already is left as it is.
        digest: SHA-256 that the bytes must have.
        progress: told how far the fetching is.
        cancel: stops the fetching; the part is kept.

    Raises:
        DamagedDownload: the bytes do not have that SHA-256; they were thrown away.
        LocalFileError: the file cannot be written.
        Cancelled: the token was cancelled.
        TransportError: the connection broke more often than is borne without any progress.
    """
    if target.is_file() and hash_file(target, cancel=cancel) == digest:
        return target
    path = target.with_name(f"{target.name}.{digest[:16]}.part")
    with local_file(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab+")
    with file:
        part = _Part(path, file)
        _Receiving(transport, url, part, progress, cancel).run()
        right = part.hexdigest() == digest
    with local_file(target):
        if right:
            return path.replace(target)
        path.unlink()
    raise DamagedDownload("The bytes that came are not the ones asked for.", "They were thrown away; fetch them again.")


class _Part:
    """The unfinished file of a download, with the hash of what it holds."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path, self._file = path, file
        self._digest = hashlib.sha256()
        self.size = 0
        with local_file(path):
            file.seek(0)
            for size in feed(self._digest, file):
                self.size = size

    def restart(self) -> None:
        """Forget everything received so far."""
        with local_file(self._path):
            self._file.truncate(0)
        self._digest, self.size = hashlib.sha256(), 0

    def append(self, piece: bytes) -> None:
        with local_file(self._path):
            self._file.write(piece)
        self._digest.update(piece)
        self.size += len(piece)

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


@dataclass(frozen=True)
class _Receiving:
    """One download: asks for the bytes from the end of the part on until there are no more."""

    transport: Transport
    url: str
    part: _Part
    progress: Progress | None
    cancel: CancelToken | None

    def run(self) -> None:
        failures = 0
        while True:
            before = self.part.size
            try:
                return self._receive()
            except PASSING:
                failures = 1 if self.part.size > before else failures + 1
                if failures > self.transport.backoff.attempts:
                    raise
                self.transport.pause(failures, self.cancel)

    def _receive(self) -> None:
        """Append what comes in one answer.

        Raises:
            ConnectionLost: the answer ended too early.
        """
        with self._request() as answer:
            total = self._align(answer)
            report = Report(self.progress, self.cancel, total)
            report(self.part.size)
            if answer.status_code == 416:
                return
            for piece in self.transport.pieces(answer, RECEIVE):
                self.part.append(piece)
                report(self.part.size)
        if self.part.size < total:
            raise ConnectionLost(f"Only {self.part.size} of {total} bytes came.", "Try again; they are kept.")

    def _request(self) -> Any:
        headers = {"Accept-Encoding": "identity"}
        if self.part.size:
            headers["Range"] = f"bytes={self.part.size}-"
        return self.transport.send(
            "GET",
            self.url,
            headers=headers,
            stream=True,
            retry=False,
            read=self.transport.timeouts.transfer,
            accept=(416,),
        )

    def _align(self, answer: Any) -> int:
        """Make the part end where the answer begins, and return how many bytes there are in all."""
        if answer.status_code == 200:
            if self.part.size:
                self.part.restart()
            return header_number(answer, "Content-Length")
        place, _, total = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("/")
        if not total.isdigit() or (answer.status_code == 206 and not place.startswith(f"{self.part.size}-")):
            raise UnexpectedAnswer(
                f"Bytes from {self.part.size} on were asked for; {place or 'others'} came.", "Check proxies in between."
            )
        return int(total)
