"""Bounds: between which voxels of a scan all structures lie, and single slices that show nothing.

Someone who paints a few slices knows more than these show: where the organ begins and ends. Outside bounds, and in a
slice that was looked at and found empty, the label is background that a person vouches for. Indices are those of the
file, i along its first axis, from 0, as 3D Slicer shows them (ITK-SNAP counts from 1).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualnetssl.contract.errors import InvalidLabelValue, InvalidRequest
from dualnetssl.contract.schema import IGNORED
from dualnetssl.files.names import stem

AXES = "ijk"
_EMPTY = "empty"
_LONGEST_SHOWN = 80
_EXAMPLE = '{"scan_01": {"k": [10, 31], "i": [4, 30], "empty": {"k": [3, 40]}}}'

Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class Bounds:
    """What is known of one scan beside its painted voxels.

    Attributes:
        inside: first and last index between which all structures lie, both counted in, by axis; other axes are free.
        empty: slices that show nothing, by the axis across which they lie.
    """

    inside: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    empty: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def background(self, shape: Sequence[int]) -> NDArray[np.bool_]:
        """Return which voxels ``[k, j, i]`` of a scan of this shape are background.

        Example:
            >>> Bounds({"k": (1, 2)}, {"i": (0,)}).background((4, 1, 2))[:, 0].tolist()
            [[True, True], [True, False], [True, False], [True, True]]
        """
        known = np.zeros(tuple(shape), bool)
        for axis, (first, last) in self.inside.items():
            along = _from_axis(known, axis)
            along[:first] = True
            along[last + 1 :] = True
        for axis, slices in self.empty.items():
            _from_axis(known, axis)[list(slices)] = True
        return known

    def check(self, label: Labels) -> None:
        """Refuse bounds that reach beyond the scan, and what is painted where they say there is nothing.

        Args:
            label: values ``[k, j, i]`` of the scan's label.

        Raises:
            InvalidRequest: an index that the scan does not have.
            InvalidLabelValue: voxels of a class outside the bounds, or in a slice declared empty.
        """
        for axis, index in self._indices():
            size = label.shape[_array_axis(axis)]
            if index >= size:
                raise InvalidRequest(
                    f"bounds with {axis} = {index}", f"{axis} from 0 to {size - 1}, as the scan has", "Correct them."
                )
        for axis, (first, last) in self.inside.items():
            self._check_inside(label, axis, first, last)
        for axis, slices in self.empty.items():
            self._check_empty(label, axis, slices)

    def applied(self, label: Labels) -> Labels:
        """Return the label ``[k, j, i]`` with 0 wherever the bounds vouch for background."""
        return np.where(self.background(label.shape), 0, label).astype(np.uint8)

    def canonical(self) -> str:
        """Return the bounds as text that is the same for the same bounds."""
        return json.dumps({**self.inside, _EMPTY: dict(self.empty)}, sort_keys=True)

    def _indices(self) -> Iterator[tuple[str, int]]:
        for part in (self.inside, self.empty):
            for axis, indices in part.items():
                yield from ((axis, index) for index in indices)

    def _check_inside(self, label: Labels, axis: str, first: int, last: int) -> None:
        shown = painted(label, axis)
        if shown and not first <= shown[0] <= shown[-1] <= last:
            raise InvalidLabelValue(
                f"painted voxels from {axis} = {shown[0]} to {shown[-1]}",
                f"{axis} from {first} to {last}, the bounds of this scan",
                "Widen the bounds, or take away what is painted outside them.",
            )

    def _check_empty(self, label: Labels, axis: str, slices: Sequence[int]) -> None:
        for index in sorted(set(slices) & set(painted(label, axis))):
            raise InvalidLabelValue(
                f"painted voxels at {axis} = {index}, a slice declared empty",
                "a slice that is either painted or empty",
                f"Take {index} out of the empty slices, or take away what is painted there.",
            )


def painted(label: Labels, axis: str) -> list[int]:
    """Return the indices along an axis at which voxels of a class lie, rising.

    Example:
        >>> painted(np.array([[[0, 1, 255, 2]]], np.uint8), "i")
        [1, 3]
    """
    shown = (label > 0) & (label != IGNORED)
    others = tuple(other for other in range(3) if other != _array_axis(axis))
    found: list[int] = np.flatnonzero(shown.any(axis=others)).tolist()
    return found


def _array_axis(axis: str) -> int:
    return 2 - AXES.index(axis)


def _from_axis(array: NDArray[np.bool_], axis: str) -> NDArray[np.bool_]:
    """Return a view whose first axis is the one named."""
    return np.moveaxis(array, _array_axis(axis), 0)


def read_bounds(path: Path) -> dict[str, Bounds]:
    """Read the bounds of scans, by the stem of their file's name.

    Raises:
        InvalidRequest: no such file, or one that makes no sense.
    """
    if not path.is_file():
        raise InvalidRequest(f"the file of bounds {path}, which is not there", "a JSON file", "Check the file's name.")
    try:
        return parse_bounds(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _nonsense(f"{path.name}, which is no JSON ({error})") from error


def parse_bounds(text: str) -> dict[str, Bounds]:
    """Read the bounds of scans from JSON, by the stem of their file's name.

    Raises:
        InvalidRequest: a form, key or number that makes no sense, or two entries for one scan.

    Example:
        >>> parse_bounds('{"a.nii.gz": {"k": [10, 31]}}')
        {'a': Bounds(inside={'k': (10, 31)}, empty={})}
    """
    content = json.loads(text, object_pairs_hook=_without_repetition)
    if not isinstance(content, dict):
        raise _nonsense("a file of bounds that is not an object of scans")
    found: dict[str, Bounds] = {}
    for key, value in content.items():
        name = stem(key)
        if name in found:
            raise _nonsense(f"two entries for the scan {name}")
        found[name] = _one_scan(key, value)
    return found


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _nonsense(f"bounds with '{next(key for key in keys if keys.count(key) > 1)}' twice in one object")
    return content


def _one_scan(name: str, content: Any) -> Bounds:
    where = f"bounds of {name}"
    if not isinstance(content, dict) or not content:
        raise _nonsense(f"{where}: {_shown(content)}")
    _check_keys(where, content, (*AXES, _EMPTY))
    inside = {axis: _range(where, axis, content[axis]) for axis in AXES if axis in content}
    empty = content.get(_EMPTY, {})
    if not isinstance(empty, dict):
        raise _nonsense(f"{where}: {_EMPTY} {_shown(empty)}")
    _check_keys(f"{where}: {_EMPTY}", empty, tuple(AXES))
    return Bounds(inside, {axis: _slices(where, axis, empty[axis]) for axis in AXES if axis in empty})


def _check_keys(where: str, content: Mapping[str, Any], allowed: Sequence[str]) -> None:
    for key in content:
        if key not in allowed:
            raise InvalidRequest(f"{where}: the key '{key}'", ", ".join(allowed), f"Write for instance {_EXAMPLE}.")


def _range(where: str, axis: str, value: Any) -> tuple[int, int]:
    indices = _whole_numbers(value)
    if indices is None or len(indices) != 2:
        raise _nonsense(f"{where}: {axis} {_shown(value)}")
    first, last = indices
    if first > last:
        raise InvalidRequest(f"{where}: {axis} from {first} to {last}", "first and last index, rising", "Swap them.")
    return first, last


def _slices(where: str, axis: str, value: Any) -> tuple[int, ...]:
    indices = _whole_numbers(value)
    if indices is None:
        raise _nonsense(f"{where}: {_EMPTY} {axis} {_shown(value)}")
    return tuple(sorted(set(indices)))


def _whole_numbers(value: Any) -> list[int] | None:
    if isinstance(value, list) and all(type(index) is int and index >= 0 for index in value):
        return value
    return None


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]} …"


def _nonsense(received: str) -> InvalidRequest:
    allowed = "for each scan the first and last index (from 0) along i, j or k, and slices that are empty"
    return InvalidRequest(received, allowed, f"Write for instance {_EXAMPLE}.")
