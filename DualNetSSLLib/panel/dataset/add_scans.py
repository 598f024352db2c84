"""Brings scans into a data set: a folder, volumes of the scene, series of Slicer's DICOM database, or samples."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import slicer
from slicer.i18n import tr as _
from slicer.util import arrayFromVolume

from DualNetSSLLib.background.session import Call, Progress, Session
from DualNetSSLLib.client import errors
from DualNetSSLLib.client.errors import (
    DualNetSSLError,
    LocalFileError,
    UnusableVolume,
)
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.client.records import Dataset, Geometry
from DualNetSSLLib.panel.common import scene
from DualNetSSLLib.panel.common.steps import Steps
from DualNetSSLLib.panel.common.words import scans_in_words
from DualNetSSLLib.scans.slabfile import slab_file

SAMPLES, LABELLED_SAMPLES = 10, 3
SLAB_BYTES = 1 << 20
STOPPING = (*errors.OF_ALL, LocalFileError)
"""Errors that the next scan would meet as well; here also those of the folder through which scans go."""


@dataclass
class Outcome:
    """What has become of the scans: names of those added, sentences on those refused, how many were there, notes."""

    added: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    present: int = 0
    noted: list[str] = field(default_factory=list)

    def in_words(self) -> str:
        """Say it in a sentence."""
        text = (
            _("{scans} added.").format(scans=scans_in_words(len(self.added))) if self.added else _("No scan was added.")
        )
        if self.present:
            text += " " + _("{count} were there already.").format(count=self.present)
        if self.refused:
            text += " " + _("Left out: {reasons}").format(reasons=" ".join(self.refused[:3]))
        if len(self.refused) > 3:
            text += " " + _("And {count} more.").format(count=len(self.refused) - 3)
        if self.noted:
            text += " " + _("Noticed: {notes}").format(notes=". ".join(self.noted[:3]))
        if len(self.noted) > 3:
            text += " " + _("And {count} more.").format(count=len(self.noted) - 3)
        return text


class Adding:
    """One adding at a time, in the background; what has arrived is never sent twice."""

    def __init__(
        self,
        session: Session,
        progress: Callable[[Progress], None],
        done: Callable[[Outcome], None],
        failed: Callable[[Exception], None],
        numbered: Callable[[], bool],
    ) -> None:
        """Tell ``progress`` of every step, and one of ``done`` and ``failed`` of the end.

        ``numbered`` tells whether the server gets numbers for names.
        """
        self._session, self._progress, self._done, self._failed = session, progress, done, failed
        self._numbered = numbered
        self._work: Call | Steps | None = None
        self._queue: list[Any] = []
        self._outcome = Outcome()
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    @property
    def running(self) -> bool:
        """Whether something is being added."""
        return self._work is not None

    def cancel(self) -> None:
        """Stop; what has arrived stays."""
        if self._work is not None:
            self._work.cancel()
        self._clear()

    def look(self, folder: str, seen: Callable[[dict[str, Any]], None]) -> None:
        """Look into a folder, and tell what it holds; nothing is sent."""
        self._outcome = Outcome()
        self._work = self._session.call(
            "look_into",
            folder=folder,
            progress=self._progress,
            done=lambda answer: self._seen(answer, seen),
            failed=self._end_badly,
        )

    def _seen(self, answer: dict[str, Any], seen: Callable[[dict[str, Any]], None]) -> None:
        self._clear()
        seen(answer)

    def folder(self, dataset: Dataset, folder: str, only: Sequence[str] | None = None) -> None:
        """Add the scans of a folder that ``only`` names, all without it, with their labels."""
        self._folder(dataset, folder, self._numbered(), only)

    def _folder(self, dataset: Dataset, folder: str, numbered: bool, only: Sequence[str] | None = None) -> None:
        self._outcome = Outcome()
        self._work = self._session.call(
            "add_folder",
            dataset=dataset.id,
            folder=folder,
            skip_invalid=True,
            numbered=numbered,
            only=None if only is None else list(only),
            progress=self._progress,
            done=self._folder_added,
            failed=self._end_badly,
        )

    def samples(self, dataset: Dataset) -> None:
        """Make phantom scans and add them, the first few with their labels."""
        self._work = self._session.call(
            "write_samples",
            cases=SAMPLES,
            labelled=LABELLED_SAMPLES,
            progress=self._progress,
            done=lambda answer: self._folder(dataset, answer["folder"], False),
            failed=self._end_badly,
        )

    def volumes(self, dataset: Dataset, nodes: Sequence[Any]) -> None:
        """Add volume nodes, one after the other, under their names made plain."""
        names = unlike([node.GetName() for node in nodes])
        self._begin([(dataset, node, name, names, False) for node, name in zip(nodes, names, strict=True)])

    def series(self, dataset: Dataset, uids: Sequence[tuple[str, str]]) -> None:
        """Load DICOM series (UID, name) by Slicer's own reader, add them, and remove them from the scene."""
        names = unlike([name for _uid, name in uids])
        self._begin([(dataset, uid, name, names, True) for (uid, _name), name in zip(uids, names, strict=True)])

    def _begin(self, queue: list[Any]) -> None:
        self._outcome, self._queue = Outcome(), queue
        self._scratch = tempfile.TemporaryDirectory(prefix="dualnetssl-")
        self._next()

    def _next(self) -> None:
        """Write the next volume of the queue into a file, slab by slab."""
        if not self._queue:
            return self._end_well()
        dataset, source, name, names, is_series = self._queue.pop(0)
        total = len(self._outcome.added) + len(self._outcome.refused) + len(self._queue) + 1
        text = _("Reading {name} ({number} of {total})").format(name=name, number=total - len(self._queue), total=total)
        self._progress(Progress(done=total - len(self._queue) - 1, total=total, text=text))
        work = _write_series(source, self._file()) if is_series else _write_volume(source, self._file())
        self._work = Steps(
            work, lambda grid: self._send(dataset, name, names, grid), lambda error: self._refuse(name, error)
        )
        return None

    def _send(self, dataset: Dataset, name: str, names: Sequence[str], geometry: Any) -> None:
        self._work = self._session.call(
            "add_volume",
            dataset=dataset.id,
            called=name,
            among=names,
            array_file=str(self._file()),
            geometry=geometry.to_json(),
            numbered=self._numbered(),
            progress=self._progress,
            done=lambda case: self._sent(case.case),
            failed=lambda error: self._refuse(name, error),
        )

    def _sent(self, name: str) -> None:
        self._outcome.added.append(name)
        self._next()

    def _refuse(self, name: str, error: Exception) -> None:
        """Go on without a volume that cannot be used; end if it is the connection that is the matter."""
        if isinstance(error, DualNetSSLError) and not isinstance(error, STOPPING):
            self._outcome.refused.append(f"{name}: {error}")
            return self._next()
        return self._end_badly(error)

    def _file(self) -> Path:
        assert self._scratch is not None  # noqa: S101 - made by `_begin`
        return Path(self._scratch.name) / "volume.npy"

    def _folder_added(self, answer: dict[str, Any]) -> None:
        added, refused, noted = (list(answer[part]) for part in ("added", "skipped", "noted"))
        self._outcome = Outcome(added, refused, len(answer["present"]), noted)
        self._end_well()

    def _end_well(self) -> None:
        outcome = self._outcome
        self._clear()
        self._done(outcome)

    def _end_badly(self, error: Exception) -> None:
        self._clear()
        self._failed(error)

    def _clear(self) -> None:
        self._work, self._queue = None, []
        if self._scratch is not None:
            self._scratch.cleanup()
        self._scratch = None


def unlike(names: Sequence[str]) -> list[str]:
    """Return the names of scans, a number behind each that came before; the background process makes them plain.

    Example:
        >>> unlike(["Müller T1", "Müller T1 ", ""])
        ['Müller T1', 'Müller T1 2', 'scan']
    """
    given: list[str] = []
    for name in names:
        called = name.strip() or "scan"
        numbers = (called if number == 1 else f"{called} {number}" for number in itertools.count(1))
        given.append(next(free for free in numbers if free not in given))
    return given


def loaded_volumes() -> list[Any]:
    """Return the scalar volumes of the scene that are no label maps and not the panel's own."""
    return [
        node
        for node in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
        if not node.IsA("vtkMRMLLabelMapVolumeNode")
        and not node.GetHideFromEditors()
        and node.GetImageData() is not None
        and scene.Mark.of(node) is None
    ]


def _write_volume(node: Any, target: Path) -> Generator[None, None, Geometry]:
    """Copy the voxels of a volume node into a ``.npy`` file, a slab for each `next`; returns the grid.

    Raises:
        UnusableVolume: the volume is gone, or has more than one value a voxel, or lies under a warped transform.
        LocalFileError: the file cannot be written.
    """
    if slicer.mrmlScene.GetNodeByID(node.GetID() or "") is not node:
        raise UnusableVolume(_("The volume was removed from the scene."), _("Load it again."))
    voxels, geometry = arrayFromVolume(node), scene.geometry_of(node)
    if voxels.ndim != 3:
        raise UnusableVolume(_("The volume has several values a voxel."), _("Choose one channel or time point."))
    if node.GetParentTransformNode() is not None:
        raise UnusableVolume(_("The volume lies under a transform."), _("Harden the transform, then add the volume."))
    step = max(1, SLAB_BYTES // max(1, voxels[0].nbytes))
    with local_file(target), slab_file(target, voxels.shape, voxels.dtype) as append:
        for start in range(0, len(voxels), step):
            append(voxels[start : start + step])
            yield
    return geometry


def _write_series(uid: str, target: Path) -> Generator[None, None, Geometry]:
    """Load a DICOM series, write its volume as `_write_volume` does, and remove what was loaded from the scene.

    Raises:
        UnusableVolume: Slicer finds no single volume in the series.
    """
    from DICOMLib import DICOMUtils

    yield
    nodes = [slicer.mrmlScene.GetNodeByID(identifier) for identifier in DICOMUtils.loadSeriesByUID([uid])]
    try:
        volumes = [node for node in nodes if node is not None and node.IsA("vtkMRMLScalarVolumeNode")]
        if len(volumes) != 1:
            raise UnusableVolume(
                _("Slicer reads {count} volumes from this series.").format(count=len(volumes)),
                _("Load it in the DICOM module, choose one, and add it as a loaded volume."),
            )
        return (yield from _write_volume(volumes[0], target))
    finally:
        for node in nodes:
            if node is not None:
                scene.remove(node)
