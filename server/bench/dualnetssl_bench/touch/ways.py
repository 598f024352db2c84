"""Ways of mending a region, step by step: brush alone, second opinions, a touch that spreads, all together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from dualnetssl_bench.correction.effort import LOOK_SECONDS
from dualnetssl_bench.touch.hands import (
    KEY_SECONDS,
    Hands,
    aim,
    ball,
    largest_stroke,
    moved,
    seconds_of_preview,
    seconds_of_touch,
)
from dualnetssl_bench.touch.places import Region

Array = npt.NDArray[Any]

BRUSH_VOXELS = 3
"""Width of the brush, in voxels' shortest edges."""
_GIVES_UP = 1
"""After so many touches that did not spread well, the brush is taken for the rest: what is left is single voxels."""


@dataclass
class Work:
    """A region under somebody's hands.

    Attributes:
        region: as it came.
        hands: whose.
        label: of the box, as it is by now.
        dabs: what was touched so far, by class; they hold wherever a later touch spreads.
        seconds: all that it took.
        actions: touches and opinions, taken or not.
    """

    region: Region
    hands: Hands
    label: Array
    dabs: dict[int, Array] = field(default_factory=dict)
    seconds: float = 0.0
    actions: int = 0
    _slice: int = -1
    _class: int = -1

    @property
    def wrong(self) -> Array:
        """Where the label is wrong."""
        return self.region.wrong(self.label)

    def pay_touch(self, k: int, value: int, voxels: int) -> None:
        """Pay for a click or stroke in a slice, of a class."""
        other_slice, other_class = k != self._slice, value != self._class
        self.seconds += seconds_of_touch(voxels, other_slice=other_slice, other_class=other_class)
        self._slice, self._class, self.actions = k, value, self.actions + 1

    def judge(self, label: Array) -> bool:
        """Take a label if it seems better, else pay for taking it back; tells whether it was taken."""
        before, after = int(self.wrong.sum()), int(self.region.wrong(label).sum())
        taken = self.hands.takes(before, after)
        if taken:
            self.label = label
        else:
            self.seconds += KEY_SECONDS
        return taken

    def value_for(self, touched: Array) -> int:
        """Return the class that is painted over these voxels: what most of them truly are, or by mistake what is shown.

        Class and mistake are those of one touch.
        """
        shown = self.label if self.hands.errs() else self.region.truth
        return int(np.bincount(shown[touched]).argmax())


def stroke(work: Work) -> None:
    """Paint over the largest patch of a slice."""
    patch = largest_stroke(work.wrong)
    value = work.value_for(patch)
    # where two classes are missing in one patch, the other one is another stroke
    own = patch & (work.region.truth == value)
    painted = moved(own if own.any() else patch, _shift(work))
    work.pay_touch(int(np.argwhere(patch)[0, 0]), value, int(painted.sum()))
    work.judge(np.where(painted & work.region.site.free, value, work.label).astype(np.uint8))


def dab(work: Work) -> tuple[int, Array]:
    """Touch the middle of the largest error with the brush; returns the class and the voxels."""
    k, j, i = aim(work.wrong, work.region.site.spacing)
    centre = np.zeros(work.label.shape, bool)
    centre[k, j, i] = True
    value, (down, across) = work.value_for(centre), _shift(work)
    radius = BRUSH_VOXELS / 2 * min(work.region.site.spacing)
    touched = ball(work.label.shape, (k, j + down, i + across), radius, work.region.site.spacing)
    work.pay_touch(k, value, 0)
    return value, touched


def plain_dab(work: Work) -> bool:
    """Touch with a round brush, and nothing spreads; tells whether that was left so."""
    value, touched = dab(work)
    return work.judge(np.where(touched & work.region.site.free, value, work.label).astype(np.uint8))


def spreading_dab(work: Work) -> bool:
    """Touch, look at how it spread, and take it or not; tells whether it was taken."""
    from DualNetSSLLib.mending.spread import spread

    value, touched = dab(work)
    dabs = {known: mask & ~touched for known, mask in work.dabs.items()}
    dabs[value] = dabs.get(value, np.zeros_like(touched)) | touched
    label = spread(replace(work.region.site, label=work.label), work.region.image, dabs)
    work.seconds += seconds_of_preview(label != work.label)
    taken = work.judge(label)
    if taken:
        work.dabs, work.seconds = dabs, work.seconds + KEY_SECONDS
    return taken


def opinion(work: Work) -> None:
    """Look at all miniatures, preview the best one, and take it or not."""
    from DualNetSSLLib.mending.answers import second_opinions

    answers = second_opinions(replace(work.region.site, label=work.label), work.region.value)
    work.seconds += LOOK_SECONDS * len(answers)
    work.actions += 1
    if not answers:
        return
    left = [int(work.region.wrong(answer.label).sum()) for answer in answers]
    best = int(np.argmin(left)) if not work.hands.errs() else int(work.hands.rng.integers(len(left)))
    if left[best] < int(work.wrong.sum()) or work.hands.errs():
        work.seconds += KEY_SECONDS + seconds_of_preview(answers[best].label != work.label)
        if work.judge(answers[best].label):
            work.seconds += KEY_SECONDS


def by_brush(work: Work) -> Iterator[None]:
    """Stroke after stroke."""
    while True:
        stroke(work)
        yield


def by_dabs(work: Work) -> Iterator[None]:
    """Dabs of a round brush, for what a touch is worth without spreading; strokes for what they do not reach."""
    yield from _touches(work, plain_dab)


def by_opinions(work: Work) -> Iterator[None]:
    """One opinion if one is better, then the brush."""
    opinion(work)
    yield
    yield from by_brush(work)


def by_spread(work: Work) -> Iterator[None]:
    """Touches that spread; the brush for what they do not reach."""
    yield from _touches(work, spreading_dab)


def by_all(work: Work) -> Iterator[None]:
    """One opinion if one is better, then touches that spread, then the brush."""
    opinion(work)
    yield
    yield from by_spread(work)


def _touches(work: Work, touch: Callable[[Work], bool]) -> Iterator[None]:
    misses = 0
    while misses < _GIVES_UP:
        misses += not touch(work)
        yield
    yield from by_brush(work)


def _shift(work: Work) -> tuple[float, float]:
    return work.hands.shift(work.region.site.spacing)


WAYS: Mapping[str, Callable[[Work], Iterator[None]]] = MappingProxyType(
    {"brush": by_brush, "dabs": by_dabs, "opinions": by_opinions, "spread": by_spread, "all": by_all}
)
"""Each goes on for as long as it is asked to."""
