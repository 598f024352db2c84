"""Scans and labels brought into a data set: a folder of files, or a volume that the panel has written down."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dualnetssl.files.names import case_names
from dualnetssl.files.pairing import Scan
from DualNetSSLLib.client import errors
from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.client.files import Progress, hash_file, local_file, size_of
from DualNetSSLLib.client.records import Case, CasePut, Geometry, LabelDefinition
from DualNetSSLLib.client.volumes import Volume, image_for_upload, label_for_upload, volume_from_array
from DualNetSSLLib.scans.cache import geometry_from
from DualNetSSLLib.scans.case_names import CalledHere, Naming, Numbering
from DualNetSSLLib.scans.folders import find
from DualNetSSLLib.scans.volume_files import read_label, read_scan
from DualNetSSLLib.tasks.call import Task


def add_folder(
    task: Task,
    dataset: str,
    folder: str,
    skip_invalid: bool = True,
    numbered: bool = False,
    only: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Send every scan of a folder with its label; the same call again goes on where it ended.

    Scans and labels are found by `dualnetssl.files.layouts.find_pairs`, as the command line finds them. A label of a
    case that has one already is left alone.

    Args:
        task: the call.
        dataset: where to.
        folder: where from.
        skip_invalid: whether to go on with the other files when one cannot be used.
        numbered: whether cases are called case-001 and so on, so that the server never learns a file's name.
        only: what the scans to be sent are called, see `folders.look_into`; all if absent.

    Returns:
        ``added``: names of the cases that were made or got their label; ``present``: of those that were there already;
        ``skipped``: a sentence for each that could not be used; ``noted``: for each thing that was noticed.

    Raises:
        UnusableVolume: the folder holds no scan; or, unless ``skip_invalid``, a file cannot be used.
    """
    found = find(Path(folder))
    scans = [scan for scan in found.scans if only is None or scan.stem in only]
    answer: dict[str, Any] = {"added": [], "present": [], "skipped": list(map(str, found.findings)), "noted": []}
    answer["noted"] += map(str, found.notes)
    total, before = sum(map(_size, scans)), 0
    with task.client() as client:
        labels = client.dataset(dataset).labels
        naming = _naming(client, task, dataset, numbered)
        for number, scan in enumerate(scans, 1):
            progress = _Share(task, f"{scan.stem} ({number} / {len(scans)})", before, _size(scan), total)
            try:
                sent = _of_files(scan, labels, found.classes, answer["noted"])
                name, made = _add(naming, scan.case, scan.stem, sent, progress, task)
                answer["added" if made else "present"].append(name)
            except errors.OF_ALL:
                raise
            except DualNetSSLError as error:
                if not skip_invalid:
                    raise
                answer["skipped"].append(f"{scan.stem}: {error}")
            before += _size(scan)
    return answer


def add_volume(
    task: Task,
    dataset: str,
    called: str,
    array_file: str,
    geometry: Geometry | dict[str, Any],
    numbered: bool = False,
    among: Sequence[str] = (),
) -> Case:
    """Send a scan that lies as voxels ``[k, j, i]`` in a ``.npy`` file, on the grid given in LPS.

    Args:
        task: the call.
        dataset: where to.
        called: what the scan is called here; the case has this name made plain, as a file's.
        array_file: its voxels.
        geometry: its grid.
        numbered: whether the case gets a number for a name.
        among: what it and the scans that are added with it are called, from which its name must differ.
    """
    path, plain = Path(array_file), case_names({called, *among})[called]
    with local_file(path):
        voxels = np.load(path, mmap_mode="r", allow_pickle=False)
    image = volume_from_array(np.ascontiguousarray(voxels), geometry_from(geometry))
    with task.client() as client:
        naming = _naming(client, task, dataset, numbered)
        name, _made = _add(naming, plain, called, _Sent(image), task.bytes_of(called), task)
        return client.case(dataset, name)


def _size(scan: Scan) -> int:
    """Bytes of the files."""
    return sum(size_of(path) for path in (*scan.channels, *([scan.label] if scan.label else scan.masks.values())))


@dataclass(frozen=True)
class _Sent:
    """Volumes of a case, each a SimpleITK image."""

    image: Volume
    label: Volume | None = None
    verified: Volume | None = None


def _of_files(scan: Scan, labels: Sequence[LabelDefinition], classes: Path | None, noted: list[str]) -> _Sent:
    image, geometry, noticed = read_scan(scan)
    noted += [f"{scan.image.name}: {text}" for text in noticed]
    if not scan.labelled:
        return _Sent(image)
    found = read_label(scan, geometry, labels, classes)
    noted += [f"{scan.label.name if scan.label else scan.stem}: {text}" for text in found.noticed]
    return _Sent(image, found.label, found.verified)


def _naming(client: Client, task: Task, dataset: str, numbered: bool) -> Naming | Numbering:
    names = CalledHere(task, dataset)
    return Numbering(client, dataset, names) if numbered else Naming(client, dataset, names)


def _add(
    naming: Naming | Numbering, case: str, called: str, sent: _Sent, progress: Progress, task: Task
) -> tuple[str, bool]:
    """Make a case, or give it the label it lacks; returns its name, and whether there was anything to do.

    Args:
        naming: of the data set's cases.
        case: the plain name of the scan.
        called: what it is called on this computer.
        sent: its volumes.
        progress: told of bytes.
        task: the call.

    Raises:
        UnusableVolume: another scan has this name.
    """
    client = naming.client
    with tempfile.TemporaryDirectory(prefix="dualnetssl-") as scratch:
        scan = image_for_upload(sent.image, Path(scratch) / "image.nrrd")
        name, present = naming.find(case, hash_file(scan))
        if present is not None and (sent.label is None or present.label is not None):
            naming.added(name, called)
            return name, False
        digest = client.upload(scan, progress=progress, cancel=task.cancel)
        parts = {
            part: client.upload(label_for_upload(volume, Path(scratch) / f"{part}.nrrd"), cancel=task.cancel)
            for part, volume in (("label", sent.label), ("verified", sent.verified))
            if volume is not None
        }
    content = CasePut(image=digest, annotator=present.annotator if present else None, **parts)
    client.put_case(naming.dataset, name, content, revision=present.revision if present else None)
    naming.added(name, called)
    return name, True


@dataclass(frozen=True)
class _Share:
    """Turns the bytes of one upload into its share of the whole folder."""

    task: Task
    text: str
    before: int
    size: int
    total: int

    def __call__(self, done: int, of: int) -> None:
        self.task.say(self.text, self.before + self.size * done // max(1, of), self.total)
