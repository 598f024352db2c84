"""Where results may be written: never in the place of scans, or of labels that somebody has made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dualnetssl.contract.errors import Conflict
from dualnetssl.files.pairing import Scan

TABLE = "predictions.json"
_SEGMENTATIONS = (".seg.nrrd", ".nii.gz")


def check_place(output: Path, scans: Sequence[Scan]) -> None:
    """Refuse a folder in which predictions would take the place of scans, or of labels that somebody has made.

    Args:
        output: folder for the predictions; it need not be there.
        scans: that are to be predicted.

    Raises:
        Conflict: scans lie in it; or files that a prediction would replace, and nothing tells that predict wrote them.
    """
    place = output.resolve()
    if any(path.absolute().parent.resolve() == place for scan in scans for path in scan.channels):
        received, allowed = (
            f"--output {output}, where the scans lie",
            "a folder without scans: maps would count as such",
        )
        raise Conflict(received, allowed, f"Name another, for instance --output {output / 'predictions'}.")
    if (output / TABLE).exists() or any(output.glob(".*.json")):
        return
    names = (f"{name}{ending}" for scan in scans for name in (scan.stem, scan.case) for ending in _SEGMENTATIONS)
    others = sorted({name for name in names if (output / name).exists()})
    if others:
        received = f"--output {output} with {others[0]}, which predict did not write ({len(others)} such files)"
        raise Conflict(received, "a folder whose files are not replaced", "Name another, or take these files away.")
