"""What there is in Slicer's DICOM database, to choose series from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import slicer
from slicer.i18n import tr as _

VOLUMES = ("CT", "MR", "PT", "NM", "")


@dataclass(frozen=True)
class Series:
    """One series; ``patient`` is shown to the user and never sent."""

    uid: str
    description: str
    modality: str
    patient: str
    files: int

    @property
    def text(self) -> str:
        """What it is called in a list."""
        count = _("{count} images").format(count=self.files)
        return ", ".join(part for part in (self.patient, self.description, self.modality, count) if part)


def unavailable() -> str:
    """Say why there is no DICOM database; empty if there is one with something in it."""
    database = getattr(slicer, "dicomDatabase", None)
    if database is None or not database.isOpen:
        return _("Slicer has no open DICOM database. Open the DICOM module once to make one.")
    if not database.patients():
        return _("Slicer's DICOM database is empty. Import the scans in the DICOM module.")
    return ""


def series() -> Iterator[Series]:
    """Yield the series of the database that can hold a volume."""
    database = slicer.dicomDatabase
    for patient in database.patients():
        for study in database.studiesForPatient(patient):
            for uid in database.seriesForStudy(study):
                files = database.filesForSeries(uid)
                modality = database.fileValue(files[0], "0008,0060") if files else ""
                if len(files) > 1 and modality in VOLUMES:
                    yield Series(
                        uid, database.descriptionForSeries(uid), modality, database.nameForPatient(patient), len(files)
                    )
