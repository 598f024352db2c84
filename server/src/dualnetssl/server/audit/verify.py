"""Whether the record is as it was written."""

from __future__ import annotations

import errno
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dualnetssl.contract.errors import AuditFailed
from dualnetssl.server.audit.chain import ACCEPT, LONGEST, REPAIR, START, TROUBLE, decode, digest, files, reason


@dataclass(frozen=True)
class Finding:
    """What is wrong, and where.

    Attributes:
        file: its name.
        line: number in it.
        what: is wrong.
        mark: names the finding by the bytes that it was found at; empty while these are not there.
        accepted: whether somebody entered in the record that it is known.
        unreadable: whether the record could not be read from there on.
    """

    file: str
    line: int
    what: str
    mark: str = ""
    accepted: bool = False
    unreadable: bool = False


@dataclass(frozen=True)
class Seen:
    """What a reading of the whole record came to.

    Attributes:
        lines: their number.
        findings: all that is wrong.
        digest: hash over the bytes of all files, in their order.
    """

    lines: int
    findings: list[Finding]
    digest: str


@dataclass(frozen=True)
class _Line:
    """A line with its line feed, where it is, and the line after it."""

    file: str
    place: int
    raw: bytes
    follower: bytes | None = None

    @property
    def text(self) -> bytes:
        return self.raw.removesuffix(b"\n")


class _Unreadable(Exception):
    """A file could not be read: its name, the line, and why."""

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(file, line, why)
        self.file, self.line, self.why = file, line, why


def verify(folder: Path, anchor: tuple[int, str] | None) -> tuple[int, list[Finding]]:
    """Read the whole record.

    Args:
        folder: that of the record.
        anchor: its end as it was noted outside of it.

    Returns:
        Number of lines, and all that is wrong: a change of one byte shows at the line after it, or, in the last line,
        against the anchor. A record that cannot be read is a finding, too.
    """
    seen = look(folder, anchor)
    return seen.lines, seen.findings


def look(folder: Path, anchor: tuple[int, str] | None) -> Seen:
    """Read the whole record, as `verify` does, and return the hash over it as well."""
    chain = _Chain(anchor)
    try:
        for line in _lines(folder):
            chain.follow(line)
        chain.end()
    except _Unreadable as error:
        chain.findings.append(Finding(error.file, error.line, f"cannot be read ({error.why})", unreadable=True))
    return Seen(chain.number, chain.findings, chain.before.hexdigest())


@dataclass
class _Chain:
    """How far the chain was followed, and what was wrong so far."""

    anchor: tuple[int, str] | None
    number: int = 0
    last: str = START
    at_anchor: str = START
    findings: list[Finding] = field(default_factory=list)
    before: Any = field(default_factory=hashlib.sha256)

    def follow(self, line: _Line) -> None:
        """Go on by one line."""
        if not _is_torn(line):
            found = decode(line.text)
            if found is None:
                self._find(line, "is not a line of the audit")
                self.last = digest(line.text)
            else:
                self._take(line, found)
        self.before.update(line.raw)

    def _take(self, line: _Line, found: dict[str, Any]) -> None:
        if found["n"] != self.number + 1 or found["prev"] != self.last:
            self._find(line, f"does not follow line {self.number}: something before it was changed")
        self.number, self.last = found["n"], digest(line.text)
        if found.get("what") == ACCEPT and "accepted" in found:
            self._accept(line, found)
        if self.anchor is not None and self.number == self.anchor[0]:
            self.at_anchor = self.last

    def _accept(self, line: _Line, found: dict[str, Any]) -> None:
        """Take what was found so far for known, as far as the line says so and vouches for all that is before it."""
        if found.get("before") != self.before.hexdigest():
            self._find(line, "accepts what was before it, which was changed since or is not vouched for")
            return
        marks = found["accepted"] if isinstance(found["accepted"], list) else []
        known = {mark for mark in marks if isinstance(mark, str)}
        self.findings = [replace(one, accepted=one.accepted or one.mark in known) for one in self.findings]

    def end(self) -> None:
        """Compare the end with the anchor."""
        if self.anchor is not None and self.at_anchor != self.anchor[1]:
            cut = self.number < self.anchor[0]
            what = f"ends after line {self.number}, but had {self.anchor[0]}" if cut else "was changed at its end"
            self.findings.append(Finding("the audit", self.anchor[0], what))

    def _find(self, line: _Line, what: str) -> None:
        mark = f"{what.partition(':')[0]}: {digest(line.text)}"
        self.findings.append(Finding(line.file, line.place, what, mark))


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of the record, the oldest first, without those that lost their end in a crash.

    Raises:
        AuditFailed: a file of it cannot be read.
    """
    try:
        for line in _lines(folder):
            found = decode(line.text)
            if found is not None and not _is_torn(line):
                yield found
    except _Unreadable as error:
        raise unreadable(f"'{error.file}', line {error.line}: cannot be read ({error.why})") from error


def unreadable(where: str) -> AuditFailed:
    """Return the error for a record that cannot be read."""
    return AuditFailed(
        f"a record of which something cannot be read ({where})",
        "a folder 'audit' whose files 'audit*.jsonl' are files that the user of the server can read",
        "Put the file back as it was, or move what is in its place out of the folder; then give the command again.",
    )


def _is_torn(line: _Line) -> bool:
    note = decode(line.follower) if line.follower is not None else None
    return note is not None and note.get("what") == REPAIR and note.get("torn") == digest(line.text)


def _lines(folder: Path) -> Iterator[_Line]:
    """Yield each line with the line after it.

    Raises:
        _Unreadable: a file cannot be read.
    """
    pending: _Line | None = None
    for line in _single(folder):
        if pending is not None:
            yield replace(pending, follower=line.text)
        pending = line
    if pending is not None:
        yield pending


def _single(folder: Path) -> Iterator[_Line]:
    for path in files(folder):
        place = 0
        try:
            with _file(path) as file:
                while raw := file.readline(LONGEST + 2):
                    place += 1
                    yield _Line(path.name, place, raw)
        except TROUBLE as error:
            raise _Unreadable(path.name, place + 1, reason(error)) from error


def _file(path: Path) -> io.BufferedReader:
    if path.exists() and not path.is_file():  # to open a pipe would wait for whoever writes to it
        raise OSError(errno.EINVAL, "it is not a file")
    return path.open("rb")
