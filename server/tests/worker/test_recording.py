"""Steps that are played back move the same as steps that are given out one operation at a time.

What a CUDA graph does is done here on a CPU: every operation of one step is noted, and done again with the same
tensors. What the host would decide anew, and every tensor that would lie elsewhere, is frozen as in a graph.
"""

from __future__ import annotations

import pytest
import torch
from method_support import tiny_config, tiny_run
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.worker import autotune, checkpoint, loop, recording
from dualnetssl.worker.recording import Recorder

PHASES = {"steps": 4, "warm_up": 0.5, "ramp": 0.5, "contrast_ramp": 0.5}
CONFIGS = {
    "default": {},
    "opposite": {"teacher": "opposite", "contrast_form": "paper", "pseudo_labels": "union", "directions": "mutual"},
    "momentum": {"optimizer": "sgd", "schedule": "cycles", "ema": 0.0},
}


class Noted(TorchDispatchMode):
    """Notes operations and does them again, as a CUDA graph does: same tensors, same numbers."""

    def __init__(self):
        super().__init__()
        self.operations = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        found = func(*args, **(kwargs or {}))
        self.operations.append((func, args, kwargs or {}, found))
        return found

    def replay(self):
        with torch.no_grad():
            for func, args, kwargs, before in self.operations:
                found = func(*args, **kwargs)
                for old, new in zip(tree_leaves(before), tree_leaves(found), strict=True):
                    if isinstance(old, torch.Tensor) and old.numel() and old.data_ptr() != new.data_ptr():
                        old.copy_(new)


def on_cpu(work):
    work()
    noted = Noted()
    with noted:
        found = work()
    return found, noted.replay


def both(folder, **config):
    """A run and its state twice, alike; the second one plays its steps back."""
    found = []
    for name in ("plain", "played"):
        (folder / name).mkdir()
        run, state = tiny_run(JobDirectory(folder / name), tiny_config(**PHASES | config))
        found.append((run, state))
    warnings = []
    found[1][1].recorder = Recorder(on_cpu, warnings.append)
    return (*found, warnings)


def weights(state):
    return torch.cat([parameter.detach().flatten() for parameter in state.model.parameters()])


@pytest.mark.parametrize("name", CONFIGS)
def test_both_move_alike(tmp_path, name):
    (run, plain), (other, played), warnings = both(tmp_path, **CONFIGS[name])
    before = weights(plain)
    kinds = []
    for step in range(4):
        found = []
        for one, state in ((run, plain), (other, played)):
            torch.manual_seed(step)
            found.append(loop.train_step(one, state, False))
            state.step += 1
        assert {key: float(term) for key, term in found[1].terms.items()} == pytest.approx(
            {key: float(term) for key, term in found[0].terms.items()}, rel=1e-3
        )
        kinds.append(played.recorder.kind)
        assert played.recorder.recording is not None
    assert not warnings
    assert kinds == [False, False, True, True]
    way = (weights(plain) - before).norm()
    assert float((weights(plain) - weights(played)).norm() / way) < 0.01, (
        "Adam magnifies rounding of the smallest gradients"
    )
    for part in ("smoothed", "dice", "skipped"):
        assert torch.allclose(getattr(plain, part), getattr(played, part), rtol=1e-3, equal_nan=True)
    for own, theirs in zip(plain.model.buffers(), played.model.buffers(), strict=True):
        assert torch.allclose(own.float(), theirs.float(), rtol=1e-3, atol=1e-5)


def test_a_step_whose_losses_are_not_finite_is_not_taken(tmp_path, monkeypatch):
    _, (run, state), _ = both(tmp_path)
    loop.train_step(run, state, False)
    state.step += 1
    before, draw = weights(state), loop.draw_batch

    def poisoned(*arguments):
        batch = draw(*arguments)
        batch.views[0].fill_(torch.nan)
        return batch

    monkeypatch.setattr(loop, "draw_batch", poisoned)
    loop.train_step(run, state, False)
    assert torch.equal(before, weights(state))
    assert state.skipped.tolist() == [1, 1]


def test_trying_leaves_no_trace(tmp_path):
    (run, plain), (_, state), _ = both(tmp_path)
    batch = loop.draw_batch(run.pools, run.reader, run.config, True, plain.generator)
    before, drawn = weights(state), torch.get_rng_state()
    found = state.recorder._attempt(run.config, state, batch, loop.factors_of(run.config, 4))
    assert found is not None
    assert torch.equal(before, weights(state))
    assert torch.equal(drawn, torch.get_rng_state())
    assert all(float(memory.abs().sum()) == 0 for memory in recording.optimizer_memory(state))
    assert state.skipped.tolist() == [0, 0]


def test_another_answer_is_not_trusted(tmp_path):
    _, (run, state), warnings = both(tmp_path)

    def stale(work):
        found, replay = on_cpu(work)

        def wrong():
            replay()
            next(iter(state.model.parameters())).data.mul_(3)

        return found, wrong

    state.recorder.record = stale
    loop.train_step(run, state, False)
    assert state.recorder.recording is None
    (told,) = warnings
    assert "differs by" in told
    loop.train_step(run, state, False)
    assert len(warnings) == 1, "it is tried once for each kind of step"


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), "memory is short"),
        (RuntimeError("operation not permitted when stream is capturing\nmore"), "operation not permitted"),
    ],
)
def test_where_it_cannot_be_recorded_training_goes_on(tmp_path, error, why):
    _, (run, state), warnings = both(tmp_path)

    def broken(work):
        work()
        raise error

    state.recorder.record = broken
    before = weights(state)
    loop.train_step(run, state, False)
    assert why in warnings[0]
    assert "more" not in warnings[0]
    assert not torch.equal(before, weights(state))


def test_checkpoints_hold_numbers_and_load_without_a_recorder(tmp_path):
    (plain_run, plain), (run, state), _ = both(tmp_path)
    loop.train_step(run, state, False)
    state.step += 1
    checkpoint.save(state, run.directory)
    assert state.optimizers[0].param_groups[0]["lr"] == loop.factors_of(run.config, 0).learning_rate
    assert checkpoint.load(plain, run.directory)
    assert torch.equal(weights(plain), weights(state))
    loop.train_step(plain_run, plain, False)


def test_gradients_are_told_by_a_step_that_is_not_played_back(tmp_path):
    _, (run, state), _ = both(tmp_path)
    assert loop.train_step(run, state, True).gradients
    assert state.recorder.kind is None


def test_another_layout_wants_another_recording(tmp_path):
    _, (run, state), _ = both(tmp_path)
    loop.train_step(run, state, False)
    autotune.arrange(state, torch.contiguous_format)
    assert state.recorder.recording is None
    loop.train_step(run, state, False)
    assert state.recorder.recording is not None


@pytest.mark.parametrize(
    ("fields", "device", "ranks", "found"),
    [
        ({"cuda_graph": True}, "cuda", 1, True),
        ({}, "cuda", 1, False),
        ({"cuda_graph": True}, "cpu", 1, False),
        ({"cuda_graph": True}, "cuda", 2, False),
        ({"cuda_graph": True, "compile": True}, "cuda", 1, False),
        ({"cuda_graph": True, "preset": "paper"}, "cuda", 1, False),
    ],
)
def test_who_gets_recorded(fields, device, ranks, found):
    assert recording.recordable(tiny_config(**fields), torch.device(device), ranks) is found
