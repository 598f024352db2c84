"""Whether the record is as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dualnetssl_server.audit.chain import REPAIR, START, decode, digest, files


@dataclass(frozen=True)
class Finding:
    """What is wrong, and where."""

    file: str
    line: int
    what: str


def verify(folder: Path, anchor: tuple[int, str] | None) -> tuple[int, list[Finding]]:
    """Read the whole record.

    Args:
        folder: that of the record.
        anchor: its end as it was noted outside of it.

    Returns:
        Number of lines, and all that is wrong: a change of one byte shows at the line after it, or, in the last line,
        against the anchor.
    """
    number, last, findings, at_anchor = 0, START, [], START
    for file, place, line, follower in _lines(folder):
        found = decode(line)
        if _is_torn(line, follower):
            continue
        if found is None:
            findings.append(Finding(file, place, "is not a line of the audit"))
            last = digest(line)
            continue
        if found["n"] != number + 1 or found["prev"] != last:
            findings.append(Finding(file, place, f"does not follow line {number}: something before it was changed"))
        number, last = found["n"], digest(line)
        if anchor is not None and number == anchor[0]:
            at_anchor = last
    if anchor is not None and at_anchor != anchor[1]:
        what = f"ends after line {number}, but had {anchor[0]}" if number < anchor[0] else "was changed at its end"
        findings.append(Finding("the audit", anchor[0], what))
    return number, findings


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of the record, the oldest first, without those that lost their end in a crash."""
    for _, _, line, follower in _lines(folder):
        found = decode(line)
        if found is not None and not _is_torn(line, follower):
            yield found


def _is_torn(line: bytes, follower: bytes | None) -> bool:
    note = decode(follower) if follower is not None else None
    return note is not None and note.get("what") == REPAIR and note.get("torn") == digest(line)


def _lines(folder: Path) -> Iterator[tuple[str, int, bytes, bytes | None]]:
    """Yield file, number in the file, line, and the line after it."""
    pending: tuple[str, int, bytes] | None = None
    for path in files(folder):
        with path.open("rb") as file:
            for place, raw in enumerate(file, 1):
                line = raw.removesuffix(b"\n")
                if pending is not None:
                    yield *pending, line
                pending = (path.name, place, line)
    if pending is not None:
        yield *pending, None
