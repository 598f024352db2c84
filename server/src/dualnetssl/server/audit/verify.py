"""Whether the record is as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dualnetssl.server.audit.chain import ACCEPT, REPAIR, START, decode, digest, files


@dataclass(frozen=True)
class Finding:
    """What is wrong, and where.

    Attributes:
        file: its name.
        line: number in it.
        what: is wrong.
        mark: names the finding by the bytes that it was found at; empty while these are not there.
        accepted: whether somebody entered in the record that it is known.
    """

    file: str
    line: int
    what: str
    mark: str = ""
    accepted: bool = False


def verify(folder: Path, anchor: tuple[int, str] | None) -> tuple[int, list[Finding]]:
    """Read the whole record.

    Args:
        folder: that of the record.
        anchor: its end as it was noted outside of it.

    Returns:
        Number of lines, and all that is wrong: a change of one byte shows at the line after it, or, in the last line,
        against the anchor.
    """
    number, findings, accepted = _followed(folder, anchor)
    return number, [replace(finding, accepted=finding.mark in accepted) for finding in findings]


def _followed(folder: Path, anchor: tuple[int, str] | None) -> tuple[int, list[Finding], set[str]]:
    """Follow the chain; return the number of lines, what is wrong, and the marks that lines say are accepted."""
    number, last, findings, at_anchor = 0, START, [], START
    accepted: set[str] = set()
    for file, place, line, follower in _lines(folder):
        found = decode(line)
        if _is_torn(line, follower):
            continue
        if found is None:
            findings.append(_finding(file, place, "is not a line of the audit", line))
            last = digest(line)
            continue
        if found["n"] != number + 1 or found["prev"] != last:
            what = f"does not follow line {number}: something before it was changed"
            findings.append(_finding(file, place, what, line))
        number, last = found["n"], digest(line)
        accepted |= _marks(found)
        if anchor is not None and number == anchor[0]:
            at_anchor = last
    if anchor is not None and at_anchor != anchor[1]:
        what = f"ends after line {number}, but had {anchor[0]}" if number < anchor[0] else "was changed at its end"
        findings.append(Finding("the audit", anchor[0], what))
    return number, findings, accepted


def _finding(file: str, place: int, what: str, line: bytes) -> Finding:
    return Finding(file, place, what, mark=f"{what.partition(':')[0]}: {digest(line)}")


def _marks(found: dict[str, Any]) -> set[str]:
    marks = found.get("accepted") if found.get("what") == ACCEPT else None
    return {mark for mark in marks if isinstance(mark, str)} if isinstance(marks, list) else set()


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
