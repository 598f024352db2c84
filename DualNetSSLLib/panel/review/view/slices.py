"""The slices of the region that is looked at: which one each view shows, and a wheel that does not run out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.panel.common.keys import slice_views
from DualNetSSLLib.panel.common.slice_nodes import axis_of, normal, origin, slice_nodes, voxel_at
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.review.view.seen import Seen, strip_stops
from DualNetSSLLib.panel.review.view.spotlight import context_view
from DualNetSSLLib.panel.review.walk import Place

LEAST, STEP = 1e-3, 1.6
"""Slices: a view that moves less does not turn; one that goes so far or less was turned by the wheel or a key.

What jumps farther was sent there.
"""
COLOURS = {"here": "#ffd600", "seen": "#43a047", "unseen": "#bdbdbd"}


@dataclass
class _View:
    """A view that shows slices of the region.

    Attributes:
        node: of the view.
        axis: it goes along, of the scan's grid.
        geometry: the grid.
        at: slice of the scan that it showed last, not rounded; where it ran out of the region, the one before.
        raw: where it is.
    """

    node: Any
    axis: int
    geometry: Geometry
    at: float = 0.0
    raw: float = 0.0

    def look(self) -> float:
        """Return the slice of the scan that the view shows, not rounded."""
        return float(voxel_at(origin(self.node), self.geometry)[self.axis])

    def show(self, number: int) -> None:
        """Show a slice of the scan, in a view that may lie aslant to it: what counts is the view's middle."""
        here, along = origin(self.node), normal(self.node)
        rate = float(voxel_at(here + along, self.geometry)[self.axis]) - self.look()
        self.node.JumpSliceByOffsetting(*(here + along * (number - self.look()) / rate))


class RegionSlices:
    """Follows the views while a region is selected.

    Attributes:
        seen: what was looked at of the region; None: none is selected.
        axis: that was gone along last, of the scan's grid.
    """

    def __init__(self, moved: Callable[[], None]) -> None:
        """Follow nothing yet; ``moved`` is told when a view shows another slice."""
        self._moved = moved
        self._known: dict[tuple[int, int, int], Seen] = {}
        self._views: dict[str, _View] = {}
        self._tags: list[tuple[Any, int]] = []
        self._wiring = Wiring()
        self._return = self._wiring.timer(0, self._turn_back, once=True)
        self.seen: Seen | None = None
        self.axis = 2

    def enter(self, place: Place, geometry: Geometry) -> None:
        """Follow the views through a region; what was seen of it before still counts."""
        self.leave()
        key = int(place.where[0]), int(place.where[-1]), len(place.where)
        self.seen = self._known.setdefault(key, Seen.of(place.where, geometry.size))
        self.axis = int(np.argmax(geometry.spacing)) if np.ptp(geometry.spacing) > 0 else 2
        whole = context_view(geometry)
        for node in slice_nodes():
            if node is not whole:
                view = _View(node, axis_of(node, geometry), geometry)
                view.at = view.raw = view.look()
                self._views[node.GetID()] = view
                self._tags.append((node, node.AddObserver("ModifiedEvent", self._turned)))
                self.seen.note(view.axis, round(view.at))
        if self.axis not in {view.axis for view in self._views.values()} and self._views:
            self.axis = next(iter(self._views.values())).axis
        self._moved()

    def leave(self) -> None:
        """Follow nothing any more."""
        self._return.stop()
        for node, tag in self._tags:
            node.RemoveObserver(tag)
        self._tags, self._views, self.seen = [], {}, None

    def forget(self) -> None:
        """Another case: nothing was seen of it."""
        self.leave()
        self._known.clear()

    def close(self) -> None:
        """Let go of the views."""
        self.leave()
        self._wiring.close()

    def step(self, by: int) -> None:
        """Show the next slice of the region, or the one before, in the view under the mouse or that moved last."""
        view = self._pointed() or next((each for each in self._views.values() if each.axis == self.axis), None)
        if view is None or self.seen is None:
            return
        first, count = self.seen.first[view.axis], len(self.seen.slices[view.axis])
        view.show(min(max(round(view.at) + by, first), first + count - 1))

    def reveal(self, voxels: Any) -> None:
        """Turn each view that shows none of these voxels ``[n, 3]`` (i, j, k) to the slice that has most of them."""
        for view in self._views.values():
            along = voxels[:, view.axis]
            if len(along) and not (along == round(view.at)).any():
                view.show(int(np.bincount(along).argmax()))

    @property
    def here(self) -> int | None:
        """Which slice of the region is seen along the axis that was gone along last, from 0; None: none of it."""
        view = next((each for each in self._views.values() if each.axis == self.axis), None)
        return None if self.seen is None or view is None else self.seen.place(self.axis, round(view.at))

    def there(self) -> tuple[int, int] | None:
        """Return axis (0 is i) and number in the scan of the slice that is seen along the axis gone along last."""
        view = next((each for each in self._views.values() if each.axis == self.axis), None)
        return None if view is None else (self.axis, round(view.at))

    def _pointed(self) -> _View | None:
        pointed = [view.mrmlSliceNode().GetID() for view in slice_views() if view.underMouse()]
        return next((self._views[identity] for identity in pointed if identity in self._views), None)

    def _turned(self, node: Any, _event: str) -> None:
        view = self._views.get(node.GetID())
        if view is None or self.seen is None:
            return
        before, view.raw = view.raw, view.look()
        if abs(view.raw - before) < LEAST:
            return
        self.axis = view.axis
        out = self.seen.place(view.axis, round(view.raw)) is None
        if out and self.seen.place(view.axis, round(view.at)) is not None and abs(view.raw - before) <= STEP:
            self._return.start()  # a view that is moved while it tells of a move does not tell of that
            return
        view.at = view.raw
        self.seen.note(view.axis, round(view.at))
        self._moved()

    def _turn_back(self) -> None:
        """Bring views that ran out of the region back to its last slice, before they are drawn."""
        for view in self._views.values():
            if view.at != view.raw:
                view.show(round(view.at))
                view.at = view.raw = view.look()


def strip_style(seen: Seen, axis: int, here: int | None) -> str:
    """Return the style of a label with a field for each slice: looked at, not yet, and the one that is seen.

    Example:
        >>> import numpy as np
        >>> seen = Seen((0, 0, 0), (np.zeros(4, bool),) * 3)
        >>> strip_style(seen, 2, 1).count("stop:")
        6
    """
    stops = [
        f"stop:{at:.4f} {COLOURS[kind]}"
        for low, high, kind in strip_stops(seen.slices[axis], here)
        for at in (min(low + 1e-4, 1.0), high)
    ]
    ground = f"qlineargradient(x1:0, y1:0, x2:1, y2:0, {', '.join(stops)})"
    return f"QLabel {{ background: {ground}; border: 1px solid palette(mid); }}"
