"""The step never asks its device for a number: a GPU that must answer runs out of work."""

from __future__ import annotations

import functools
import math
from dataclasses import replace

import pytest
import torch
from method_support import tiny_config, tiny_run
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes

from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.method import losses
from dualnetssl.method.step import Ramps
from dualnetssl.scans import sampling
from dualnetssl.scans.batches import Pools
from dualnetssl.worker import loop, moving
from dualnetssl.worker.checkpoint import TrainState

ON_THE_HOST = ("number", "chance", "choose", "draw_among", "draw_centre", "draw_transform", "draw_bend", "touched")
ASKS = ("_local_scalar_dense", "nonzero", "is_nonzero", "masked_select", "equal", "bincount", "_unique2", "unique_dim")
ASKS_IF_BOOLEAN = ("index", "index_put", "index_put_", "_index_put_impl_")


class Waited(Exception):
    """An operation had to wait for its device."""


class NoWaiting(TorchDispatchMode):
    """Refuses every operation whose answer, or the shape of it, the host must know before it can go on."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func.overloadpacket.__name__
        boolean = name in ASKS_IF_BOOLEAN and any(
            i is not None and i.dtype in (torch.bool, torch.uint8) for i in args[1]
        )
        counted = name == "repeat_interleave" and func._overloadname == "Tensor"
        if name in ASKS or boolean or counted:
            raise Waited(name)
        return func(*args, **(kwargs or {}))


@pytest.fixture
def host_draws(monkeypatch):
    """Let the numbers that describe a crop be drawn: they are of the host and rest there."""

    def apart(function):
        @functools.wraps(function)
        def drawn(*arguments):
            with _disable_current_modes():
                return function(*arguments)

        return drawn

    for name in ON_THE_HOST:
        monkeypatch.setattr(sampling, name, apart(getattr(sampling, name)))


CONFIGS = {
    "default": {},
    "one teaches the other": {"teacher": "opposite", "contrast_form": "paper", "pseudo_labels": "union"},
    "paper, both ways": {"preset": "paper", "directions": "mutual"},
    "supervised": {"preset": "supervised"},
}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_step_never_waits(tmp_path, host_draws, name):
    run, state = tiny_run(
        JobDirectory(tmp_path), tiny_config(**CONFIGS[name], labelled_per_step=2, unlabelled_per_step=2)
    )
    before = state.model.networks[0].head.weight.detach().clone()
    with NoWaiting():
        for _ in range(4):
            values = loop.train_step(run, state, False)
            state.step += 1
    assert not torch.equal(before, state.model.networks[0].head.weight)
    assert all(bool(term.isfinite()) for term in values.terms.values())
    assert state.skipped.tolist() == [0, 0]


def test_nor_does_a_step_whose_numbers_rest_on_the_device(tmp_path, host_draws):
    """As a step must that is recorded; on the device `meta` below it mixes nothing in from the host."""
    run, state = tiny_run(JobDirectory(tmp_path), tiny_config())
    batch = loop.draw_batch(run.pools, run.reader, run.config, True, state.generator)
    with NoWaiting():
        values = moving.take_step(run.config, run.team, state, batch, on_the_device(torch.device("cpu")))
    assert len(values.terms) == 8


def on_the_device(device):
    rate, teacher, unsupervised, contrast = torch.full((4,), 0.5, device=device).unbind()
    return moving.Factors(rate, teacher, Ramps(unsupervised, contrast))


def test_nor_does_a_step_that_is_skipped(tmp_path, host_draws, monkeypatch):
    run, state = tiny_run(JobDirectory(tmp_path), tiny_config())
    monkeypatch.setattr(loop, "draw_batch", functools.partial(poisoned, loop.draw_batch))
    with NoWaiting():
        loop.train_step(run, state, False)
    assert state.skipped.tolist() == [1, 1]


def poisoned(draw, *arguments):
    batch = draw(*arguments)
    batch.views[0].fill_(torch.nan)
    return batch


def test_who_is_the_winner_must_be_asked(tmp_path, host_draws):
    run, state = tiny_run(JobDirectory(tmp_path), tiny_config(preset="paper"))
    with NoWaiting(), pytest.raises(Waited):
        loop.train_step(run, state, False)


class Idle:
    """An optimiser that notes whether it may move; PyTorch's own are not to be had where nothing is stored."""

    def __init__(self):
        self.param_groups, self.found_inf, self.asked = [{"lr": 0.0}], None, 0

    def zero_grad(self, set_to_none):
        pass

    def step(self):
        self.asked += 1


class Moves(TorchDispatchMode):
    """Collects the sizes of all tensors that go from one device to another."""

    def __init__(self):
        super().__init__()
        self.sizes = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        if func.overloadpacket.__name__ in ("_to_copy", "copy_"):
            source = args[1] if func.overloadpacket.__name__ == "copy_" else args[0]
            if source.device != result.device:
                self.sizes.append(source.numel())
        return result


def on_meta(directory, monkeypatch, resting, **config):
    """A run and its state on the device `meta`, its scans on the device where they are ``resting``."""
    meta = torch.device("meta")
    monkeypatch.setattr(sampling, "sent", lambda values, device: values.to(device))
    monkeypatch.setattr(sampling, "_noise", lambda image, generator: torch.empty_like(image))
    run, state = tiny_run(JobDirectory(directory), tiny_config(**config, labelled_per_step=2, unlabelled_per_step=2))
    state.model.place(meta, torch.channels_last_3d)
    idle = Idle()
    pools = [
        tuple(
            replace(case, image=case.image.to(resting), label=None if case.label is None else case.label.to(resting))
            for case in pool
        )
        for pool in (run.pools.labelled, run.pools.unlabelled)
    ]
    run = replace(run, pools=Pools(*pools), reader=replace(run.reader, device=meta), device=meta)
    return run, TrainState(state.model, (idle, idle), state.generator), idle


@pytest.mark.parametrize("name", CONFIGS)
def test_a_step_runs_where_no_number_is_stored(tmp_path, monkeypatch, name):
    """On the device `meta` nothing can be read back, and mixing in tensors of the host fails as it does on a GPU."""
    run, state, idle = on_meta(tmp_path, monkeypatch, "meta", **CONFIGS[name])
    with Moves() as moves:
        values = loop.train_step(run, state, False)
    assert {term.device for term in values.terms.values()} == {run.device}
    assert {part.device for part in (state.smoothed, state.dice, state.skipped, idle.found_inf)} == {run.device}
    assert idle.asked == 2
    assert set(moves.sizes) <= {3, 9, 3 * 4**3}, "nothing but the numbers that describe a crop is sent"
    if run.config.directions == "mutual":
        batch = loop.draw_batch(run.pools, run.reader, run.config, True, state.generator)
        with Moves() as moves:
            moving.take_step(run.config, run.team, state, batch, on_the_device(run.device))
        assert not moves.sizes, "a step that is recorded sends nothing"


def test_of_scans_that_rest_on_the_host_the_parts_of_crops_are_sent(tmp_path, monkeypatch):
    run, state, _ = on_meta(tmp_path, monkeypatch, "cpu", augmentation="crop")
    with Moves() as moves:
        values = loop.train_step(run, state, False)
    assert {term.device for term in values.terms.values()} == {run.device}
    parts = [size for size in moves.sizes if size > 3 * 4**3]
    assert len(parts) == 2 * 2 + 2  # image and label of labelled crops, images of the others
    assert set(parts) == {math.prod(run.reader.patch)}


@pytest.mark.parametrize(
    "question",
    [
        lambda x: float(x.sum()),
        lambda x: bool((x > 0).any()),
        lambda x: x.nonzero(),
        lambda x: x[x > 0],
        lambda x: torch.equal(x, x),
        lambda x: x.masked_select(x > 0),
        lambda x: torch.ones(2).repeat_interleave(torch.tensor([1, 2])),
    ],
)
def test_questions_are_noticed(question):
    with NoWaiting(), pytest.raises(Waited):
        question(torch.randn(5))


@pytest.mark.parametrize("most", [1, 2, 5, 50])
@pytest.mark.parametrize("count", [0, 1, 2, 5, 40])
def test_voxels_are_picked_evenly_from_first_to_last(count, most):
    classes = torch.zeros(100, dtype=torch.uint8)
    members = torch.randperm(100, generator=torch.Generator().manual_seed(count))[:count].sort().values
    classes[members] = 3
    places, found = losses.pick_evenly(classes, 3, most)
    assert (len(places), int(found)) == (most, min(count, most))
    picked = places[: int(found)]
    wanted = members if count <= most else members[torch.linspace(0, count - 1, most).long()]
    assert torch.equal(picked, wanted)
    assert int(places.max()) < 100


def test_quantiles_are_those_of_pytorch():
    generator = torch.Generator().manual_seed(0)
    ordered = torch.rand(1000, generator=generator).sort().values
    member = torch.rand(1000, generator=generator) < 0.3
    for share in (0.0, 0.2, 0.5, 0.801, 1.0):
        found = losses._quantile(ordered, member, share)
        assert found.item() == pytest.approx(torch.quantile(ordered[member], share).item(), abs=1e-6)
