"""Labels that are sparse everywhere: slices and boxes in many scans, none verified as a whole."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from method_support import LABELS, PATCH, blob, prepared, scan, tiny_config, tiny_recipe, values_of, write

from dualnetssl.contract.jobspec import JobCase
from dualnetssl.contract.schema import IGNORED
from dualnetssl.scans import extent
from dualnetssl.scans.batches import Pools, class_shares, draw_batch, sort_into_pools, where_organs_end
from dualnetssl.scans.cases import prepare_case
from dualnetssl.scans.extent import likely_counts, open_sides, reach_in_voxels
from dualnetssl.scans.sampling import PatchReader

MILLIMETRE = (1.0, 1.0, 1.0)


def ball(size=48, radius=10):
    """One organ in the middle of a scan, and its class indices."""
    middle = (size - 1) / 2
    k, j, i = np.ogrid[:size, :size, :size]
    return ((k - middle) ** 2 + (j - middle) ** 2 + (i - middle) ** 2 <= radius**2).astype(np.uint8)


def only(label, *planes):
    """The label where the reader painted whole axial slices, 255 elsewhere."""
    sparse = np.full_like(label, IGNORED)
    sparse[list(planes)] = label[list(planes)]
    return sparse


def painted(*sparse) -> Pools:
    labels = [torch.from_numpy(one) for one in sparse]
    return Pools(tuple(scan("scan", torch.zeros(1, *label.shape), label) for label in labels), ())


def test_slices_tell_the_size_of_an_organ_within_a_tenth():
    organ = ball()
    slices = only(organ, 17, 23, 30)
    estimate = likely_counts(slices, 2, MILLIMETRE)
    assert estimate.sum() == organ.size
    assert estimate[1] == pytest.approx(organ.sum(), rel=0.1)
    assert share_among_verified(slices) > 1.5 * organ.mean(), "or there would be nothing to estimate"


@pytest.mark.parametrize("planes", [(17, 30), (20, 26), (23,)])
def test_one_or_two_slices_tell_it_as_well(planes):
    organ = ball()
    estimate = likely_counts(only(organ, *planes), 2, MILLIMETRE)[1]
    assert 0.8 < estimate / organ.sum() < 1.5


def test_slices_that_cross_tell_how_far_an_organ_reaches():
    organ = ball()
    crossed = only(organ, 23)
    crossed[:, 23] = organ[:, 23]
    assert reach_in_voxels(crossed, MILLIMETRE) == (9, 9, 9), "of a radius of 10"
    assert 0.8 < likely_counts(crossed, 2, MILLIMETRE)[1] / organ.sum() < 1.5


@pytest.mark.parametrize("start", [10, 14, 18, 22])
def test_boxes_tell_it_far_better_than_their_voxels_as_they_come(start):
    organ = ball()
    box = np.full_like(organ, IGNORED)
    inside = (slice(start, start + 20),) * 3
    box[inside] = organ[inside]
    estimate = likely_counts(box, 2, MILLIMETRE)[1] / organ.size
    assert 0.5 < estimate / organ.mean() < 2
    assert share_among_verified(box) > 3 * organ.mean()


def share_among_verified(label):
    return (label == 1).sum() / (label != IGNORED).sum()


def test_a_whole_label_is_counted_and_spacing_is_heeded():
    organ = ball(24, 6)
    assert likely_counts(organ, 2, MILLIMETRE).tolist() == np.bincount(organ.ravel()).tolist()
    sparse = only(organ, 8, 12, 16)
    coarse = likely_counts(sparse, 2, (4.0, 1.0, 1.0))
    assert coarse[1] < likely_counts(sparse, 2, MILLIMETRE)[1], "slices 16 mm apart do not reach each other"


@pytest.mark.parametrize("spacing", [MILLIMETRE, (3.0, 1.0, 1.0)])
def test_large_scans_are_measured_on_a_coarser_grid_that_tells_nearly_the_same(spacing, monkeypatch):
    bounded = only(ball(), 17, 23, 30)
    bounded[:10] = bounded[38:] = 0
    box = np.full_like(ball(), IGNORED)
    box[16:36, 16:36, 16:36] = ball()[16:36, 16:36, 16:36]
    for label in (only(ball(), 17, 23, 30), bounded, box):
        wanted, reached = likely_counts(label, 2, spacing), extent.reach(label, spacing)
        monkeypatch.setattr(extent, "MOST_VOXELS", label.size // 8)
        coarse, step = extent._coarse(label, spacing)
        assert coarse.size <= label.size // 8
        assert np.prod(step) * coarse.size == pytest.approx(np.prod(spacing) * label.size)
        estimate = likely_counts(label, 2, spacing)
        assert estimate.sum() == label.size
        assert estimate[1] == pytest.approx(wanted[1], rel=0.3), "at three voxels of reach; less beyond"
        assert abs(extent.reach(label, spacing) - reached) <= max(step)
        monkeypatch.undo()


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 9, 9), (9, 1, 1), (2, 3, 40)])
@pytest.mark.parametrize("value", [0, 1, 254])
def test_scans_of_odd_shapes_and_labels_of_one_voxel_have_a_reach(shape, value):
    label = np.full(shape, IGNORED, np.uint8)
    label[0, 0, 0] = value
    assert likely_counts(label, 255, MILLIMETRE).sum() == label.size
    assert extent.reach(label, MILLIMETRE) >= 1
    assert min(reach_in_voxels(label, MILLIMETRE)) >= (0 if label.size == 1 else 1)
    open_sides(label)


def test_class_shares_of_sparse_scans_are_the_estimate():
    organ = ball()
    shares = class_shares(painted(only(organ, 17, 23, 30)), 2, MILLIMETRE)
    assert float(shares.sum()) == pytest.approx(1)
    assert float(shares[1]) == pytest.approx(organ.mean(), rel=0.2)


def test_sides_are_open_where_nothing_is_verified_beyond_the_organ():
    organ = ball(24, 6)
    slices = only(organ, 8, 12, 16)
    assert open_sides(slices) == ("inferior", "superior")
    slices[20:] = 0
    assert open_sides(slices) == ("inferior",)
    slices[:3] = 0
    assert open_sides(slices) == ()
    inside = np.full_like(organ, IGNORED)
    inside[10:14, 10:14, 10:14] = 1
    assert set(open_sides(inside)) == {"inferior", "superior", "anterior", "posterior", "right", "left"}
    assert open_sides(np.full_like(organ, IGNORED)) == ()
    assert open_sides(np.ones_like(organ)) == (), "beyond the scan there is nothing to be told"


def test_a_training_says_beforehand_that_nothing_tells_where_organs_end():
    organ = ball(24, 6)
    told = where_organs_end(painted(only(organ, 8, 12, 16)))
    assert told is not None
    assert "none of the 1 labelled scans" in told
    assert "(inferior, superior)" in told
    assert "first and last slice" in told
    assert not told.endswith("."), "whoever shows it ends the sentence"
    assert where_organs_end(painted(organ)) is None
    bounded = only(organ, 8, 12, 16)
    bounded[:4] = bounded[20:] = 0
    assert where_organs_end(painted(bounded)) is None


@pytest.mark.parametrize("told", ["by bounds", "by a whole scan", "by two scans"])
def test_what_the_advice_asks_for_ends_the_warning(told):
    """One scan that tells it is enough, as the panel says: the warning went on as long as any other did not."""
    organ = ball(24, 6)
    slices = [only(organ, 8, 12, 16) for _ in range(3)]
    assert where_organs_end(painted(*slices)) is not None
    if told == "by a whole scan":
        slices[0] = organ
    else:
        slices[0][:4] = 0
        slices[1 if told == "by two scans" else 0][20:] = 0
    assert where_organs_end(painted(*slices)) is None


def batch_of(pools, **fields):
    config = tiny_config(**fields)
    reader = PatchReader(PATCH, MILLIMETRE, (), augment=False)
    return draw_batch(pools, reader, config, False, torch.Generator().manual_seed(0))


def test_reach_is_half_the_gap_between_slices_or_half_the_edge_of_the_likely_organ():
    organ = ball()
    assert reach_in_voxels(only(organ, 17, 23, 30), MILLIMETRE) == (3, 3, 3)
    assert reach_in_voxels(only(organ, 17, 23, 30), (3.0, 1.0, 1.0)) == (3, 9, 9)
    box = np.full_like(organ, IGNORED)
    box[20:28, 20:28, 20:28] = 1
    assert reach_in_voxels(box, MILLIMETRE) == (4, 4, 4)
    assert reach_in_voxels(organ, MILLIMETRE) == (0, 0, 0)


def test_a_prepared_case_has_its_reach(tmp_path):
    image, label = blob()
    sparse = np.where(np.isin(np.arange(len(label)), (6, 10, 14))[:, None, None], values_of(label), IGNORED)
    case = JobCase(
        case="scan",
        image=write(tmp_path / "scan.nrrd", image),
        label=write(tmp_path / "label.nrrd", sparse.astype(np.uint8)),
    )
    assert prepare_case(case, LABELS, tiny_recipe(), torch.device("cpu")).reach == (2, 2, 2)


def test_the_size_term_sees_what_is_beyond_reach_and_only_where_no_scan_is_whole():
    sparse = [replace(prepared(f"scan{index}", index, unverified=10), reach=(3, 1, 1)) for index in range(3)]
    batch = batch_of(sort_into_pools(sparse))
    assert batch.unpainted is not None
    labels = batch.labels[: batch.labelled]
    for label, unpainted in zip(labels, batch.unpainted, strict=True):
        verified = (label != IGNORED).flatten(1).any(dim=1)
        first = int(verified.nonzero()[0]) if bool(verified.any()) else len(label)
        assert bool(unpainted[: first - 3].all())
        assert not bool(unpainted[first - 3 :].any()), "organ goes on beside what was painted"
    assert bool(batch.unpainted.any())
    assert batch_of(sort_into_pools([*sparse, prepared("whole", 9)])).unpainted is None


def test_voxels_beyond_the_scan_are_nobodys_organ():
    small = prepared("small", 0, size=(6, 8, 8), unverified=2)
    batch = batch_of(sort_into_pools([small]))
    assert batch.unpainted is not None
    assert int(batch.unpainted.flatten(1).sum(dim=1).max()) <= 2 * 8 * 8


def test_crops_of_sparse_scans_reach_all_of_a_scan_where_the_size_term_has_weight():
    label = np.full((128, 24, 32), IGNORED, np.uint8)
    label[4:8] = 0
    label[4:8, 8:12, 8:12] = 1
    painted_places = tuple(torch.from_numpy(np.argwhere(label == index)) for index in (0, 1))
    pools = sort_into_pools([scan("long", torch.zeros(1, *label.shape), torch.from_numpy(label), painted_places)])
    reader = PatchReader(PATCH, MILLIMETRE, (), augment=False)

    def shares(**fields):
        """How often the first and the second labelled patch show something verified."""
        config, generator = tiny_config(labelled_per_step=2, **fields), torch.Generator().manual_seed(0)
        batches = [draw_batch(pools, reader, config, False, generator) for _ in range(40)]
        assert all((batch.unpainted is None) == (config.size_weight == 0) for batch in batches)
        known = torch.stack([batch.labels != IGNORED for batch in batches]).flatten(2).any(dim=2)
        return known.float().mean(dim=0).tolist()

    assert shares(size_weight=0) == [1.0, 1.0]
    first, second = shares()
    assert first == 1.0, "the focused crop always shows what was painted"
    assert 0.3 < second < 0.9
