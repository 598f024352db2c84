"""From folders to cases: every file is checked before anything starts, and all that is wrong is told at once."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dualnetssl import volumes
from dualnetssl.contract.errors import InvalidDataset, ProblemError
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.files.labelling import Classes, read_segmentation
from dualnetssl.files.layouts import find_labels, find_scans
from dualnetssl.files.listing import check_folder, is_volume
from dualnetssl.files.names import case_name, stem
from dualnetssl.files.pairing import Finding, Note, Pairing, Scan, pair
from dualnetssl.files.reading import label_grid
from dualnetssl.intake import classes
from dualnetssl.intake.classes import Labels, LabelSet
from dualnetssl.intake.differing import Kinds, copies, differences
from dualnetssl.intake.kind import said
from dualnetssl.intake.labels import Known, Source
from dualnetssl.intake.looking import Looked, look
from dualnetssl.intake.made import FOLDER, SCANS, MadeLabel, MadeScan, write_files
from dualnetssl.intake.selection import Request as Request
from dualnetssl.intake.selection import Selection, select
from dualnetssl.intake.settling import from_headers, nameless, settle_values, unlike_others

OnCheck = Callable[[int, int], None]
_NUMBERS = re.compile(r"-?\d[\d.e+-]*")


@dataclass(frozen=True)
class Intake:
    """What can be used: cases in order of name, the label set, and what cannot be used and why.

    Attributes:
        cases: in order of name; the labels of some are yet to be made.
        labels: the label set.
        findings: what cannot be used and why.
        made: labels that must be made before a worker reads the cases, see `write_made`.
        joined: scans that must be made before anything else reads the cases, see `write_joined`.
        joined_in: folder of these.
        notes: what was noticed and stops nothing.
        looked: what was seen of each scan that can be used, by its case.
        layout: in words, by which rule the files were found.
        scans: the files of each case.
        kinds: what the folder says that the scans are, CT or MR.
    """

    cases: tuple[JobCase, ...]
    labels: Labels
    findings: tuple[Finding, ...]
    made: tuple[MadeLabel, ...] = ()
    joined: tuple[MadeScan, ...] = ()
    joined_in: Path = Path(SCANS)
    notes: tuple[Note, ...] = ()
    looked: Mapping[str, Looked] = field(default_factory=dict)
    layout: str = ""
    scans: tuple[Scan, ...] = ()
    kinds: Kinds = field(default_factory=Kinds)

    @property
    def labelled(self) -> int:
        """Number of cases with a label."""
        return sum(case.label is not None for case in self.cases)


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
    named_set = classes.named_labels(request.classes, selection.pairing.classes)
    settled, contradictions = (named_set, {}) if named_set else from_headers(selection.sources)
    settled = classes.chosen(settled, request.only) if request.only else settled
    check = _Check(request, selection, settled, contradictions)
    for number, scan in enumerate(selection.scans, start=1):
        check.scan(scan)
        on_check(number, len(selection.scans))
    return check.intake()


class _Check:
    """Goes through the scans of a selection and keeps what is found."""

    def __init__(
        self, request: Request, selection: Selection, named: LabelSet | None, odd: Mapping[str, ProblemError]
    ) -> None:
        self._request, self._selection, self._named, self._odd = request, selection, named, odd
        self._looked: dict[str, Looked] = {}
        self._known: dict[str, Known] = {}
        self._findings: list[Finding] = list(selection.findings)

    def scan(self, scan: Scan) -> None:
        """Read a scan and what is known of it."""
        try:
            looked = look(scan)
            self._looked[scan.case] = looked
            if (source := self._selection.sources.get(scan.case)) is not None:
                self._known[scan.case] = self._label(source, looked)
        except ProblemError as problem:
            self._findings.append(Finding(self._which(scan), problem))

    def _label(self, source: Source, looked: Looked) -> Known:
        if source.scan.case in self._odd:
            raise self._odd[source.scan.case]
        found = source.read(looked.geometry, self._named)
        return replace(found, label=found.label[:0].copy())  # a part would hold the whole, and one is held at a time

    def _which(self, scan: Scan) -> str:
        if scan.case not in self._looked:
            return scan.image.name
        files = self._selection.sources[scan.case].files
        return f"label {files[0].name}" if files else f"bounds of {scan.stem}"

    def intake(self) -> Intake:
        """Settle the classes and the channels, and return what can be used."""
        odd = unlike_others({name: looked.channels for name, looked in self._looked.items()})
        names = {scan.case: scan for scan in self._selection.scans}
        self._findings += [Finding(names[name].image.name, problem) for name, problem in odd.items()]
        known = {name: found for name, found in self._known.items() if name not in odd}
        settled, unfitting = settle_values(self._named, {name: found.counts for name, found in known.items()})
        self._findings += [Finding(self._which(names[name]), problem) for name, problem in unfitting.items()]
        known = {name: found for name, found in known.items() if name not in unfitting}
        good = [scan for scan in self._selection.scans if scan.case in self._looked and scan.case not in odd]
        files = _Files(self._request, self._selection, settled, known, self._looked)
        cases = tuple(files.case(scan) for scan in good)
        kinds = _kinds(self._request, self._selection)
        together = (*_unseen(settled, known), *differences(self._looked, kinds), *self._together(good, known))
        return Intake(
            cases,
            settled.labels,
            tuple(self._findings),
            made=tuple(files.labels),
            joined=tuple(files.scans),
            joined_in=_folder_of_scans(self._request) if files.scans else Path(SCANS),
            notes=(*self._selection.pairing.notes, *self._notes(good, known), *together),
            looked={scan.case: replace(self._looked[scan.case], counts=_counts(known.get(scan.case))) for scan in good},
            layout=self._selection.pairing.layout,
            scans=tuple(good),
            kinds=kinds,
        )

    def _together(self, good: Sequence[Scan], known: Mapping[str, Known]) -> Iterator[Note]:
        yield from copies({scan.stem: self._looked[scan.case].digest for scan in good}, "scans")
        yield from copies({scan.stem: known[scan.case].digest for scan in good if scan.case in known}, "labels")
        yield from nameless([self._selection.sources[scan.case] for scan in good if scan.case in known], self._named)

    def _notes(self, good: Sequence[Scan], known: Mapping[str, Known]) -> list[Note]:
        notes = [Note(scan.image.name, text) for scan in good for text in self._looked[scan.case].noticed]
        return notes + [
            Note(self._which(scan), text) for scan in good if scan.case in known for text in known[scan.case].noticed
        ]


def _unseen(named: LabelSet, known: Mapping[str, Known]) -> Iterator[Note]:
    """Say which classes no label shows: nothing of them can be learnt."""
    seen = {value for found in known.values() for value in found.counts}
    unseen = [label.name for label in named.labels if label.value not in seen]
    if known and unseen:
        yield Note("the labels together", f"no voxel of {', '.join(unseen)}: nothing of that can be learnt")


def _kinds(request: Request, selection: Selection) -> Kinds:
    folders = {scan.image.parent for scan in selection.scans} | {request.images, request.labels or request.images}
    found = said(sorted(folders), selection.scans)
    return Kinds() if found is None else Kinds(*found)


def _counts(known: Known | None) -> dict[int, int] | None:
    return None if known is None else known.counts


@dataclass(frozen=True)
class _Files:
    """Tells which file stands for each scan and label, and gathers those that must be made."""

    request: Request
    selection: Selection
    named: LabelSet
    known: Mapping[str, Known]
    looked: Mapping[str, Looked]
    labels: list[MadeLabel] = field(default_factory=list)
    scans: list[MadeScan] = field(default_factory=list)

    def case(self, scan: Scan) -> JobCase:
        """Return the case of a scan."""
        label = self._label(scan)
        return JobCase(case=scan.case, image=str(self._image(scan)), label=str(label) if label else None)

    def _image(self, scan: Scan) -> Path:
        if len(scan.channels) == 1:
            return scan.image.absolute()
        joined = MadeScan(scan.case, scan.channels)
        self.scans.append(joined)
        return joined.path(_folder_of_scans(self.request))

    def _label(self, scan: Scan) -> Path | None:
        if scan.case not in self.known:
            return None
        source = self.selection.sources[scan.case]
        if self.known[scan.case].as_it_is:
            return source.files[0].absolute()
        label = MadeLabel(source, self.looked[scan.case].geometry, self.named)
        self.labels.append(label)
        return label.path(_folder_of_made(self.request))


def _folder_of_made(request: Request) -> Path:
    if request.made is None:
        raise InvalidDataset(
            "labels or scans that have to be made of the files first",
            "files that hold the labels and scans as they are to be learnt",
            "Train on them with dualnetssl train, which makes them, and use those in its output.",
        )
    return request.made


def _folder_of_scans(request: Request) -> Path:
    return _folder_of_made(request).parent / SCANS


def write_made(found: Intake, request: Request) -> None:
    """Make the labels that the cases name and that are not there yet."""
    if found.made:
        write_files(found.made, _folder_of_made(request))


def write_joined(found: Intake) -> None:
    """Make the scans that the cases name and that are not there yet; a job can be checked only once they are."""
    if found.joined:
        write_files(found.joined, found.joined_in)


def take_images(place: Path, channels: int, on_check: OnCheck, joined: Path | None = None) -> Intake:
    """Check every scan of a folder, for prediction.

    Args:
        place: a folder of scans however it is laid out, or one file.
        channels: that the model takes.
        on_check: told after each scan how many of how many are checked.
        joined: folder for scans that have to be made of several files.

    Raises:
        InvalidDataset: the folder is missing or holds no volume.
    """
    pairing = one_file(place, channels) if place.is_file() else find_scans(place, channels)
    looked: dict[str, Looked] = {}
    findings, scans = list(pairing.findings), []
    for number, scan in enumerate(pairing.scans, start=1):
        try:
            looked[scan.case] = look(scan)
            volumes.check_channels(looked[scan.case].channels, channels)
            scans.append(scan)
        except ProblemError as problem:
            findings.append(Finding(scan.image.name, problem))
        on_check(number, len(pairing.scans))
    request = Request(place, made=joined / FOLDER if joined else None)
    files = _Files(request, Selection((), {}, pairing, ()), LabelSet(()), {}, looked)
    cases = tuple(files.case(scan) for scan in scans)
    notes = [Note(scan.image.name, text) for scan in scans for text in looked[scan.case].noticed]
    return Intake(
        cases,
        (),
        tuple(findings),
        joined=tuple(files.scans),
        joined_in=_folder_of_scans(request) if files.scans else Path(SCANS),
        notes=(*pairing.notes, *notes),
        looked=looked,
        layout=pairing.layout,
        scans=tuple(scans),
    )


def one_file(path: Path, channels: int) -> Pairing:
    """Return a file as a folder of its own, with the name that it would have among those beside it.

    Args:
        path: of the file; its other channels, if nnU-Net's numbers tell them, are found beside it.
        channels: that the model takes.

    Raises:
        InvalidDataset: its name is not that of a volume.
    """
    if not is_volume(path):
        check_folder(path, "images")
    alone = Scan(case_name(stem(path.name)), stem(path.name), (path,))
    beside = find_scans(path.absolute().parent, channels).scans
    same = (scan for scan in beside if path.absolute() in scan.channels and len(scan.channels) in (1, channels))
    return Pairing((next(same, alone),), layout=f"the file {path.name}")


@dataclass(frozen=True)
class Truth:
    """The labels that predictions are compared with.

    Attributes:
        files: of each case whose label can be used.
        findings: what cannot be used, and why.
        notes: what was noticed and stops nothing.
    """

    files: Mapping[str, Path]
    findings: tuple[Finding, ...]
    notes: tuple[Note, ...]


def take_labels(predicted: Mapping[str, Path], folder: Path, classes: Classes | None = None) -> Truth:
    """Find the label file of every predicted case and check it.

    Args:
        predicted: segmentation of each case by its name.
        folder: of label files, however they are named and laid out; those of other cases are left aside.
        classes: what they are in the files, if it is known.

    Raises:
        InvalidDataset: the folder is missing or holds no label.
    """
    labels = [(_known_as(text, predicted), path) for text, path in find_labels(folder, list(predicted))]
    pairing = pair(list(predicted.items()), labels, channels=0)
    findings = [each for each in pairing.findings if not each.name.startswith("label ")]
    usable: dict[str, Path] = {}
    notes = list(pairing.notes)
    for scan in pairing.scans:
        if scan.label is None:
            continue
        try:
            grids = label_grid(scan.image), label_grid(scan.label)
            read = read_segmentation(scan.label, max(grids, key=lambda grid: math.prod(grid.size)), classes)
            usable[scan.stem] = scan.label
            notes += [Note(f"label {scan.label.name}", text) for text in read.noticed]
        except ProblemError as problem:
            findings.append(Finding(scan.label.name, problem))
    return Truth(usable, tuple(findings), tuple(notes))


def _known_as(text: str, predicted: Mapping[str, Path]) -> str:
    """Return the name of the case that was made of a stem, or the stem where no case is called so."""
    return case_name(text) if text not in predicted and case_name(text) in predicted else text


def tell(notes: Sequence[Note], say: Callable[[str], object]) -> None:
    """Report what was noticed; what is noticed of many files is said once, with their number."""
    kinds: dict[str, list[Note]] = {}
    for note in notes:
        kinds.setdefault(_NUMBERS.sub("#", note.text), []).append(note)
    for alike in kinds.values():
        more = f" (and {len(alike) - 1} more)" if len(alike) > 1 else ""
        say(f"note: {alike[0]}{more}")


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
