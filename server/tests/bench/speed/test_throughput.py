from __future__ import annotations

import json

import pytest
import torch

from dualnetssl.cli import main
from dualnetssl.method.step import guide
from dualnetssl.worker.loop import train_step
from dualnetssl_bench.speed import throughput
from dualnetssl_bench.speed.pacing import SETTINGS, fastest
from dualnetssl_bench.speed.plain import plain_guide, plain_state, plain_step
from dualnetssl_bench.speed.roofline import Device, Floor

PATCH = (16, 16, 32)
CPU = torch.device("cpu")


@pytest.fixture
def _the_same_arithmetic(monkeypatch):
    """Let convolutions round alike: oneDNN chooses by computer and layout, and two voxels' norm makes 1 % of that."""
    monkeypatch.setattr(torch.backends.mkldnn, "enabled", False)


@pytest.mark.usefixtures("_the_same_arithmetic")
def test_the_plain_loop_learns_the_same(tmp_path):
    order, ours = throughput.example(CPU, 2, PATCH, tmp_path)
    plain = plain_state(ours)
    seed = torch.get_rng_state()
    values = train_step(order, ours, False)
    torch.set_rng_state(seed)
    assert plain_step(order, plain) == pytest.approx(float(sum(values.terms.values())), rel=1e-5)
    gradients = [
        torch.cat([parameter.grad.flatten() for parameter in state.model.networks.parameters()])
        for state in (ours, plain)
    ]
    assert float((gradients[0] - gradients[1]).norm()) < 1e-4 * float(gradients[1].norm())
    before = ours.model.teachers[0].head.weight, plain.model.teachers[0].head.weight
    torch.testing.assert_close(*before, rtol=0.02, atol=1e-4)


def test_percentiles_on_the_host_choose_the_same_voxels(tmp_path):
    order, _ = throughput.example(CPU, 2, PATCH, tmp_path)
    beliefs = tuple(torch.randn(2, 3, *PATCH).softmax(dim=1) for _ in range(2))
    where = torch.rand(2, *PATCH) < 0.7
    ours, theirs = guide(beliefs, where, order.config)[0], plain_guide(beliefs, where, order.config.reliable_share)
    assert float((ours.reliable != theirs.reliable).float().mean()) < 1e-3
    assert 0.7 < float(theirs.reliable[where].float().mean()) < 0.9
    assert torch.equal(ours.pseudo, theirs.pseudo)


def test_the_fastest_setting_is_one_that_computes_rightly():
    def found(seconds, bearable=None):
        return {"seconds": seconds, "deviation": None if bearable is None else {"bearable": bearable}}

    first, second, third, fourth = map(str, SETTINGS)
    times = {first: found(3.0), second: found(4.0), third: found(2.0, True), fourth: found(1.0, False)}
    assert str(fastest(times)) == third == "bf16, channels last"
    assert str(fastest({first: found(3.0), second: found(2.5)})) == second


def test_an_operation_costs_the_larger_of_arithmetic_and_traffic():
    floor = Floor(Device(flops=1e9, bytes=1e6))
    matrix = torch.ones(10, 10)
    with floor:
        product = matrix.T @ matrix
    assert product[0, 0] == 10
    assert floor.flops == 2000
    assert floor.seconds == pytest.approx(1200 / 1e6)
    busy = Floor(Device(flops=1e3, bytes=1e9))
    with busy:
        matrix @ matrix
    assert busy.seconds == pytest.approx(2.0)


def test_a_convolution_counts_the_same_with_and_without_gradients():
    convolution, x, found = torch.nn.Conv3d(2, 4, 3, padding=1), torch.ones(1, 2, 4, 5, 6), []
    for mode in (torch.enable_grad, torch.inference_mode):
        floor = Floor(Device(flops=1e3, bytes=1e9))
        with mode(), floor:
            convolution(x)
        found.append(floor.flops)
    assert found == [2 * 27 * 2 * 4 * 120] * 2


@pytest.mark.long
def test_the_command_writes_table_and_figures(tmp_path, capsys, monkeypatch):
    """With every setting, and compiled, though nothing is compiled here: that takes minutes and a compiler."""
    compiled = []
    monkeypatch.setattr(torch.nn.Module, "compile", lambda self: compiled.append(self))
    command = ["bench", "throughput", "--quick", "--compile", "--device", "cpu", "--output", str(tmp_path)]
    assert main.main(command) == 0
    figures = json.loads((tmp_path / "throughput.json").read_text())["figures"]
    assert (figures["precision"], len(compiled)) == ("torch.float32", 4)
    tried = figures["settings"]
    assert len(tried) == 5
    assert [name for name in tried if name.endswith("compiled")] == list(tried)[-1:]
    assert [found["deviation"] is None for found in tried.values()] == [True, True, False, False, True]
    assert all(found["seconds"] > 0 for found in tried.values())
    assert [len(figures["step"][loop]) for loop in ("ours", "plain")] == [2, 2]
    assert figures["step"]["flops"] > 2 * figures["prediction"]["flops"] > 0
    assert "training step" in capsys.readouterr().out
