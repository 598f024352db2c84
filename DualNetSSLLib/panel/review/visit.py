"""A region while somebody is at it: its box for the background process, what was touched, where the mouse points."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import slicer
import vtk

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.labels.bounds import Bounds
from DualNetSSLLib.labels.interpolation import packed, unpacked
from DualNetSSLLib.labels.marks import Labels, Places
from DualNetSSLLib.mending.site import box_around, flat_of_box, inside_box
from DualNetSSLLib.panel.common.scene import ijk_to_ras
from DualNetSSLLib.panel.review.walk import Place, Walk
from DualNetSSLLib.tasks.reports import MendedRegion, RegionBox

DAB_VOXELS = 3
"""Width of a touch, in voxels' shortest edges: that of a brush as it is usually taken."""


@dataclass
class Visit:
    """A region that is selected.

    Attributes:
        place: the region.
        value: label value of the class in question, 0 is background; None: none is.
        geometry: grid of the scan.
        box: around the region, one voxel wider where the scan goes on, slices of ``[k, j, i]``.
        held: which voxels of the box were verified when the region was entered, ``[k, j, i]``.
        dabs: what was touched since, by class, masks of the box.
        seen: labels of the box over which an answer is shown, ``[k, j, i]``; None: none was.
        bounds: of the organ when the region was entered; None: there were none.
    """

    place: Place
    value: int | None
    geometry: Geometry
    box: tuple[slice, slice, slice]
    held: Labels
    dabs: dict[int, Labels] = field(default_factory=dict)
    seen: Labels | None = None
    bounds: Bounds | None = None

    @classmethod
    def of(cls, walk: Walk, place: Place) -> Visit | None:
        """Enter a region; None if there is no label any more."""
        geometry, canvas = walk.shown.geometry, walk.shown.canvas()
        if canvas is None:
            return None
        box = box_around(place.where, geometry.size)
        flat = flat_of_box(box, geometry.size)
        held = walk.verified(flat.ravel(), canvas.read(flat.ravel()))
        value, held = place.found.label or None, np.asarray(held, np.uint8).reshape(flat.shape)
        return cls(place, value, geometry, box, held, bounds=walk.shown.marks.bounds)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels (k, j, i) of the box."""
        k, j, i = (part.stop - part.start for part in self.box)
        return k, j, i

    @property
    def flat(self) -> Places:
        """Flat indices of the box's voxels, one after the other."""
        return flat_of_box(self.box, self.geometry.size).ravel()

    @property
    def inside(self) -> Labels:
        """The region in its box."""
        return inside_box(self.place.where, self.box, self.geometry.size).astype(np.uint8)

    def record(self, label: Labels, locked: Collection[int] = ()) -> RegionBox:
        """Return what the background process is told, for a label of the box's voxels, with some classes locked."""
        k, j, i = (part.start for part in self.box)
        return RegionBox(
            lower=(i, j, k),
            shape=self.shape,
            inside=packed(self.inside),
            held=packed(self.held),
            label=packed(label.reshape(self.shape)),
            locked=tuple(sorted(locked)),
        )

    def boxed(self, values: Any) -> Labels:
        """Return a mask of the box, ``[k, j, i]``, of what is true of the region's places, in their order."""
        mask = np.zeros(self.shape, np.uint8)
        mask[self._places] = values
        return mask

    @property
    def _places(self) -> tuple[Any, ...]:
        """Where the region's voxels lie in the box, in the order of its places."""
        places = np.unravel_index(self.place.where.astype(np.int64), self.geometry.size[::-1])
        return tuple(axis - part.start for axis, part in zip(places, self.box, strict=True))

    def touched(self, value: int, middle: Sequence[float]) -> dict[int, Labels] | None:
        """Return the dabs with one more; None if none of its voxels may change.

        Args:
            value: of the class that is touched with.
            middle: of the touch, voxel (i, j, k), not rounded.
        """
        spacing = np.reshape(self.geometry.spacing[::-1], (3, 1, 1, 1))
        lower = np.reshape([part.start for part in self.box], (3, 1, 1, 1))
        away = (np.indices(self.shape) + lower - np.reshape(middle[::-1], (3, 1, 1, 1))) * spacing
        # a hair more than half its width, so that a touch in the middle of a voxel has that voxel's neighbours
        dab = (away**2).sum(axis=0) <= (1.001 * DAB_VOXELS / 2 * spacing.min()) ** 2
        if not (dab & (self.inside > 0) & (self.held == 0)).any():
            return None
        dabs = {known: mask & ~dab for known, mask in self.dabs.items()}
        return dabs | {value: dabs.get(value, np.zeros(self.shape, bool)) | dab}

    def next_touch(self, value: int, label: Labels, seen: tuple[int, int] | None) -> tuple[float, float, float] | None:
        """Return where a touch does most without a mouse: amid what may still become the class, in the slice seen.

        Args:
            value: of the class that is touched with.
            label: labels of the box as they are, ``[k, j, i]``.
            seen: axis (0 is i) and number in the scan of the slice that is seen; None, or nothing in it: any slice.

        Returns:
            The voxel (i, j, k); None if nothing may become the class.
        """
        dabbed = self.dabs.get(value, np.zeros(self.shape, bool))
        free = (self.inside > 0) & (self.held == 0) & (label != value) & ~dabbed
        places = np.argwhere(free)[:, ::-1] + [part.start for part in self.box[::-1]]
        if seen is not None and (places[:, seen[0]] == seen[1]).any():
            places = places[places[:, seen[0]] == seen[1]]
        if not len(places):
            return None
        away = (places - places.mean(axis=0)) * self.geometry.spacing
        i, j, k = places[np.argmin((away**2).sum(axis=1))].tolist()
        return i, j, k

    def wanted(self, mended: MendedRegion, now: Labels) -> Labels:
        """Return the labels that an answer gives to the region's voxels, in the order of its places.

        Args:
            mended: the answer.
            now: their labels; what somebody has painted since the answer is shown stays.
        """
        values: Labels = unpacked(mended.label, self.shape)[self._places]
        return values if self.seen is None else np.where(now == self.seen[self._places], values, now)


def mouse_at(geometry: Geometry) -> tuple[float, float, float] | None:
    """Return the voxel (i, j, k) under the mouse, not rounded; None while it is in no slice view."""
    crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    place = [0.0, 0.0, 0.0]
    if crosshair is None or not crosshair.GetCursorPositionRAS(place):
        return None
    inverse = vtk.vtkMatrix4x4()
    vtk.vtkMatrix4x4.Invert(ijk_to_ras(geometry), inverse)
    i, j, k = inverse.MultiplyPoint((*place, 1.0))[:3]
    return i, j, k


def packed_dabs(dabs: Mapping[int, Labels]) -> dict[str, Any]:
    """Return dabs as the background process takes them."""
    return {str(value): packed(mask) for value, mask in dabs.items()}
