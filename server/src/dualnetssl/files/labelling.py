"""A label read onto the grid of its scan: by the names of its segments, every voxel kept or told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dualnetssl.contract.errors import InvalidLabelValue
from dualnetssl.files.grid import Array, OnGrid
from dualnetssl.files.header import unusable
from dualnetssl.files.placing import onto
from dualnetssl.files.reading import MAX_VOXELS, read_volume
from dualnetssl.files.segments import Segment, is_segmentation, merged, segments_of, values_by_name, without_strangers

NOT_VERIFIED = 255
_WHOLE = 1e-3
"""How far a value may lie from a whole number: what float32, scaling and interpolation by the nearest leave."""
_MOST_LISTED = 10

Labels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Classes:
    """What the label set says of files.

    Attributes:
        by_name: value of each class by its name, for segments.
        by_value: value of each class by the value that it has in plain files; None: the same. What is not in it is
            background, as a file of classes that gives lists of values says.
    """

    by_name: Mapping[str, int]
    by_value: Mapping[int, int] | None = None


@dataclass(frozen=True)
class Segmentation:
    """A label on the grid of its scan.

    Attributes:
        label: ``[k, j, i]``, 255 where nobody verified.
        segments: that the header describes, in its order; empty in a plain label.
        values: of the segments in the label.
        noticed: sentences on what was done to the file's voxels.
        as_it_is: whether the file holds this very label, but for rounding, value by value and voxel by voxel.
    """

    label: Labels
    segments: tuple[Segment, ...]
    values: tuple[int, ...]
    noticed: tuple[str, ...]
    as_it_is: bool


def read_segmentation(
    path: Path, scan: OnGrid, classes: Classes | None = None, max_voxels: int = MAX_VOXELS
) -> Segmentation:
    """Read a label or a segmentation of any format onto the grid of its scan.

    What is a segmentation is told by its header, not by its name: its segments count by name, layers that do not
    overlap become one label, a cropped one is filled up with background, and the one voxel that 3D Slicer writes for
    an empty one is empty.

    Args:
        path: of the file.
        scan: where the scan lies.
        classes: the label set; without it the file says what its classes are.
        max_voxels: largest number of values to accept.

    Raises:
        InvalidVolume: not a usable volume, or cut short.
        GeometryMismatch: it does not lie on the scan.
        InvalidLabelValue: values that are no class, segments that overlap or that the label set has not.
    """
    volume = read_volume(path, max_voxels, label=True)
    wanted = classes.by_name if classes else None
    segments, aside = without_strangers(volume.values, segments_of(volume.header.fields), wanted)
    values = values_by_name(segments, wanted)
    if is_segmentation(volume.header.fields) and not volume.values.any():
        empty = np.zeros(scan.size[::-1], np.uint8)
        return Segmentation(empty, segments, values, (*volume.noticed, *aside, "it is an empty segmentation"), False)
    if not segments and len(volume.values) > 1:
        raise unusable(
            f"a segmentation of {len(volume.values)} layers without a name for any segment",
            "Open it in 3D Slicer and save it again as a segmentation.",
            "layers whose segments the header describes",
        )
    if segments:
        label, told = _in_bytes(merged(volume.values, segments, values)), _renamed(segments, values)
    else:
        label, told = by_value(volume.values[0], classes)
    placed, moved = onto(label, volume.grid, scan, crops=bool(segments))
    as_it_is = not moved and len(volume.values) == 1 and _unchanged(volume.values[0], placed)
    noticed = (*volume.noticed, *aside, *told, *moved, *_unverified(placed), *_one_sided(placed))
    return Segmentation(placed, segments, values, noticed, as_it_is)


def _unchanged(values: Array, label: Labels) -> bool:
    if values.shape != label.shape:
        return False
    pairs = zip(values, label, strict=True)  # slice by slice: the differences of all take eight bytes a voxel
    return all(bool((np.abs(part.astype(np.float64) - own) <= _WHOLE).all()) for part, own in pairs)


def _renamed(segments: Sequence[Segment], values: Sequence[int]) -> tuple[str, ...]:
    changed = [
        f"{segment.name} from {segment.value} to {value}"
        for segment, value in zip(segments, values, strict=True)
        if segment.value != value
    ]
    return (f"segments go by their names: {', '.join(changed)}",) if changed else ()


def _unverified(label: Labels) -> tuple[str, ...]:
    count = int(np.count_nonzero(label == NOT_VERIFIED))
    return (f"{count} voxels of {NOT_VERIFIED} count as 'not verified' and teach nothing",) if count else ()


def _one_sided(label: Labels) -> tuple[str, ...]:
    """Say where a label is all background or all classes: empty by mistake, or counted from 1 instead of 0."""
    if not label.any():
        return ("it marks nothing: every voxel counts as background",)
    return ("no voxel of it is background",) if label.all() and not (label == NOT_VERIFIED).any() else ()


def by_value(values: Array, classes: Classes | None = None) -> tuple[Labels, tuple[str, ...]]:
    """Turn the numbers of a plain label into values of the label set, and say what was done.

    Args:
        values: ``[k, j, i]``, of any type.
        classes: the label set, if it says what the values of files mean.

    Raises:
        InvalidLabelValue: a value that is no whole number, or none of 0 to 255.

    Example:
        >>> label, told = by_value(np.array([[[0.0, 1.00001, 2.0]]]))
        >>> label.tolist(), told
        ([[[0, 1, 2]]], ('values up to 1e-05 off whole numbers are rounded',))
        >>> by_value(np.array([[[0, 53, 1035]]]), Classes({"hippocampus": 1}, {53: 1}))
        (array([[[0, 1, 0]]], dtype=uint8), ('1 voxels of values that no class has count as background: 1035 (1)',))
    """
    whole, told = whole_numbers(values)
    if classes is None or classes.by_value is None:
        return _in_bytes(whole), told
    label, known = np.zeros(whole.shape, np.uint8), whole == 0
    for value, wanted in classes.by_value.items():
        here = whole == value
        label[here] = wanted
        known |= here
    return label, (*told, *_left_out(whole[~known]))


def _left_out(values: Array) -> tuple[str, ...]:
    if values.size == 0:
        return ()
    found, counts = np.unique(values, return_counts=True)
    listed = ", ".join(f"{value:g} ({count})" for value, count in list(zip(found, counts, strict=True))[:_MOST_LISTED])
    more = " …" if len(found) > _MOST_LISTED else ""
    return (f"{values.size} voxels of values that no class has count as background: {listed}{more}",)


def whole_numbers(values: Array) -> tuple[Array, tuple[str, ...]]:
    """Round real numbers that are whole but for rounding errors, and say so.

    Raises:
        InvalidLabelValue: others, with one of them in full.
    """
    if values.dtype.kind != "f":
        return values, ()
    with np.errstate(invalid="ignore"):
        whole = np.rint(values)
        off = np.abs(values - whole)
    wrong = ~(off <= _WHOLE)
    if (missing := ~np.isfinite(values)).any():
        raise InvalidLabelValue(
            f"{int(missing.sum())} voxels that are NaN or infinite",
            f"whole numbers from 0 to {NOT_VERIFIED}",
            f"Set them to 0 where they are background, to {NOT_VERIFIED} where nobody has looked.",
        )
    if wrong.any():
        raise _no_value(values, wrong, "Save the segmentation as a label map, not as a map of probabilities.")
    farthest = float(off.max(initial=0))
    return whole, (f"values up to {farthest:.0e} off whole numbers are rounded",) if farthest else ()


def _in_bytes(whole: Array) -> Labels:
    wrong = (whole < 0) | (whole > NOT_VERIFIED) if whole.dtype != np.uint8 else np.zeros(1, bool)
    if wrong.any():
        raise _no_value(
            whole,
            wrong,
            'Say in a file of classes (--classes) what they are, for instance {"hippocampus": [17, 53], "ignore": -1}; '
            "values that it does not name are background.",
        )
    return whole.astype(np.uint8, copy=False)


def _no_value(values: Array, wrong: npt.NDArray[np.bool_], remedy: str) -> InvalidLabelValue:
    example = values[wrong].flat[0].item()
    return InvalidLabelValue(
        f"{int(wrong.sum())} voxels such as {example!r}", f"whole numbers from 0 to {NOT_VERIFIED}", remedy
    )
