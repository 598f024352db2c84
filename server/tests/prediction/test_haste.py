"""Windows that overlap less, where there is not the time."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from method_support import LABELS, grid_of, tiny_config, tiny_recipe

from dualnetssl.bundle.export import export
from dualnetssl.bundle.model_card import ModelCard
from dualnetssl.contract.jobspec import PredictConfig
from dualnetssl.method.model import DualModel
from dualnetssl.method.networks import plan_levels
from dualnetssl.prediction.haste import OVERLAPS, Pace, measured

SIZES = st.lists(st.tuples(*[st.integers(1, 300)] * 3), min_size=1, max_size=3)


@given(SIZES, st.floats(0.1, 1e4), st.floats(0, 0.9))
def test_no_larger_overlap_would_do_and_no_smaller_one_is_taken_without_need(sizes, seconds, most):
    pace = Pace(sizes, (32, 48, 48), 1.0)
    chosen, said = pace.within(seconds, most)
    tried = {most, *(overlap for overlap in OVERLAPS if overlap < most)}
    assert chosen in tried
    assert all(pace.seconds(other) > min(seconds, pace.seconds(chosen)) for other in tried if other > chosen)
    assert pace.seconds(chosen) <= seconds or pace.seconds(chosen) == min(map(pace.seconds, tried))
    assert ("would show seams" in said) == (pace.seconds(chosen) > seconds)
    assert ("would take" in said) == (chosen != most)


def test_a_model_is_tried_out_on_a_window(tmp_path):
    config = tiny_config()
    networks = DualModel(config, channels=1, classes=3, plan=plan_levels((1.0, 1.0, 1.0)))
    export(networks, ModelCard(labels=LABELS, recipe=tiny_recipe(), config=config, step=1), tmp_path / "model")
    grid = grid_of(np.zeros((40, 50, 60)), spacing=(1.0, 2.0, 1.0))
    pace = measured(tmp_path / "model", [grid], PredictConfig(), torch.device("cpu"))
    assert pace.window_seconds > 0
    assert list(pace.sizes) == [(40, 100, 60)]
    assert tuple(pace.patch) == tiny_recipe().patch
