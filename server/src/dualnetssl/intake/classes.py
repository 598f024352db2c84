"""Where the names of the classes come from: a file, the header of a Slicer segmentation, or the values themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dualnetssl.contract.errors import InvalidDataset, InvalidLabelValue, InvalidRequest
from dualnetssl.contract.schema import IGNORED, LabelDefinition, check_label_set
from dualnetssl.files.classfile import NamedValues, class_content, named_values
from dualnetssl.files.labelling import Classes
from dualnetssl.files.names import class_called
from dualnetssl.files.segments import Segment, segments_of, values_by_name

_COLOURS = ((230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178), (213, 94, 0), (204, 121, 167))
_ALLOWED = (
    'a list such as [{"value": 1, "name": "liver"}], values and names such as {"1": "liver"}, names and values such as '
    '{"liver": 1}, or names and lists of values such as {"hippocampus": [17, 53]}'
)
_HIGHEST = IGNORED - 1
MOST_CLASSES = 100
"""Most classes of a label set."""
Labels = tuple[LabelDefinition, ...]


@dataclass(frozen=True)
class LabelSet:
    """The classes, and what they are in files.

    Attributes:
        labels: value, name and colour of each class.
        by_value: value of a class by each value that it has in files; what is not in it is background. None: the same
            values, and a file with any other is refused.
        dropped: classes that files have and that are not learnt: their voxels are background.
    """

    labels: Labels
    by_value: Mapping[int, int] | None = None
    dropped: Labels = ()

    @property
    def in_files(self) -> Classes:
        """What the reader of files has to know of it."""
        return Classes({label.name: label.value for label in (*self.labels, *self.dropped)}, self.by_value)


def colour_of(value: int) -> tuple[int, int, int]:
    """Return a colour for a class, one of seven that the colour-blind can tell apart.

    Example:
        >>> colour_of(1), colour_of(8) == colour_of(1)
        ((230, 159, 0), True)
    """
    return _COLOURS[(value - 1) % len(_COLOURS)]


def named_labels(classes: Path | None, found: Path | None) -> LabelSet | None:
    """Return the label set of ``classes``, else of the file that was found with the labels, else None.

    Raises:
        InvalidRequest: the file is not there or is no label set.
    """
    if classes is not None and not classes.is_file():
        received = f"the file of classes {classes}, which is not there"
        raise InvalidRequest(received, "a JSON file", "Check the file's name.")
    place = classes or found
    return None if place is None else read_label_set(place)


def read_label_set(path: Path) -> LabelSet:
    """Read a label set from JSON: definitions, or a map of values and names in either direction.

    nnU-Net's and the Decathlon's ``dataset.json`` are such files; ``ignore`` of nnU-Net is what nobody has verified.

    Raises:
        InvalidRequest: the file is not JSON of one of these forms.
    """
    try:
        content = class_content(path)
        if isinstance(content, dict):
            return _of_names(named_values(content))
        return LabelSet(check_label_set(tuple(map(_definition, content))))
    except (ValueError, TypeError, AttributeError) as error:
        reason = str(error).splitlines()[0]
        raise InvalidRequest(
            f"class names in {path.name} that make no sense ({reason})",
            _ALLOWED,
            "Correct it, or name another file of classes (--classes).",
        ) from error


def _of_names(named: NamedValues) -> LabelSet:
    """Make the label set of a file; classes of several values, or of one above 254, are counted from 1 instead."""
    classes = named.classes
    if not 1 <= len(classes) <= MOST_CLASSES:
        raise ValueError(f"{len(classes)} classes; 1 to {MOST_CLASSES} can be learnt")
    plain = all(len(numbers) == 1 and numbers[0] <= _HIGHEST for numbers in classes.values())
    numbered = {name: numbers[0] if plain else place for place, (name, numbers) in enumerate(classes.items(), start=1)}
    labels = check_label_set(
        tuple(LabelDefinition(value=value, name=name, colour=colour_of(value)) for name, value in numbered.items())
    )
    if plain and not named.ignored and not named.left_out:
        return LabelSet(labels)
    return LabelSet(labels, named.by_value(numbered))


def _definition(item: Any) -> LabelDefinition:
    if not isinstance(item, dict) or not {"value", "name"} <= set(item):
        raise ValueError(f"{item!r} in a list does not say both value and name")
    return LabelDefinition.model_validate({"colour": colour_of(int(item["value"])), **item})


def chosen(known: LabelSet | None, only: Sequence[str]) -> LabelSet:
    """Return the label set of which only some classes are learnt; they keep their values.

    Args:
        known: the whole one; None where nothing names the classes. Then values choose them.
        only: names of classes, whatever their capitals, or values.

    Raises:
        InvalidRequest: one that is none of the classes.

    Example:
        >>> whole = LabelSet((LabelDefinition(value=1, name="liver"), LabelDefinition(value=2, name="kidney")))
        >>> [label.value for label in chosen(whole, ["Kidney"]).labels], chosen(None, ["3"]).by_value
        ([2], {3: 3, 255: 255})
    """
    wanted = {text.strip().casefold() for text in only}
    if known is None:
        values = {int(text) for text in wanted if text.isdecimal() and 1 <= int(text) <= _HIGHEST}
        _refuse_unknown(wanted - {str(value) for value in values}, f"values from 1 to {_HIGHEST}: nothing names them")
        return LabelSet(labels_of_values(values), {value: value for value in (*sorted(values), IGNORED)})
    kept = tuple(label for label in known.labels if {label.name.casefold(), str(label.value)} & wanted)
    found = {text for label in kept for text in (label.name.casefold(), str(label.value))}
    _refuse_unknown(wanted - found, ", ".join(f"{label.name!r} ({label.value})" for label in known.labels))
    return LabelSet(kept, known.by_value, tuple(label for label in known.labels if label not in kept))


def _refuse_unknown(strangers: set[str], allowed: str) -> None:
    if strangers:
        received = f"--only {' '.join(sorted(strangers))}, of which no class is called"
        raise InvalidRequest(received, allowed, "Name classes of the labels, or their values; inspect lists them.")


def labels_of_values(values: Iterable[int]) -> Labels:
    """Name classes after their values: "label 1", "label 2" and so on.

    Example:
        >>> [label.name for label in labels_of_values([2, 1])]
        ['label 1', 'label 2']
    """
    return tuple(
        LabelDefinition(value=value, name=f"label {value}", colour=colour_of(value)) for value in sorted(values)
    )


def labels_of_names(names: Iterable[str]) -> Labels:
    """Number classes by their names in order, as masks have them.

    Raises:
        InvalidDataset: more classes than can be learnt.

    Example:
        >>> [(label.value, label.name) for label in labels_of_names(["spleen", "liver"])]
        [(1, 'liver'), (2, 'spleen')]
    """
    found = sorted(names)
    if len(found) > MOST_CLASSES:
        raise InvalidDataset(
            f"masks of {len(found)} classes",
            f"at most {MOST_CLASSES} that are learnt together",
            'Choose some with a file of classes (--classes), for instance {"liver": 1, "spleen": 2}.',
        )
    values = enumerate(found, start=1)
    return tuple(LabelDefinition(value=value, name=name, colour=colour_of(value)) for value, name in values)


def segment_labels(fields: Mapping[str, str]) -> Labels:
    """Return the classes that the header of a segmentation tells; none if it tells none.

    Raises:
        InvalidLabelValue: names or values that make no sense.

    Example:
        >>> segment_labels({"Segment0_Name": "liver", "Segment0_LabelValue": "3", "Segment0_Color": "1 0 0"})
        (LabelDefinition(value=3, name='liver', colour=(255, 0, 0), terminology=None),)
    """
    segments = segments_of(fields)
    values = values_by_name(segments, None)
    try:
        return tuple(_segment(segment, value, fields) for segment, value in zip(segments, values, strict=True))
    except ValueError as error:
        raise InvalidLabelValue(
            f"a segmentation header that makes no sense ({str(error).splitlines()[0]})",
            "segments with names of 1 to 100 letters and three numbers for a colour",
            "Save it again in 3D Slicer.",
        ) from error


def _segment(segment: Segment, value: int, fields: Mapping[str, str]) -> LabelDefinition:
    key = f"Segment{segment.number}"
    colour = [round(float(part) * 255) for part in fields.get(f"{key}_Color", "").split()]
    tags = fields.get(f"{key}_Tags", "").split("|")
    entries = [tag.removeprefix("TerminologyEntry:") for tag in tags if tag.startswith("TerminologyEntry:")]
    return LabelDefinition(
        value=value,
        name=segment.name,
        colour=(colour[0], colour[1], colour[2]) if len(colour) == 3 else colour_of(value),
        terminology=entries[0] if entries else None,
    )


def joined(known: Labels, own: Labels) -> Labels:
    """Add classes whose names are not known yet, see `class_called`; one whose value is taken gets the next free.

    Example:
        >>> known = (LabelDefinition(value=1, name="liver"),)
        >>> [(label.value, label.name) for label in joined(known, (LabelDefinition(value=1, name="kidney"),))]
        [(1, 'liver'), (2, 'kidney')]
    """
    labels = {label.value: label for label in known}
    names = [label.name for label in known]
    for label in own:
        if class_called(label.name, names) is None:
            free = (value for value in (label.value, *range(1, _HIGHEST + 1)) if value not in labels)
            value = next(free)
            labels[value] = label.model_copy(update={"value": value})
    return tuple(labels[value] for value in sorted(labels))


def check_any(labels: Labels) -> Labels:
    """Return the labels.

    Raises:
        InvalidDataset: there is none, as no label file marks any voxel.
    """
    if not labels:
        raise InvalidDataset(
            "label files that mark no voxel",
            "at least one voxel of value 1 to 254",
            "255 means 'not verified'; if it is the organ, say so in a file of classes (--classes) such as "
            '{"organ": 255}. Else check that the label files hold the organs.',
        )
    return labels
