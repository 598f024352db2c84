"""Final labels as files that other programs read: Slicer segmentations, NIfTI, and a table of what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.errors import InvalidRequest, LocalFileError
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.client.records import Case, LabelDefinition, Prediction
from DualNetSSLLib.client.volumes import volume_from_array
from DualNetSSLLib.comparison.compare_labels import counted, voxel_ml
from DualNetSSLLib.labels.labelfiles import NIFTI, SEGMENTATION, segmentation_image, write_whole
from DualNetSSLLib.labels.labeltable import Row, write_table
from DualNetSSLLib.scans.cache import Cache
from DualNetSSLLib.tasks.call import Task
from DualNetSSLLib.tasks.reports import ExportedLabels

ENDINGS: Mapping[str, str] = MappingProxyType({"seg.nrrd": SEGMENTATION, "nifti": NIFTI})
"""File endings by the names of the formats."""
TABLE = "labels.csv"

LABEL, PARTLY, PREDICTION, NOT_EXPORTED = "label", "partly verified", "prediction", "not exported"
"""What a file can hold; it is said in the table, and at the end of the file's name for all but the first."""


def export_labels(
    task: Task,
    dataset: str,
    folder: str,
    formats: Sequence[str] = ("seg.nrrd",),
    cases: Sequence[str] | None = None,
    unverified: bool = False,
    model: str | None = None,
    replace: bool = False,
) -> ExportedLabels:
    """Write the labels of every case, or of these, into a folder, with a table that says what each file is.

    Progress counts cases, its text is the name of the one that comes next. A file is there only once it is complete;
    a cancelled export leaves the files that were complete by then, and no table.

    Args:
        task: the call.
        dataset: id of the data set.
        folder: made if it is not there.
        formats: ``seg.nrrd`` (Slicer segmentation) and ``nifti``, or none: the table alone.
        cases: names; None: all.
        unverified: also write labels that are verified in part only, and predictions where there is no label.
        model: whose predictions to take; None: the newest of each case.
        replace: write over files that are there.

    Raises:
        InvalidRequest: there is no such format.
        LocalFileError: a file is there already, or the folder cannot be written to, or the disk is full.
    """
    endings = [_ending(name) for name in formats]
    target = Path(folder)
    with task.client() as client:
        labels = client.dataset(dataset).labels
        present = [case for case in client.cases(dataset) if cases is None or case.case in cases]
        chosen = [source for case in present if (source := _source(client, case, unverified, model))]
        files = [f"{source.stem}{ending}" for source in chosen for ending in endings]
        _make_room(target, [TABLE, *files], replace)
        rows = []
        for number, source in enumerate(chosen):
            task.say(source.case.case, number, len(chosen))
            rows.append(_export(task, client, source, labels, target, endings))
    names = tuple(source.case.case for source in chosen)
    left_out = tuple(case.case for case in present if case.case not in names)
    rows += [Row(case, NOT_EXPORTED, case.model or "", (), ()) for case in present if case.case in left_out]
    write_table(target / TABLE, labels, sorted(rows, key=lambda row: row.case.case))
    task.say("", len(chosen), len(chosen))
    return ExportedLabels(folder=str(target), files=(TABLE, *files), cases=names, left_out=left_out)


@dataclass(frozen=True)
class _Source:
    """What is exported of a case."""

    case: Case
    kind: str
    prediction: Prediction | None = None

    @property
    def digest(self) -> str:
        return str(self.case.label) if self.prediction is None else self.prediction.segmentation

    @property
    def stem(self) -> str:
        return self.case.case if self.kind == LABEL else f"{self.case.case}-{self.kind.replace(' ', '-')}"


def _source(client: Client, case: Case, unverified: bool, model: str | None) -> _Source | None:
    """Choose the label where somebody vouches for it, else what there is if that is wanted."""
    if case.label is not None and (case.verified is None or case.verified_fraction == 1):
        return _Source(case, LABEL)
    if not unverified:
        return None
    if case.label is not None:
        return _Source(case, PARTLY)
    said = [one for one in client.predictions(case.dataset, case.case) if model in (None, one.model)]
    return _Source(case, PREDICTION, said[0]) if said else None


def _ending(name: str) -> str:
    if name not in ENDINGS:
        raise InvalidRequest(f"There is no format {name!r}.", f"Choose from {', '.join(ENDINGS)}.")
    return ENDINGS[name]


def _make_room(folder: Path, names: Sequence[str], replace: bool) -> None:
    """Make the folder, and see that nothing in it would be written over unasked."""
    with local_file(folder):
        folder.mkdir(parents=True, exist_ok=True)
        there = [name for name in names if (folder / name).exists()]
    if there and not replace:
        others = f" and {len(there) - 1} more" if there[1:] else ""
        raise LocalFileError(
            f"{folder.name} already holds {there[0]}{others}; nothing was written.",
            "Choose an empty folder, or allow that files are replaced.",
        )


def _export(
    task: Task, client: Client, source: _Source, labels: Sequence[LabelDefinition], folder: Path, endings: Sequence[str]
) -> Row:
    """Write the files of one case and return its row of the table."""
    volume = Cache(task.desk.folder / "cache").volume(client, source.digest, cancel=task.cancel)
    voxels = np.load(volume.file, mmap_mode="r")
    image = volume_from_array(np.asarray(voxels), volume.geometry)
    for ending in endings:
        task.cancel.check()
        dressed = segmentation_image(image, labels) if ending == SEGMENTATION else image
        write_whole(dressed, folder / f"{source.stem}{ending}", ending)
    counts, voxel = counted(voxels), voxel_ml(volume.geometry)
    return Row(
        case=source.case,
        source=source.kind,
        model=(source.case.model if source.prediction is None else source.prediction.model) or "",
        files=tuple(f"{source.stem}{ending}" for ending in endings),
        volumes_ml=tuple(voxel * int(counts[label.value]) for label in labels),
    )
