"""Windows that are looked at only where there is doubt: exact there, few elsewhere, all where nothing is found."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from method_support import LABELS, blob, loud_model, write

from dualnetssl.contract.jobspec import JobCase, PredictConfig
from dualnetssl.prediction import predict, windows
from dualnetssl.prediction.places import Places, fewest, starts, windows_of
from dualnetssl.prediction.predict import load_predictor, predict_cases
from dualnetssl.prediction.windows import Windows

CPU, PATCH = torch.device("cpu"), (8, 8, 8)


@given(st.integers(1, 60), st.integers(1, 20), st.floats(0, 0.9))
def test_the_fewest_windows_leave_no_voxel_out_and_none_of_them_can_be_spared(size, patch, overlap):
    every = starts(max(size, patch), patch, overlap)
    kept = fewest(every, patch)
    assert set(kept) <= set(every)
    assert (kept[0], kept[-1]) == (every[0], every[-1])
    assert all(following - begin <= patch for begin, following in pairwise(kept))
    assert all(following - begin > patch for begin, following in zip(kept[:-2], kept[2:], strict=True))


@settings(deadline=None, max_examples=40)
@given(st.tuples(*[st.integers(8, 40)] * 3), st.floats(0, 0.8), st.booleans())
def test_every_window_has_its_turn_once_and_what_it_rests_on_was_seen_before(size, overlap, few):
    places = Places.of(size, PATCH, overlap, few)
    seen, others, last = list[tuple[int, int, int]](), list[tuple[int, int, int]](), 0
    for layer, following, due, later in places.layers():
        assert layer == last
        assert places.begins[0].count(layer) == 1
        seen += due
        others += later
        last = following
        covered = max(k + PATCH[0] for k, _, _ in seen)
        assert min(layer + PATCH[0], size[0]) <= covered <= layer + places.thickness
    assert len({*seen, *others}) == len(seen) + len(others) == windows_of(size, PATCH, overlap)
    assert bool(others) <= few
    assert places.thickness <= (2 if few else 1) * PATCH[0]


def network(window):
    """Says what is there, and something that depends on where in the window a voxel lies, so that every one counts."""
    ramp = torch.linspace(0, 1, 8) + torch.linspace(0, 2, 8)[:, None] + torch.linspace(0, 3, 8)[:, None, None]
    return torch.cat([window, window * ramp + ramp], dim=1)


def answered(image, overlap=0.5, at_once=1, doubt=None):
    """What windows say together, and which were looked at."""
    looked = []

    def counted(window):
        looked.extend(window)
        return network(window)

    found = Windows(PATCH, overlap, CPU, at_once, doubt).over(image, counted)
    return torch.cat(list(found), dim=1), len(looked)


def spotted(size, *spots):
    """An image of noise, so that no window is known already, with bright voxels."""
    image = 0.1 * torch.rand((1, *size), generator=torch.Generator().manual_seed(0))
    for k, j, i in spots:
        image[0, k, j, i] = 1
    return image


def bright(found):
    return found[0] > 0.5


@pytest.mark.parametrize(("overlap", "at_once"), [(0.5, 1), (0.75, 5), (0.6, 1)])
@pytest.mark.parametrize(
    ("size", "spots"),
    [
        ((40, 32, 44), [(7, 8, 8), (39, 31, 43)]),
        ((40, 32, 44), [(20, 15, 15)]),
        ((24, 20, 17), [(0, 0, 0), (12, 9, 7)]),
        ((9, 8, 40), [(8, 7, 20)]),
        ((21, 5, 30), [(10, 2, 16)]),
    ],
)
def test_where_there_is_doubt_the_answer_is_that_of_all_windows(size, spots, overlap, at_once):
    image = spotted(size, *spots)
    every, most = answered(image, overlap)
    some, fewer = answered(image, overlap, at_once, bright)
    for k, j, i in spots:
        assert torch.allclose(some[:, k, j, i], every[:, k, j, i], atol=1e-5)
    assert torch.allclose(some[0], every[0], atol=1e-5), "elsewhere it is an answer, too"
    assert answered(image, overlap, at_once, lambda found: found[0] > 2)[1] < fewer <= most


def test_far_from_doubt_windows_between_others_are_not_looked_at():
    image = spotted((40, 40, 40), (20, 20, 20))
    some, looked = answered(image, doubt=bright)
    assert looked == 5**3 + (2**3 - 1) < windows_of((40, 40, 40), PATCH, 0.5) == 729
    first, fewest_looked = answered(image, doubt=lambda found: found[0] > 2)
    assert fewest_looked == 5**3
    assert torch.equal(some[:, :8], first[:, :8])
    assert torch.allclose(first, answered(image, overlap=0.0)[0], atol=1e-6)


def test_what_a_window_finds_is_followed_further():
    """The first windows are blind at their edges; one between them sees the spot, and then its neighbours look."""

    def blind(window):
        inner = torch.zeros_like(window)
        inner[..., 2:-2, 2:-2, 2:-2] = window[..., 2:-2, 2:-2, 2:-2]
        return torch.cat([inner, network(window)], dim=1)

    image, looked = spotted((8, 8, 40), (4, 4, 8)), []
    image[0, 4, 4, 6:13] = 1
    found = Windows(PATCH, 0.5, CPU, 1, bright).over(image, lambda window: looked.append(1) or blind(window))
    every = torch.cat(list(Windows(PATCH, 0.5, CPU).over(image, blind)), dim=1)
    assert torch.allclose(torch.cat(list(found), dim=1)[:, 4, 4, 4:16], every[:, 4, 4, 4:16], atol=1e-5)
    assert len(looked) == 5 + 2


def test_slabs_come_while_windows_are_still_looked_at(monkeypatch):
    monkeypatch.setattr(windows, "_SLAB_VOXELS", 1)
    looked, image = [], spotted((64, 8, 8), (50, 4, 4))  # in two windows, one of them between the first
    slabs = Windows(PATCH, 0.5, CPU, 1, bright).over(image, lambda window: looked.append(1) or window)
    next(slabs)
    assert len(looked) == 1
    assert len(list(slabs)) == 63
    assert len(looked) == 8 + 1


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return loud_model(tmp_path_factory.mktemp("doubtful") / "model")


def test_where_nothing_is_found_all_windows_are_looked_at_and_it_is_told(tmp_path, model, monkeypatch):
    path, told = write(tmp_path / "scan.nrrd", blob((18, 18, 40))[0]), []
    cases = [JobCase(case="scan", image=path)]

    def table(folder, way):
        return predict_cases(model, cases, tmp_path / folder, PredictConfig(windows=way), CPU, on_nothing=told.append)

    every = table("all", "all")
    assert told == []
    table("some", "doubtful")
    assert told == [], "these networks find something everywhere"
    plain = predict.Predictor.slabs
    empty = torch.tensor([1.0] + len(LABELS) * [0.0]).repeat(2)[:, None, None, None]

    def blind(predictor, image):
        yield from (empty.expand_as(slab) if predictor.doubtful else slab for slab in plain(predictor, image))

    monkeypatch.setattr(predict.Predictor, "slabs", blind)
    assert table("none", "doubtful") == every
    assert told == ["scan"]


def test_what_was_left_unfinished_in_another_way_is_not_taken(tmp_path, model):
    path = write(tmp_path / "scan.nrrd", blob((18, 20, 38))[0])
    cases, done = [JobCase(case=name, image=path) for name in ("first", "second")], []
    stop = iter([False, True])
    predict_cases(model, cases, tmp_path / "out", PredictConfig(overlap=0.0), CPU, cancelled=lambda: next(stop))
    plain = predict.write_case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(predict, "write_case", lambda *found: done.append(found[3].case) or plain(*found))
        predict_cases(model, cases, tmp_path / "out", PredictConfig(overlap=0.5), CPU)
    assert done == ["first", "second"]


def test_both_networks_are_asked_for_doubt(model):
    predictor = load_predictor(model, PredictConfig(windows="doubtful"), CPU)
    assert predictor.doubtful
    assert not load_predictor(model, PredictConfig(), CPU).doubtful
    sure, unsure = [0.995, 0.003, 0.002], [0.98, 0.01, 0.01]
    both = torch.tensor([[*sure, *sure], [*sure, *unsure], [*unsure, *sure]]).T
    assert predict.in_doubt(both).tolist() == [False, True, True]
