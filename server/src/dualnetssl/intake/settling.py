"""What the files agree on: classes by the headers of segmentations or by values, and the number of channels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from dualnetssl import volumes
from dualnetssl.contract.errors import InvalidLabelValue, InvalidVolume, ProblemError
from dualnetssl.contract.schema import IGNORED
from dualnetssl.files.pairing import Note
from dualnetssl.intake import classes
from dualnetssl.intake.classes import Labels, LabelSet
from dualnetssl.intake.labels import Source


def from_headers(sources: Mapping[str, Source]) -> tuple[LabelSet | None, dict[str, ProblemError]]:
    """Return the classes that the headers of segmentations tell, None if none does, and headers that make no sense.

    The first one says which value a class has; another one whose segments are in another order goes by their names.
    """
    labels: Labels = ()
    problems: dict[str, ProblemError] = {}
    for name, source in sources.items():
        if source.scan.label is None:
            labels = classes.joined(labels, classes.labels_of_names(source.scan.masks))
            continue
        try:
            labels = classes.joined(labels, classes.segment_labels(volumes.segment_fields(source.scan.label)))
        except InvalidLabelValue as problem:
            problems[name] = problem
        except InvalidVolume:
            continue  # it is read again, and refused with the reason
    return (LabelSet(labels) if labels else None), problems


def nameless(sources: Sequence[Source], named: LabelSet | None) -> Iterator[Note]:
    """Say where plain labels lie beside segmentations: their numbers are taken for the values that a header tells.

    Args:
        sources: of the labels that are used.
        named: the classes by which they were read; None: values alone.
    """
    files = [source.scan.label for source in sources if source.scan.label is not None]
    plain = [path for path in files if not volumes.segment_fields(path)]
    if named is not None and 0 < len(plain) < len(files):
        meant = ", ".join(f"{label.value} {label.name}" for label in named.labels)
        yield Note(
            f"label {plain[0].name}",
            f"no names are in it, nor in {len(plain) - 1} others, beside segmentations that have some; its numbers are "
            f"taken for {meant}: check that, or say it with --classes",
        )


def settle_values(
    named: LabelSet | None, contents: Mapping[str, Mapping[int, int]]
) -> tuple[LabelSet, dict[str, ProblemError]]:
    """Return the label set, and for each case whose label has other values the reason.

    Args:
        named: the classes, if they are known; without them one class per value found.
        contents: voxels of each value in the label of each case.
    """
    if named is None:
        values = {value for counts in contents.values() for value in counts} - {IGNORED}
        return LabelSet(classes.labels_of_values(values)), {}
    allowed = {label.value for label in named.labels} | {IGNORED}
    odd = {name: {value: n for value, n in counts.items() if value not in allowed} for name, counts in contents.items()}
    return named, {name: _unknown_values(counts, named.labels) for name, counts in odd.items() if counts}


def _unknown_values(counts: Mapping[int, int], labels: Labels) -> InvalidLabelValue:
    return InvalidLabelValue(
        f"the values {', '.join(f'{value} ({count} voxels)' for value, count in sorted(counts.items()))}",
        f"0, {', '.join(f'{label.value} ({label.name})' for label in labels)}, and {IGNORED} for 'not verified'",
        f"Add the classes to the file of classes (--classes), or make their voxels background there: {_aside(counts)}.",
    )


def _aside(counts: Mapping[int, int]) -> str:
    """Return how a file of classes leaves values out, in either form that it may have."""
    by_value = ", ".join(f'"{value}": null' for value in sorted(counts))
    return f'"background": {[0, *sorted(counts)]} beside names and values, {by_value} beside values and names'


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
