"""What a training's events add up to, whatever order and repetition they come in."""

from __future__ import annotations

import pytest

from DualNetSSLLib.client.records import Event
from DualNetSSLLib.panel.training.curves import SERIES_LIMIT, TrainingCurves


def told(*events):
    curves = TrainingCurves()
    for seq, (kind, fields) in enumerate(events, 1):
        curves.add(Event(seq=seq, time=float(fields.pop("time", seq)), kind=kind, fields=fields))
    return curves


def progress(step, loss=1.0, **more):
    return "progress", {
        "step": step,
        "steps": 100,
        "losses": {"vnet": {"supervised": loss}, "residual": {"supervised": loss + 1}},
        **more,
    }


def test_losses_are_the_mean_of_both_networks():
    curves = told(progress(10, 1.0), progress(20, 0.5))
    assert curves.losses["supervised"].steps == [10, 20]
    assert curves.losses["supervised"].values == [1.5, 1.0]
    assert (curves.step, curves.steps, curves.last) == (20, 100, 2)


def test_an_event_that_comes_twice_counts_once():
    curves = told(progress(10))
    curves.add(Event(seq=1, time=0.0, kind="progress", fields=progress(90)[1]))
    assert curves.step == 10


def test_steps_that_are_repeated_after_a_crash_replace_the_lost_ones():
    curves = told(progress(10), progress(20, 9.0), progress(30, 9.0), ("resumed", {"step": 10}), progress(20, 0.0))
    assert curves.losses["supervised"].steps == [10, 20]
    assert curves.losses["supervised"].values[-1] == 0.5


def test_validation_scans_take_the_place_of_training_patches():
    curves = told(
        progress(10, dice={"liver": 0.9}),
        ("validation", {"step": 10, "cases": 2, "dice": {"liver": 0.4, "spleen": None}}),
        progress(20, dice={"liver": 0.95}),
    )
    assert curves.validation_cases == 2
    assert {name: curve.values for name, curve in curves.dice.items()} == {"liver": [0.4]}


def test_the_speed_leaves_the_start_of_the_worker_out():
    curves = told(
        ("started", {"time": 0.0, "device": "cpu"}),
        progress(10, time=100.0),
        progress(20, time=105.0),
        progress(30, time=110.0),
    )
    assert curves.seconds_per_step == pytest.approx(0.5)
    assert curves.device == "cpu"


def test_a_speed_is_not_measured_across_a_pause():
    curves = told(
        progress(10, time=0.0), progress(20, time=5.0), ("started", {"time": 900.0}), progress(30, time=1000.0)
    )
    assert curves.seconds_per_step == pytest.approx(0.5)


def test_a_long_training_keeps_its_first_and_its_last_point():
    curves = told(*(progress(step, float(step)) for step in range(1, 2 * SERIES_LIMIT)))
    steps = curves.losses["supervised"].steps
    assert len(steps) <= SERIES_LIMIT
    assert steps[0] == 1
    assert steps[-1] == 2 * SERIES_LIMIT - 1
    assert steps == sorted(steps)


def test_what_is_predicted_and_what_is_wrong_is_kept():
    curves = told(("warning", {"message": "step 3 was skipped"}), ("predicted", {"case": "a", "done": 1, "total": 4}))
    assert curves.warning == "step 3 was skipped"
    assert curves.predicted == (1, 4)


def test_scans_that_are_being_prepared_are_counted_until_the_next_attempt(slicer_host):
    from DualNetSSLLib.panel.training.section import preparing_in_words

    preparing = ("preparing", {"done": 11, "total": 300})
    assert told(preparing).prepared == (11, 300)
    assert told(preparing, ("started", {})).prepared == (0, 0)
    assert preparing_in_words((11, 300)) == "Preparing scan 12 of 300…"
    assert preparing_in_words((300, 300)) == "Preparing scan 300 of 300…"
    assert preparing_in_words((0, 0)) == "The training is being prepared…"


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (1.0, 1.0, 3.0)])
@pytest.mark.parametrize(("width", "size"), [(16, (256, 256, 100)), (8, (60, 50, 40))])
def test_the_memory_estimate_is_close_to_the_servers_own(spacing, width, size):
    from dualnetssl.contract.config import resolve
    from dualnetssl.method.networks import patch_divisor, plan_levels
    from dualnetssl.scans.preparation import Recipe, choose_patch
    from dualnetssl.worker import memory
    from DualNetSSLLib.client.records import Geometry
    from DualNetSSLLib.panel.training.budget import training_bytes

    plan = plan_levels(spacing[::-1])
    patch = choose_patch([size[::-1]], patch_divisor(plan))
    load = memory.Load(resolve({"width": width}), Recipe(spacing=spacing[::-1], windows=(None,), patch=patch), plan)
    exact = memory.training_bytes(load, 3, 10 * size[0] * size[1] * size[2])
    scan = Geometry(size=size, spacing=spacing, origin=(0.0, 0.0, 0.0), direction=(1.0, 0, 0, 0, 1, 0, 0, 0, 1))
    assert training_bytes([scan] * 10, width, 3, 4) == pytest.approx(exact, rel=0.25)
