"""Which file of a folder is a scan, which is whose label, and which are left aside: all told, none guessed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dualnetssl.contract.errors import InvalidDataset, ProblemError
from dualnetssl.files.names import case_names, channel_of, label_base, scan_base

MOST_CHANNELS = 8
"""Most files that are joined to one scan."""
Named = tuple[str, Path]
"""A file and the stem by which it is paired."""


@dataclass(frozen=True)
class Finding:
    """A file or case that cannot be used, and why."""

    name: str
    problem: ProblemError

    def __str__(self) -> str:
        problem = self.problem
        return f"{self.name}: received {problem.received}; allowed: {problem.allowed}. {problem.remedy}"


@dataclass(frozen=True)
class Note:
    """Something that was noticed of a file and stops nothing."""

    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"


@dataclass(frozen=True)
class Scan:
    """A scan as its files say it.

    Attributes:
        case: plain name, which no other scan has.
        stem: what its file is called.
        channels: its files, one for each channel; mostly one.
        label: its label if there is one.
        masks: instead of a label, a file for each class by its name.
    """

    case: str
    stem: str
    channels: tuple[Path, ...]
    label: Path | None = None
    masks: Mapping[str, Path] = field(default_factory=dict)

    @property
    def image(self) -> Path:
        """The file of its first channel."""
        return self.channels[0]

    @property
    def labelled(self) -> bool:
        """Whether there is a label of any kind."""
        return self.label is not None or bool(self.masks)

    def is_called(self, text: str) -> bool:
        """Whether a person may mean this scan by a file's stem."""
        return text in (self.case, self.stem, *(f"{self.stem}_{number:04d}" for number in range(len(self.channels))))


@dataclass(frozen=True)
class Pairing:
    """What was found in one or two folders.

    Attributes:
        scans: in order of their files' names.
        findings: what cannot be used, and why.
        notes: what is left aside, and what was decided.
        classes: a file that says what the classes are, if one lies where it is looked for.
        layout: in words, by which rule the files were found.
    """

    scans: tuple[Scan, ...]
    findings: tuple[Finding, ...] = ()
    notes: tuple[Note, ...] = ()
    classes: Path | None = None
    layout: str = ""


def pair(
    images: Sequence[Named], labels: Sequence[Named], channels: int | None = None, joined: bool = False
) -> Pairing:
    """Pair scans and labels by the whole stems of their names.

    A label has its scan's stem; or the stem with a word for label before or behind it (``case_7_seg``, ``label_001``
    beside ``img_001``). Two files that could both be meant are findings, and neither is used.

    Args:
        images: stems and files of what are scans.
        labels: of what are labels.
        channels: that a scan is known to have; None: told from the names.
        joined: whether ``_0000`` at the end of names is known to be the number of a channel.

    Returns:
        Scans in order of their stems.
    """
    files, doubled = _unique(images, "files for one case")
    spoken = {key for text, _ in labels for key in label_keys(text)}
    groups, incomplete = _grouped(files, spoken, channels, joined)
    whose, unclear = _matched(groups, labels, {finding.name for finding in (*doubled, *incomplete)})
    names = case_names(groups)
    scans = tuple(Scan(names[text], text, groups[text], whose.get(text)) for text in sorted(groups))
    return Pairing(scans, (*doubled, *incomplete, *unclear))


def _unique(files: Iterable[Named], what: str) -> tuple[dict[str, Path], list[Finding]]:
    """Return files by their stems, and a finding for each stem that several have; none of these is used."""
    found: dict[str, list[Path]] = defaultdict(list)
    for text, path in files:
        found[text].append(path)
    doubled = [_doubled(text, paths, what) for text, paths in found.items() if len(paths) > 1]
    return {text: paths[0] for text, paths in found.items() if len(paths) == 1}, doubled


def _doubled(text: str, paths: Sequence[Path], what: str) -> Finding:
    received = f"{len(paths)} {what}: {', '.join(path.name for path in paths)}"
    return Finding(text, InvalidDataset(received, "one file for each case", "Remove or rename all but one."))


def label_keys(text: str) -> tuple[str, ...]:
    """Return what a label's stem may mean, from what is most to what is least certain."""
    base = label_base(text)
    return (text,) if base is None else (text, base, scan_base(base))


def _grouped(
    files: Mapping[str, Path], spoken: set[str], channels: int | None, joined: bool
) -> tuple[dict[str, tuple[Path, ...]], list[Finding]]:
    """Join files that are channels of one scan; return the files of each scan, and scans of which some are missing."""
    numbered: dict[str, dict[int, str]] = defaultdict(dict)
    for text in files:
        found = channel_of(text)
        if found is not None and found[0] not in files and found[1] < MOST_CHANNELS and not _spoken_of(text, spoken):
            numbered[found[0]][found[1]] = text
    if not (joined or _are_channels(numbered, spoken, channels)):
        return {text: (path,) for text, path in files.items()}, []
    counts = Counter(len(parts) for parts in numbered.values())
    most = counts.most_common(1)[0][0] if counts else 1
    taken = {text for parts in numbered.values() for text in parts.values()}
    groups: dict[str, tuple[Path, ...]] = {text: (path,) for text, path in files.items() if text not in taken}
    incomplete = []
    for base, parts in numbered.items():
        paths = tuple(files[parts[number]] for number in sorted(parts))
        if sorted(parts) == list(range(most)):
            groups[base] = paths
        else:
            incomplete.append(_incomplete(base, paths, most))
    return groups, incomplete


def _spoken_of(text: str, spoken: set[str]) -> bool:
    """Whether a label is named after this very file, number and all."""
    return text in spoken or scan_base(text) in spoken


def _are_channels(numbered: Mapping[str, Mapping[int, str]], spoken: set[str], channels: int | None) -> bool:
    """Tell whether numbers at the end are those of channels, and not of scans that were counted from 0."""
    if not numbered:
        return False
    kinds = {tuple(sorted(parts)) for parts in numbered.values()}
    if any(base in spoken or scan_base(base) in spoken for base in numbered):
        return True
    (first, *others) = kinds
    alike = not others and first == tuple(range(len(first)))
    return alike and (len(first) == channels or len(numbered) > 1)


def _incomplete(base: str, paths: Sequence[Path], most: int) -> Finding:
    problem = InvalidDataset(
        f"{len(paths)} of {most} channels: {', '.join(path.name for path in paths)}",
        f"the channels 0000 to {most - 1:04d} of every scan",
        "Add the missing files, or take the scan out of the folder.",
    )
    return Finding(base, problem)


def _matched(
    groups: Mapping[str, object], labels: Sequence[Named], unusable: set[str]
) -> tuple[dict[str, Path], list[Finding]]:
    """Return the label of each scan that has one, and what is wrong with the others."""
    by_base: dict[str, list[str]] = defaultdict(list)
    for text in groups:
        by_base[scan_base(text)].append(text)
    whose: dict[str, list[Path]] = defaultdict(list)
    findings = []
    for text, path in labels:
        keys = label_keys(text)
        scans = next((found for key in keys if (found := [key] if key in groups else by_base.get(key, []))), [])
        if len(scans) == 1:
            whose[scans[0]].append(path)
        else:
            findings.append(_homeless(path, scans, next((key for key in keys if key in unusable), None)))
    findings += [_doubled(text, paths, "labels for one scan") for text, paths in whose.items() if len(paths) > 1]
    return {text: paths[0] for text, paths in whose.items() if len(paths) == 1}, findings


def _homeless(path: Path, scans: Sequence[str], unusable: str | None) -> Finding:
    if unusable is not None:
        received, remedy = f"a label of {unusable}, which is left out", "Mend the scan first; the label goes with it."
        return Finding(f"label {path.name}", InvalidDataset(received, "labels of scans that can be used", remedy))
    received = (
        f"a label that may belong to {' or '.join(scans)}" if scans else "a label without a scan of the same name"
    )
    problem = InvalidDataset(
        received,
        "labels named like their scans, whatever the format of either, such as p1.nrrd or p1_seg.nrrd for p1.nii.gz",
        "Rename the label, or take it out of the folder.",
    )
    return Finding(f"label {path.name}", problem)


def told_apart(files: Sequence[Named]) -> tuple[list[Named], list[tuple[Named, str]]]:
    """Tell labels from scans that lie in one folder.

    Returns:
        The scans; and the labels, each with the stem of the scan that it speaks of.

    Example:
        >>> scans, labels = told_apart([(name, Path(f"{name}.nrrd")) for name in ("a", "a-label", "b_seg")])
        >>> [name for name, _ in scans], [(name, scan) for (name, _), scan in labels]
        (['a', 'b_seg'], [('a-label', 'a')])
    """
    stems = {text for text, path in files if not is_segmentation_file(path)}
    by_base = {scan_base(text): text for text in stems if label_base(text) is None}
    scans, labels = [], []
    for text, path in files:
        surely = is_segmentation_file(path)
        keys = label_keys(text) if surely else label_keys(text)[1:]
        found = (key if key in stems else by_base.get(key) for key in keys)
        of = next((scan for scan in found if scan is not None and (surely or scan != text)), None)
        if surely or of is not None:
            labels.append(((text, path), of or text))
        else:
            scans.append((text, path))
    return scans, labels


def is_segmentation_file(path: Path) -> bool:
    """Whether a file's name says that it is a segmentation of 3D Slicer, and so no scan."""
    return path.name.lower().endswith(".seg.nrrd")
