"""Where the names of the classes come from: a file, the header of a Slicer segmentation, or the values themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dualnetssl.contract.errors import InvalidDataset, InvalidLabelValue, InvalidRequest
from dualnetssl.contract.schema import LabelDefinition, check_label_set

_COLOURS = ((230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178), (213, 94, 0), (204, 121, 167))
_ALLOWED = 'a list such as [{"value": 1, "name": "liver"}], or values and names such as {"1": "liver"}'
Labels = tuple[LabelDefinition, ...]


def colour_of(value: int) -> tuple[int, int, int]:
    """Return a colour for a class, one of seven that the colour-blind can tell apart.

    Example:
        >>> colour_of(1), colour_of(8) == colour_of(1)
        ((230, 159, 0), True)
    """
    return _COLOURS[(value - 1) % len(_COLOURS)]


def named_labels(classes: Path | None, labels_folder: Path) -> Labels | None:
    """Return the label set of ``classes``, else of ``labels.json`` in or beside the folder of labels, else None.

    Raises:
        InvalidRequest: the file is not there or is no label set.
    """
    places = [classes] if classes else [labels_folder / "labels.json", labels_folder.resolve().parent / "labels.json"]
    for place in places:
        if place.is_file():
            return read_label_set(place)
    if classes:
        raise InvalidRequest(
            f"the file of classes {classes}, which is not there", "a JSON file", "Check the file's name."
        )
    return None


def read_label_set(path: Path) -> Labels:
    """Read a label set from JSON: definitions, or a map from value to name (as in MSD's ``dataset.json``).

    Raises:
        InvalidRequest: the file is not JSON of one of these forms.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        content = content.get("labels", content) if isinstance(content, dict) else content
        return check_label_set(tuple(_definition(item) for item in _items(content)))
    except (ValueError, TypeError, AttributeError) as error:
        reason = str(error).splitlines()[0]
        raise InvalidRequest(
            f"class names in {path.name} that make no sense ({reason})", _ALLOWED, "Correct it."
        ) from error


def _items(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, dict):
        return [{"value": int(value), "name": name} for value, name in content.items() if int(value) != 0]
    return list(content)


def _definition(item: dict[str, Any]) -> LabelDefinition:
    return LabelDefinition.model_validate({"colour": colour_of(int(item["value"])), **item})


def labels_of_values(values: Iterable[int]) -> Labels:
    """Name classes after their values: "label 1", "label 2" and so on.

    Example:
        >>> [label.name for label in labels_of_values([2, 1])]
        ['label 1', 'label 2']
    """
    return tuple(
        LabelDefinition(value=value, name=f"label {value}", colour=colour_of(value)) for value in sorted(values)
    )


def segment_labels(fields: dict[str, str]) -> Labels | None:
    """Return the label set that a ``.seg.nrrd`` header tells, or None if it tells none.

    Example:
        >>> segment_labels({"Segment0_Name": "liver", "Segment0_LabelValue": "3", "Segment0_Color": "1 0 0"})
        (LabelDefinition(value=3, name='liver', colour=(255, 0, 0), terminology=None),)
    """
    keys = [key.removesuffix("_LabelValue") for key in fields if key.endswith("_LabelValue")]
    labels = [_segment(key, fields) for key in keys if f"{key}_Name" in fields]
    return check_label_set(tuple(labels)) if labels else None


def _segment(key: str, fields: dict[str, str]) -> LabelDefinition:
    value = int(fields[f"{key}_LabelValue"])
    colour = [round(float(part) * 255) for part in fields.get(f"{key}_Color", "").split()]
    tags = fields.get(f"{key}_Tags", "").split("|")
    entries = [tag.removeprefix("TerminologyEntry:") for tag in tags if tag.startswith("TerminologyEntry:")]
    return LabelDefinition(
        value=value,
        name=fields[f"{key}_Name"],
        colour=(colour[0], colour[1], colour[2]) if len(colour) == 3 else colour_of(value),
        terminology=entries[0] if entries else None,
    )


def check_agreement(known: Labels, own: Labels) -> None:
    """Refuse a segmentation whose names and values contradict the label set, as segments saved in another order do.

    Raises:
        InvalidLabelValue: a name has another value, or a value another name.
    """
    values, names = {label.name: label.value for label in known}, {label.value: label.name for label in known}
    for label in own:
        if values.get(label.name, label.value) != label.value or names.get(label.value, label.name) != label.name:
            raise InvalidLabelValue(
                f"the segment '{label.name}' with the value {label.value}",
                ", ".join(f"'{item.name}' = {item.value}" for item in known),
                "Save the segmentation again with the same values for the same organs.",
            )


def check_any(labels: Labels) -> Labels:
    """Return the labels.

    Raises:
        InvalidDataset: there is none, as no label file marks any voxel.
    """
    if not labels:
        raise InvalidDataset(
            "label files that mark no voxel",
            "at least one voxel of value 1 to 254",
            "Check that the label files hold the organs; 255 means 'not verified' and is no organ.",
        )
    return labels
