"""What is known of one scan's voxels: its label, or a mask for each class, with the bounds that a person gave."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dualnetssl.contract.errors import InvalidLabelValue
from dualnetssl.contract.schema import IGNORED, Geometry, LabelDefinition
from dualnetssl.files.labelling import read_segmentation
from dualnetssl.files.names import class_called
from dualnetssl.files.pairing import Scan
from dualnetssl.files.placing import onto
from dualnetssl.files.reading import read_volume
from dualnetssl.intake.bounds import Bounds, Labels
from dualnetssl.intake.classes import LabelSet
from dualnetssl.volumes.counting import count_values


@dataclass(frozen=True)
class Known:
    """A label on the grid of its scan, as it is to be learnt.

    Attributes:
        label: ``[k, j, i]``, 255 where nobody verified.
        counts: voxels of each value but 0.
        noticed: sentences on what was done to the files.
        as_it_is: whether one file holds this very label, so that nothing has to be made.
        digest: of the label; 0 where it shows no class, or no background.
    """

    label: Labels
    counts: dict[int, int]
    noticed: tuple[str, ...]
    as_it_is: bool
    digest: int = 0


@dataclass(frozen=True)
class Source:
    """Where the label of a scan comes from.

    Attributes:
        scan: its files, with those of its label.
        bounds: what is known beside.
    """

    scan: Scan
    bounds: Bounds | None

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that are read."""
        return (self.scan.label,) if self.scan.label is not None else tuple(self.scan.masks.values())

    def read(self, grid: Geometry, named: LabelSet | None) -> Known:
        """Read it onto the grid of its scan.

        Args:
            grid: of the scan.
            named: the classes, if they are known.

        Raises:
            InvalidVolume: a file is no usable volume.
            GeometryMismatch: it does not lie on the scan.
            InvalidLabelValue: values that are no class, a header that contradicts itself, segments or masks that
                overlap, or voxels outside the bounds.
            InvalidRequest: the bounds reach beyond the scan.
        """
        label, noticed, as_it_is = self._read(grid, named)
        dropped = np.isin(label, [definition.value for definition in named.dropped] if named else [])
        if dropped.any():
            label, as_it_is = np.where(dropped, np.uint8(0), label), False
            noticed = (*noticed, f"{np.count_nonzero(dropped)} voxels of classes that are not chosen are background")
        if self.bounds is not None:
            self.bounds.check(label)
            label = self.bounds.applied(label)
        counts = {value: count for value, count in counted(label).items() if value}
        digest = zlib.crc32(np.ascontiguousarray(label).data) if set(counts) - {IGNORED} and not label.all() else 0
        return Known(label, counts, noticed, as_it_is and self.bounds is None, digest)

    def _read(self, grid: Geometry, named: LabelSet | None) -> tuple[Labels, tuple[str, ...], bool]:
        if self.scan.label is not None:
            found = read_segmentation(self.scan.label, grid, named.in_files if named else None)
            return found.label, found.noticed, found.as_it_is
        if self.scan.masks and named is not None:
            return (*_of_masks(self.scan, grid, named), False)
        return np.full(grid.size[::-1], IGNORED, np.uint8), (), False


def counted(label: Labels) -> dict[int, int]:
    """Return the voxels of each value that a label ``[k, j, i]`` has.

    Example:
        >>> counted(np.array([[[0, 2, 2]], [[0, 0, 255]]], np.uint8))
        {0: 3, 2: 2, 255: 1}
    """
    counts = count_values(label)
    return {value: int(counts[value]) for value in np.flatnonzero(counts).tolist()}


def _of_masks(scan: Scan, grid: Geometry, named: LabelSet) -> tuple[Labels, tuple[str, ...]]:
    """Make one label of a mask for each class; masks of other names are left aside and told."""
    label, owners, used = np.zeros(grid.size[::-1], np.uint8), {0: ""}, set[Path]()
    noticed: Counter[str] = Counter()
    for definition, path in _masks(scan, named):
        volume = read_volume(path)
        mask, moved = onto(volume.values[0], volume.grid, grid)
        noticed.update((*volume.noticed, *moved))
        here = mask > 0
        if label[here].any():
            _refuse_overlap(label[here], definition.name, owners)
        label[here] = definition.value
        owners[definition.value] = definition.name
        used.add(path)
    unused = sorted(set(scan.masks.values()) - used)
    if unused:
        noticed[
            f"{len(unused)} masks are of no class and left aside: {', '.join(path.name for path in unused[:3])}"
        ] += 1
    return label, tuple(noticed)


def _masks(scan: Scan, named: LabelSet) -> Iterator[tuple[LabelDefinition, Path]]:
    for label in named.labels:
        if (called := class_called(label.name, scan.masks)) is not None:
            yield label, scan.masks[called]


def _refuse_overlap(before: Labels, name: str, owners: dict[int, str]) -> None:
    counts = np.bincount(before)
    counts[0] = 0
    raise InvalidLabelValue(
        f"masks that overlap: {owners[int(counts.argmax())]!r} and {name!r} share {int(counts.max())} voxels",
        "masks of which each voxel belongs to one",
        "Choose with a file of classes (--classes) such as do not overlap.",
    )
