"""Segments of a 3D Slicer segmentation: what its header says of them, and one label made of their layers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dualnetssl.contract.errors import InvalidLabelValue
from dualnetssl.files.grid import Array
from dualnetssl.files.names import class_called

_KEY = re.compile(r"Segment(\d+)_Name")
_HIGHEST = 254
_SEGMENTATION = re.compile(r"Segment(\d+|ation)_")


@dataclass(frozen=True)
class Segment:
    """One segment.

    Attributes:
        name: as the person called it.
        value: of its voxels within its layer.
        layer: channel of the file in which it lies.
        number: under which the header has it.
    """

    name: str
    value: int
    layer: int
    number: int


def is_segmentation(fields: Mapping[str, str]) -> bool:
    """Whether a header is that of a segmentation, whatever its file is called."""
    return any(_SEGMENTATION.match(key) for key in fields)


def segments_of(fields: Mapping[str, str]) -> tuple[Segment, ...]:
    """Return the segments that a header describes, in its order.

    Raises:
        InvalidLabelValue: a value or layer that is no whole number, or two segments of one name.

    Example:
        >>> segments_of({"Segment0_Name": " liver", "Segment0_LabelValue": "3"})
        (Segment(name='liver', value=3, layer=0, number=0),)
    """
    numbers = sorted(int(found[1]) for key in fields if (found := _KEY.fullmatch(key)))
    segments = tuple(_segment(number, fields) for number in numbers)
    _check_names([segment.name for segment in segments])
    return segments


def _segment(number: int, fields: Mapping[str, str]) -> Segment:
    key = f"Segment{number}"
    value, layer = fields.get(f"{key}_LabelValue", str(number + 1)), fields.get(f"{key}_Layer", "0")
    if not (re.fullmatch(r"\d{1,9}", value.strip()) and re.fullmatch(r"\d{1,3}", layer.strip())) or int(value) == 0:
        raise _nonsense(f"the value {value!r} in the layer {layer!r}")
    return Segment(fields[f"{key}_Name"].strip(), int(value), int(layer), number)


def _check_names(names: Sequence[str]) -> None:
    """Refuse segments that have one name, but for capitals."""
    plain = [name.casefold() for name in names]
    twice = next((name for name in names if plain.count(name.casefold()) > 1), None)
    if twice is not None:
        raise _nonsense(f"two segments called {twice!r}")


def _nonsense(what: str) -> InvalidLabelValue:
    return InvalidLabelValue(
        f"a segmentation header that makes no sense: {what}",
        "segments with unique names and values from 1 on",
        "Rename the segments in 3D Slicer's Segment Editor, and save it again.",
    )


def values_by_name(segments: Sequence[Segment], wanted: Mapping[str, int] | None) -> tuple[int, ...]:
    """Return the value that each segment gets in the label.

    Args:
        segments: of a file.
        wanted: value of each class by its name; None where the header itself says what the classes are. Then the
            segments keep their values, unless two layers use one value or one is above 254: then they count from 1.

    Raises:
        InvalidLabelValue: a segment is none of the classes.

    Example:
        >>> values_by_name([Segment("Liver", 2, 0, 0), Segment("spleen", 1, 0, 1)], {"liver": 1, "spleen": 2})
        (1, 2)
        >>> values_by_name([Segment("liver", 1, 0, 0), Segment("tumour", 1, 1, 1)], None)
        (1, 2)
    """
    if wanted is None:
        own = tuple(segment.value for segment in segments)
        usable = len(set(own)) == len(own) and max(own, default=0) <= _HIGHEST
        return own if usable else tuple(range(1, len(segments) + 1))
    meant = [class_called(segment.name, wanted) for segment in segments]
    for segment, called in zip(segments, meant, strict=True):
        if called is None:
            raise InvalidLabelValue(
                f"a segment {segment.name!r}",
                f"segments called {', '.join(wanted)}",
                "Rename the segment or remove it, or add the class to the label set.",
            )
        if meant.count(called) > 1:
            raise _nonsense(f"two segments that are both {called!r}")
    return tuple(wanted[called] for called in meant if called is not None)


def without_strangers(
    layers: Array, segments: Sequence[Segment], wanted: Mapping[str, int] | None
) -> tuple[tuple[Segment, ...], tuple[str, ...]]:
    """Leave segments out that have no voxel and are none of the classes, and say so.

    Args:
        layers: ``[c, k, j, i]``.
        segments: of the file.
        wanted: value of each class by its name; None: all of them are classes.
    """
    strangers = [segment for segment in segments if wanted is not None and class_called(segment.name, wanted) is None]
    empty = [segment for segment in strangers if not _shown(layers, segment)]
    told = (f"empty segments that are no class are left aside: {', '.join(each.name for each in empty)}",)
    return tuple(segment for segment in segments if segment not in empty), told if empty else ()


def _shown(layers: Array, segment: Segment) -> bool:
    return segment.layer < len(layers) and bool((layers[segment.layer] == segment.value).any())


def merged(layers: Array, segments: Sequence[Segment], values: Sequence[int]) -> npt.NDArray[np.int64]:
    """Make one label of the layers of a segmentation.

    Args:
        layers: ``[c, k, j, i]``.
        segments: of the file.
        values: of each of them in the label.

    Returns:
        ``[k, j, i]``; 0 where no segment is.

    Raises:
        InvalidLabelValue: two segments overlap, with their names and the number of voxels; or a segment lies in a layer
            that the file has not, or voxels belong to no segment.
    """
    label = np.zeros(layers.shape[1:], np.int64)
    taken = np.zeros(layers.shape[1:], np.int64)
    for place, (segment, value) in enumerate(zip(segments, values, strict=True), start=1):
        if segment.layer >= len(layers):
            raise _nonsense(f"the segment {segment.name!r} in layer {segment.layer} of {len(layers)}")
        here = layers[segment.layer] == segment.value
        _check_overlap(taken[here], segment, segments)
        label[here], taken[here] = value, place
    _check_owned(layers, segments)
    return label


def _check_overlap(before: npt.NDArray[np.int64], segment: Segment, segments: Sequence[Segment]) -> None:
    counts = np.bincount(before, minlength=1)
    counts[0] = 0
    if counts.any():
        other = segments[int(counts.argmax()) - 1]
        raise InvalidLabelValue(
            f"segments that overlap: {other.name!r} and {segment.name!r} share {int(counts.max())} voxels",
            "segments of which each voxel belongs to one",
            "Take one away from the other in 3D Slicer (Segment Editor, Logical operators, Subtract) and save again.",
        )


def _check_owned(layers: Array, segments: Sequence[Segment]) -> None:
    """Refuse voxels that no segment of the header owns: they would be lost."""
    for number, layer in enumerate(layers):
        own = [0, *(segment.value for segment in segments if segment.layer == number)]
        strangers = ~np.isin(layer, own)
        if strangers.any():
            raise InvalidLabelValue(
                f"{int(strangers.sum())} voxels such as {layer[strangers].flat[0]:g}, which no segment has",
                f"the values {', '.join(map(str, own))}",
                "Open it in 3D Slicer and save it again as a segmentation.",
            )
