from __future__ import annotations

import pytest
import torch
from torch import nn

from dualnetssl.method.networks import (
    InstanceNorm,
    NormOfLarge,
    StemConv,
    build_network,
    patch_divisor,
    plan_levels,
)

ISOTROPIC = plan_levels((1.0, 1.0, 1.0))


def count_parameters(network):
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)


def build(kind, *, width=2, classes=2, channels=1, norm="instance", plan=ISOTROPIC):
    return build_network(kind, channels=channels, classes=classes, width=width, norm=norm, plan=plan)


@pytest.mark.parametrize(("kind", "count"), [("vnet", 9_448_866), ("residual", 17_930_370)])
def test_published_sizes(kind, count):
    assert count_parameters(build(kind, width=16, norm="batch")) == count


def test_only_trainable_parameters_are_counted():
    network = build("vnet")
    everything = count_parameters(network)
    network.head.requires_grad_(False)
    assert count_parameters(network) == everything - (2 * 2 + 2)


@pytest.mark.parametrize("kind", ["vnet", "residual"])
@pytest.mark.parametrize("norm", ["batch", "instance"])
@pytest.mark.parametrize(("classes", "channels"), [(2, 1), (5, 2)])
def test_output_shapes(kind, norm, classes, channels):
    network = build(kind, norm=norm, classes=classes, channels=channels, width=3)
    logits, features = network(torch.randn(1, channels, 16, 32, 16))
    assert logits.shape == (1, classes, 16, 32, 16)
    assert features.shape == (1, 3, 16, 32, 16)


@pytest.mark.parametrize(
    ("spacing", "strides", "kernels"),
    [
        ((1.0, 1.0, 1.0), [(2, 2, 2)] * 4, [(3, 3, 3)] * 5),
        ((1.9, 1.0, 1.0), [(2, 2, 2)] * 4, [(3, 3, 3)] * 5),
        ((2.0, 1.0, 1.0), [(1, 2, 2)] + [(2, 2, 2)] * 3, [(1, 3, 3)] + [(3, 3, 3)] * 4),
        ((5.0, 0.7, 0.7), [(1, 2, 2)] * 2 + [(2, 2, 2)] * 2, [(1, 3, 3)] * 2 + [(3, 3, 3)] * 3),
        ((1.0, 1.0, 4.0), [(2, 2, 1)] * 2 + [(2, 2, 2)] * 2, [(3, 3, 1)] * 2 + [(3, 3, 3)] * 3),
    ],
)
def test_coarse_axes_wait(spacing, strides, kernels):
    plan = plan_levels(spacing)
    assert [level.stride for level in plan[:4]] == strides
    assert [level.kernel for level in plan] == kernels


@pytest.mark.parametrize(("spacing", "divisor"), [((1.0, 1.0, 1.0), (16, 16, 16)), ((5.0, 0.7, 0.7), (4, 16, 16))])
def test_patch_divisor(spacing, divisor):
    assert patch_divisor(plan_levels(spacing)) == divisor


@pytest.mark.parametrize("kind", ["vnet", "residual"])
def test_the_plan_reaches_the_convolutions(kind):
    plan = plan_levels((5.0, 1.0, 1.0))
    network = build(kind, plan=plan)
    first = next(module for module in network.encoder[0].modules() if isinstance(module, nn.Conv3d))
    assert first.kernel_size == ((1, 3, 3) if kind == "vnet" else (1, 7, 7))
    last = [module for module in network.decoder.blocks[-1].modules() if isinstance(module, nn.Conv3d)]
    assert {module.kernel_size for module in last} == {(1, 3, 3)}
    logits, features = network(torch.randn(1, 1, 4, 32, 16))
    assert logits.shape[2:] == features.shape[2:] == (4, 32, 16)


def test_a_coarse_axis_is_not_mixed_where_its_kernel_is_one():
    plan = plan_levels((1000.0, 1.0, 1.0))
    network = build("residual", plan=plan, norm="batch").eval()
    x = torch.randn(1, 1, 3, 16, 16)
    changed = x.clone()
    changed[:, :, 2] += 1
    before, after = network(x)[0], network(changed)[0]
    assert torch.equal(before[:, :, :2], after[:, :, :2])
    assert not torch.equal(before[:, :, 2], after[:, :, 2])


def test_features_come_before_the_last_dropout():
    torch.manual_seed(0)
    network = build("residual", width=8).train()
    x = torch.randn(1, 1, 16, 16, 32)
    (logits, features), (again, features_again) = network(x), network(x)
    assert torch.equal(features, features_again)
    assert not torch.equal(logits, again)


@pytest.mark.parametrize(("kind", "bottleneck"), [("vnet", 0.3), ("residual", 0.0)])
def test_dropout_is_where_the_paper_has_it(kind, bottleneck):
    network = build_network(kind, channels=1, classes=2, width=2, norm="batch", plan=ISOTROPIC, dropout=0.3)
    found = {name: module.p for name, module in network.named_modules() if isinstance(module, nn.Dropout3d)}
    assert found == {"bottleneck_dropout": bottleneck, "head_dropout": 0.3}


@pytest.mark.parametrize("kind", ["vnet", "residual"])
def test_every_parameter_is_trained(kind):
    network = build(kind).eval()
    logits, _ = network(torch.randn(1, 1, 16, 16, 32))
    (logits**2).sum().backward()
    silent = [name for name, p in network.named_parameters() if p.grad is None or not bool(p.grad.isfinite().all())]
    assert silent == []
    assert all(bool(stage_has_gradient(stage)) for stage in network.encoder)


def stage_has_gradient(stage):
    return any(parameter.grad.abs().sum() > 0 for parameter in stage.parameters())


def test_widths_double_at_every_level():
    network = build("vnet", width=3)
    assert [stage[-1][0].out_channels for stage in list(network.encoder)] == [3, 6, 12, 24, 48]


@pytest.mark.parametrize("count", [1, 3])
def test_instance_norm_follows_its_formula_with_its_gradients_and_keeps_the_layout(count):
    norm = InstanceNorm(4)
    torch.nn.init.uniform_(norm.weight, 0.5, 2.0)
    torch.nn.init.uniform_(norm.bias, -1.0, 1.0)
    x = torch.randn(count, 4, 6, 5, 4).contiguous(memory_format=torch.channels_last_3d).requires_grad_()
    weights = torch.randn_like(x)
    # Not PyTorch's own as the measure: its gradient is wrong for one sample whose gradient is channels_last_3d.
    variance, mean = torch.var_mean(x, dim=(2, 3, 4), keepdim=True, correction=0)
    scale, shift = (parameter.view(1, -1, 1, 1, 1) for parameter in norm.parameters())
    expected, found = (x - mean) * (variance + 1e-5).rsqrt() * scale + shift, norm(x)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    sources = [x, *norm.parameters()]
    gradients = (torch.autograd.grad((y * weights).sum(), sources, retain_graph=True) for y in (found, expected))
    for ours, theirs in zip(*gradients, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)
    assert found.is_contiguous(memory_format=torch.channels_last_3d)


def test_the_head_is_a_convolution_of_the_features_and_drops_whole_channels_in_training():
    plan = plan_levels((1.0, 1.0, 1.0))
    network = build_network("residual", channels=1, classes=3, width=4, norm="instance", plan=plan, dropout=0.5)
    x = torch.randn(2, 1, 32, 32, 32)
    network.eval()
    logits, features = network(x)
    torch.testing.assert_close(logits, network.head(features), rtol=1e-4, atol=1e-4)
    network.train()
    torch.manual_seed(3)
    logits, features = network(x)
    torch.manual_seed(3)
    dropped = nn.functional.dropout3d(features, 0.5)
    torch.testing.assert_close(logits, network.head(dropped), rtol=1e-4, atol=1e-4)


def volume(kind):
    return torch.randn(2, 3, 4, 5, 6, dtype=kind, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last_3d])
def test_the_norm_of_large_volumes_is_instance_norm_and_so_are_its_gradients(layout):
    x = volume(torch.float32).to(memory_format=layout) * 3 + 2
    weight, bias, pull = torch.tensor([0.5, 1.0, 2.0]), torch.tensor([-1.0, 0.0, 3.0]), volume(torch.float32).exp()
    found = []
    for norm in (NormOfLarge.apply, lambda v, w, b: torch.nn.functional.instance_norm(v, weight=w, bias=b)):
        given = [value.clone().requires_grad_() for value in (x, weight, bias)]
        result = norm(*given)
        result.backward(pull)
        found.append([result, *(value.grad for value in given)])
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)
    assert found[0][0].is_contiguous(memory_format=layout)


def test_the_norm_of_large_volumes_keeps_bf16_and_sums_in_float32():
    x = volume(torch.float32) + 4
    ours = NormOfLarge.apply(x.bfloat16(), torch.ones(3), torch.zeros(3))
    theirs = torch.nn.functional.instance_norm(x.bfloat16().float())
    assert ours.dtype == torch.bfloat16
    torch.testing.assert_close(ours.float(), theirs, rtol=0.01, atol=0.01)


def test_a_constant_channel_stays_finite():
    x = torch.full((1, 3, 4, 4, 4), 1000.0, requires_grad=True)
    NormOfLarge.apply(x, torch.ones(3), torch.zeros(3)).sum().backward()
    assert x.grad is not None
    assert bool(x.grad.isfinite().all())


@pytest.mark.parametrize(("channels", "kernel"), [(1, (7, 7, 7)), (2, (7, 7, 7)), (1, (1, 7, 7)), (3, (7, 7, 1))])
def test_a_stem_by_shifts_is_the_same_convolution(channels, kernel):
    stem = StemConv(channels, 4, kernel, padding=tuple(size // 2 for size in kernel)).double()
    x = torch.randn(2, channels, 8, 9, 10, dtype=torch.float64)
    torch.testing.assert_close(stem.by_shifts(x), stem(x))


def test_a_large_volume_and_a_small_one_are_normed_on_other_ways_with_the_same_shape():
    norm = InstanceNorm(2).to("meta")
    for edge in (8, 64):
        x = torch.empty(2, 2, edge, edge, edge, device="meta", requires_grad=True)
        result = norm(x)
        assert result.shape == x.shape
        assert ("NormOfLarge" in str(result.grad_fn)) == (edge**3 >= 2**18)


def test_on_a_gpu_the_head_is_a_convolution():
    network = build_network(
        "residual", channels=1, classes=3, width=4, norm="instance", plan=plan_levels((1.0, 1.0, 1.0)), dropout=0.0
    )
    features = torch.randn(1, 4, 6, 7, 8)
    torch.testing.assert_close(network._classify(features), network.head(features))
    logits, _ = network.to("meta")(torch.empty(1, 1, 32, 32, 32, device="meta"))
    assert "Convolution" in str(logits.grad_fn)
