"""What the user asked to train on: which scans take part, which labels are used, whose bounds are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dualnetssl.contract.errors import InvalidDataset, InvalidRequest
from dualnetssl.files.layouts import find_pairs, pair_folders
from dualnetssl.files.pairing import Finding, Pairing, Scan
from dualnetssl.intake.bounds import Bounds, read_bounds
from dualnetssl.intake.folders import named, pick
from dualnetssl.intake.labels import Source


@dataclass(frozen=True)
class Request:
    """What the user asked to train on.

    Attributes:
        images: folder of scans, or of a whole data set.
        labels: folder of label files; absent: they lie with the scans, see `dualnetssl.files.layouts.find_pairs`.
        labelled: how many labels to use (the first by name) or a file of names; all if absent.
        exclude: how many scans to keep out (the last by name) or a file of names; none if absent.
        classes: file of class names.
        only: names or values of the classes that are learnt, the others being background; all if empty.
        bounds: file that says between which voxels of a scan its structures lie; see `dualnetssl.intake.bounds`.
        made: folder of the labels that are made of the user's; scans that are made of several files lie beside it.
    """

    images: Path
    labels: Path | None = None
    labelled: str | None = None
    exclude: str | None = None
    classes: Path | None = None
    bounds: Path | None = None
    made: Path | None = None
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selection:
    """Which scans and labels are used after the user's choices, and whose bounds are known."""

    scans: tuple[Scan, ...]
    sources: dict[str, Source]
    pairing: Pairing
    findings: tuple[Finding, ...]


def select(request: Request) -> Selection:
    """Apply the choices of which scans are kept out and whose labels are used.

    Raises:
        InvalidDataset: a folder is missing, empty or without any volume, or every scan is kept out.
        InvalidRequest: a choice names what is not there.
    """
    labels = request.labels
    pairing = pair_folders(request.images, labels) if labels is not None else find_pairs(request.images)
    excluded = pick(request.exclude, pairing.scans, "--exclude", last=True) if request.exclude else ()
    kept = tuple(scan for scan in pairing.scans if scan.case not in excluded)
    if pairing.scans and not kept:
        raise InvalidDataset("no scan, as all are kept out", "at least one scan", "Exclude fewer of them (--exclude).")
    bounds = _bounds(request, pairing.scans)
    paired = [scan for scan in kept if scan.labelled or scan.case in bounds]
    chosen = pick(request.labelled, paired, "--labelled") if request.labelled else [scan.case for scan in paired]
    sources = {scan.case: Source(scan, bounds.get(scan.case)) for scan in paired if scan.case in chosen}
    return Selection(kept, sources, pairing, _listed(request, pairing))


def _listed(request: Request, pairing: Pairing) -> tuple[Finding, ...]:
    """Return the findings; labels of no scan do not matter to who lists the labels to be used."""
    listed = request.labelled is not None and not request.labelled.isdigit()
    return tuple(each for each in pairing.findings if not (listed and each.name.startswith("label ")))


def _bounds(request: Request, scans: Sequence[Scan]) -> dict[str, Bounds]:
    """Read the file of bounds, if there is one; scans that no file has are refused."""
    if request.bounds is None:
        return {}
    bounds = {text: (named(text, scans), value) for text, value in read_bounds(request.bounds).items()}
    strangers = sorted(text for text, (scan, _) in bounds.items() if scan is None)
    if strangers:
        raise InvalidRequest(
            f"bounds of {len(strangers)} scans that are not in the folder of images, such as {strangers[0]}",
            f"names of the {len(scans)} scans there, such as {min(scan.stem for scan in scans)}",
            f"Correct {request.bounds.name}.",
        )
    found = {scan.case: value for scan, value in bounds.values() if scan is not None}
    if len(found) < len(bounds):
        received = f"{len(bounds)} entries of bounds for {len(found)} scans"
        raise InvalidRequest(received, "one entry for each scan", f"Correct {request.bounds.name}.")
    return found
