"""What a correction costs a clinician: the cost model of the simulated one, written down.

Everything is counted (scans opened, clicks, slices, looks, voxels painted) and turned into seconds by fixed prices.
They are from the keystroke-level model and the model human processor (Card, Moran & Newell 1980, 1983) and the
steering law (Accot & Zhai 1997), measured on many people at many tasks, not on radiologists at this one: the seconds
are an estimate, the counts are exact, and both are told. All strategies pay the same prices.

- A **scan** that is opened takes 10 s to load and to find one's way in, before anything is looked at, and two clicks
  (choose it, send it). A region of another scan pays that again: one place each in many scans is not free.
- A **place** takes two clicks (go there, mark it as done); a whole scan is one place.
- A **click** is to point (1.1 s) and to press and release (0.2 s).
- A **slice** takes one key to come there (0.28 s).
- A **look** is one fixation: to move the eyes (0.23 s), to see (0.10 s) and to decide "is this outline right?"
  (0.07 s). It takes in 2 degrees of sight, 21 mm at arm's length, of a slice that fills 250 mm of the screen; so along
  the shown outline one look reaches a twelfth of the slice's longer edge. A slice without any outline takes one look.
- **Painting** follows the steering law, 0.15 s for each brush width of way; a brush of three voxels paints nine voxels
  on a brush width of way: 0.017 s a voxel. Every patch of wrong voxels of a slice is a stroke of its own and costs one
  click more; patches so close that the brush bridges them are one.

Voxels that were verified before cost no painting: nobody corrects them again.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Mask = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.integer[Any]]

CLICK_SECONDS = 1.1 + 0.2
SLICE_SECONDS = 0.28
LOOK_SECONDS = 0.23 + 0.10 + 0.07
LOOKS_ALONG_THE_EDGE = 12
BRUSH_VOXELS = 3
BRUSH_WIDTH_SECONDS = 0.15
VOXEL_SECONDS = BRUSH_WIDTH_SECONDS / BRUSH_VOXELS**2
SCAN_SECONDS = 10.0
CLICKS_A_SCAN = 2
CLICKS_A_PLACE = 2


@dataclass(frozen=True)
class Effort:
    """What was done, in counts.

    Attributes:
        scans: times that a scan was opened.
        places: regions looked at; a whole scan is one.
        clicks: all clicks, with those that begin a stroke.
        slices: slices come to.
        looks: fixations of the eyes along the shown outline.
        voxels: voxels painted.
    """

    scans: int = 0
    places: int = 0
    clicks: int = 0
    slices: int = 0
    looks: int = 0
    voxels: int = 0

    def __add__(self, other: Effort) -> Effort:
        return Effort(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def seconds(self) -> float:
        """The time that it takes.

        Example:
            >>> round(Effort(scans=1, places=1, clicks=4, slices=10, looks=30, voxels=90).seconds, 2)
            31.5
        """
        return (
            SCAN_SECONDS * self.scans
            + CLICK_SECONDS * self.clicks
            + SLICE_SECONDS * self.slices
            + LOOK_SECONDS * self.looks
            + VOXEL_SECONDS * self.voxels
        )


def effort_of(place: Mask, shown: Labels, wrong: Mask, *, opens: bool) -> Effort:
    """Return what it takes to look at one place of a scan and to correct it.

    Args:
        place: voxels looked at, ``[k, j, i]``; a slice is a plane of equal k.
        shown: label values of the prediction, whose outline is followed, same shape.
        wrong: voxels inside the place that must be painted, same shape.
        opens: whether the scan has to be opened for it.
    """
    slices = int(place.any(axis=(1, 2)).sum())
    clicks = CLICKS_A_PLACE + strokes(wrong) + (CLICKS_A_SCAN if opens else 0)
    return Effort(int(opens), 1, clicks, slices, looks(place, shown), int(wrong.sum()))


def looks(place: Mask, shown: Labels) -> int:
    """Return the number of fixations that it takes to follow the outlines inside a place, slice by slice.

    Example:
        >>> shown = np.zeros((2, 24, 24), np.uint8)
        >>> shown[0, 4:8, 4:8] = 1
        >>> looks(np.ones(shown.shape, bool), shown)  # an outline of 12 voxels, 2 a look; and an empty slice
        7
    """
    outline = (outlines(shown) & place).sum(axis=(1, 2))
    reach = max(place.shape[1:]) / LOOKS_ALONG_THE_EDGE
    needed = np.maximum(1, np.ceil(outline / reach))
    return int(needed[place.any(axis=(1, 2))].sum())


def outlines(shown: Labels) -> Mask:
    """Return the voxels of any class that touch another class, or the background, within their slice."""
    across = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], bool)[None]
    highest = ndimage.maximum_filter(shown, footprint=across, mode="nearest")
    lowest = ndimage.minimum_filter(shown, footprint=across, mode="nearest")
    found: Mask = (shown > 0) & (highest != lowest)
    return found


def strokes(wrong: Mask) -> int:
    """Return the number of patches within slices that a brush of three voxels paints without being lifted.

    Example:
        >>> wrong = np.zeros((2, 3, 9), bool)
        >>> wrong[:, 0, 0] = wrong[0, 2, 2] = wrong[0, 0, 7] = True
        >>> strokes(wrong)
        3
    """
    within_a_slice = np.zeros((3, 3, 3), dtype=bool)
    within_a_slice[1] = True
    painted = ndimage.binary_dilation(wrong, structure=within_a_slice)
    return int(ndimage.label(painted, structure=within_a_slice)[1])
