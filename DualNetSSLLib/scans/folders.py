"""A folder looked into before anything is sent: which scans it has, which label is whose, what is left out and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dualnetssl.contract.errors import ProblemError
from dualnetssl.files.formats import ENDINGS
from dualnetssl.files.header import check_header
from dualnetssl.files.layouts import find_pairs
from dualnetssl.files.pairing import Pairing, Scan
from dualnetssl.files.reading import MAX_CHANNELS, MAX_VOXELS, opened_with_header
from DualNetSSLLib.client.errors import UnusableVolume
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.tasks.call import Task


def look_into(task: Task, folder: str) -> dict[str, Any]:
    """Say what `add_folder` would send, without reading a voxel.

    Returns:
        ``scans``: of each ``name``, ``files`` (of its channels) and ``label`` (names; None without one), ``size``,
        ``spacing`` in mm, and ``problem`` where it cannot be used; ``left_out`` and ``noted``: sentences; ``layout``:
        by which rule they were found.

    Raises:
        UnusableVolume: the folder holds no scan.
    """
    found = find(Path(folder))
    rows = []
    for number, scan in enumerate(found.scans):
        task.say(scan.stem, number, len(found.scans))
        rows.append(_row(scan))
    return {
        "scans": rows,
        "left_out": list(map(str, found.findings)),
        "noted": list(map(str, found.notes)),
        "layout": found.layout,
    }


def _row(scan: Scan) -> dict[str, Any]:
    labels = [scan.label.name] if scan.label else list(scan.masks)
    row = {"name": scan.stem, "files": [path.name for path in scan.channels], "label": ", ".join(labels) or None}
    try:
        with opened_with_header(scan.image) as (_, header):
            grid = check_header(header, MAX_VOXELS, MAX_CHANNELS)
    except ProblemError as problem:
        return {**row, "size": None, "spacing": None, "problem": f"{problem.received}. {problem.remedy}"}
    return {**row, "size": list(grid.size), "spacing": [round(step, 3) for step in grid.spacing], "problem": None}


def find(folder: Path) -> Pairing:
    """Find the scans of a folder with their labels, however it is laid out.

    Raises:
        UnusableVolume: there is none.
        LocalFileError: the folder cannot be read.
    """
    with local_file(folder):
        try:
            return find_pairs(folder)
        except ProblemError as problem:
            raise UnusableVolume(
                f"{folder.name or folder} holds no scan that can be read.",
                f"Choose a folder with {', '.join(ENDINGS)} files; bring DICOM in through Slicer's DICOM module.",
            ) from problem
