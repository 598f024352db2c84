"""What a step reads and writes on a GPU in contiguous layout, counted on PyTorch's `meta` device."""

from __future__ import annotations

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from dualnetssl.method import step
from dualnetssl.method.networks import InstanceNorm, ReLU

COPIES = ("copy_", "clone", "new_empty_strided", "contiguous")
VOLUME = (2, 8, 16, 16, 16)


class Copies(TorchDispatchMode):
    """Counts the operations that copy at least as many numbers as a volume has."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        found = func(*args, **(kwargs or {}))
        if func.overloadpacket.__name__ in COPIES and found.numel() >= torch.Size(VOLUME).numel():
            self.count += 1
        return found


def test_relu_after_a_norm_copies_no_volume():
    x = torch.empty(VOLUME, device="meta", requires_grad=True)
    block = torch.nn.Sequential(InstanceNorm(VOLUME[1]), ReLU()).to("meta")
    with Copies() as copies:
        block(x).sum().backward()
    assert copies.count == 0


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last_3d])
def test_features_of_voxels_are_picked_without_a_copy_of_the_volume(layout):
    features = torch.empty(VOLUME, device="meta").to(memory_format=layout)
    with Copies() as copies:
        step._voxels(features, torch.empty(10, dtype=torch.long, device="meta"))
    assert copies.count == 0


def test_features_of_voxels_are_the_same_in_both_layouts():
    features, places = torch.randn(VOLUME), torch.tensor([0, 5, 4096, 8191])
    expected = torch.stack([features[p // 4096, :, p % 4096 // 256, p % 256 // 16, p % 16] for p in places])
    for layout in (torch.contiguous_format, torch.channels_last_3d):
        assert torch.equal(step._voxels(features.to(memory_format=layout), places), expected)
