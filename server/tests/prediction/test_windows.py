"""Networks over whole scans: what MONAI's inferer gives, slab by slab, in less memory than the scan's answer takes."""

from __future__ import annotations

import pytest
import torch
from monai.inferers.inferer import SlidingWindowInferer

from dualnetssl.prediction import windows
from dualnetssl.prediction.places import windows_of
from dualnetssl.prediction.windows import Windows, _Blend, back

CPU = torch.device("cpu")


def network(window):
    """Depends on where in the window a voxel lies, so that wrong weights or places show."""
    ramp = torch.linspace(0, 1, window.shape[-1]) + torch.linspace(0, 2, window.shape[2])[:, None, None]
    return [torch.cat([window * ramp, window + ramp], dim=1)]


def noise(*size):
    return torch.randn((1, *size), generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("size", [(40, 21, 33), (16, 16, 24), (5, 40, 24), (50, 3, 7), (1, 1, 1), (17, 16, 25)])
@pytest.mark.parametrize(("overlap", "at_once"), [(0.0, 1), (0.25, 3), (0.5, 1), (0.5, 100), (0.8, 2)])
def test_slabs_together_are_what_monai_gives(size, overlap, at_once, monkeypatch):
    monkeypatch.setattr(windows, "_SLAB_VOXELS", 3 * size[1] * size[2])
    image, patch = noise(*size), (16, 16, 24)
    inferer = SlidingWindowInferer(patch, 1, overlap, mode="gaussian", padding_mode="replicate")
    wanted = inferer(image[None], lambda window: network(window)[0])[0]
    found = list(Windows(patch, overlap, CPU, at_once).over(image, network))
    assert torch.allclose(torch.cat(found, dim=1), wanted, atol=1e-4)


@pytest.mark.parametrize("at_once", [1, 4])
def test_windows_of_one_value_are_looked_at_once_beside_others(at_once):
    image = torch.zeros((1, 8, 16, 32))
    image[:, :, :, 20:] = noise(8, 16, 12)
    looked = []
    found = Windows((8, 8, 8), 0.0, CPU, at_once).over(image, lambda seen: looked.append(len(seen)) or [seen + 1])
    assert torch.allclose(torch.cat(list(found), dim=1), image + 1, atol=1e-6)
    assert sum(looked) == 1 + 4
    assert max(looked) <= at_once


def test_no_more_than_a_layer_of_windows_is_held(monkeypatch):
    """Slabs come while windows are still being looked at, and the sums have the thickness of one window."""
    monkeypatch.setattr(windows, "_SLAB_VOXELS", 1)
    looked, held = [], []
    plain = _Blend.look_at
    monkeypatch.setattr(_Blend, "look_at", lambda blend, given: plain(blend, given) or held.append(blend._sums))
    answers = Windows((8, 8, 8), 0.5, CPU).over(noise(64, 8, 8), lambda window: looked.append(1) or [window])
    next(answers)
    assert len(looked) == 1
    assert len(list(answers)) == 63
    assert len(looked) == 15
    assert {tuple(sums.shape) for sums in held} == {(2, 8, 8, 8)}
    assert len({sums.data_ptr() for sums in held}) == 1


@pytest.mark.parametrize("size", [(11, 13, 12), (7, 20, 9), (3, 5, 6), (1, 4, 4), (5, 8, 9), (23, 8, 9)])
@pytest.mark.parametrize("thick", [1, 2, 5])
def test_slabs_are_brought_back_as_a_whole_scan_would_be(size, thick, monkeypatch):
    answer = torch.rand((3, 5, 8, 9), generator=torch.Generator().manual_seed(1))
    wanted = torch.nn.functional.interpolate(answer[None], size=size, mode="trilinear", align_corners=False)[0]
    monkeypatch.setattr(windows, "_SLAB_VOXELS", 2 * size[1] * size[2])
    found = list(back(answer.split(thick, dim=1), 5, size))
    # slabs of the scan's own size go on as they came
    assert len(found) == (-(-5 // thick) if size == (5, 8, 9) else -(-size[0] // 2))
    assert torch.allclose(torch.cat(found, dim=1), wanted, atol=1e-5)


def test_windows_of_one_value_are_looked_at_once_and_the_answer_is_the_same(monkeypatch):
    image = torch.full((2, 24, 40, 40), -1.0)
    image[1] = 0.5
    image[:, 8:16, 12:20, 12:20] += noise(8, 8, 8)
    image[:, 20, 0, 0] += 1e-3  # one voxel makes a window another
    looked = []

    def counted(window):
        looked.append(window)
        return network(window)

    some = Windows((8, 8, 8), 0.5, CPU)
    found = torch.cat(list(some.over(image, counted)), dim=1)
    each = len(looked)
    looked.clear()
    monkeypatch.setattr(windows, "_value", lambda window: None)
    assert torch.equal(found, torch.cat(list(some.over(image, counted)), dim=1))
    assert len(looked) == windows_of((24, 40, 40), (8, 8, 8), 0.5) == 405
    alike = sum(bool((window == window[..., :1, :1, :1]).all()) for window in looked)
    assert each == 405 - alike + 1 < 80
