"""What a correction costs a clinician: the cost model of the simulated one, written down.

Everything is counted (scans opened, clicks, slices looked at, voxels painted) and turned into seconds by four prices.
They are from the keystroke-level model (Card, Moran & Newell 1980) and the steering law (Accot & Zhai 1997), measured
on many people at many tasks, not on radiologists at this one: the seconds are an estimate, the counts are exact, and
both are told. All strategies pay the same prices.

- A **click** is to point (1.1 s) and to press and release (0.2 s).
- A **slice** that is looked at takes one mental act, "is this outline right?" (1.35 s), and one key to come there
  (0.28 s), whether it is one of hundreds of a whole scan or one of three of a region.
- **Painting** follows the steering law, 0.15 s for each brush width of way; a brush of three voxels paints nine voxels
  on a brush width of way: 0.017 s a voxel. Every connected patch of wrong voxels of a slice is a stroke of its own and
  costs one click more.
- A **scan** that is opened takes 10 s to load and to find one's way in, before anything is looked at. A region of
  another scan pays that again: looking at one place each in many scans is not free.

Beyond strokes, an opened scan takes two clicks (choose it, send it), a place two (go there, mark it as done); a whole
scan is one place. Voxels that were verified before cost nothing: nobody corrects them again.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Mask = npt.NDArray[np.bool_]

CLICK_SECONDS = 1.1 + 0.2
SLICE_SECONDS = 1.35 + 0.28
VOXEL_SECONDS = 0.15 / 9
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
        slices: slices looked at.
        voxels: voxels painted.
    """

    scans: int = 0
    places: int = 0
    clicks: int = 0
    slices: int = 0
    voxels: int = 0

    def __add__(self, other: Effort) -> Effort:
        return Effort(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def seconds(self) -> float:
        """The time that it takes.

        Example:
            >>> round(Effort(scans=1, places=1, clicks=4, slices=10, voxels=90).seconds, 2)
            33.0
        """
        return (
            SCAN_SECONDS * self.scans
            + CLICK_SECONDS * self.clicks
            + SLICE_SECONDS * self.slices
            + VOXEL_SECONDS * self.voxels
        )


def effort_of(place: Mask, wrong: Mask, *, opens: bool) -> Effort:
    """Return what it takes to look at one place of a scan and to correct it.

    Args:
        place: voxels looked at, ``[k, j, i]``; a slice is a plane of equal k.
        wrong: voxels inside the place that must be painted, same shape.
        opens: whether the scan has to be opened for it.
    """
    slices = int(place.any(axis=(1, 2)).sum())
    clicks = CLICKS_A_PLACE + strokes(wrong) + (CLICKS_A_SCAN if opens else 0)
    return Effort(int(opens), 1, clicks, slices, int(wrong.sum()))


def strokes(wrong: Mask) -> int:
    """Return the number of patches, connected within their slice, that must be painted.

    Example:
        >>> wrong = np.zeros((2, 3, 3), bool)
        >>> wrong[:, 0, 0] = wrong[0, 2, 2] = True
        >>> strokes(wrong)
        3
    """
    within_a_slice = np.zeros((3, 3, 3), dtype=bool)
    within_a_slice[1] = True
    return int(ndimage.label(wrong, structure=within_a_slice)[1])
