"""Memory of prediction: estimated before the start, kept to by doing scans one by one, and said."""

from __future__ import annotations

import json

import pytest
from method_support import IDENTITY, LABELS, predict_job, tiny_config, tiny_model, tiny_recipe, write_cases

from dualnetssl.bundle import export
from dualnetssl.bundle.model_card import ModelCard
from dualnetssl.contract.jobspec import PredictConfig
from dualnetssl.contract.schema import Geometry
from dualnetssl.prediction import footprint, predict
from dualnetssl.prediction.footprint import Footprint, largest, plan
from dualnetssl.prediction.pipeline import one_by_one
from dualnetssl.worker import process


def geometry(*size, spacing=(1.0, 1.0, 1.0)):
    return Geometry(size=size, spacing=spacing, origin=(0, 0, 0), direction=IDENTITY)


CARD = ModelCard(labels=LABELS, recipe=tiny_recipe(), config=tiny_config(), step=1)


def test_the_estimate_follows_the_scan_and_not_the_classes_of_all_its_voxels():
    small, long = (
        footprint.footprint(geometry(256, 256, 100), CARD),
        footprint.footprint(geometry(256, 256, 1000), CARD),
    )
    grown = long.overlapped - small.overlapped
    assert grown == pytest.approx(50 * 256 * 256 * 900), "bytes a voxel, however many classes"
    assert long.alone < 0.5 * long.overlapped
    fine = footprint.footprint(geometry(64, 64, 50, spacing=(4.0, 4.0, 2.0)), CARD)
    assert fine.overlapped > footprint.footprint(geometry(64, 64, 50), CARD).overlapped


@pytest.mark.parametrize(
    ("free", "asked", "overlapped", "allowed", "said"),
    [
        (10**10, None, True, 8 * 10**9, None),
        (4 * 10**9, None, False, 32 * 10**8, "one by one"),
        (10**9, None, False, 8 * 10**8, "even with one scan at a time"),
        (10**9, 6.0, True, 6 * 10**9, None),
        (10**10, 2.5, False, 25 * 10**8, "5.0 GB and may take 2.5 GB"),
        (None, None, True, None, None),
    ],
)
def test_what_is_done_about_it(free, asked, overlapped, allowed, said):
    budget = plan(Footprint(2 * 10**9, 5 * 10**9), free, asked)
    assert (budget.overlapped, budget.allowed) == (overlapped, allowed)
    assert budget.estimate == (5 if overlapped else 2) * 10**9
    assert said in budget.warning if said else budget.warning is None


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("predict") / "model"
    export.export(tiny_model(tiny_config()), CARD, folder)
    return folder


def test_the_largest_scan_counts_and_unreadable_ones_wait_for_their_turn(tmp_path):
    cases = write_cases(tmp_path, labelled=0, unlabelled=2)
    (tmp_path / "broken.nrrd").write_bytes(b"no scan")
    broken = cases[0].model_copy(update={"image": str(tmp_path / "broken.nrrd")})
    assert largest((broken, *cases), CARD) == footprint.footprint(geometry(34, 18, 20), CARD)
    assert largest((broken,), CARD) == Footprint(0, 0)


def test_a_job_with_little_memory_says_so_and_gives_the_same(tmp_path, model, monkeypatch):
    cases = write_cases(tmp_path / "data", labelled=0, unlabelled=2)
    plenty = predict_job(tmp_path / "plenty", cases, model)
    scarce = predict_job(tmp_path / "scarce", cases, model)
    scarce.create(scarce.read_spec().model_copy(update={"predict": PredictConfig(overlap=0.25, memory_gb=0.001)}))
    assert process.run(plenty).predictions
    went = []
    monkeypatch.setattr(predict, "one_by_one", lambda *given: went.append(1) or one_by_one(*given))
    assert process.run(scarce).predictions
    assert went == [1]
    (data,) = [event for event in scarce.read_events() if event.kind == "data"]
    assert (data.cases, data.memory_allowed_bytes) == (2, 1_000_000)
    assert data.memory_estimate_bytes > 1_000_000
    (warning,) = [event for event in scarce.read_events() if event.kind == "warning"]
    assert "may take 1 MB" in warning.message
    tables = [json.loads((job.predictions_path / "predictions.json").read_bytes()) for job in (plenty, scarce)]
    assert tables[0]["cases"] == tables[1]["cases"]
    assert [event.kind for event in plenty.read_events()].count("warning") == 0


def test_one_by_one_stops_when_asked():
    answers = iter([False, True])
    assert list(one_by_one([1, 2, 3], abs, abs, abs, lambda: next(answers))) == [1]
