from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from method_support import IDENTITY, LABELS, blob, grid_of, tiny_recipe, values_of, write

from dualnetssl import volumes
from dualnetssl.contract.config import TrainConfig, median_spacing
from dualnetssl.contract.errors import GeometryMismatch, InvalidDataset
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.contract.schema import Geometry
from dualnetssl.scans import cases, preparation
from dualnetssl.scans.intensity import normalise_ct, normalise_mr

TURNED = (0.0, 0, -1, 1, 0, 0, 0, 1, 0)
CPU = torch.device("cpu")


def aslant(angle):
    """Axes turned by an angle around the patient's long axis."""
    return (math.cos(angle), -math.sin(angle), 0.0, math.sin(angle), math.cos(angle), 0.0, 0.0, 0.0, 1.0)


def ct(seed=0, size=(12, 14, 16)):
    """Air of -1000 around soft tissue, with an organ of 40 to 80 Hounsfield units."""
    generator = np.random.default_rng(seed)
    image = np.full(size, -1000, dtype=np.float32)
    image[2:-2, 2:-2, 2:-2] = generator.normal(-50, 30, tuple(n - 4 for n in size))
    label = np.zeros(size, dtype=np.uint8)
    label[4:8, 4:8, 4:8] = 1
    image[label > 0] = generator.uniform(40, 80, int(label.sum()))
    return image, label


class TestOrientation:
    def test_scans_are_turned_to_one_orientation_with_their_labels(self, tmp_path):
        image, label = blob((12, 14, 20), centre=(4, 6, 8))
        write(tmp_path / "a.nrrd", image)
        write(tmp_path / "al.nrrd", values_of(label))
        grid = grid_of(image)
        mirrored = Geometry(
            size=(grid.size[0], grid.size[1], grid.size[2]),
            spacing=(1, 1, 1),
            origin=(19.0, 0.0, 0.0),
            direction=(-1.0, 0, 0, 0, 1, 0, 0, 0, 1),
        )
        volumes.write_volume(tmp_path / "b.nrrd", np.ascontiguousarray(image[:, :, ::-1]), mirrored)
        volumes.write_volume(tmp_path / "bl.nrrd", np.ascontiguousarray(values_of(label)[:, :, ::-1]), mirrored)
        written = [
            JobCase(case=name, image=str(tmp_path / f"{name}.nrrd"), label=str(tmp_path / f"{name}l.nrrd"))
            for name in "ab"
        ]
        first, second = (cases.prepare_case(case, LABELS, tiny_recipe(), CPU) for case in written)
        assert torch.equal(first.image, second.image)
        assert torch.equal(first.label, second.label)
        assert torch.equal(first.label, torch.from_numpy(label))

    def test_spacing_follows_the_turned_axes(self, tmp_path):
        image, _ = blob((12, 14, 20))
        path = write(tmp_path / "a.nrrd", image, spacing=(0.5, 1.0, 2.0), direction=TURNED)
        array, geometry = preparation.read_canonical_image(path)
        assert array.shape == (1, *geometry.size[::-1])
        assert geometry.spacing == (2.0, 0.5, 1.0)
        assert np.argmax(np.abs(np.reshape(geometry.direction, (3, 3))), axis=0).tolist() == [0, 1, 2]


class TestGrid:
    @pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (2.0, 0.8, 1.3)])
    def test_prepared_scans_have_the_recipes_spacing(self, tmp_path, spacing):
        image, label = blob((20, 18, 34))
        grid = {"spacing": (1.3, 0.8, 2.0)}
        case = JobCase(
            case="a",
            image=write(tmp_path / "a.nrrd", image, **grid),
            label=write(tmp_path / "l.nrrd", values_of(label), **grid),
        )
        prepared = cases.prepare_case(case, LABELS, tiny_recipe(spacing=spacing), CPU)
        expected = tuple(
            round(n * own / new) for n, own, new in zip((20, 18, 34), (2.0, 0.8, 1.3), spacing, strict=True)
        )
        assert prepared.image.shape == (1, *expected)
        assert prepared.image.dtype == torch.float16
        assert prepared.label.shape == expected
        assert prepared.label.dtype == torch.uint8

    def test_there_and_back_again(self):
        smooth = np.fromfunction(lambda k, j, i: np.sin(k / 4) + j / 9 + i / 11, (16, 18, 20)).astype(np.float32)
        there = preparation.resize(smooth[None], (24, 27, 30))
        back = preparation.resize(there.numpy(), (16, 18, 20))[0].numpy()
        assert np.abs(back - smooth)[2:-2, 2:-2, 2:-2].max() < 0.02
        label = blob((16, 18, 20))[1]
        there = preparation.resize_label(label, (32, 36, 40))
        assert np.array_equal(preparation.resize_label(there.numpy(), (16, 18, 20)).numpy(), label)
        assert set(there.unique().tolist()) == set(np.unique(label).tolist())

    def test_image_and_label_stay_on_each_other(self):
        label = blob((16, 18, 20))[1]
        for size in ((24, 20, 11), (8, 9, 40)):
            image = preparation.resize((label > 0).astype(np.float32)[None], size)[0]
            nearest = preparation.resize_label((label > 0).astype(np.uint8), size)
            assert ((image > 0.5) == (nearest > 0)).float().mean() > 0.95
            centres = [(part.float() * torch.arange(size[2])).sum() / part.sum() for part in (image > 0.5, nearest)]
            assert abs(centres[0] - centres[1]) < 0.5

    @pytest.mark.parametrize("axis", [0, 1, 2])
    @pytest.mark.parametrize("wanted", [11, 8, 6, 5])
    def test_a_thin_verified_slice_outlives_a_coarser_grid(self, axis, wanted):
        size = [16, 16, 16]
        size[axis] = wanted
        for place in range(16):
            label = np.full((16, 16, 16), 255, np.uint8)
            np.moveaxis(label, axis, 0)[place] = place % 3
            found = np.moveaxis(preparation.resize_label(label, size).numpy(), axis, 0)
            (kept,) = np.unique(np.nonzero(found != 255)[0])
            assert (found[kept] == place % 3).all()
            assert abs((kept + 0.5) * 16 / wanted - place - 0.5) <= 8 / wanted, "and lies where it was painted"

    def test_what_is_verified_keeps_its_borders_on_a_coarser_grid(self):
        label = np.zeros((16, 16, 16), np.uint8)
        label[4:12] = 1
        for last in range(3, 12):
            sparse = label.copy()
            sparse[last:] = 255
            found, whole = (preparation.resize_label(one, (8, 7, 16)).numpy() for one in (sparse, label))
            middles = (np.arange(8) * 2 + 1)[:, None, None]
            assert np.array_equal(found, np.where(middles < last, whole, 255))

    def test_median_spacing_and_sizes(self):
        grids = [grid_of(np.zeros((4, 5, 6)), spacing=(s, 1.0, 2 * s)) for s in (0.5, 0.7, 3.0)]
        assert median_spacing(grids) == (1.4, 1.0, 0.7)
        assert preparation.grid_size(grids[0], (1.0, 1.0, 1.0)) == (4, 5, 3)
        assert preparation.grid_size(grids[0], (50.0, 50.0, 50.0)) == (1, 1, 1)


class TestLabels:
    def test_values_and_indices_go_both_ways(self):
        values = np.array([[0, 3, 7], [7, 0, 3]], dtype=np.uint8)
        indices = preparation.to_indices(values, LABELS[::-1])
        assert indices.tolist() == [[0, 1, 2], [2, 0, 1]]
        assert np.array_equal(preparation.to_values(indices, LABELS[::-1]), values)
        assert preparation.to_indices(np.array([255, 9], dtype=np.uint8), LABELS).tolist() == [255, 0]

    def test_what_was_not_verified_is_255(self, tmp_path):
        image, label = blob((12, 14, 20))
        mask = np.zeros_like(label)
        mask[:6] = 1
        case = JobCase(
            case="a",
            image=write(tmp_path / "a.nrrd", image, direction=TURNED),
            label=write(tmp_path / "l.nrrd", values_of(label), direction=TURNED),
            verified=write(tmp_path / "m.nrrd", mask, direction=TURNED),
        )
        found = volumes.from_canonical(preparation.read_canonical_label(case, LABELS), grid_of(image, direction=TURNED))
        assert np.array_equal(found, np.where(mask, label, 255))
        prepared = cases.prepare_case(case, LABELS, tiny_recipe(), CPU)
        shown = [torch.stack([prepared.label[tuple(voxel)] for voxel in part]).unique() for part in prepared.foreground]
        assert [part.tolist() for part in shown] == [[index] for index in np.unique(label[:6])]

    @pytest.mark.parametrize("rounded", [0.0, 1e-9, -1e-9, 1e-6, -1e-6, 2e-4, -2e-4])
    def test_a_label_is_turned_as_its_scan_is_where_both_orders_of_axes_are_as_close(self, tmp_path, rounded):
        image = np.zeros((12, 12, 12), np.float32)
        image[2, 3, 9] = image[5, 1, 4] = 1
        case = JobCase(
            case="a",
            image=write(tmp_path / "a.nrrd", image, direction=aslant(math.pi / 4)),
            label=write(tmp_path / "l.nrrd", 3 * image.astype(np.uint8), direction=aslant(math.pi / 4 + rounded)),
            verified=write(tmp_path / "m.nrrd", image.astype(np.uint8), direction=aslant(math.pi / 4 - rounded)),
        )
        scan, _ = preparation.read_canonical_image(case.image)
        assert np.array_equal(preparation.read_canonical_label(case, LABELS), np.where(scan[0] == 1, 1, 255))

    def test_a_label_that_no_longer_lies_on_its_scan_is_not_stretched_onto_it(self, tmp_path):
        case = JobCase(
            case="a",
            image=write(tmp_path / "a.nrrd", np.zeros((8, 8, 8), np.float32)),
            label=write(tmp_path / "l.nrrd", np.zeros((8, 8, 6), np.uint8)),
        )
        with pytest.raises(GeometryMismatch):
            preparation.read_canonical_label(case, LABELS)

    def test_unlabelled_scans_have_no_label(self, tmp_path):
        case = JobCase(case="a", image=write(tmp_path / "a.nrrd", blob()[0]))
        prepared = cases.prepare_case(case, LABELS, tiny_recipe(), CPU)
        assert prepared.label is None
        assert prepared.foreground == ()

    def test_foreground_lists_are_what_listing_all_and_thinning_gives(self, monkeypatch):
        monkeypatch.setattr(cases, "_MOST_FOREGROUND", 7)
        label = torch.from_numpy(np.random.default_rng(0).integers(0, 4, (6, 5, 4)).astype(np.uint8))
        for index, voxels in enumerate(cases._foreground(label, 3), start=1):
            listed = (label == index).nonzero()
            assert torch.equal(voxels, listed[:: max(1, len(listed) // 7)])

    def test_foreground_lists_are_thinned_and_own_their_memory(self, monkeypatch):
        monkeypatch.setattr(cases, "_MOST_FOREGROUND", 10)
        label = torch.zeros((10, 10, 10), dtype=torch.uint8)
        label[2:8] = 2
        (voxels,) = cases._foreground(label, 3)
        assert 10 <= len(voxels) <= 20
        assert bool((label[voxels[:, 0], voxels[:, 1], voxels[:, 2]] == 2).all())
        assert voxels.untyped_storage().nbytes() == voxels.numel() * 8


def window_of(*scans):
    (window,) = preparation.choose_windows([preparation.see(image[None], label) for image, label in scans])
    return window


class TestWindow:
    def test_ct_is_known_by_its_air_and_seen_through_its_organs(self):
        low, high = window_of(ct(0), ct(1))
        assert 40 <= low < 42
        assert 78 < high <= 80

    def test_mr_has_none(self):
        assert window_of(blob(), blob(seed=1)) is None
        assert preparation.choose_windows([], 2) == (None, None)

    def test_unverified_voxels_say_nothing(self):
        image, label = ct()
        label[label == 0] = 255
        low, high = window_of((image, label))
        assert 40 <= low < high <= 80

    def test_without_an_organ_the_body_decides(self):
        image, label = ct()
        low, high = window_of((image, np.zeros_like(label)))
        assert -200 < low < -50 < high < 100

    def test_a_small_class_is_seen_as_well_as_a_large_one(self):
        """Stones of a few voxels beside an organ lie beyond 99.5 % of all labelled voxels."""
        image, label = ct(size=(24, 28, 32))
        image[4:16, 4:16, 4:16], label[4:16, 4:16, 4:16] = 60, 1
        image[17, 18, 5:9], label[17, 18, 5:9] = 900, 2
        low, high = window_of((image, label), ct(1))
        assert 40 <= low < 60
        assert high == 900

    def test_large_scans_are_sampled(self, monkeypatch):
        monkeypatch.setattr(preparation, "_MOST_WINDOW_VOXELS", 8)
        assert len(preparation._sample(np.arange(100, dtype=np.float32))) == 8
        low, high = window_of(ct())
        assert 40 <= low < high <= 80

    def test_the_window_reaches_the_scan(self, tmp_path):
        image, label = ct()
        case = JobCase(
            case="a", image=write(tmp_path / "a.nrrd", image), label=write(tmp_path / "l.nrrd", values_of(label))
        )
        recipe, _ = preparation.choose_recipe([case], LABELS, TrainConfig(patch=(16, 16, 32)))
        assert recipe.windows[0] == window_of((image, label))
        prepared = preparation.read_prepared(case.image, recipe)[0][0].numpy()
        assert np.allclose(prepared, normalise_ct(image, recipe.windows[0]), 1e-3)
        assert np.allclose(
            preparation.read_prepared(case.image, tiny_recipe())[0][0].numpy(), normalise_mr(image, False), 1e-3, 1e-3
        )
        soft = tiny_recipe().model_copy(update={"soft_clip": True})
        assert np.allclose(preparation.read_prepared(case.image, soft)[0][0].numpy(), normalise_mr(image), 1e-3, 1e-3)

    def test_new_models_compress_and_those_from_before_cut_as_they_did(self, tmp_path):
        image, label = blob()
        case = JobCase(
            case="a", image=write(tmp_path / "a.nrrd", image), label=write(tmp_path / "l.nrrd", values_of(label))
        )
        recipe, _ = preparation.choose_recipe([case], LABELS, TrainConfig(patch=(16, 16, 32)))
        assert recipe.soft_clip
        told = recipe.model_dump(mode="json")
        del told["soft_clip"]
        assert not preparation.Recipe.model_validate(told).soft_clip


class TestPatch:
    @pytest.mark.parametrize(
        ("sizes", "divisor", "patch"),
        [
            ([(36, 50, 35)], (16, 16, 16), (48, 64, 48)),
            ([(300, 300, 300)], (16, 16, 16), (96, 96, 96)),
            ([(20, 512, 512)], (4, 16, 16), (20, 208, 208)),
            ([(10, 10, 10), (40, 40, 40), (90, 90, 90)], (16, 16, 16), (48, 48, 48)),
            ([(9, 12, 16)], (16, 16, 16), (32, 32, 32)),
        ],
    )
    def test_patches_cover_the_median_scan_if_they_can(self, sizes, divisor, patch):
        found = preparation.choose_patch(sizes, divisor)
        preparation.check_patch(found, divisor)
        assert np.prod(found) <= 96**3
        assert found == patch

    @pytest.mark.parametrize("patch", [(16, 16, 24), (8, 32, 32), (16, 16, 16)])
    def test_patches_that_the_networks_cannot_take_are_refused(self, patch):
        with pytest.raises(InvalidDataset, match="16x16x16"):
            preparation.check_patch(patch, (16, 16, 16))

    def test_the_configuration_decides_where_it_speaks(self, tmp_path):
        path = write(tmp_path / "a.nrrd", blob((20, 18, 34))[0], spacing=(1.0, 1.0, 5.0), direction=IDENTITY)
        case = JobCase(case="a", image=path)
        recipe, plan = preparation.choose_recipe([case], LABELS, TrainConfig())
        assert recipe.spacing == (5.0, 1.0, 1.0)
        assert [level.stride for level in plan[:3]] == [(1, 2, 2), (1, 2, 2), (2, 2, 2)]
        config = TrainConfig(spacing=(2.0, 2.0, 2.0), patch=(32, 16, 16))
        recipe, plan = preparation.choose_recipe([case], LABELS, config)
        assert (recipe.spacing, recipe.patch) == ((2.0, 2.0, 2.0), (32, 16, 16))
        assert plan[0].stride == (2, 2, 2)
        with pytest.raises(InvalidDataset):
            preparation.choose_recipe([case], LABELS, TrainConfig(patch=(30, 16, 16)))
