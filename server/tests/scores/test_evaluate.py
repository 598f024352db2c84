"""Evaluation of a folder of predictions, from files to figures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dualnetssl import volumes
from dualnetssl.contract.errors import GeometryMismatch, InvalidDataset
from dualnetssl.contract.schema import Geometry, LabelDefinition
from dualnetssl.scores.evaluate import evaluate_predictions, summarise

LABELS = (LabelDefinition(value=1, name="liver"), LabelDefinition(value=4, name="kidney"))
GRID = Geometry(size=(10, 9, 8), spacing=(0.5, 1.0, 2.0), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))


def organ(value: int, k: slice) -> np.ndarray:
    array = np.zeros(GRID.size[::-1], np.uint8)
    array[k, 2:6, 2:6] = value
    return array


def predict(folder: Path, cases: dict[str, np.ndarray], predicted_dice: dict[str, float]) -> Path:
    folder.mkdir()
    rows = []
    for name, array in cases.items():
        files = {part: f"{name}.{part}.nrrd" for part in ("seg", "uncertainty", "disagreement")}
        volumes.write_segmentation(folder / files["seg"], array, GRID, LABELS)
        doubt = np.full(array.shape, 0.1, np.float32)
        doubt[4:6] = 0.9
        volumes.write_volume(folder / files["uncertainty"], doubt, GRID)
        volumes.write_volume(folder / files["disagreement"], 1 - doubt, GRID)
        parts = {"segmentation": files["seg"], "uncertainty": files["uncertainty"]}
        summary = {"predicted_dice": predicted_dice.get(name)}
        rows.append({"case": name, **parts, "disagreement": files["disagreement"], "summary": summary})
    table = {"model": None, "labels": [label.model_dump() for label in LABELS], "cases": rows}
    (folder / "predictions.json").write_text(json.dumps(table))
    return folder


def write_labels(folder: Path, cases: dict[str, np.ndarray], grid: Geometry = GRID) -> dict[str, Path]:
    folder.mkdir()
    for name, array in cases.items():
        volumes.write_volume(folder / f"{name}.nrrd", array, grid)
    return {name: folder / f"{name}.nrrd" for name in cases}


def test_cases_with_both_are_compared_in_millimetres(tmp_path):
    truth = {"a": organ(1, slice(2, 4)), "b": organ(4, slice(2, 4)), "unpredicted": organ(1, slice(1, 2))}
    guess = {"a": organ(1, slice(2, 5)), "b": organ(1, slice(2, 4)), "unlabelled": organ(1, slice(1, 2))}
    folder = predict(tmp_path / "p", guess, {"a": 0.8, "b": 0.2})
    found = evaluate_predictions(folder, write_labels(tmp_path / "l", truth))
    assert [row["case"] for row in found["cases"]] == ["a", "b"]
    liver = found["cases"][0]["classes"]["liver"]
    assert liver["dice"] == pytest.approx(0.8)
    assert liver["jaccard"] == pytest.approx(2 / 3)
    assert liver["hd95_mm"] == 2.0
    assert found["cases"][0]["classes"]["kidney"] == dict.fromkeys(liver, None) | {"failed": False}
    assert found["cases"][1]["dice"] == 0
    assert found["cases"][1]["classes"]["kidney"]["failed"]
    assert json.loads(json.dumps(found)) == found


def test_means_leave_out_what_does_not_exist_and_count_failures(tmp_path):
    truth = {"a": organ(1, slice(2, 4)), "b": organ(4, slice(2, 4))}
    guess = {"a": organ(1, slice(2, 4)), "b": organ(1, slice(2, 4))}
    folder = predict(tmp_path / "p", guess, {})
    mean = evaluate_predictions(folder, write_labels(tmp_path / "l", truth))["mean"]
    assert mean["classes"]["liver"] | {"cases": 2, "failures": 1} == mean["classes"]["liver"]
    assert mean["classes"]["liver"]["dice"] == 0.5
    assert mean["classes"]["liver"]["hd95_mm"] == 0
    assert mean["classes"]["kidney"] == dict.fromkeys(("dice", "jaccard"), 0.0) | {
        "hd95_mm": None,
        "assd_mm": None,
        "cases": 1,
        "failures": 1,
    }
    assert mean["dice"] == 0.25


def test_uncertainty_is_held_against_errors_and_255_takes_no_part(tmp_path):
    guess = {"a": organ(1, slice(2, 6))}
    truth = {"a": organ(1, slice(2, 4))}
    truth["a"][0] = 255
    guess["a"][0] = 1
    found = evaluate_predictions(predict(tmp_path / "p", guess, {}), write_labels(tmp_path / "l", truth))
    figures = found["cases"][0]["uncertainty"]
    assert found["cases"][0]["classes"]["liver"]["dice"] == pytest.approx(2 * 2 / 6)
    assert figures["error_share"] == pytest.approx(2 * 16 / (7 * 90))
    assert figures["error_auroc"] > 0.85
    assert figures["disagreement_error_auroc"] == pytest.approx(1 - figures["error_auroc"])
    assert found["mean"]["uncertainty"]["error_auroc"] == figures["error_auroc"]


def test_predicted_dice_is_ranked_against_the_true_one():
    rows = [
        {"classes": {}, "dice": dice, "predicted_dice": guess, "uncertainty": {}}
        for dice, guess in [(0.1, 0.2), (0.5, 0.6), (0.9, 0.7), (None, 0.1)]
    ]
    assert summarise(rows, [])["uncertainty"]["predicted_dice_rank_correlation"] == pytest.approx(1)


def test_a_label_of_another_grid_is_refused(tmp_path):
    folder = predict(tmp_path / "p", {"a": organ(1, slice(2, 4))}, {})
    shifted = GRID.model_copy(update={"spacing": (0.5, 1.0, 2.5)})
    labels = write_labels(tmp_path / "l", {"a": organ(1, slice(2, 4))}, shifted)
    with pytest.raises(GeometryMismatch, match="spacing"):
        evaluate_predictions(folder, labels)


def test_nothing_to_compare_is_said(tmp_path):
    folder = predict(tmp_path / "p", {"a": organ(1, slice(2, 4))}, {})
    with pytest.raises(InvalidDataset, match="1 predictions, of 'a' for instance, none of which has a label"):
        evaluate_predictions(folder, {"b": tmp_path / "b.nrrd"})
    with pytest.raises(InvalidDataset, match=r"without a readable predictions\.json"):
        evaluate_predictions(tmp_path, {})
    (folder / "predictions.json").write_text('{"labels": []}')
    with pytest.raises(InvalidDataset, match=r"without a readable predictions\.json"):
        evaluate_predictions(folder, {})
