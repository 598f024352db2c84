"""Review and slices in any order, over one scan: within the bounds, nothing by chance, and all of it is taken back."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hand import drag, point_at
from panelfixtures import client, server
from panelserver import PATIENCE
from predictedscan import TRUTH, painter, predicted
from reviewfixtures import SPOTS, Reviewer

from DualNetSSLLib.labels.marks import OUTSIDE

__all__ = ["client", "painter", "predicted", "server"]

SUBMITTING = ("scan", "map")
"""Actions that have nothing to do with what is verified."""


class BothHands:
    """Somebody who does by chance what the keys of either section do, at leisure or in haste."""

    def __init__(self, painter, seed):
        """Work on the scan that is open, with both sections open."""
        self.painter, self.reader = painter, Reviewer(painter.panel)
        self.reader.ui.reviewSection.collapsed = False
        self.reader.found()
        self._chance = random.Random(seed)
        review, slices = self.reader.review, painter.slices
        keys = (review.keys, review.mending.keys, slices.keys)
        self._actions = [(name, act) for each in keys for name, act in each._actions.items() if name not in SUBMITTING]
        self._actions += [("drag", self.drag), ("scroll", self.scroll), ("restage", self.restage)] * 2

    def step(self):
        """Do something; returns what."""
        name, act = self._chance.choice(self._actions)
        hasty = self._chance.random() < 0.2
        self.reader.look_at_leisure(0.0 if hasty else 1.0)
        if self.painter.part is not None and not hasty:
            self.painter.part.sight.looked()
        act()
        self.reader.pump(lambda: self.reader.review.mending._call is None, PATIENCE)
        self.reader.pump(lambda: self.painter.part is None or not self.painter.part.proposals.busy, PATIENCE)
        return f"{name}{' in haste' if hasty else ''}"

    def somewhere(self):
        return np.array([self._chance.randrange(*part.indices(99)) for part in self._chance.choice(SPOTS)])

    def drag(self):
        point_at(self.reader.desk.shown.node("image"), self.somewhere())
        drag(self.reader.desk.shown.node("image"), (self.somewhere(), self.somewhere()), "Red")

    def scroll(self):
        self.painter.scroll_to(self._chance.randrange(len(TRUTH)))

    def restage(self):
        """Move the threshold, or go to a region by the table."""
        self.reader.ui.overlayThresholdSlider.value = self._chance.choice((0.3, 0.6, 0.8))
        self.reader.found()
        if self.reader.walk.places:
            self.reader.review.select(self._chance.randrange(len(self.reader.walk.places)))

    def state(self):
        """The label, and what is verified."""
        return self.painter.panel.painted(), self.painter.mask()


def contradictions(hands):
    """How many voxels are labelled outside the bounds."""
    outside = np.asarray(hands.reader.desk.shown.marks.mask) & OUTSIDE != 0
    return int((outside & (hands.painter.panel.painted() != 0)).sum())


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 2, 3))])
@pytest.mark.parametrize("mode", ["slices", "boxes"])
def test_whatever_both_do_stays_within_the_bounds_and_is_taken_back_step_by_step(painter, mode, seed):
    painter.choose(mode)
    painter.panel.open("scan-1")
    hands, done = BothHands(painter, seed), []
    marks, states = hands.reader.desk.shown.marks, {}
    for _ in range(60):
        states[len(marks.history)], before = hands.state(), contradictions(hands)
        done.append(hands.step())
        assert contradictions(hands) <= before or done[-1].startswith(("drag", "undo")), done
    undo = (hands.reader.review.undo, hands.painter.slices.undo)
    while marks.history:
        count = len(marks.history)
        undo[count % 2]()
        if len(marks.history) < count and len(marks.history) in states:  # else a preview went, or half of an edit
            for now, then in zip(hands.state(), states[len(marks.history)], strict=True):
                np.testing.assert_array_equal(now, then, f"{len(marks.history)} steps left of {done}")
    np.testing.assert_array_equal(hands.state()[0], TRUTH)
    assert not hands.state()[1].any()
    assert marks.bounds is None
