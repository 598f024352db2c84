"""What is done to a scan piece by piece, so that a core's cache holds it, gives what it gives at once."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from dualnetssl.contract.schema import Geometry, LabelDefinition
from dualnetssl.method.losses import most_likely
from dualnetssl.pictures import planes
from dualnetssl.prediction import opinions, windows
from dualnetssl.prediction.archives import write_arrays
from dualnetssl.prediction.expected_dice import confusion
from dualnetssl.prediction.predict import probabilities_of, summarise
from dualnetssl.prediction.uncertainty import gather
from dualnetssl.scans.intensity import normalise_ct, normalise_mr, soft_clip
from dualnetssl.scans.preparation import to_indices, to_values
from dualnetssl.volumes import expected_error
from dualnetssl.volumes.counting import count_values

SIZE = (7, 10, 12)
LABELS = tuple(LabelDefinition(value=value, name=f"organ {value}") for value in (3, 7))


def both(classes=3, seed=0):
    """Probabilities of two networks, some voxels certain."""
    generator = torch.Generator().manual_seed(seed)
    scores = 4 * torch.randn((2, classes, *SIZE), generator=generator)
    scores[:, 0, :, :3] += 200
    return scores.softmax(dim=1).unbind()


def plainly(first, second):
    """Total uncertainty and disagreement as they are defined, in double precision."""
    mean = (first.double() + second.double()) / 2
    whole, *own = (-torch.xlogy(each, each).sum(dim=0) for each in (mean, first.double(), second.double()))
    return whole / math.log(len(mean)), (whole - sum(own) / 2) / math.log(2)


@pytest.mark.parametrize("thick", [1, 3, 7])
@pytest.mark.parametrize("voxels", [1, 40, 10**6])
def test_maps_are_the_same_however_slabs_and_pieces_are_cut(thick, voxels, monkeypatch):
    monkeypatch.setattr(windows, "PIECE_VOXELS", voxels)
    first, second = both()
    slabs = zip(first.split(thick, dim=1), second.split(thick, dim=1), strict=True)
    found = gather(slabs, SIZE, keep=True)
    mean, (total, disagreement) = (first + second) / 2, plainly(first, second)
    assert torch.allclose(found.total.double(), total, atol=1e-6)
    assert torch.allclose(found.disagreement.double(), disagreement, atol=1e-6)
    assert torch.equal(found.classes, most_likely(mean, 0).byte())
    assert torch.equal(found.probabilities, mean.half())
    assert torch.allclose(found.expected, mean.double().sum(dim=(1, 2, 3)), rtol=1e-12)
    doubt = torch.maximum(found.total, found.disagreement).flatten()
    assert torch.equal(found.opinions.where, (doubt > opinions.FLOOR).nonzero()[:, 0])
    kept = [opinions.in_bytes(each.flatten(1)[:, found.opinions.where]) for each in (first, second)]
    assert torch.equal(found.opinions.odds, torch.stack(kept))


@pytest.mark.parametrize("classes", [3, 16, 17, 256])
def test_pairs_of_bytes_are_counted_as_whole_numbers_are(classes):
    first, second = torch.randint(0, classes, (2, 9, 500), generator=torch.Generator().manual_seed(2))
    assert torch.equal(confusion(first.byte(), second.byte(), classes), confusion(first, second, classes))


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last_3d])
@pytest.mark.parametrize("classes", [2, 3, 9])
@pytest.mark.parametrize("temperature", [0.4, 1.0, 1.7])
def test_probabilities_are_the_softmax_of_divided_logits_but_for_rounding(layout, classes, temperature):
    logits = 5 * torch.randn((2, classes, *SIZE), generator=torch.Generator().manual_seed(3))
    logits = logits.contiguous(memory_format=layout)[1, :, 2:5]
    found, wanted = probabilities_of(logits, temperature), (logits / temperature).softmax(dim=0)
    assert found.dtype == torch.float32
    assert found.is_contiguous()
    assert torch.allclose(found, wanted, rtol=0, atol=1e-6)
    assert temperature != 1 or torch.equal(found, wanted)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("voxels", [1, 250, 10**6])
def test_windows_are_blended_the_same_in_whatever_pieces(dtype, voxels, monkeypatch):
    """Both networks' probabilities, against a mean of whole windows in double precision."""
    monkeypatch.setattr(windows, "PIECE_VOXELS", voxels)
    image = 5 * torch.randn((2, 9, 8, 12), generator=torch.Generator().manual_seed(12))

    def look(seen):
        pair = seen.to(dtype), (seen.flip(1) / 2).to(dtype)
        return [each.contiguous(memory_format=torch.channels_last_3d) for each in pair]

    some = windows.Windows((6, 8, 8), 0.5, torch.device("cpu"), at_once=2)
    found = torch.cat(list(some.over(image, look, lambda said: probabilities_of(said.float(), 1.7))), dim=1)
    # what a network says here depends on no neighbour, so that every window says the same of a voxel
    wanted = torch.cat([(each[0].double() / 1.7).softmax(dim=0) for each in look(image[None])])
    assert found.dtype == torch.float32
    assert torch.allclose(found.double(), wanted, rtol=0, atol=1e-6)


def test_the_most_doubtful_that_stay_do_not_depend_on_the_slabs():
    first, second = both(seed=4)
    doubt = torch.maximum(*(part.clamp(0, 1).float() for part in plainly(first, second)))
    found = []
    for thick in (1, 2, 7):
        keeper = opinions.OpinionKeeper(most_bytes=6 * 50)
        for slab in zip(*(each.split(thick, dim=1) for each in (first, second)), doubt.split(thick), strict=True):
            keeper.add(*slab)
        found.append(keeper.opinions())
    for other in found:
        assert other.floor == found[0].floor > opinions.FLOOR
        assert torch.equal(other.where, doubt.flatten().argsort(descending=True)[:50].sort().values)
        assert torch.equal(other.odds, found[0].odds)


def test_a_file_of_arrays_is_read_by_numpy(tmp_path):
    numbers = np.random.default_rng(0).integers(0, 40, (2, 3, 30_000), np.uint8)
    names = np.array(["background", "Leber"])
    write_arrays(tmp_path / "some.npz", {"numbers": numbers, "names": names})
    with np.load(tmp_path / "some.npz", allow_pickle=False) as parts:
        assert parts.files == ["numbers", "names"]
        assert np.array_equal(parts["numbers"], numbers)
        assert np.array_equal(parts["names"], names)
    assert (tmp_path / "some.npz").stat().st_size < 0.8 * numbers.nbytes


@pytest.mark.parametrize("masked", [False, True])
def test_expected_error_is_counted_in_parts(masked, monkeypatch):
    generator = np.random.default_rng(5)
    doubt = generator.random(SIZE, np.float32)
    mask = generator.integers(0, 2, SIZE).astype(np.uint8) if masked else None
    at_once = expected_error.expected_error_ml(doubt, (1, 2, 3), 3, mask)
    monkeypatch.setattr(expected_error, "_PART", 101)
    assert expected_error.expected_error_ml(doubt, (1, 2, 3), 3, mask) == at_once > 0
    if mask is not None:
        assert expected_error.expected_error_ml(doubt[mask == 0], (1, 2, 3), 3) == at_once


@pytest.mark.parametrize("edges", [(1, 1, 1), (3, 4, 5), (2, 20, 12)])
def test_blocks_are_joined_as_they_are_cut(edges):
    doubt = np.random.default_rng(6).random(SIZE, np.float32)
    means, some = planes._block_means(doubt, edges), planes._by_blocks(doubt > 0.97, edges, np.logical_or)
    assert means.shape == some.shape == tuple(-(-size // edge) for size, edge in zip(SIZE, edges, strict=True))
    for place in np.ndindex(means.shape):
        block = doubt[tuple(slice(at * edge, (at + 1) * edge) for at, edge in zip(place, edges, strict=True))]
        assert means[place] == pytest.approx(block.mean(), rel=1e-5)
        assert some[place] == (block > 0.97).any()


def test_figures_of_a_scan_are_those_of_its_voxels():
    generator = torch.Generator().manual_seed(7)
    classes, total = torch.randint(0, 3, SIZE, generator=generator).byte(), torch.rand(SIZE, generator=generator)
    grid = Geometry(size=SIZE[::-1], spacing=(1, 2, 5), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
    beliefs = SimpleNamespace(classes=classes, total=total, expected=torch.tensor([1.0, 2.0, 3.0]))
    found = summarise(beliefs, grid, LABELS)
    volumes = {f"organ {value}": int((classes == index).sum()) / 100 for index, value in ((1, 3), (2, 7))}
    assert found["volume_ml"] == pytest.approx(volumes)
    assert found["foreground_uncertainty"] == pytest.approx(float(total[classes > 0].mean()), rel=1e-5)
    beliefs.classes = torch.zeros_like(classes)
    assert summarise(beliefs, grid, LABELS)["foreground_uncertainty"] is None


def test_values_and_indices_are_looked_up_for_every_byte():
    every = np.arange(256, dtype=np.uint8).reshape(4, 8, 8)[:, ::-1]
    wanted = np.select([every == 3, every == 7, every == 255], [1, 2, 255], 0)
    assert np.array_equal(to_indices(every, LABELS), wanted)
    values = to_values(np.array([[0, 1], [2, 0]], np.uint8), LABELS)
    assert values.tolist() == [[0, 3], [7, 0]]
    values[0, 0] = 9  # whoever gets it may write to it


@pytest.mark.parametrize("soft", [False, True])
def test_an_mr_is_scaled_in_place_of_a_copy_alone(soft):
    image = np.abs(np.random.default_rng(9).normal(0, 300, (20, 30, 40))).astype(np.float32)
    before = image.copy()
    low, high = (float(value) for value in np.percentile(image, (0.5, 99.5)))
    clipped = np.clip(image, low, high)
    body = clipped[clipped > low + 0.02 * (high - low)]
    kept = soft_clip(image, low, high) if soft else clipped
    assert np.array_equal(normalise_mr(image, soft), (kept - body.mean()) / float(body.std()))
    assert np.array_equal(image, before)


@pytest.mark.parametrize("size", [(3, 5, 7), (16, 16, 16), (5, 64, 65)])
def test_values_of_a_label_are_counted_run_by_run(size):
    label = np.zeros(size, np.uint8)
    label[1:, 2:4], label[-1, -1, -1] = 9, 255
    label[:, :, 3] = np.random.default_rng(10).integers(0, 256, size[:2])
    for turned in (label, label[::-1, :, ::2]):
        assert np.array_equal(count_values(turned), np.bincount(turned.ravel(), minlength=256))
    assert count_values(label[:0]).sum() == 0


@pytest.mark.parametrize("place", [(0, 0, 0, 0), (1, 3, 2, 2), (1, 5, 7, 7), (0, 3, 0, 1)])
def test_one_voxel_makes_a_window_another(place):
    window = torch.tensor([-1.0, 0.5])[:, None, None, None].repeat(1, 6, 8, 8).half()
    assert windows._value(window) == (-1.0, 0.5)
    window[place] += 0.25
    assert windows._value(window) is None


def test_a_ct_is_scaled_in_place_of_a_copy_alone():
    image = np.random.default_rng(8).normal(0, 500, SIZE).astype(np.float32)
    before = image.copy()
    found = normalise_ct(image, (-160.0, 240.0))
    assert np.array_equal(image, before)
    assert found.dtype == np.float32
    assert np.array_equal(found, (np.clip(image, -160.0, 240.0) + 160.0) / 400.0 * 2 - 1)
