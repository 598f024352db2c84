"""What labelling from nothing costs: the cost model of `dualnetssl_bench.correction.effort`, without a prediction.

The same prices for every way of labelling: scans, clicks, keys and looks cost what they cost there. New is the outline,
which is drawn whole and then filled, as 3D Slicer's *Draw* does:

- A **scan** takes 10 s to open and to find one's way in, and two clicks (choose it, send it).
- A **slice** takes one key to come there. One that is drawn takes a look for each twelfth of its longer edge along its
  outline (where does it run?), one that shows nothing takes one look.
- **Drawing** follows the steering law (Accot & Zhai 1997): 0.15 s for each width of the path, which is three voxels, so
  that the line may be one voxel off to either side. So a slice costs by its outline's length in mm, divided by the mm
  that three voxels measure.
- Every **patch** of a class in a slice takes two clicks, to begin and to close its outline; a further class of the
  slice one key.
- A **mark** ("first slice", "last slice", "take the box that was fitted") takes one click. A **box** takes four, two
  corners in each of two views, whether it says where to paint or where the organ ends.
- Who looks for the ends of an organ passes all its slices and one empty slice at either end: a key and a look each.

These are the seconds of hands and eyes; an expert's doubts and pauses are not in them. They are told in minutes, beside
the counts.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from scipy import ndimage

from dualnetssl_bench.correction.effort import (
    BRUSH_VOXELS,
    BRUSH_WIDTH_SECONDS,
    CLICK_SECONDS,
    CLICKS_A_SCAN,
    LOOK_SECONDS,
    SCAN_SECONDS,
    SLICE_SECONDS,
    Labels,
    Mask,
    looks,
    outlines,
)

CLICKS_A_PATCH = 2
CLICKS_A_BOX = 4
_TOUCHING = np.ones((3, 3), bool)


@dataclass(frozen=True)
class Work:
    """What was done, in counts.

    Attributes:
        scans: scans opened.
        clicks: all clicks, with those that begin and close outlines.
        keys: keys pressed, one for each slice come to.
        looks: fixations of the eyes.
        way_mm: length of the outlines drawn.
        widths: the same in widths of the path that the hand had to keep to.
    """

    scans: int = 0
    clicks: int = 0
    keys: int = 0
    looks: int = 0
    way_mm: float = 0.0
    widths: float = 0.0

    def __add__(self, other: Work) -> Work:
        return Work(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def seconds(self) -> float:
        """The time that it takes.

        Example:
            >>> round(Work(scans=1, clicks=4, keys=10, looks=30, way_mm=90.0, widths=30.0).seconds, 2)
            34.5
        """
        return (
            SCAN_SECONDS * self.scans
            + CLICK_SECONDS * self.clicks
            + SLICE_SECONDS * self.keys
            + LOOK_SECONDS * self.looks
            + BRUSH_WIDTH_SECONDS * self.widths
        )


OPENED = Work(scans=1, clicks=CLICKS_A_SCAN)
MARK = Work(clicks=1)
BOX = Work(clicks=CLICKS_A_BOX)


def passed(slices: int) -> Work:
    """Return what it takes to look at slices without painting."""
    return Work(keys=slices, looks=slices)


def drawn(shown: Labels, spacing_mm: float, inside: Mask | None = None) -> Work:
    """Return what it takes to come to one slice and to draw what it shows.

    Args:
        shown: its label values ``[j, i]``.
        spacing_mm: of its voxels, the mean of both axes.
        inside: the part of the slice that is drawn, ``[j, i]``; all of it if absent.

    Example:
        >>> shown = np.zeros((24, 24), np.uint8)
        >>> shown[4:8, 4:8] = 1
        >>> drawn(shown, 2.0)  # 12 voxels of outline, 2 a look
        Work(scans=0, clicks=2, keys=1, looks=6, way_mm=24.0, widths=4.0)
    """
    place = np.ones(shown.shape, bool) if inside is None else inside
    outline = int((outlines(shown[None])[0] & place).sum())
    classes = [value for value in np.unique(shown[place]).tolist() if value > 0]
    patches = sum(int(ndimage.label((shown == value) & place, structure=_TOUCHING)[1]) for value in classes)
    return Work(
        clicks=CLICKS_A_PATCH * patches,
        keys=1 + max(0, len(classes) - 1),
        looks=looks(place[None], shown[None]),
        way_mm=outline * spacing_mm,
        widths=outline / BRUSH_VOXELS,
    )
