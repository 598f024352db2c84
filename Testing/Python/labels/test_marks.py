"""No sequence of accept, edit, restore, undo, submit, close and reopen loses or invents a verified voxel."""

from __future__ import annotations

import numpy as np
import pytest

from DualNetSSLLib.labels.marks import (
    ACCEPTED,
    EDITED,
    OPEN,
    PARTLY,
    ArrayCanvas,
    Marks,
    Standing,
    progress_of,
    state_of,
)

SHAPE = (4, 5, 6)
ACTIONS = ("accept", "edit", "restore", "undo", "submit", "reopen", "stroke", "whole")


class Reader:
    """A reader's work on one scan, and beside it the same told voxel by voxel in plain sets and dictionaries."""

    def __init__(self, rng, history_bytes=1 << 20):
        self.rng = rng
        self.prediction = rng.integers(0, 3, SHAPE).astype(np.uint8)
        self.canvas = ArrayCanvas(self.prediction.copy())
        self.start = self.prediction.copy()
        self.marks = Marks(np.zeros(SHAPE, np.uint8), history_bytes=history_bytes)
        self.told = set()
        self.label = dict(enumerate(self.prediction.reshape(-1).tolist()))
        self.began = dict(self.label)
        self.past = []
        self.everything = False

    def region(self):
        return np.sort(self.rng.choice(self.prediction.size, self.rng.integers(1, 12), replace=False))

    def note(self, where, steps=1):
        self.past += [(dict(self.label), set(self.told), self.everything)] * steps

    def accept(self):
        where = self.region()
        self.note(where)
        self.marks.accept(where)
        self.told |= set(where.tolist())

    def paint(self, where):
        values = self.rng.integers(0, 3, len(where)).astype(np.uint8)
        self.canvas.write(where, values)
        self.label |= dict(zip(where.tolist(), values.tolist(), strict=True))

    def stroke(self):
        """Paint without a word: what was before cannot be told by steps any more."""
        where = self.region()
        self.past = []
        self.marks = Marks(self.marks.mask, whole=self.marks.whole)
        self.paint(where)

    def edit(self):
        where = self.region()
        before = self.canvas.read(where)
        self.note(where)
        self.paint(where)
        self.note(where)
        self.marks.take_edit(where, before)
        self.told |= set(where.tolist())

    def restore(self):
        where = self.region()
        self.note(where)
        values = self.prediction.reshape(-1)[where]
        self.marks.restore(self.canvas, where, values)
        self.label |= dict(zip(where.tolist(), values.tolist(), strict=True))
        self.told |= set(where.tolist())

    def whole(self):
        wanted = not self.everything
        self.note(None)
        self.marks.vouch(wanted)
        self.everything = wanted

    def undo(self):
        step = self.marks.undo(self.canvas)
        assert (step is None) == (not self.past)
        if self.past:
            self.label, self.told, self.everything = self.past.pop()

    def sent(self):
        """The mask as it is written for the server or a draft."""
        return (self.marks.mask != 0) | (self.canvas.voxels != self.start)

    def submit(self):
        """Send, and open what was sent: the label and the mask are all that is left."""
        mask = self.sent().astype(np.uint8)
        self.told |= {voxel for voxel, value in self.label.items() if value != self.began[voxel]}
        self.began = dict(self.label)
        self.canvas = ArrayCanvas(self.canvas.voxels.copy())
        self.start = self.canvas.voxels.copy()
        self.marks, self.past = Marks(mask, whole=self.everything), []

    reopen = submit

    def check(self):
        changed = {voxel for voxel, value in self.label.items() if value != self.began[voxel]}
        everywhere = np.arange(self.prediction.size)
        label = self.canvas.read(everywhere)
        assert label.tolist() == [self.label[voxel] for voxel in everywhere.tolist()]
        verified = self.marks.verified(everywhere, label, self.start.reshape(-1))
        wanted = set(everywhere.tolist()) if self.everything else self.told | changed
        assert set(np.flatnonzero(verified).tolist()) == wanted


@pytest.mark.parametrize("seed", range(40))
def test_nothing_is_lost_or_invented_whatever_the_order(seed):
    rng = np.random.default_rng(seed)
    reader = Reader(rng)
    for action in rng.choice(ACTIONS, 60, p=(0.2, 0.2, 0.15, 0.25, 0.05, 0.05, 0.05, 0.05)):
        getattr(reader, action)()
        reader.check()


@pytest.mark.parametrize("seed", range(5))
def test_taking_back_everything_comes_to_the_beginning(seed):
    reader = Reader(np.random.default_rng(seed))
    for action in reader.rng.choice(("accept", "edit", "restore", "whole"), 30):
        getattr(reader, action)()
    steps = len(reader.marks.history)
    for _ in range(steps):
        reader.undo()
    np.testing.assert_array_equal(reader.canvas.voxels, reader.prediction)
    assert not reader.marks.mask.any()
    assert not reader.marks.whole
    assert reader.marks.undo(reader.canvas) is None


def test_history_takes_only_so_much_memory_and_forgets_the_oldest():
    marks = Marks(np.zeros(SHAPE, np.uint8), history_bytes=200)
    for first in range(20):
        marks.accept(np.arange(first, first + 10))
    assert sum(step.size for step in marks.history) <= 200
    assert marks.history[-1].where.tolist() == list(range(19, 29))
    assert marks.mask.reshape(-1)[:29].all()


@pytest.mark.parametrize(
    ("verified", "label", "state"),
    [([0, 0], [1, 1], OPEN), ([1, 0], [1, 1], PARTLY), ([1, 1], [1, 1], ACCEPTED), ([1, 1], [1, 2], EDITED)],
)
def test_how_a_region_stands(verified, label, state):
    prediction = np.array([1, 1], np.uint8)
    assert state_of(np.array(verified, bool), np.array(label, np.uint8), prediction) == state


def test_progress_counts_the_expected_error_that_is_verified():
    standings = [Standing(ACCEPTED, 1.0), Standing(OPEN, 0.0), Standing(PARTLY, 0.25)]
    progress = progress_of(standings, [8.0, 4.0, 4.0], 20.0)
    assert (progress.done, progress.regions, progress.share) == (1, 3, 0.45)
    assert progress_of([], [], 0.0).share == 1.0
