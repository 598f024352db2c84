"""From folders to cases: every file is checked before anything starts, and all that is wrong is told at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dualnetssl import volumes
from dualnetssl.contract.errors import InvalidDataset, InvalidLabelValue, InvalidRequest, InvalidVolume, ProblemError
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.contract.schema import IGNORED, Geometry
from dualnetssl.intake import classes
from dualnetssl.intake.bounds import Bounds, read_bounds
from dualnetssl.intake.classes import Labels
from dualnetssl.intake.folders import Finding, Folder, list_volumes, pick
from dualnetssl.intake.made_labels import MadeLabel, read_or_unknown, write_labels

OnCheck = Callable[[int, int], None]


@dataclass(frozen=True)
class Request:
    """What the user asked to train on.

    Attributes:
        images: folder of scans.
        labels: folder of label files of the same names.
        labelled: how many labels to use (the first by name) or a file of names; all if absent.
        exclude: how many scans to keep out (the last by name) or a file of names; none if absent.
        classes: file of class names.
        bounds: file that says between which voxels of a scan its structures lie; see `dualnetssl.intake.bounds`.
        made: folder of the labels that are made of the user's and of bounds; needed where there are bounds.
    """

    images: Path
    labels: Path
    labelled: str | None = None
    exclude: str | None = None
    classes: Path | None = None
    bounds: Path | None = None
    made: Path | None = None


@dataclass(frozen=True)
class Intake:
    """What can be used: cases in order of name, the label set, and what cannot be used and why.

    Attributes:
        cases: in order of name; the labels of some are yet to be made.
        labels: the label set.
        findings: what cannot be used and why.
        made: labels that must be made before a worker reads the cases, see `write_made`.
    """

    cases: tuple[JobCase, ...]
    labels: Labels
    findings: tuple[Finding, ...]
    made: tuple[MadeLabel, ...] = ()

    @property
    def labelled(self) -> int:
        """Number of cases with a label."""
        return sum(case.label is not None for case in self.cases)


@dataclass(frozen=True)
class Selection:
    """Which file is whose image and label, and whose bounds are known, after the user's choices."""

    images: dict[str, Path]
    labels: dict[str, Path]
    findings: tuple[Finding, ...]
    bounds: dict[str, Bounds] = field(default_factory=dict)

    def content(self, name: str, geometry: Geometry) -> LabelContent | None:
        """Read and check what is known of a scan, None if nothing is; see `read_content`."""
        label, bounds = self.labels.get(name), self.bounds.get(name)
        if label is not None:
            return read_content(label, geometry, bounds)
        if bounds is None:
            return None
        bounds.check(read_or_unknown(None, self.images[name])[0])
        return LabelContent(frozenset(), None)

    def made(self, names: Iterable[str]) -> tuple[MadeLabel, ...]:
        """Return the labels to be made for those of the scans whose bounds are known."""
        return tuple(
            MadeLabel(name, self.images[name], self.labels.get(name), self.bounds[name])
            for name in names
            if name in self.bounds
        )


@dataclass(frozen=True)
class LabelContent:
    """What a label file holds: its values except 0 and 255, and the label set of its header if it tells one."""

    values: frozenset[int]
    own: Labels | None


def take_training(request: Request, on_check: OnCheck) -> Intake:
    """Pair images and labels by name and check every file.

    Args:
        request: what the user asked for.
        on_check: told after each case how many of how many are checked.

    Raises:
        InvalidDataset: a folder is missing or holds no volume.
        InvalidRequest: a choice of names or the class names make no sense.
    """
    selection = select(request)
    named = classes.named_labels(request.classes, request.labels)
    channels: dict[str, int] = {}
    contents: dict[str, LabelContent] = {}
    findings = list(selection.findings)
    for number, (name, path) in enumerate(selection.images.items(), start=1):
        try:
            channels[name], geometry = _look(path)
            if (content := selection.content(name, geometry)) is not None:
                contents[name] = content
        except ProblemError as problem:
            findings.append(Finding(_which(name, name in channels, selection), problem))
        on_check(number, len(selection.images))
    odd = unlike_others(channels)
    findings += [Finding(selection.images[name].name, problem) for name, problem in odd.items()]
    contents = {name: content for name, content in contents.items() if name not in odd}
    labels, unfitting = settle_labels(named, contents)
    findings += [Finding(selection.labels[name].name, problem) for name, problem in unfitting.items()]
    usable = {name: path for name, path in selection.labels.items() if name in contents and name not in unfitting}
    made = selection.made(name for name in contents if name not in unfitting)
    usable |= {label.case: label.path(_folder_of_made(request)) for label in made}
    good = [name for name in selection.images if name in channels and name not in odd]
    cases = tuple(_case(name, selection.images[name], usable.get(name)) for name in good)
    return Intake(cases, labels, tuple(findings), made)


def _folder_of_made(request: Request) -> Path:
    if request.made is None:
        raise ValueError("a request with bounds needs a folder for the labels made of them")
    return request.made


def write_made(found: Intake, request: Request) -> None:
    """Make the labels that the cases name and that are not there yet."""
    if found.made:
        write_labels(found.made, _folder_of_made(request))


def _look(path: Path) -> tuple[int, Geometry]:
    image, geometry = volumes.read_channels(path)
    return len(image), geometry


def unlike_others(channels: Mapping[str, int]) -> dict[str, ProblemError]:
    """Return what is wrong with the scans whose number of channels is not that of most others.

    Args:
        channels: of each scan by its name.

    Example:
        >>> sorted(unlike_others({"a": 2, "b": 1, "c": 2}))
        ['b']
    """
    most = Counter(channels.values()).most_common(1)
    problems: dict[str, ProblemError] = {}
    for name, found in channels.items():
        try:
            volumes.check_channels(found, most[0][0])
        except InvalidVolume as problem:
            problems[name] = problem
    return problems


def take_images(folder: Path, channels: int, on_check: OnCheck) -> Intake:
    """Check every scan of a folder, for prediction.

    Args:
        folder: with scans.
        channels: that the model takes.
        on_check: told after each scan how many of how many are checked.

    Raises:
        InvalidDataset: the folder is missing or holds no volume.
    """
    found = list_volumes(folder, "images")
    cases, findings = [], list(found.findings)
    for number, (name, path) in enumerate(found.files.items(), start=1):
        try:
            volumes.check_channels(_look(path)[0], channels)
            cases.append(_case(name, path, None))
        except ProblemError as problem:
            findings.append(Finding(path.name, problem))
        on_check(number, len(found.files))
    return Intake(tuple(cases), (), tuple(findings))


def _which(name: str, image_is_good: bool, selection: Selection) -> str:
    if not image_is_good:
        return selection.images[name].name
    return f"label {selection.labels[name].name}" if name in selection.labels else f"bounds of {name}"


def _case(name: str, image: Path, label: Path | None) -> JobCase:
    return JobCase(case=name, image=str(image.resolve()), label=str(label.resolve()) if label else None)


def select(request: Request) -> Selection:
    """Apply the choices of which scans are kept out and whose labels are used.

    Raises:
        InvalidDataset: a folder is missing, empty or without any volume, or every scan is kept out.
        InvalidRequest: a choice names what is not there.
    """
    images, labels = list_volumes(request.images, "images"), list_volumes(request.labels, "labels")
    excluded = pick(request.exclude, list(images.files), "--exclude", last=True) if request.exclude else ()
    kept = {name: path for name, path in images.files.items() if name not in excluded}
    if not kept:
        raise InvalidDataset("no scan, as all are kept out", "at least one scan", "Exclude fewer of them (--exclude).")
    bounds = _bounds(request, images)
    paired = [name for name in kept if name in labels.files or name in bounds]
    chosen = pick(request.labelled, paired, "--labelled") if request.labelled else tuple(paired)
    listed = request.labelled is not None and not request.labelled.isdigit()
    orphans = () if listed else _orphans(images, labels)
    findings = (*images.findings, *labels.findings, *orphans)
    files = {name: labels.files[name] for name in chosen if name in labels.files}
    return Selection(kept, files, findings, {name: bounds[name] for name in chosen if name in bounds})


def _bounds(request: Request, images: Folder) -> dict[str, Bounds]:
    """Read the file of bounds, if there is one; scans that no file has are refused."""
    if request.bounds is None:
        return {}
    bounds = read_bounds(request.bounds)
    strangers = sorted(bounds.keys() - images.files.keys())
    if strangers:
        raise InvalidRequest(
            f"bounds of {len(strangers)} scans that are not in the folder of images, such as {strangers[0]}",
            f"names of the {len(images.files)} scans there, such as {min(images.files)}",
            f"Correct {request.bounds.name}.",
        )
    return bounds


def _orphans(images: Folder, labels: Folder) -> tuple[Finding, ...]:
    doubled = {finding.name for finding in images.findings}
    problem = InvalidDataset(
        "a label without a scan of the same name",
        "labels named like their scans, whatever the format of either",
        "Rename the label, or take it out of the folder.",
    )
    names = [name for name in labels.files if name not in images.files and name not in doubled]
    return tuple(Finding(f"label {labels.files[name].name}", problem) for name in names)


def read_content(path: Path, image: Geometry, bounds: Bounds | None = None) -> LabelContent:
    """Read a label file and compare its voxel grid with the image's, and its voxels with the bounds if there are some.

    Raises:
        InvalidVolume: the file is no usable volume.
        GeometryMismatch: the label does not lie on the image.
        InvalidLabelValue: values that are no class, a header that contradicts itself, or voxels outside the bounds.
        InvalidRequest: the bounds reach beyond the scan.
    """
    array, geometry = volumes.read_label(path)
    volumes.check_same_geometry(image, geometry)
    if bounds is not None:
        bounds.check(array)
    values = frozenset(np.flatnonzero(np.bincount(array.ravel(), minlength=256)).tolist()) - {0, IGNORED}
    return LabelContent(values, _header_labels(path))


def _header_labels(path: Path) -> Labels | None:
    if not path.name.lower().endswith(".seg.nrrd"):
        return None
    try:
        return classes.segment_labels(volumes.segment_fields(path))
    except ValueError as error:
        received = f"a segmentation header that makes no sense ({str(error).splitlines()[0]})"
        raise InvalidLabelValue(
            received, "segments with unique names and values", "Save it again in 3D Slicer."
        ) from error


def settle_labels(named: Labels | None, contents: dict[str, LabelContent]) -> tuple[Labels, dict[str, ProblemError]]:
    """Return the label set, and for each case whose label does not fit it the reason.

    The set is ``named``; without that what the headers tell; without either one class per value found.
    """
    problems: dict[str, ProblemError] = {}
    labels: Labels = named or ()
    for name, content in contents.items():
        try:
            classes.check_agreement(labels, content.own or ())
            labels = labels if named else _joined(labels, content.own or ())
        except InvalidLabelValue as problem:
            problems[name] = problem
    if not labels:
        return classes.labels_of_values(frozenset().union(*(content.values for content in contents.values()))), problems
    allowed = {label.value for label in labels}
    for name, content in contents.items():
        if name not in problems and not content.values <= allowed:
            problems[name] = _unknown_values(content.values - allowed, labels)
    return labels, problems


def _joined(labels: Labels, own: Labels) -> Labels:
    known = {label.value for label in labels}
    return tuple(sorted((*labels, *(label for label in own if label.value not in known)), key=lambda item: item.value))


def _unknown_values(values: frozenset[int], labels: Labels) -> InvalidLabelValue:
    return InvalidLabelValue(
        f"the values {', '.join(map(str, sorted(values)))}",
        f"0, {', '.join(f'{label.value} ({label.name})' for label in labels)}, and {IGNORED} for 'not verified'",
        "Give these voxels a value of the label set, or add the class to the file of classes (--classes).",
    )


def take_labels(predicted: Mapping[str, Path], folder: Path) -> tuple[dict[str, Path], tuple[Finding, ...]]:
    """Find the label file of every predicted case and check it.

    Args:
        predicted: segmentation of each case by its name.
        folder: of label files; those of other cases are left aside.

    Returns:
        The files that can be used, by case, and what cannot be used and why.

    Raises:
        InvalidDataset: the folder is missing or holds no volume.
    """
    found = list_volumes(folder, "labels")
    findings = [finding for finding in found.findings if finding.name in predicted]
    usable = {}
    for name in sorted(set(predicted) & set(found.files)):
        try:
            read_content(found.files[name], volumes.probe(predicted[name]).geometry)
            usable[name] = found.files[name]
        except ProblemError as problem:
            findings.append(Finding(found.files[name].name, problem))
    return usable, tuple(findings)


def refuse_findings(findings: Sequence[Finding], skip_invalid: bool, say: Callable[[str], object]) -> None:
    """Report all files that cannot be used, and stop unless the user wants to go on without them.

    Args:
        findings: what cannot be used.
        skip_invalid: whether to go on without it.
        say: told a line for each.

    Raises:
        InvalidDataset: there is something, and ``skip_invalid`` is not set.
    """
    for finding in findings:
        say(f"{'left out: ' if skip_invalid else ''}{finding}")
    if findings and not skip_invalid:
        raise InvalidDataset(
            f"{len(findings)} {'files' if len(findings) > 1 else 'file'} that cannot be used (listed above)",
            "folders in which every volume can be used",
            "Correct them, or go on without them (--skip-invalid).",
        )


def check_enough(intake: Intake) -> None:
    """Refuse to train on nothing.

    Raises:
        InvalidDataset: no scan with a label is left, or no label marks anything.
    """
    if intake.labelled == 0:
        raise InvalidDataset(
            f"{len(intake.cases)} scans and no label for any of them",
            "at least one scan with a label of the same name",
            "Segment one scan, for instance in 3D Slicer, and save the label under the name of the scan.",
        )
    classes.check_any(intake.labels)
