"""The DICOM series that the open scan came from, as Slicer's database has it: what DICOM files made here point to.

The server keeps no DICOM, so the scan must also be loaded from Slicer's database: it is recognised by its grid.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import slicer
from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import UnusableVolume
from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.panel.common.scene import geometry_of

INSTANCES = "DICOM.instanceUIDs"
TOLERANCE_MM = 1e-2
SERIES_NUMBER = "0020,0011"


def reference_for(geometry: Geometry) -> Any | None:
    """Return a volume that was loaded from DICOM and lies on this grid."""
    return next((node for node in _dicom_volumes() if _same(geometry_of(node), geometry)), None)


def files_of(reference: Any) -> list[Path]:
    """Return the files of a volume's series.

    Raises:
        UnusableVolume: the database does not have them any more.
    """
    database, names = getattr(slicer, "dicomDatabase", None), reference.GetAttribute(INSTANCES).split()
    if database is None or not database.isOpen:
        found = [""] * len(names)
    else:
        found = [database.fileForInstance(name) for name in names]
    files = [Path(file) for file in found if file]
    if len(files) < len(found) or not all(file.is_file() for file in files):
        raise UnusableVolume(
            _("The scan's images are not in Slicer's DICOM database any more."),
            _("Import the series into Slicer's DICOM database again, and load it."),
        )
    return files


def series_number(file: Path) -> int:
    """Return the number of the series that a file belongs to; 0 if it has none."""
    told = str(slicer.dicomDatabase.fileValue(str(file), SERIES_NUMBER) or "").strip()
    return int(told) if told.isascii() and told.isdigit() else 0


def _dicom_volumes() -> Iterator[Any]:
    for node in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode"):
        if node.GetAttribute(INSTANCES) and node.GetImageData() is not None:
            yield node


def _same(one: Geometry, other: Geometry) -> bool:
    """Tell whether two grids are the same; the order of their axes too, as a label of our own is on this one."""
    close = all(
        np.allclose(getattr(one, name), getattr(other, name), atol=TOLERANCE_MM)
        for name in ("spacing", "origin", "direction")
    )
    return one.size == other.size and close
