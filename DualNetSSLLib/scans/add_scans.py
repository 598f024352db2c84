"""Scans and labels brought into a data set: a folder of files, or a volume that the panel has written down."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk

from DualNetSSLLib.client import errors
from DualNetSSLLib.client.errors import (
    DualNetSSLError,
    UnusableVolume,
)
from DualNetSSLLib.client.files import Progress, hash_file, local_file, size_of
from DualNetSSLLib.client.records import Case, CasePut, Geometry, LabelDefinition
from DualNetSSLLib.client.volumes import (
    SUFFIXES,
    Volume,
    image_for_upload,
    label_for_upload,
    read_volume,
    volume_from_array,
)
from DualNetSSLLib.scans.cache import geometry_from
from DualNetSSLLib.scans.case_names import CalledHere, Naming, Numbering
from DualNetSSLLib.tasks.call import Task

ENDINGS = (".seg.nrrd", *SUFFIXES)
LABEL_ENDING = re.compile(r"[-_.](label|labels|seg|segmentation|mask|gt)$", re.IGNORECASE)
FOLDERS = (("images", "labels"), ("imagestr", "labelstr"))


@dataclass(frozen=True)
class Found:
    """A scan of a folder, and its label if there is one."""

    name: str
    image: Path
    label: Path | None

    @property
    def size(self) -> int:
        """Bytes of the files."""
        return size_of(self.image) + (size_of(self.label) if self.label else 0)


def add_folder(
    task: Task, dataset: str, folder: str, skip_invalid: bool = True, numbered: bool = False
) -> dict[str, Any]:
    """Send every scan of a folder with the label that lies beside it; the same call again goes on where it ended.

    Scans and labels lie in ``images`` and ``labels`` under the same names, or side by side, where a label is named as
    its scan with ``-label`` or ``_seg`` at the end. A label of a case that has one already is left alone.

    Args:
        task: the call.
        dataset: where to.
        folder: where from.
        skip_invalid: whether to go on with the other files when one cannot be used.
        numbered: whether cases are called case-001 and so on, so that the server never learns a file's name.

    Returns:
        ``added``: names of the cases that were made or got their label; ``present``: of those that were there already;
        ``skipped``: a sentence for each that could not be used.

    Raises:
        UnusableVolume: the folder holds no scan; or, unless ``skip_invalid``, a file cannot be used.
    """
    scans, doubled = scans_of(Path(folder))
    answer: dict[str, Any] = {"added": [], "present": [], "skipped": doubled}
    total, before = sum(scan.size for scan in scans), 0
    with task.client() as client:
        labels = client.dataset(dataset).labels
        naming = Numbering(client, dataset, CalledHere(task, dataset)) if numbered else Naming(client, dataset)
        for number, scan in enumerate(scans, 1):
            progress = _Share(task, f"{scan.name} ({number} / {len(scans)})", before, scan.size, total)
            try:
                name, made = _add(naming, scan.name, scan.image, _label_of(scan, labels), progress, task)
                answer["added" if made else "present"].append(name)
            except errors.OF_ALL:
                raise
            except DualNetSSLError as error:
                if not skip_invalid:
                    raise
                answer["skipped"].append(f"{scan.name}: {error}")
            before += scan.size
    return answer


def add_volume(
    task: Task,
    dataset: str,
    case: str,
    array_file: str,
    geometry: Geometry | dict[str, Any],
    numbered: bool = False,
) -> Case:
    """Send a scan that lies as voxels ``[k, j, i]`` in a ``.npy`` file, on the grid given in LPS.

    If ``numbered``, the case gets a number, and ``case`` is what it is called on this computer alone.
    """
    path = Path(array_file)
    with local_file(path):
        voxels = np.load(path, mmap_mode="r", allow_pickle=False)
    image = volume_from_array(np.ascontiguousarray(voxels), geometry_from(geometry))
    with task.client() as client:
        naming = Numbering(client, dataset, CalledHere(task, dataset)) if numbered else Naming(client, dataset)
        name, _made = _add(naming, case, image, None, task.bytes_of(case), task)
        return client.case(dataset, name)


def scans_of(folder: Path) -> tuple[list[Found], list[str]]:
    """Find the scans of a folder with their labels, and say which names are there twice.

    Raises:
        UnusableVolume: there is none.
        LocalFileError: the folder cannot be read.
    """
    with local_file(folder):
        below = {entry.name.lower(): entry for entry in folder.iterdir() if entry.is_dir()}
        pair = next(((below[a], below.get(b)) for a, b in FOLDERS if a in below), None)
        if pair is not None:
            images, labels = _volumes(pair[0]), _volumes(pair[1]) if pair[1] else {}
        else:
            images, labels = _side_by_side(_volumes(folder))
    doubled = [f"{name}: there are {len(paths)} files of this name." for name, paths in images.items() if paths[1:]]
    found = [Found(name, paths[0], labels.get(name, [None])[0]) for name, paths in images.items() if not paths[1:]]
    if not images:
        raise UnusableVolume(
            f"{folder.name or folder} holds no scan that can be read.",
            f"Choose a folder with {', '.join(SUFFIXES)} files; bring DICOM series in through Slicer's DICOM module.",
        )
    return found, doubled


def case_name(stem: str) -> str:
    """Make the name of a case out of a file's: letters, digits, dot, dash and underscore.

    Example:
        >>> case_name("scan 1 (left)"), case_name("liver_7_0000"), case_name("-x")
        ('scan_1__left_', 'liver_7', 'case_-x')
    """
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", re.sub(r"_0000$", "", stem))
    return (plain if re.match(r"[A-Za-z0-9]", plain) else f"case_{plain}")[:128]


def _volumes(folder: Path) -> dict[str, list[Path]]:
    """Return the volumes of a folder by the names of their cases."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        ending = next((ending for ending in ENDINGS if path.name.lower().endswith(ending)), None)
        if ending and path.is_file() and not path.name.startswith("."):
            found.setdefault(case_name(path.name[: -len(ending)]), []).append(path)
    return found


def _side_by_side(files: Mapping[str, list[Path]]) -> tuple[dict[str, list[Path]], dict[str, list[Path]]]:
    """Tell labels from scans where they lie in one folder."""
    images: dict[str, list[Path]] = {}
    labels: dict[str, list[Path]] = {}
    for name, paths in files.items():
        scan = LABEL_ENDING.sub("", name)
        for path in paths:
            if scan != name and scan in files:
                labels.setdefault(scan, []).append(path)
            elif path.name.lower().endswith(".seg.nrrd"):
                labels.setdefault(name, []).append(path)
            else:
                images.setdefault(name, []).append(path)
    return images, labels


def _label_of(scan: Found, labels: Sequence[LabelDefinition]) -> Volume | None:
    if scan.label is None or not scan.label.name.lower().endswith(".seg.nrrd"):
        return scan.label
    return by_name(read_volume(scan.label), scan.label.name, labels)


def by_name(image: sitk.Image, name: str, labels: Sequence[LabelDefinition]) -> sitk.Image:
    """Give the segments of a Slicer segmentation the values that their names have in the data set.

    Raises:
        UnusableVolume: segments overlap, or one has a name that the data set has not.
    """
    if image.GetNumberOfComponentsPerPixel() != 1 or image.GetDimension() != 3:
        raise UnusableVolume(f"The segments of {name} overlap.", "Export them as a label volume.")
    values = {label.name.casefold(): label.value for label in labels}
    old = sitk.GetArrayViewFromImage(image)
    new = np.zeros(old.shape, np.uint8)
    for segment, value in _segments(image):
        if segment.casefold() not in values:
            names = ", ".join(label.name for label in labels)
            raise UnusableVolume(f"{name} has a segment {segment!r}; the data set has {names}.", "Rename or remove it.")
        new[old == value] = values[segment.casefold()]
    result = sitk.GetImageFromArray(new)
    result.CopyInformation(image)
    return result


def _segments(image: sitk.Image) -> Iterator[tuple[str, int]]:
    """Yield name and value of each segment that the header of a ``.seg.nrrd`` file describes."""
    number = 0
    while image.HasMetaDataKey(f"Segment{number}_Name"):
        yield image.GetMetaData(f"Segment{number}_Name"), int(image.GetMetaData(f"Segment{number}_LabelValue"))
        number += 1


def _add(
    naming: Naming | Numbering, called: str, image: Volume, label: Volume | None, progress: Progress, task: Task
) -> tuple[str, bool]:
    """Make a case, or give it the label it lacks; returns its name, and whether there was anything to do.

    Raises:
        UnusableVolume: another scan has this name.
    """
    client = naming.client
    with tempfile.TemporaryDirectory(prefix="dualnetssl-") as scratch:
        scan = image_for_upload(image, Path(scratch) / "image.nrrd")
        name, present = naming.find(called, hash_file(scan))
        if present is not None and (label is None or present.label is not None):
            naming.added(name, called)
            return name, False
        digest = client.upload(scan, progress=progress, cancel=task.cancel)
        labelled = None
        if label is not None:
            labelled = client.upload(label_for_upload(label, Path(scratch) / "label.nrrd"), cancel=task.cancel)
    content = CasePut(image=digest, label=labelled, annotator=present.annotator if present else None)
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
