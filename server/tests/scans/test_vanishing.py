"""A small structure that the training grid passes over is told, with its voxels before and after."""

from __future__ import annotations

import numpy as np
import torch
from method_support import IDENTITY, LABELS, write

from dualnetssl.contract.jobspec import JobCase
from dualnetssl.scans.cases import prepare_case
from dualnetssl.scans.preparation import Recipe
from dualnetssl.scans.vanishing import in_words


def test_a_lesion_that_is_lost_on_the_training_grid_is_told(tmp_path):
    label = np.zeros((8, 32, 32), np.uint8)
    label[2:6, 4:20, 4:20] = LABELS[0].value
    label[4, 24:26, 24:26] = LABELS[1].value
    spacing = {"spacing": (0.25, 0.25, 2.5), "direction": IDENTITY}
    image = write(tmp_path / "a.nrrd", np.random.default_rng(0).normal(0, 1, label.shape).astype(np.float32), **spacing)
    case = JobCase(case="fine", image=image, label=write(tmp_path / "l.nrrd", label, **spacing))
    recipe = Recipe(spacing=(2.5, 2.0, 2.0), windows=(None,), patch=(16, 16, 32))
    prepared = prepare_case(case, LABELS, recipe, torch.device("cpu"))
    assert set(prepared.lost) == {2}
    assert prepared.lost[2] == (4, int((prepared.label == 2).sum()))
    said = in_words(case.case, prepared.lost, LABELS, recipe.spacing)
    assert f"{LABELS[1].name} 4 voxels, then {prepared.lost[2][1]}" in said
    assert "--set spacing=[1.25, 1, 1]" in said
    same = Recipe(spacing=(2.5, 0.25, 0.25), windows=(None,), patch=(16, 16, 32))
    assert prepare_case(case, LABELS, same, torch.device("cpu")).lost == {}
