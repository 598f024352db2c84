"""``bench uncertainty``: figures of scans whose doubt is known, and a bench that goes on where it stopped."""

from __future__ import annotations

import argparse
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
import torch
from method_support import LABELS, blob, tiny_config, tiny_model, tiny_recipe, values_of, write

from dualnetssl.bundle import export
from dualnetssl.bundle.model_card import ModelCard
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.contract.jobspec import JobCase
from dualnetssl_bench.experiments import uncertainty
from dualnetssl_bench.experiments.trust import COVERAGES, Judged, average, judge_map, measure, region_shares

SVG = "{http://www.w3.org/2000/svg}"


def entropy_of(chance):
    """Normalised entropy of two classes of which the chosen one is wrong by a chance."""
    chance = np.clip(chance, 1e-12, 1)
    return -(chance * np.log(chance) + (1 - chance) * np.log(1 - chance)) / np.log(2)


def honest(size=(40, 40, 40), seed=0, case="scan"):
    """A scan in which every voxel is wrong by exactly the chance that its map states."""
    generator = np.random.default_rng(seed)
    chance = generator.uniform(0, 0.5, size) ** 3 * 4
    segmentation = np.zeros(size, np.uint8)
    segmentation[10:30, 10:30, 10:30] = 1
    wrong = generator.random(size) < chance
    truth = np.where(wrong, 1 - segmentation, segmentation).astype(np.uint8)
    return Judged(case, segmentation, truth, (1.0, 1.0, 1.0), (1,)), entropy_of(chance), chance


def test_doubt_that_is_true_has_no_gap_and_half_the_doubt_has_one():
    judged, doubt, chance = honest()
    assert judge_map(judged, doubt)["ece"] < 0.01
    too_sure = judge_map(judged, entropy_of(chance / 4))
    assert too_sure["ece"] == pytest.approx(chance.mean() * 3 / 4, rel=0.1)
    confident = too_sure["reliability"][-1]
    assert confident[1] > confident[2] > 0, "more is stated than is right"


def test_the_most_that_the_most_uncertain_voxels_can_hold():
    judged, doubt, _ = honest()
    found = judge_map(judged, doubt)
    assert found["attainable"] == pytest.approx(0.01 / judged.wrong.mean())
    assert found["errors_in_top_2_percent"] <= found["attainable"] * 1.05


def test_the_risk_rises_to_the_share_of_all_errors():
    judged, doubt, _ = honest()
    risk = judge_map(judged, doubt)["risk"]
    assert len(risk) == len(COVERAGES)
    assert risk[-1] == pytest.approx(judged.wrong.mean())
    assert risk[0] < 0.2 * risk[-1]
    assert (np.diff(risk) > -1e-4).all()


def test_voxels_whose_truth_nobody_knows_do_not_count():
    judged, doubt, _ = honest()
    truth = judged.truth.copy()
    truth[:20] = np.where(judged.wrong[:20], 255, truth[:20])
    hidden = judge_map(Judged("a", judged.segmentation, truth, judged.spacing, judged.values), doubt)
    assert hidden["risk"][-1] == pytest.approx(judged.wrong[20:].sum() / (truth != 255).sum())


def places():
    """Two doubtful boxes, the larger wrong throughout and the smaller nowhere, and an error that nobody doubts."""
    segmentation = np.zeros((20, 20, 20), np.uint8)
    segmentation[5:15, 5:15, 5:15] = 1
    truth, doubt = segmentation.copy(), np.zeros(segmentation.shape)
    truth[5:9, 5:9, 5:9] = 0
    doubt[5:9, 5:9, 5:9] = doubt[12:14, 12:14, 12:14] = 0.9
    truth[0, 0, :16] = 1
    return Judged("places", segmentation, truth, (1.0, 1.0, 1.0), (1,)), doubt


def test_review_regions_hold_the_errors_that_lie_in_them():
    judged, doubt = places()
    shares = region_shares(judged, doubt, np.random.default_rng(0))
    assert shares["1"]["errors"] == pytest.approx(64 / 80)
    assert shares["1"]["volume"] == pytest.approx(64 / 8000)
    assert shares["3"]["errors"] == pytest.approx(64 / 80)
    assert shares["10"]["volume"] == pytest.approx(72 / 8000)
    assert 0 < shares["1"]["random"] < shares["1"]["errors"]


def test_averages_over_scans():
    rows = []
    for seed in range(3):
        judged, doubt, chance = honest(seed=seed, case=str(seed))
        rows.append(measure(judged, doubt, entropy_of(chance / 4) if seed else None, 0.5 + judged.dice / 10))
    mean = average(rows)
    assert mean["dice"] == pytest.approx(np.mean([row["dice"] for row in rows]))
    assert mean["dice_rank_correlation"] == pytest.approx(1)
    assert mean["plain"]["ece"] == pytest.approx(np.mean([row["plain"]["ece"] for row in rows[1:]]))
    assert sum(count for count, _, _ in mean["calibrated"]["reliability"]) == 3 * 40**3
    assert mean["regions"]["5"]["errors"] == pytest.approx(np.mean([row["regions"]["5"]["errors"] for row in rows]))


def test_the_table_and_the_picture_show_both_maps():
    judged, doubt, chance = honest()
    found = uncertainty.findings([measure(judged, doubt, entropy_of(chance / 4), 0.9)])
    (gap,) = [row for row in found.rows if "ECE" in row[0]]
    assert float(gap[1]) > 5 * float(gap[2])
    texts = [text.text for text in ElementTree.fromstring(found.picture).iter(f"{SVG}text")]
    assert {"Reliability", "Risk by coverage", "confidence that is true"} <= set(texts)
    assert [texts.count(name) for name in ("temperature 1", "as predicted")] == [2, 2]


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """A model with a temperature, and two scans with labels."""
    folder = tmp_path_factory.mktemp("bench")
    config = tiny_config()
    card = ModelCard(labels=LABELS, recipe=tiny_recipe(), config=config, step=1, temperature=0.5, quality=1.0)
    model = tiny_model(config)
    for network in model.teachers:
        torch.nn.init.normal_(network.head.weight, std=2.0, generator=torch.Generator().manual_seed(1))
    export.export(model, card, folder / "model")
    cases = []
    for index in range(2):
        image, label = blob((18, 16, 32), seed=index)
        truth = write(folder / f"label{index}.nrrd", values_of(label))
        cases.append(JobCase(case=f"scan{index}", image=write(folder / f"scan{index}.nrrd", image), label=truth))
    return folder / "model", cases


def options(output: Path, **fields):
    own = {"output": output, "overlap": 0.0, "device": "cpu", "quick": False, "skip_invalid": False}
    missing = dict.fromkeys(("model", "images", "predictions", "labels"))
    return argparse.Namespace(**{**missing, **own, **fields})


def test_a_model_is_measured_with_and_without_its_temperature_and_only_once(tmp_path, scene, monkeypatch):
    model, cases = scene
    first = uncertainty.judge_model(model, cases, options(tmp_path))
    assert [row["case"] for row in first] == ["scan0", "scan1"]
    for row in first:
        states = [sum(stated for _, stated, _ in row[name]["reliability"]) for name in ("plain", "calibrated")]
        assert states[0] < states[1], "a temperature below 1 makes surer"
        assert 0 <= row["predicted_dice"] < 1
    (done,) = (tmp_path / "cases").iterdir()
    (done / "scan1.json").unlink()
    asked, judge = [], uncertainty._judge
    monkeypatch.setattr(uncertainty, "_judge", lambda looks, case: asked.append(case.case) or judge(looks, case))
    assert uncertainty.judge_model(model, cases, options(tmp_path)) == first
    assert asked == ["scan1"]


def test_a_folder_of_predictions_is_measured_as_it_is(tmp_path):
    judged, doubt = places()
    grid = {"spacing": (1.0, 1.0, 1.0)}
    predictions, labels = tmp_path / "predictions", tmp_path / "labels"
    predictions.mkdir()
    labels.mkdir()
    write(predictions / "a.seg.nrrd", judged.segmentation, **grid)
    for ending in ("uncertainty", "disagreement"):
        write(predictions / f"a.{ending}.nrrd", doubt.astype(np.float32), **grid)
    write(labels / "a.nrrd", judged.truth, **grid)
    row = {"case": "a", **{part: f"a.{part}.nrrd" for part in ("uncertainty", "disagreement")}}
    table = {"labels": [{"value": 1, "name": "ball"}], "cases": [{**row, "segmentation": "a.seg.nrrd"}]}
    table["cases"][0]["summary"] = {"predicted_dice": 0.75}
    (predictions / "predictions.json").write_text(json.dumps(table))
    code = uncertainty.run(options(tmp_path / "out", predictions=predictions, labels=labels))
    figures = json.loads((tmp_path / "out" / "uncertainty.json").read_text())["figures"]
    (found,) = figures["cases"]
    assert code == 0
    assert found["plain"] is None
    assert found["predicted_dice"] == 0.75
    assert found["regions"]["1"]["errors"] == pytest.approx(64 / 80)


@pytest.mark.parametrize("fields", [{}, {"labels": Path("l")}, {"labels": Path("l"), "model": Path("m")}])
def test_options_that_name_too_little_are_refused(tmp_path, fields):
    with pytest.raises(InvalidRequest):
        uncertainty.measured(options(tmp_path, **fields))
