"""Which of the scans that were found the user picked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.files import listing
from dualnetssl.files.names import case_name, stem
from dualnetssl.files.pairing import Finding, Scan, pair

__all__ = ["Finding", "Folder", "case_name", "list_volumes", "named", "pick", "stem"]


@dataclass(frozen=True)
class Folder:
    """The volumes of a folder by the name of their case, and what was wrong with names."""

    files: dict[str, Path]
    findings: tuple[Finding, ...]


def list_volumes(folder: Path, kind: str) -> Folder:
    """Find the volumes of a folder; two files for one case are a finding, and neither is used.

    Args:
        folder: where to look; folders inside it are not searched.
        kind: ``images``, ``labels`` or ``predictions``, for the messages.

    Raises:
        InvalidDataset: there is no such folder, or no volume in it.
    """
    found = pair(listing.list_volumes(folder, kind).files, [])
    return Folder({scan.case: scan.image for scan in found.scans}, found.findings)


def pick(choice: str, scans: Sequence[Scan], option: str, *, last: bool = False) -> tuple[str, ...]:
    """Return the cases that a number or a file of names picks.

    Args:
        choice: how many, or a text file with one name a line (``#`` begins a comment; file endings may be given).
        scans: what there is to pick from, in order.
        option: the option's name, for the messages.
        last: take the last ones of a number, not the first.

    Raises:
        InvalidRequest: more than there are, no such file, or a name that is not there.
    """
    cases = [scan.case for scan in scans]
    if choice.isdigit():
        return _pick_number(int(choice), cases, option, last)
    path = Path(choice)
    if not path.is_file():
        raise InvalidRequest(f"{option} {choice}", "a number, or a file with one name a line", "Check the file's name.")
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    wanted = {line: named(line, scans) for line in lines if line}
    missing = [line for line, scan in wanted.items() if scan is None]
    if missing:
        received = f"{option}: {len(missing)} names that no file has, such as {stem(missing[0])}"
        raise InvalidRequest(received, f"the {len(cases)} cases there are", f"Correct {path.name}.")
    chosen = {scan.case for scan in wanted.values() if scan is not None}
    return tuple(case for case in cases if case in chosen)


def named(text: str, scans: Sequence[Scan]) -> Scan | None:
    """Return the scan that a person calls by the name of its file or case, with or without an ending; else None."""
    return next((scan for scan in scans if scan.is_called(stem(text)) or scan.is_called(text)), None)


def _pick_number(count: int, names: Sequence[str], option: str, last: bool) -> tuple[str, ...]:
    if count > len(names):
        received = f"{option} {count}"
        raise InvalidRequest(
            received, f"at most {len(names)}, as many as there are", f"Give {option} a smaller number."
        )
    return tuple(names[len(names) - count :] if last else names[:count])
