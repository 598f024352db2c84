from __future__ import annotations

import math

import pytest
import torch
from method_support import tensors_of, tiny_config, tiny_run

from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.method.model import DualModel
from dualnetssl.worker import autotune, loop
from dualnetssl.worker.autotune import Deviation
from dualnetssl.worker.checkpoint import _generators, _pack

LAYOUTS = (torch.channels_last_3d, torch.contiguous_format)


@pytest.fixture
def told():
    return []


def started(tmp_path, told, **fields):
    """A run that did one step, so that optimisers, prototypes and averages hold something."""
    report = lambda kind, **event: told.append((kind, event))  # noqa: E731 - a listener, no name needed
    run, state = tiny_run(JobDirectory(tmp_path), tiny_config(**fields), report)
    loop.train_step(run, state, False)
    state.step = 1
    return run, state


def everything(state):
    return {name: value.clone() for name, value in tensors_of(_pack(state, [_generators(state)])).items()}


def same(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


class TestPrecision:
    def test_bf16_passes_and_leaves_the_run_as_it_was(self, tmp_path, told, monkeypatch):
        monkeypatch.setattr(autotune, "_LEAST_COSINE", -1.0)  # networks this small norm over two voxels and so amplify
        run, state = started(tmp_path, told, precision="bf16")
        before = everything(state)
        autotune.settle(run, state)
        assert state.model.precision == torch.bfloat16
        assert told == []
        assert same(before, everything(state))
        seen = []
        state.model.networks[0].encoder[0][0][0].register_forward_hook(lambda m, i, out: seen.append(out.dtype))
        values = loop.train_step(run, state, False)
        assert seen == [torch.bfloat16]
        assert {term.dtype for term in values.terms.values()} == {torch.float32}
        assert all(math.isfinite(float(term)) for term in values.terms.values())
        assert {parameter.dtype for parameter in state.model.parameters()} == {torch.float32}

    def test_a_device_that_computes_wrongly_in_bf16_is_noticed(self, tmp_path, told, monkeypatch):
        right = DualModel.run

        def wrong(self, network, x):
            logits, features = right(self, network, x)
            return (logits.flip(1), features) if self.precision == torch.bfloat16 else (logits, features)

        monkeypatch.setattr(DualModel, "run", wrong)
        run, state = started(tmp_path, told, precision="bf16")
        before = everything(state)
        autotune.settle(run, state)
        assert state.model.precision == torch.float32
        ((kind, event),) = told
        assert kind == "warning"
        assert event["message"].startswith("training in float32: in bf16 losses differ by")
        assert same(before, everything(state))

    @pytest.mark.parametrize(
        ("loss", "cosine", "bearable"),
        [(0.01, 0.99, True), (0.06, 0.99, False), (0.01, 0.6, False), (math.nan, 0.99, False), (0.01, math.nan, False)],
    )
    def test_what_is_bearable(self, loss, cosine, bearable):
        assert Deviation(loss, cosine).bearable == bearable

    def test_float32_deviates_by_nothing(self, tmp_path, told, monkeypatch):
        monkeypatch.setattr(torch, "bfloat16", torch.float32)
        run, state = started(tmp_path, told)
        found = autotune.deviation(run, state)
        assert found.loss == 0
        assert found.cosine == pytest.approx(1, abs=1e-3)

    @pytest.mark.parametrize("precision", ["auto", "float32"])
    def test_on_a_cpu_nothing_is_tried_unasked(self, tmp_path, told, monkeypatch, precision):
        monkeypatch.setattr(autotune, "deviation", lambda *_: pytest.fail("tried"))
        monkeypatch.setattr(autotune, "trial_seconds", lambda *_: pytest.fail("tried"))
        run, state = started(tmp_path, told, precision=precision)
        autotune.settle(run, state)
        assert (state.model.precision, state.model.layout) == (torch.float32, torch.channels_last_3d)

    def test_a_run_that_is_done_tries_nothing(self, tmp_path, told, monkeypatch):
        monkeypatch.setattr(autotune, "deviation", lambda *_: pytest.fail("tried"))
        run, state = started(tmp_path, told, precision="bf16")
        state.step = run.config.steps
        autotune.settle(run, state)
        assert state.model.precision == torch.float32


class TestLayout:
    WEIGHT = "networks.1.decoder.blocks.2.0.0.weight"
    """Near the output: the norm over two voxels at the bottom of networks this small amplifies rounding, and AdamW
    makes a whole step of it."""

    def test_the_faster_one_is_taken(self):
        seconds = dict(zip(LAYOUTS, (2.0, 1.0), strict=True))
        assert autotune.fastest(LAYOUTS, seconds.__getitem__) == torch.contiguous_format

    @pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
    def test_a_run_goes_on_the_same_in_another_layout(self, tmp_path, told, optimizer):
        runs = [started(tmp_path, told, optimizer=optimizer) for _ in range(2)]
        weights = [dict(state.model.named_parameters())[self.WEIGHT] for _, state in runs]
        before = weights[0].detach().clone()
        autotune.arrange(runs[1][1], torch.channels_last_3d)
        assert [weight.is_contiguous() for weight in weights] == [True, False]
        for optimizer_ in runs[1][1].optimizers:
            for parameter, memory in optimizer_.state.items():
                assert all(v.stride() == parameter.stride() for v in memory.values() if v.shape == parameter.shape)
        rates = []
        for run, state in runs:
            torch.manual_seed(1)
            rates.append({name: float(term) for name, term in loop.train_step(run, state, False).terms.items()})
        assert rates[0] == pytest.approx(rates[1], rel=1e-3)
        one, other = (weight.detach() for weight in weights)
        assert (one - other).norm() < 0.1 * (one - before).norm()

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_a_trial_leaves_values_and_chances_as_they_were(self, tmp_path, told, layout):
        run, state = started(tmp_path, told)
        before = everything(state)
        assert autotune.trial_seconds(run, state, layout) > 0
        assert state.model.layout == layout
        assert same(before, everything(state))


def test_compiling_is_asked_of_every_network(tmp_path, told, monkeypatch):
    compiled = []
    monkeypatch.setattr(torch.nn.Module, "compile", lambda self: compiled.append(self))
    run, state = started(tmp_path, told, compile=True)
    autotune.settle(run, state)
    assert compiled == [*state.model.networks, *state.model.teachers]
