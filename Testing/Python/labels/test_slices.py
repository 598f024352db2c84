"""Slices, boxes and bounds: no sequence of what an annotator does with them loses or invents a verified voxel."""

from __future__ import annotations

import doctest
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from DualNetSSLLib.client.errors import InvalidRequest
from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.labels import bounding, interpolation, slice_plan, slice_work
from DualNetSSLLib.labels import bounds as bounds_module
from DualNetSSLLib.labels.bounding import Moved
from DualNetSSLLib.labels.bounds import Bounds, bounds_told, box_of, lies_outside
from DualNetSSLLib.labels.interpolation import between
from DualNetSSLLib.labels.marks import BOUNDS, MARKED, OUTSIDE, ArrayCanvas, Marks, bounds_in
from DualNetSSLLib.labels.merge_labels import Work, compare, merge
from DualNetSSLLib.labels.slice_plan import box_at, box_places, planned, slice_places
from DualNetSSLLib.labels.slice_work import BOX, SliceWork

SIZE = (5, 4, 8)
GEOMETRY = Geometry(size=SIZE, spacing=(1, 1, 1), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))


@pytest.mark.parametrize("module", [bounds_module, bounding, slice_plan, interpolation, slice_work])
def test_the_examples_hold(module):
    assert doctest.testmod(module).failed == 0


def boxes(size=SIZE):
    """Any box of a scan."""
    pairs = [st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).map(sorted) for n in size]
    return st.tuples(*pairs).map(lambda ends: Bounds(tuple(a for a, _ in ends), tuple(b for _, b in ends)))


@given(boxes())
@settings(deadline=None)
def test_inside_and_outside_are_the_whole_scan_and_share_no_voxel(box):
    seen = np.zeros(SIZE[::-1], int)
    seen[box.inside] += 1
    for part in box.outside(SIZE):
        seen[part] += 1
    assert (seen == 1).all()
    inside = np.zeros(SIZE[::-1], np.uint8)
    inside[box.inside] = 1
    assert box_of(inside) == box
    np.testing.assert_array_equal(np.flatnonzero(inside), box_places(box, SIZE))
    places = np.arange(inside.size)
    np.testing.assert_array_equal(lies_outside(places, box, SIZE), inside.reshape(-1) == 0)
    told = bounds_told(1 - inside, np.zeros_like(inside))
    assert told == (None if box == Bounds.whole(SIZE) else box)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 9))
@settings(deadline=None)
def test_the_plan_lies_within_the_organ_and_evenly(first, length, count):
    plan = planned(first, first + length, count)
    assert len(set(plan)) == len(plan) == min(count, length + 1)
    assert first <= plan[0] <= plan[-1] <= first + length
    steps = np.diff(plan)
    assert steps.size == 0 or steps.max() - steps.min() <= 1


@given(st.tuples(*[st.floats(-5, 20, allow_subnormal=False)] * 3), st.tuples(*[st.integers(1, 30)] * 3))
@settings(deadline=None)
def test_a_proposed_box_lies_in_the_scan(centre, voxels):
    box = box_at(centre, voxels, SIZE)
    assert all(0 <= low <= high < size for low, high, size in zip(box.lower, box.upper, SIZE, strict=True))
    assert box.size == tuple(min(want, have) for want, have in zip(voxels, SIZE, strict=True))


def disc(radius, shape=(41, 61), spacing=(1.0, 1.0), middle=None):
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    y, x = middle or ((shape[0] - 1) / 2, (shape[1] - 1) / 2)
    return (((rows - y) * spacing[0]) ** 2 + ((columns - x) * spacing[1]) ** 2 <= radius**2).astype(np.uint8)


@pytest.mark.parametrize("spacing", [(1.0, 1.0), (2.0, 0.5)])
def test_interpolation_goes_evenly_from_border_to_border_in_mm(spacing):
    proposed = between({4: disc(5, spacing=spacing), 8: 2 * disc(13, spacing=spacing) // 2}, spacing)
    assert list(proposed) == [5, 6, 7]
    for number, plane in proposed.items():
        wanted = 5 + 8 * (number - 4) / 4
        area = np.sqrt(plane.sum() * spacing[0] * spacing[1] / np.pi)
        assert area == pytest.approx(wanted, abs=max(spacing) / 2)


def test_labels_side_by_side_stay_side_by_side_and_one_that_ends_tapers_off():
    one, other = disc(6, middle=(20, 20)), disc(6, middle=(20, 33))
    both = one + 2 * (other & ~one & 1)
    for plane in between({0: both, 3: both}, (1.0, 1.0)).values():
        np.testing.assert_array_equal(plane, both)
    ends = between({0: both, 4: one}, (1.0, 1.0))
    counts = [int((ends[number] == 2).sum()) for number in (1, 2, 3)]
    assert 0 < counts[0] < (both == 2).sum()
    assert counts[1:] == [0, 0]
    assert between({3: both}, (1.0, 1.0)) == between({}, (1.0, 1.0)) == {}


class Scan:
    """A scan that is worked on in memory."""

    geometry = GEOMETRY

    def __init__(self):
        self.marks = Marks(np.zeros(SIZE[::-1], np.uint8))
        self.label = ArrayCanvas(np.zeros(SIZE[::-1], np.uint8))
        self.started = None

    def canvas(self):
        return self.label

    def mask(self):
        """The mask as it is kept in a draft: what is marked, and what differs from the beginning."""
        changed = self.label.voxels != (0 if self.started is None else self.started)
        return self.marks.mask | changed

    def reopen(self):
        """Close the scan and open its draft."""
        self.marks, self.started = Marks(self.mask()), self.label.voxels.copy()

    def fetch(self):
        """Submit, and fetch from the server, which knows of verified voxels and of nothing else."""
        self.marks, self.started = Marks((self.mask() != 0).astype(np.uint8)), self.label.voxels.copy()
        self.marks.take_bounds(self.started)


class Told:
    """The same as told voxel by voxel: what a person vouched for one by one, the bounds, what was painted."""

    def __init__(self):
        self.marked, self.bounds, self.past = set(), None, []
        self.label = np.zeros(SIZE[::-1], np.uint8)
        self.began = self.label.copy()
        self.withheld = {}

    def note(self):
        self.past.append([set(self.marked), self.bounds, self.label.copy(), self.began.copy()])

    def settle(self):
        """The last step is done: what is painted from now on is no part of it."""
        if self.past and len(self.past[-1]) == 4:
            self.past[-1].append(self.label.copy())

    def back(self):
        self.marked, self.bounds, label, began, left = self.past.pop()
        unpainted = self.label == left
        self.began = np.where(unpainted, began, self.began)
        self.label = np.where(unpainted, label, self.label)

    def outside(self):
        mask = np.zeros(SIZE[::-1], bool)
        for part in () if self.bounds is None else self.bounds.outside(SIZE):
            mask[part] = True
        return mask

    def verified(self):
        mask = self.outside() | (self.label != self.began)
        mask.reshape(-1)[list(self.marked)] = True
        return mask


class Reader:
    """Does the same to both."""

    def __init__(self, data):
        self.data, self.scan, self.told = data, Scan(), Told()
        self.work = SliceWork(self.scan, "axial")
        self.predict()

    def predict(self):
        """Perhaps a model has spoken of the scan, which nobody has verified."""
        places = self.draw(st.lists(st.integers(0, np.prod(SIZE) - 1), max_size=6, unique=True))
        for label in (self.scan.label.voxels, self.told.label, self.told.began):
            label.reshape(-1)[places] = 1
        self.scan.started = self.told.began.copy()

    def draw(self, strategy):
        return self.data.draw(strategy)

    def slice(self):
        return self.draw(st.integers(0, SIZE[2] - 1))

    def allowed(self, act, right):
        """Try something; it is refused exactly if it is not right, and then nothing has changed."""
        before = self.scan.mask().copy(), self.scan.label.voxels.copy(), len(self.scan.marks.history)
        try:
            act()
        except InvalidRequest:
            assert not right
            assert len(self.scan.marks.history) == before[2]
            np.testing.assert_array_equal(self.scan.mask(), before[0])
            np.testing.assert_array_equal(self.scan.label.voxels, before[1])
            return False
        assert right
        return True

    def paint(self):
        """Strokes are Slicer's to take back: what is taken back afterwards leaves them as they are."""
        places = self.draw(st.lists(st.integers(0, np.prod(SIZE) - 1), min_size=1, max_size=6, unique=True))
        values = np.array(self.draw(st.lists(st.integers(0, 2), min_size=len(places), max_size=len(places))), np.uint8)
        self.scan.label.write(np.array(places), values)
        self.told.label.reshape(-1)[places] = values

    def verify(self):
        index = self.slice()
        beyond = (self.told.outside() & (self.told.label != 0))[index].any()
        self._accept(lambda: self.work.verify(self.work.slice_box(index)), not beyond, slice_places(2, index, SIZE))

    def verify_box(self):
        box = self.draw(boxes())
        beyond = (self.told.outside() & (self.told.label != 0))[box.inside].any()
        self._accept(lambda: self.work.verify(box, BOX), not beyond, box_places(box, SIZE))

    def declare_empty(self):
        index = self.slice()
        empty = not (self.told.label * self.told.verified())[index].any()  # what a model alone says gives way
        self._accept(lambda: self.work.declare_empty(self.work.slice_box(index)), empty, slice_places(2, index, SIZE))
        if empty:
            self.told.label[index] = 0

    def _accept(self, act, right, places):
        self.told.note()
        if self.allowed(act, right):
            self.told.marked |= set(places.tolist())
        else:
            self.told.past.pop()

    def bound(self):
        self._bound(self.draw(boxes()), self.work.bound)

    def begin_at(self):
        index, box = self.slice(), self.told.bounds or Bounds.whole(SIZE)
        if index <= box.upper[2]:
            self._bound(Bounds((*box.lower[:2], index), box.upper), lambda _: self.work.begin_at(index))

    def end(self):
        index, box = self.slice(), self.told.bounds or Bounds.whole(SIZE)
        if index >= box.lower[2]:
            self._bound(Bounds(box.lower, (*box.upper[:2], index)), lambda _: self.work.end_at(index))

    def fit(self):
        margin = self.draw(st.integers(0, 2))
        painted = box_of(self.told.label * self.told.verified())  # what a model alone says bounds nothing
        if painted is None:
            self.allowed(lambda: self.work.fit(margin), False)
        else:
            self._bound(painted.grown(margin, GEOMETRY.spacing, SIZE), lambda _: self.work.fit(margin))

    def _bound(self, box, act):
        """What a person says goes before what a model alone says, which comes back where nobody has spoken since."""
        told, bounds = self.told, None if box == Bounds.whole(SIZE) else box
        beyond = Told.outside(SimpleNamespace(bounds=bounds)) & (told.label != 0)
        if not self.allowed(lambda: act(box), not (beyond & told.verified()).any()):
            return
        taken = {place: told.label.reshape(-1)[place] for place in np.flatnonzero(beyond).tolist()}
        told.note()
        former, told.bounds = told.bounds, bounds
        outside = told.outside().reshape(-1)
        back = {place: value for place, value in told.withheld.items() if self._free(place) and not outside[place]}
        for place, value in ({place: 0 for place in taken} | back).items():
            told.label.reshape(-1)[place] = told.began.reshape(-1)[place] = value
        told.withheld |= taken
        if bounds == former and not taken and not back:
            told.past.pop()

    def _free(self, place):
        told = self.told
        return not told.label.reshape(-1)[place] and not told.began.reshape(-1)[place] and place not in told.marked

    def take(self):
        """Accept what lies between the slices that are verified already."""
        known = {index: self.scan.label.voxels[index] for index in self.work.verified_slices()}
        for index, plane in list(between(known, (1.0, 1.0)).items())[:1]:
            self.told.note()
            self.work.take(index, plane)
            kept = np.where(self.told.verified()[index], self.told.label[index], plane)
            self.told.label[index] = np.where(self.told.outside()[index], 0, kept)
            self.told.marked |= set(slice_places(2, index, SIZE).tolist())

    def undo(self):
        step = self.work.undo()
        assert (step is None) == (not self.told.past)
        if step is not None:
            self.told.back()

    def reopen(self):
        self.told.marked |= set(np.flatnonzero(self.told.label != self.told.began).tolist())
        self.told.began, self.told.past, self.told.withheld = self.told.label.copy(), [], {}
        self.scan.reopen()

    def fetch(self):
        """The server tells what is verified: margins of verified background are the bounds from then on."""
        verified = self.told.verified()
        self.told.began, self.told.past, self.told.withheld = self.told.label.copy(), [], {}
        self.told.bounds = bounds_told(verified, self.told.label)
        self.told.marked = set(np.flatnonzero(verified & ~self.told.outside()).tolist())
        self.scan.fetch()

    ACTIONS = (paint, verify, verify_box, declare_empty, bound, begin_at, end, fit, take, undo, reopen, fetch)

    def check(self):
        np.testing.assert_array_equal(self.scan.label.voxels, self.told.label)
        np.testing.assert_array_equal(self.scan.mask() != 0, self.told.verified())
        assert self.scan.marks.bounds == self.told.bounds == bounds_in(self.scan.marks.mask)
        np.testing.assert_array_equal((self.scan.marks.mask & OUTSIDE) != 0, self.told.outside())
        assert set(np.flatnonzero(self.scan.marks.mask & MARKED).tolist()) == self.told.marked


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_sequence_loses_or_invents_a_verified_voxel(data):
    reader = Reader(data)
    for act in data.draw(st.lists(st.sampled_from(Reader.ACTIONS), min_size=1, max_size=14)):
        act(reader)
        reader.told.settle()
        reader.check()


def test_bounds_that_move_leave_nothing_behind_and_lose_nothing():
    scan = Scan()
    work = SliceWork(scan, "axial")
    work.declare_empty(work.slice_box(1))
    work.begin_at(4)
    work.end_at(6)
    assert work.plan(3) == (4, 5, 6)
    work.begin_at(2)
    assert [index for index in range(SIZE[2]) if work.slice_done(index)] == [0, 1, 7]
    work.bound(None)
    assert [index for index in range(SIZE[2]) if work.slice_done(index)] == [1]
    assert [work.undo().what for _ in range(4)] == [BOUNDS] * 4
    assert scan.marks.bounds is None


def test_what_is_painted_outside_the_bounds_is_told_and_nothing_is_changed():
    scan = Scan()
    work = SliceWork(scan, "axial")
    scan.label.voxels[6, 2, 2] = 1
    with pytest.raises(InvalidRequest, match=r"1 voxels that you painted .* outside these bounds \(slices 7\)"):
        work.end_at(5)
    assert not scan.marks.mask.any()
    work.end_at(6)
    scan.label.voxels[7, 2, 2] = 1
    with pytest.raises(InvalidRequest, match="outside the bounds of the organ"):
        work.verify(work.slice_box(7))
    with pytest.raises(InvalidRequest, match="this is not empty"):
        work.declare_empty(work.slice_box(6))
    with pytest.raises(InvalidRequest, match="the last one"):
        work.begin_at(7)


def test_a_slice_in_which_a_model_alone_sees_something_is_declared_empty_and_back():
    scan = Scan()
    scan.label.voxels[3, 1:3, 1:3] = 1
    scan.started = scan.label.voxels.copy()
    work = SliceWork(scan, "axial")
    box = work.slice_box(3)
    assert (work.touched(box), work.vouched(box)) == (False, 0)
    work.declare_empty(box)
    assert not scan.label.voxels.any()
    assert work.touched(box)
    work.undo()
    np.testing.assert_array_equal(scan.label.voxels, scan.started)
    assert not scan.mask().any()
    scan.label.voxels[3, 0, 0] = 1
    assert work.vouched(box) == 1
    with pytest.raises(InvalidRequest, match="1 voxels are painted or verified here"):
        work.declare_empty(box)


def test_a_proposal_that_is_taken_leaves_what_was_verified_or_painted_in_its_slice():
    scan = Scan()
    work = SliceWork(scan, "axial")
    scan.label.voxels[3, 0, 0] = 2
    work.verify(Bounds((1, 0, 3), (2, 1, 3)), BOX)
    work.take(3, np.ones((4, 5), np.uint8))
    wanted = np.ones((4, 5), np.uint8)
    wanted[0, 0], wanted[0:2, 1:3] = 2, 0
    np.testing.assert_array_equal(scan.label.voxels[3], wanted)
    assert work.slice_done(3)
    work.undo()
    assert scan.label.voxels[3].sum() == 2


def test_two_annotators_work_is_put_together_whatever_the_reason_was_that_a_voxel_is_verified():
    mine, theirs = Scan(), Scan()
    work = SliceWork(mine, "axial")
    work.begin_at(2)
    work.end_at(5)
    mine.label.voxels[3, 1:3, 1:3] = 1
    work.verify(work.slice_box(3))
    theirs.label.voxels[4, 1:3, 1:3] = 2
    theirs.label.voxels[7, 0, 0] = 2
    SliceWork(theirs, "axial").verify(work.slice_box(4))
    SliceWork(theirs, "axial").verify(work.slice_box(7))
    one, other = (Work(scan.label.voxels, scan.mask()) for scan in (mine, theirs))
    label, verified = merge(one, other)
    met = compare(one, other)
    assert len(met.conflict) == 1, "what I say is background they have labelled"
    expected = (one.verified != 0) | (other.verified != 0)
    expected[7, 0, 0] = False
    np.testing.assert_array_equal(verified != 0, expected)
    joined = Marks(verified)
    joined.take_bounds(label)
    assert joined.bounds == Bounds((0, 0, 2), (4, 3, 7)), "one end is contested, the other one stands"
    np.testing.assert_array_equal(joined.mask != 0, expected)


def predicted_scan():
    """A scan of which a model has spoken, in every slice, and nobody else."""
    scan = Scan()
    scan.label.voxels[:, 1:3, 1:3] = 1
    scan.started = scan.label.voxels.copy()
    return scan, SliceWork(scan, "axial")


@pytest.mark.parametrize("step", ["bounds", "empty", "taken"])
def test_what_is_painted_after_a_step_stays_when_the_step_is_taken_back(step):
    scan, work = predicted_scan()
    if step == "bounds":
        work.end_at(3)
    elif step == "empty":
        work.declare_empty(work.slice_box(5))
    else:
        work.take(5, np.zeros((4, 5), np.uint8))
    scan.label.voxels[5, 1, 1:3] = 2, 1
    assert work.undo() is not None
    wanted = predicted_scan()[0].label.voxels
    wanted[5, 1, 1] = 2
    np.testing.assert_array_equal(scan.label.voxels, wanted)
    painted = np.zeros_like(wanted, bool)
    painted[5, 1, 1] = True
    painted[5, 1, 2] = step == "bounds"  # where it is what the model says, too: painted all the same
    np.testing.assert_array_equal(scan.mask() != 0, painted)


def test_what_bounds_have_taken_away_comes_back_in_a_draft_too():
    scan, work = predicted_scan()
    proposed = scan.started.copy()
    scan.label.voxels[6, 1, 1] = 0  # erased by a person
    work.end_at(3)
    scan.label.voxels[5, 1, 1] = 2  # painted by one
    scan.reopen()
    scan.marks.withhold_outside(proposed)
    work.bound(None)
    wanted = proposed.copy()
    wanted[5, 1, 1], wanted[6, 1, 1] = 2, 0
    np.testing.assert_array_equal(scan.label.voxels, wanted)
    assert np.flatnonzero(scan.mask()).tolist() == np.flatnonzero(wanted != proposed).tolist()


def test_bounds_take_away_what_a_model_alone_proposes_outside_and_give_it_back_as_they_move():
    scan, work = predicted_scan()
    proposed = scan.started.copy()
    assert work.begin_at(2) == Moved(Bounds((0, 0, 2), Bounds.whole(SIZE).upper), taken=(0, 1))
    assert work.end_at(4).taken == tuple(range(5, SIZE[2]))
    assert not scan.label.voxels[:2].any()
    assert not scan.label.voxels[5:].any()
    assert work.end_at(5).back == (5,)
    np.testing.assert_array_equal(scan.label.voxels[5], proposed[5])
    assert not scan.mask()[5].any(), "a person has said nothing of what is in it"
    assert [work.undo().what, work.undo().what] == [BOUNDS, BOUNDS]
    np.testing.assert_array_equal(scan.label.voxels[2:], proposed[2:])
    np.testing.assert_array_equal((scan.mask() != 0).any(axis=(1, 2)), np.arange(SIZE[2]) < 2)
    assert work.bound(None).back == (0, 1)
    np.testing.assert_array_equal(scan.label.voxels, proposed)
    assert not scan.mask().any()


def test_bounds_touch_nothing_that_somebody_painted_or_verified_and_erasing_it_is_what_helps():
    scan, work = predicted_scan()
    work.verify(work.slice_box(6))
    scan.label.voxels[7, 3, 3] = 2
    before = scan.label.voxels.copy()
    for act in (lambda: work.end_at(4), lambda: work.bound(Bounds((0, 0, 0), (SIZE[0] - 1, SIZE[1] - 1, 4)))):
        with pytest.raises(InvalidRequest, match=r"5 voxels .* \(slices 7–8\)") as told:
            act()
        assert "Erase them there" in str(told.value)
        np.testing.assert_array_equal(scan.label.voxels, before)
        assert scan.marks.bounds is None
    scan.label.voxels[6] = 0
    scan.label.voxels[7, 3, 3] = 0
    assert work.end_at(4).taken == (5, 7)


def test_a_fitted_box_takes_away_what_a_model_alone_proposes_outside():
    scan, work = predicted_scan()
    scan.label.voxels[3, 1:3, 1:3] = 2
    moved = work.fit(0.0)
    assert moved.box == Bounds((1, 1, 3), (2, 2, 3))
    assert moved.taken == (*range(3), *range(4, SIZE[2]))
    work.undo()
    assert scan.label.voxels[0].any()
    assert scan.marks.bounds is None
