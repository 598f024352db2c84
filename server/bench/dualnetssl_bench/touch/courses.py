"""Courses: how many wrong voxels a region has after each action, and after how many seconds; and their means."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dualnetssl_bench.correction.effort import LOOK_SECONDS, looks
from dualnetssl_bench.touch.hands import KEY_SECONDS, Hands
from dualnetssl_bench.touch.places import Region
from dualnetssl_bench.touch.ways import WAYS, Work

MENDED = 0.25
"""Share of its wrong voxels that a region may keep and counts as mended: somebody goes on to the next."""


@dataclass(frozen=True)
class Bounds:
    """How good the hands are and how long they go on.

    Attributes:
        jitter_mm: see `Hands`.
        mistakes: see `Hands`.
        actions: a region is left after so many.
        seed: of all that is random.
    """

    jitter_mm: float
    mistakes: float
    actions: int
    seed: int


@dataclass(frozen=True)
class Course:
    """How a region was mended.

    Attributes:
        seconds: after each action, 0 at first.
        left: share of the wrong voxels that are left then, 1 at first.
    """

    seconds: tuple[float, ...]
    left: tuple[float, ...]

    def after(self, actions: int) -> float:
        """Return the share that is left after so many actions, or after the last one."""
        return self.left[min(actions, len(self.left) - 1)]

    def at(self, seconds: float) -> float:
        """Return the share that is left after so many seconds.

        Example:
            >>> course = Course((0.0, 2.0, 5.0), (1.0, 0.5, 0.2))
            >>> course.at(0.0), course.at(4.9), course.at(9.0), course.after(1)
            (1.0, 0.5, 0.2, 0.5)
        """
        return self.left[int(np.searchsorted(self.seconds, seconds, side="right")) - 1]


def run(region: Region, number: int, way: str, bounds: Bounds) -> Course:
    """Mend a region in one way, with the same hands whatever else is measured.

    Args:
        region: has a wrong voxel at least.
        number: of the region among all.
        way: of `WAYS`.
        bounds: how good the hands are.
    """
    rng = np.random.default_rng([bounds.seed, number, zlib.crc32(way.encode())])
    work = Work(region, Hands(rng, bounds.jitter_mm, bounds.mistakes), region.site.label.copy())
    start = int(work.wrong.sum())
    seconds, left = [0.0], [1.0]
    for _ in WAYS[way](work):
        seconds.append(work.seconds)
        left.append(int(work.wrong.sum()) / start)
        if left[-1] <= MENDED or work.actions >= bounds.actions:
            break
    return Course(tuple(seconds), tuple(left))


def seconds_to(courses: Sequence[Course], share: float) -> float | None:
    """Return after how many seconds a region the mean share of wrong voxels is down to this; None: never.

    Example:
        >>> seconds_to([Course((0.0, 2.0), (1.0, 0.4)), Course((0.0, 3.0), (1.0, 0.6))], 0.5)
        3.0
    """
    moments = sorted({moment for course in courses for moment in course.seconds})
    low, high = 0, len(moments)
    while low < high:  # the mean falls, but for mistakes: the first moment is found by halving all the same
        middle = (low + high) // 2
        if mean_at(courses, moments[middle]) <= share:
            high = middle
        else:
            low = middle + 1
    return moments[low] if low < len(moments) else None


def mean_at(courses: Sequence[Course], seconds: float) -> float:
    """Return the mean share of wrong voxels that is left after so many seconds a region."""
    return float(np.mean([course.at(seconds) for course in courses]))


def seconds_of_looking(region: Region) -> float:
    """Return what it takes to come to a region and to follow its outline, whatever it is mended with."""
    inside = region.site.free
    slices = int(inside.any(axis=(1, 2)).sum())
    return KEY_SECONDS * (slices + 2) + LOOK_SECONDS * looks(inside, region.site.label)


def one_key(region: Region) -> dict[str, float]:
    """Return the share of wrong voxels that each opinion leaves, by its kind."""
    from DualNetSSLLib.mending.answers import second_opinions

    start = int(region.wrong(region.site.label).sum())
    found = second_opinions(region.site, region.value)
    return {answer.kind: int(region.wrong(answer.label).sum()) / start for answer in found}


def summary(courses: Sequence[Course]) -> dict[str, Any]:
    """Return the figures of one way over all regions, fit for JSON."""
    ends = [course.left[-1] for course in courses]
    seconds = [course.seconds[-1] for course in courses]
    return {
        "left_after": {str(count): float(np.mean([course.after(count) for course in courses])) for count in (1, 2, 3)},
        "left_at_end": float(np.mean(ends)),
        "mended": float(np.mean([end <= MENDED for end in ends])),
        "seconds": float(np.mean(seconds)),
        "actions": float(np.mean([len(course.left) - 1 for course in courses])),
    }
