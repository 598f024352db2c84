"""Files that say what the classes are called: a map of values and names in either direction, as nnU-Net and others."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dualnetssl.files.labelling import NOT_VERIFIED

_NUMBER = re.compile(r"-?\d+")


@dataclass(frozen=True)
class NamedValues:
    """What a file of classes says.

    Attributes:
        classes: the values that each class has in files, by its name.
        ignored: values of voxels that nobody has verified, as nnU-Net's ``ignore``.
        left_out: values of classes that are not learnt: their voxels are background.
    """

    classes: Mapping[str, tuple[int, ...]]
    ignored: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()

    def by_value(self, values: Mapping[str, int]) -> dict[int, int]:
        """Return what each value of a file is in a label set; what is not in it is background.

        255 is what nobody has verified whatever else is, unless the file makes it a class or background.

        Args:
            values: of the classes in the label set, by their names in the file; others are background.

        Example:
            >>> NamedValues({"liver": (5,)}, ignored=(9,)).by_value({"liver": 1})
            {9: 255, 255: 255, 5: 1}
        """
        open_ = dict.fromkeys({*self.ignored, NOT_VERIFIED} - {*self.left_out}, NOT_VERIFIED)
        ours = [(values[name], numbers) for name, numbers in self.classes.items() if name in values]
        return {**open_, **{number: value for value, numbers in ours for number in numbers}}


def class_content(path: Path) -> Any:
    """Return what the JSON of a file of classes holds; of a ``dataset.json``, its labels.

    Raises:
        ValueError: it is no JSON, or says one key twice.
        OSError: it cannot be read.
    """
    content = json.loads(
        path.read_bytes(), object_pairs_hook=_once
    )  # in UTF-8 or UTF-16, with or without a mark of the order of bytes
    return content.get("labels", content) if isinstance(content, dict) else content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of JSON, of which each key comes once: of two, JSON's readers keep the last and say nothing."""
    keys = [key for key, _ in pairs]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise ValueError(f"{twice!r} comes twice")
    return dict(pairs)


def named_values(content: Mapping[str, Any]) -> NamedValues:
    """Read a map from values to names, or from names to values.

    Raises:
        ValueError: a name or value that makes no sense, or a value of two classes, as nnU-Net's regions have.

    Example:
        >>> dict(named_values({"0": "background", "1": "liver", "7": None}).classes)
        {'liver': (1,)}
        >>> dict(named_values({"background": 0, "hippocampus": [17, 53]}).classes)
        {'hippocampus': (17, 53)}
        >>> named_values({"background": [0, 5], "liver": 1, "ignore": -1})
        NamedValues(classes={'liver': (1,)}, ignored=(-1,), left_out=(5,))
    """
    values = _by_name(content)
    ignored, left_out = values.pop("ignore", ()), values.pop("", ())
    left_out = (*left_out, *(number for numbers in values.values() if 0 in numbers for number in numbers if number))
    classes = {name: numbers for name, numbers in values.items() if 0 not in numbers}
    if any(number < 0 for numbers in classes.values() for number in numbers):
        raise ValueError("only 'ignore' may have a value below 0")
    _check_apart(classes)
    return NamedValues(classes, ignored, left_out)


def _by_name(content: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Return the values of each name; ``""`` stands for what is left out."""
    if not all(_NUMBER.fullmatch(key.strip()) for key in content):
        return {name.strip(): _numbers(name, value) for name, value in content.items()}
    values: dict[str, tuple[int, ...]] = {}
    for key, name in content.items():
        if name is not None and not isinstance(name, str):
            raise ValueError(f"{name!r} is no name")
        called = "" if name is None else name.strip()
        values[called] = (*values.get(called, ()), int(key))
    return values


def _numbers(name: str, value: Any) -> tuple[int, ...]:
    numbers = value if isinstance(value, list) else [value]
    if not numbers or any(type(number) is not int for number in numbers):
        raise ValueError(f"{value!r} of {name!r} is no value")
    return tuple(numbers)


def _check_apart(classes: Mapping[str, tuple[int, ...]]) -> None:
    """Refuse classes that share a value: a voxel belongs to one class here."""
    owner: dict[int, str] = {}
    for name, numbers in classes.items():
        for number in numbers:
            if owner.setdefault(number, name) != name:
                raise ValueError(
                    f"the value {number} belongs to {owner[number]!r} and {name!r}: regions that contain others are "
                    "not learnt, so give each value one name"
                )
