"""What no single scan shows: kinds, offsets and voxel sizes that differ among the scans of a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from dualnetssl.files.pairing import Note
from dualnetssl.intake.kind import Kind
from dualnetssl.intake.looking import Looked

_MOST_LISTED = 4
_ALL = "the scans together"
_OFFSET, _ABOUT = 1024.0, 150.0
"""By so much, in Hounsfield units, the tissue of CT differs that was stored with and without its offset."""


@dataclass(frozen=True)
class Kinds:
    """What the scans are.

    Attributes:
        kind: what the folder says; None where it does not.
        where: it says so.
    """

    kind: Kind | None = None
    where: str = ""


def differences(looked: Mapping[str, Looked], kinds: Kinds) -> tuple[Note, ...]:
    """Say what the scans are taken for, and where they differ.

    Args:
        looked: what was seen of each scan, by its case.
        kinds: what the folder says.
    """
    scans = list(looked.values())
    texts = [*_kinds(scans, kinds), *_offsets(scans), *_sizes(scans)]
    return tuple(Note(_ALL, text) for text in texts)


def copies(digests: Mapping[str, int], what: str) -> Iterator[Note]:
    """Say which files hold the same voxels: one patient under two names, or a file copied over another.

    Args:
        digests: of the voxels, by the scan's name; 0 where they would say nothing.
        what: the files are, as "scans".

    Example:
        >>> print(*copies({"a": 5, "b": 6, "c": 5, "d": 0, "e": 0}, "scans"))
        the scans together: the same voxels are in a, c: check that none is a copy under another name
    """
    names: dict[int, list[str]] = {}
    for name, digest in digests.items():
        names.setdefault(digest, []).append(name)
    same = [", ".join(names) for digest, names in names.items() if digest and len(names) > 1]
    if same:
        listed = "; ".join(same[:_MOST_LISTED]) + (" …" if len(same) > _MOST_LISTED else "")
        yield Note(
            f"the {what} together", f"the same voxels are in {listed}: check that none is a copy under another name"
        )


def _kinds(scans: list[Looked], kinds: Kinds) -> list[str]:
    ct = sum(scan.hounsfield for scan in scans)
    if kinds.kind is not None:
        name = kinds.kind.upper()
        against = len(scans) - ct if kinds.kind == "ct" else ct
        but = f"; the values of {against} of {len(scans)} look otherwise" if against else ""
        other = "mr" if kinds.kind == "ct" else "ct"
        return [f"{name}, by {kinds.where}{but}. --set modality={other} of train overrules it"]
    if 0 < ct < len(scans):
        return [
            f"the values of {ct} of {len(scans)} scans are those of CT, and of the others not: check that all are of "
            "one kind; --set modality=ct or mr of train says which"
        ]
    filled = sum(scan.filled for scan in scans)
    if filled and not ct:
        return [
            f"{filled} of {len(scans)} had voxels without a number, and count as MR: if they are CT, --set modality=ct"
        ]
    return []


def _offsets(scans: list[Looked]) -> list[str]:
    """Say where tissue lies 1024 apart: CT with and without its offset."""
    right = [scan.tissue for scan in scans if scan.hounsfield]
    middle = median(right) if right else 0.0
    high = sum(abs(scan.tissue - middle - _OFFSET) < _ABOUT for scan in scans)
    if not right or not high:
        return []
    return [
        f"the values of {high} of {len(scans)} scans lie about {_OFFSET:.0f} above the others', as CT does without its "
        f"offset: in 3D Slicer's Simple Filters, ShiftScaleImageFilter with the shift -{_OFFSET:.0f} mends them"
    ]


def _sizes(scans: list[Looked]) -> list[str]:
    finest = [min(scan.geometry.spacing) for scan in scans]
    if not finest or max(finest) <= 2 * min(finest):
        return []
    return [
        f"the finest voxels are {min(finest):.3g} to {max(finest):.3g} mm: structures smaller than the training grid "
        "may be lost, which train says; --set spacing=[k, j, i] chooses another"
    ]
