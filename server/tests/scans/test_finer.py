"""Small structures: a finer training grid where they would vanish, and patches that meet each of them alike."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from method_support import LABELS, blob, prepared, scan, tiny_config, train_job, values_of, write

from dualnetssl.contract.jobspec import JobCase
from dualnetssl.scans import cases, finer, preparation
from dualnetssl.scans.labelgrid import resampled
from dualnetssl.scans.sampling import PatchReader
from dualnetssl.scans.vanishing import FEW
from dualnetssl.worker import jobs, process

FINE, COARSE = (0.25, 0.25, 2.0), (1.0, 1.0, 2.0)


@given(st.integers(0, 2**32 - 1), st.tuples(*[st.integers(1, 12)] * 3), st.tuples(*[st.integers(1, 14)] * 3))
def test_what_is_left_of_a_structure_is_what_resampling_leaves(seed, size, wanted):
    label = (np.random.default_rng(seed).random(size) < 0.2).astype(np.uint8)
    assert finer.voxels_kept(np.argwhere(label), size, wanted) == resampled(label, wanted).sum()


@pytest.fixture(scope="module")
def lesion(tmp_path_factory):
    """A fine labelled scan with a lesion of four voxels, and three coarse ones without a label."""
    folder = tmp_path_factory.mktemp("lesion")
    image, label = blob((8, 64, 64), centre=(4, 20, 20))
    label[:] = np.where(label == 1, 2, label)
    label[4, 41:43, 45:47] = 1
    files = {"image": write(folder / "f.nrrd", image, spacing=FINE)}
    cases = [JobCase(case="fine", label=write(folder / "l.nrrd", values_of(label), spacing=FINE), **files)]
    for seed in range(3):
        path = write(folder / f"{seed}.nrrd", blob((8, 16, 16), seed=seed)[0], spacing=COARSE)
        cases.append(JobCase(case=f"coarse{seed}", image=path))
    return tuple(cases)


def settle(cases, affordable=True, **fields):
    return finer.settle_grid(cases, LABELS, tiny_config(patch=None, **fields), lambda *_: affordable)


def test_a_grid_is_as_fine_as_the_smallest_structure_needs_and_says_so(lesion):
    found = settle(lesion)
    assert found.grid.spacing == (2.0, 0.25, 0.25)
    assert "small structures of kernel in 1 scan would vanish on the scans' median, 2 x 1 x 1 mm" in found.told
    assert "16 times the voxels. --set spacing=[2, 1, 1] keeps the median" in found.told
    case = cases.prepare_case(
        lesion[0],
        LABELS,
        preparation.Recipe(spacing=found.grid.spacing, windows=(None,), patch=(16, 16, 32)),
        torch.device("cpu"),
    )
    assert int((case.label == 1).sum()) == 4
    assert not case.lost


def test_a_lesion_is_kept_beside_a_larger_one_of_its_class(lesion, tmp_path):
    _, label = blob((8, 64, 64), centre=(4, 20, 20))
    label[:] = np.where(label > 0, 2, 0)
    label[1, 10:18, 40:45] = label[4, 41:43, 45:47] = 1
    label[label == 2] = 0
    truth = write(tmp_path / "b.nrrd", values_of(label), spacing=FINE)
    both = lesion[0].model_copy(update={"label": truth})
    assert settle((both, *lesion[1:])).grid.spacing == (2.0, 1.0, 0.5)


def test_without_the_memory_it_is_told_and_with_a_spacing_of_ones_own_it_is_left(lesion):
    found = settle(lesion, affordable=False)
    assert found.grid.spacing == (2.0, 1.0, 1.0)
    assert "of kernel in 1 scan will vanish on the training grid: one of 2 x 0.25 x 0.25 mm would keep" in found.told
    assert settle(lesion, spacing=(2.0, 1.0, 1.0)) == finer.Choice(settle(lesion, affordable=False).grid)
    assert settle(lesion[1:]).told is None


def test_a_training_takes_the_finer_grid_and_keeps_it_when_it_goes_on(lesion, tmp_path, monkeypatch):
    directory = train_job(tmp_path, lesion, tiny_config(patch=None, steps=1, calibration_scans=0))
    assert process.run(directory).outcome == "succeeded"
    (data,) = (event for event in directory.read_events() if event.kind == "data")
    assert tuple(data.spacing) == (2.0, 0.25, 0.25)
    assert any("would vanish" in event.message for event in directory.read_events() if event.kind == "warning")
    monkeypatch.setattr(jobs, "settle_grid", lambda *_: pytest.fail("memory is another now"))
    spec = directory.read_spec()
    recipe, _ = jobs._recipe(directory, spec, spec.train, None, lambda kind, **fields: None)
    assert recipe.spacing == (2.0, 0.25, 0.25)


@pytest.mark.parametrize("sizes", [(4, 60), (5, 7, 64)])
def test_lesions_are_met_alike_whatever_their_size(sizes):
    label = np.zeros((48, 48, 48), np.uint8)
    for number, size in enumerate(sizes):
        label[10 * number, 5, :size] = 1
        label[10 * number, 6, : max(0, size - 48)] = 1  # what is beyond the scan's edge
    (voxels,) = cases._foreground(torch.from_numpy(label), 1)
    slices = voxels[:, 0] // 10
    assert slices.bincount().tolist() == [min(64, max(sizes))] * len(sizes)
    assert set(map(tuple, voxels.tolist())) <= set(map(tuple, np.argwhere(label).tolist()))


def test_patches_on_foreground_come_from_scans_that_have_some():
    shown, empty = prepared("a"), prepared("b", seed=1)
    empty = scan("b", empty.image, torch.zeros_like(empty.label))
    reader = PatchReader((8, 8, 8), (1.0, 1.0, 1.0), (), False)
    _, labels, _ = reader.read_many([empty, empty, empty, shown], 40, 30, torch.Generator().manual_seed(0))
    assert (labels[:30] > 0).flatten(1).any(dim=1).all()
    assert not (labels[30:] > 0).flatten(1).any(dim=1).all()


def test_few_voxels_are_a_stray_and_move_no_grid(lesion, tmp_path):
    _, label = blob((8, 64, 64), centre=(4, 20, 20))
    label[:] = np.where(label == 1, 2, label)
    label[4, 41, 45 : 45 + FEW - 1] = 1
    stray = lesion[0].model_copy(update={"label": write(tmp_path / "s.nrrd", values_of(label), spacing=FINE)})
    assert settle((stray, *lesion[1:])).told is None
