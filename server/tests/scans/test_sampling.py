from __future__ import annotations

import math

import pytest
import torch
from method_support import PATCH, prepared, scan, tiny_config

from dualnetssl.scans import batches, sampling
from dualnetssl.scans.batches import Pools, draw_batch, sort_into_pools
from dualnetssl.scans.sampling import PatchReader

EYE = torch.eye(3)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def numbered(size=(12, 10, 14)):
    """A scan whose every voxel has a value of its own, and a label that is a coarser number of the voxel."""
    image = torch.arange(math.prod(size), dtype=torch.float32).view(1, *size)
    label = (image[0] % 200).to(torch.uint8)
    return scan("numbered", image, label)


def centre_of(size, patch, start):
    return torch.tensor([s + (n - 1) / 2 for s, n in zip(start, patch, strict=True)])


@pytest.mark.parametrize(
    ("patch", "start"), [((4, 6, 8), (3, 2, 5)), ((5, 3, 7), (0, 0, 0)), ((12, 10, 14), (0, 0, 0))]
)
def test_a_crop_that_does_not_turn_returns_the_very_voxels(patch, start):
    case = numbered()
    coordinates = sampling.patch_coordinates(patch, centre_of((12, 10, 14), patch, start), EYE)
    image, label, _ = sampling.read_patch(case, coordinates)
    k, j, i = (slice(s, s + n) for s, n in zip(start, patch, strict=True))
    assert torch.allclose(image, case.image[:, k, j, i], atol=1e-2)
    assert torch.equal(label, case.label[k, j, i])


def test_random_crops_come_from_the_scan_itself():
    case, reader = numbered(), PatchReader((4, 6, 8), (1.0, 1.0, 1.0), (), augment=False)
    generator = seeded()
    starts = set()
    for _ in range(60):
        image, label, _ = reader.read(case, False, generator)
        first = int(image[0, 0, 0, 0].round())
        k, j, i = first // 140, first % 140 // 14, first % 14
        starts.add((k, j, i))
        assert torch.allclose(image, case.image[:, k : k + 4, j : j + 6, i : i + 8], atol=1e-2)
        assert torch.equal(label, case.label[k : k + 4, j : j + 6, i : i + 8])
    for axis, last in enumerate((8, 4, 6)):
        assert {start[axis] for start in starts} == set(range(last + 1))


@pytest.mark.parametrize("flip_axes", [(), (0, 1, 2)])
@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (4.0, 1.0, 1.0)])
def test_label_and_image_turn_together(flip_axes, spacing):
    """An image that equals its label, in broad regions, must still equal it after any augmentation."""
    label = torch.zeros((24, 24, 24), dtype=torch.uint8)
    label[:12] += 50
    label[:, :12] += 20
    label[:, :, :12] += 10
    case = scan("regions", label[None].float(), label)
    reader, generator = PatchReader((16, 16, 16), spacing, flip_axes, augment=True), seeded(3)
    for _ in range(12):
        image, found, _ = reader.read(case, False, generator)
        known = found != 255
        equal = (image[0].round() == found)[known].float().mean().item()
        assert equal > 0.75, "only voxels on the seams may be mixed"
        seams = (image[0] - image[0].round()).abs() > 1e-2
        assert (image[0].round() == found)[known & ~seams].float().mean().item() > 0.97


def test_mirroring_reverses_the_axis_that_may_be_mirrored():
    case = numbered((8, 8, 8))
    matrix = torch.diag(torch.tensor([1.0, 1.0, -1.0]))
    coordinates = sampling.patch_coordinates((8, 8, 8), torch.tensor([3.5] * 3), matrix)
    image, label, _ = sampling.read_patch(case, coordinates)
    assert torch.allclose(image, case.image.flip(3), atol=1e-2)
    assert torch.equal(label, case.label.flip(2))


def test_only_allowed_axes_are_mirrored():
    generator = seeded()
    found = [sampling.draw_transform((1.0, 1.0, 1.0), (2,), generator).diagonal().sign() for _ in range(30)]
    mirrored = {tuple(sign.tolist()) for sign in found}
    assert mirrored == {(1.0, 1.0, 1.0), (1.0, 1.0, -1.0)}


def test_rotation_keeps_distances_in_mm():
    spacing = (1.5, 1.0, 1.2)
    scale, generator = torch.tensor(spacing), seeded()
    for _ in range(10):
        matrix = sampling.draw_transform(spacing, (), generator)
        in_mm = matrix * scale[:, None] / scale[None, :]
        zoom = float(torch.linalg.det(in_mm)) ** (1 / 3)
        assert 0.85 <= zoom <= 1.15
        assert torch.allclose(in_mm @ in_mm.T, zoom**2 * EYE, atol=1e-5)
    assert not torch.allclose(in_mm, zoom * EYE, atol=1e-2)


def test_anisotropic_scans_turn_in_plane_only():
    matrix = sampling.draw_transform((1.0, 4.0, 1.0), (), seeded())
    assert torch.allclose(matrix[1, [0, 2]], torch.zeros(2))
    assert torch.allclose(matrix[[0, 2], 1], torch.zeros(2))
    assert matrix[0, 2].abs() > 1e-3


def test_the_elastic_shift_is_smooth_and_bounded():
    shift = sampling.elastic_shift(sampling.draw_bend((32, 32, 48), seeded()), (32, 32, 48))
    assert shift.shape == (32, 32, 48, 3)
    assert 0.2 < shift.abs().mean() < 0.06 * 48
    assert shift.diff(dim=0).abs().max() < 1.0


@pytest.mark.parametrize("size", [(9, 40, 12), (48, 44, 52)])
def test_reading_the_touched_part_alone_gives_the_same_crop(size):
    case = numbered(size)
    patch, generator, sizes = (12, 16, 14), seeded(5), set()
    for bent in (True, False) * 6:
        centre, matrix = (
            sampling.draw_centre(case, patch, False, generator),
            sampling.draw_transform((1, 1, 1), (0,), generator),
        )
        coordinates = sampling.patch_coordinates(patch, centre, matrix)
        bend = sampling.draw_bend(patch, generator) * 4 if bent else None
        if bend is not None:
            coordinates = coordinates + sampling.elastic_shift(bend, patch)
        box = sampling.touched(size, patch, centre, matrix, bend)
        sizes.add(math.prod(part.stop - part.start for part in box))
        part, whole = (sampling.read_patch(case, coordinates, wanted) for wanted in (box, None))
        torch.testing.assert_close(part[0], whole[0], rtol=0, atol=0.05)
        assert torch.equal(part[1], whole[1])
        assert torch.equal(part[2], whole[2])
    if size[0] > 12:
        assert max(sizes) < math.prod(size)


def test_beyond_the_scan_nobody_verified():
    case = numbered((8, 8, 8))
    centre = torch.tensor([3.5, 3.5, 0.5])
    image, label, _ = sampling.read_patch(case, sampling.patch_coordinates((8, 8, 8), centre, EYE))
    assert bool((label[..., :3] == 255).all())
    assert torch.equal(label[..., 3:], case.label[..., :5])
    assert torch.allclose(image[..., :3], case.image[..., :1].expand(-1, -1, -1, 3), atol=1e-2)


def test_a_crop_wholly_beyond_the_scan_is_still_finite():
    coordinates = sampling.patch_coordinates((4, 4, 4), torch.tensor([-40.0, 90.0, 3.0]), EYE)
    image, label, _ = sampling.read_patch(numbered((8, 8, 8)), coordinates)
    assert bool(image.isfinite().all())
    assert bool((label == 255).all())


@pytest.mark.parametrize("size", [(5, 6, 7), (8, 20, 3), (1, 9, 30)])
@pytest.mark.parametrize("focus", [True, False])
def test_scans_smaller_than_the_patch_lie_inside_it_voxel_on_voxel(size, focus):
    case = numbered(size)
    voxels = torch.tensor([[0, 0, 0], [size[0] - 1, size[1] - 1, size[2] - 1]])
    case = scan(case.name, case.image, case.label, (voxels,))
    patch = (8, 8, 8)
    image, label, _ = PatchReader(patch, (1.0, 1.0, 1.0), (), augment=False).read(case, focus, seeded())
    inside = label != 255
    assert int(inside.sum()) == math.prod(min(n, s) for n, s in zip(patch, size, strict=True))
    assert torch.equal(label[inside].float(), image[0][inside].round() % 200)
    assert len(image[0][inside].round().unique()) == int(inside.sum())


def test_unlabelled_scans_read_as_not_verified():
    image, label, _ = PatchReader(PATCH, (1.0, 1.0, 1.0), (), augment=True).read(
        prepared(labelled=False), False, seeded()
    )
    assert image.shape == (1, *PATCH)
    assert bool((label == 255).all())


def test_focused_crops_show_every_foreground_class():
    label = torch.zeros((40, 40, 40), dtype=torch.uint8)
    label[3, 4, 5], label[35, 30, 33] = 1, 2
    foreground = tuple((label == index).nonzero() for index in (1, 2))
    case = scan("corners", label[None].float(), label, foreground)
    generator = seeded()
    centres = [sampling.draw_centre(case, (8, 8, 8), True, generator) for _ in range(30)]
    voxels = torch.cat(foreground).float()
    nearest = [(centre - voxels).abs().amax(dim=1).min(dim=0) for centre in centres]
    assert {found.indices.item() for found in nearest} == {0, 1}
    assert all(found.values.item() == 0.5 for found in nearest), "an even patch has no middle voxel"
    assert sampling.draw_centre(case, (9, 9, 9), True, generator).tolist() in ([4.0, 4.0, 5.0], [35.0, 30.0, 33.0])


def test_a_scan_verified_in_part_is_drawn_less_often_and_where_it_is_verified():
    whole, part = torch.zeros((40, 40, 40), dtype=torch.uint8), torch.full((40, 40, 40), 255, dtype=torch.uint8)
    part[:, :, :4] = 0
    cases = [
        scan("whole", torch.zeros(1, 40, 40, 40), whole),
        scan("part", torch.ones(1, 40, 40, 40), part, ((part == 0).nonzero(),)),
    ]
    shares = [case.verified for case in cases]
    assert shares == pytest.approx([1.0, 0.1])
    reader = PatchReader((8, 8, 8), (1.0, 1.0, 1.0), (), augment=False)
    images, labels, _ = reader.read_many(cases, 400, 0, seeded(), shares)
    corrected = images.flatten(1).mean(dim=1) > 0.5
    assert float(corrected.float().mean()) == pytest.approx(0.316 / 1.316, abs=0.06)
    assert bool((labels[corrected] == 0).flatten(1).any(dim=1).all())
    assert labels[~corrected].unique().tolist() == [0]


def test_the_first_third_of_labelled_crops_is_focused(monkeypatch):
    asked = []
    plain = PatchReader.read
    monkeypatch.setattr(
        PatchReader,
        "read",
        lambda self, case, focus, generator: asked.append(focus) or plain(self, case, focus, generator),
    )
    pools = sort_into_pools([prepared("a"), prepared("b", labelled=False)])
    config = tiny_config(labelled_per_step=4, unlabelled_per_step=2)
    draw_batch(pools, PatchReader(PATCH, (1.0, 1.0, 1.0), (), augment=True), config, True, seeded())
    assert asked == [True, True, False, False, False, False]


class TestBatch:
    def draw(self, seed=0, unsupervised=True, augment=True, **fields):
        cases = [prepared(f"scan{index}", seed=index, labelled=index < 2) for index in range(4)]
        reader = PatchReader(PATCH, (1.0, 1.0, 1.0), (), augment)
        return draw_batch(sort_into_pools(cases), reader, tiny_config(**fields), unsupervised, seeded(seed))

    def test_the_generator_decides_everything(self):
        torch.manual_seed(1)
        first = self.draw(seed=5)
        torch.manual_seed(2)
        again, other = self.draw(seed=5), self.draw(seed=6)
        parts = [(first.views[0], again.views[0]), (first.views[1], again.views[1]), (first.clean, again.clean)]
        assert all(torch.equal(one, two) for one, two in [*parts, (first.labels, again.labels)])
        assert not torch.equal(first.views[0], other.views[0])

    def test_shapes_and_order(self):
        batch = self.draw(labelled_per_step=3, unlabelled_per_step=2, copy_paste=False)
        assert batch.views[0].shape == batch.views[1].shape == (5, 1, *PATCH)
        assert (batch.labels.shape, batch.clean.shape, batch.labelled) == ((5, *PATCH), (2, 1, *PATCH), 3)
        assert bool((batch.labels[3:] == 255).all())
        assert bool((batch.labels[:3] != 255).any())

    def test_both_networks_see_the_same_places_in_other_light(self, monkeypatch):
        assert not torch.allclose(*self.draw().views, atol=0.05)
        monkeypatch.setattr(batches, "vary_intensity", lambda images, generator: images)
        assert torch.equal(*self.draw().views)

    def test_crops_only_gives_both_the_same_view(self):
        batch = self.draw(augment=False, copy_paste=False)
        assert torch.equal(*batch.views)
        assert torch.equal(batch.views[0][batch.labelled :], batch.clean)

    def test_before_the_unlabelled_are_wanted_none_is_drawn(self):
        batch = self.draw(unsupervised=False)
        assert (len(batch.clean), len(batch.labels)) == (0, batch.labelled)

    def test_copy_paste_mixes_image_and_label_alike(self):
        """Unlabelled scans are 5 everywhere, labelled ones show their label: each voxel tells where it came from."""
        label = torch.zeros((20, 20, 40), dtype=torch.uint8)
        label[:, 10:] = 1
        teach = scan("teach", label[None].float(), label)
        learn = scan("learn", torch.full((1, 20, 20, 40), 5.0), None)
        reader = PatchReader(PATCH, (1.0, 1.0, 1.0), (), augment=False)
        config = tiny_config(labelled_per_step=2, unlabelled_per_step=4)
        batch = draw_batch(sort_into_pools([teach, learn]), reader, config, True, seeded())
        mixed, labels = batch.views[0][2:, 0], batch.labels[2:]
        pasted = labels != 255
        assert torch.equal(mixed == 5.0, ~pasted)
        assert torch.allclose(mixed[pasted], labels[pasted].float(), atol=1e-5)
        assert torch.equal(labels[pasted], batch.labels[:2].repeat(2, 1, 1, 1)[pasted])
        assert bool((batch.clean == 5.0).all())
        box = 11 * 11 * 21
        shares = [int(part.sum()) for part in ~pasted]
        assert shares == [box, math.prod(PATCH) - box] * 2

    def test_pasted_voxels_that_nobody_verified_are_taught_by_nobody(self):
        """What the student sees there is the labelled scan, but the teachers saw the unlabelled one."""
        label = torch.full((20, 20, 40), 255, dtype=torch.uint8)
        label[:, :10] = 1
        teach = scan("teach", torch.ones(1, 20, 20, 40), label)
        learn = scan("learn", torch.full((1, 20, 20, 40), 5.0), None)
        reader = PatchReader(PATCH, (1.0, 1.0, 1.0), (), augment=False)
        config = tiny_config(labelled_per_step=1, unlabelled_per_step=2)
        batch = draw_batch(Pools((teach,), (learn,)), reader, config, True, seeded())
        own = batch.views[0][1:, 0] == 5.0
        assert bool((batch.labels[1:][~own] == 255).any())
        assert torch.equal(batch.unverified, own)

    @pytest.mark.parametrize("copy_paste", [True, False])
    def test_padding_is_no_unlabelled_tissue(self, copy_paste):
        """A scan smaller than the patch is surrounded by its repeated border, which nobody is to learn from."""
        size = (9, 12, 20)
        learn = scan("learn", torch.randn((1, *size), generator=seeded()), None)
        reader = PatchReader(PATCH, (1.0, 1.0, 1.0), (), augment=False)
        config = tiny_config(labelled_per_step=1, unlabelled_per_step=2, copy_paste=copy_paste)
        batch = draw_batch(Pools((prepared(),), (learn,)), reader, config, True, seeded())
        assert batch.inside.shape == batch.unverified.shape == (2, *PATCH)
        assert batch.inside.sum(dim=(1, 2, 3)).tolist() == [math.prod(size)] * 2
        assert not bool((batch.unverified & ~batch.inside).any())
        if copy_paste:
            assert 0 < int(batch.unverified.sum()) < int(batch.inside.sum())
        else:
            assert torch.equal(batch.unverified, batch.inside)


def test_boxes_are_two_thirds_of_each_edge_and_move():
    generator = seeded()
    boxes = [sampling.draw_box((9, 12, 15), generator) for _ in range(20)]
    for box in boxes:
        voxels = box.nonzero()
        assert (voxels.amax(0) - voxels.amin(0) + 1).tolist() == [6, 8, 10]
        assert int(box.sum()) == 480
    assert len({tuple(box.nonzero()[0].tolist()) for box in boxes}) > 5


class TestIntensity:
    def test_each_patch_varies_by_itself(self):
        images = torch.randn(1, 1, *PATCH, generator=seeded()).repeat(2, 1, 1, 1, 1)
        varied = sampling.vary_intensity(images, seeded(1))
        assert varied.shape == images.shape
        assert not torch.equal(varied[0], varied[1])
        assert bool(varied.isfinite().all())

    def test_gamma_keeps_order_and_range(self):
        image = torch.linspace(-2, 3, 50).view(1, 1, 1, 50)
        bent = sampling._gamma(image, 0.5)
        assert bool((bent.diff() > 0).all())
        assert (bent.min().item(), bent.max().item()) == pytest.approx((-2, 3), abs=1e-5)
        assert not torch.allclose(bent, image, atol=0.1)

    def test_blur_takes_detail_and_keeps_the_mean(self):
        image = torch.randn(1, *PATCH, generator=seeded())
        blurred = sampling._blur(image, 0.5)
        assert blurred.shape == image.shape
        assert blurred.std() < 0.7 * image.std()
        assert blurred.mean().item() == pytest.approx(image.mean().item(), abs=0.02)

    @pytest.mark.parametrize("value", [0.0, 3.0])
    def test_constant_patches_stay_finite(self, value):
        for seed in range(8):
            varied = sampling.vary_intensity(torch.full((1, 1, 4, 4, 4), value), seeded(seed))
            assert bool(varied.isfinite().all())


class TestPools:
    def test_scans_are_sorted_by_what_was_verified(self):
        whole, none = prepared("whole"), prepared("none", labelled=False)
        part, nothing = prepared("part", unverified=5), prepared("nothing", unverified=20)
        pools = batches.sort_into_pools([whole, none, part, nothing])
        assert [case.name for case in pools.labelled] == ["whole", "part"]
        assert [case.name for case in pools.unlabelled] == ["none", "part", "nothing"]
