"""Predictions against labels: every case, every class, and how far the uncertainty can be trusted."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dualnetssl import volumes
from dualnetssl.contract.errors import InvalidDataset
from dualnetssl.contract.schema import IGNORED, LabelDefinition
from dualnetssl.files.labelling import Classes, read_segmentation
from dualnetssl.files.reading import label_grid
from dualnetssl.scores import metrics

FIGURES = ("dice", "jaccard", "hd95_mm", "assd_mm")


@dataclass(frozen=True)
class PredictedCase:
    """The files and the summary of one predicted case; another program's has a segmentation alone.

    ``stem`` is what the scan's file is called.
    """

    case: str
    segmentation: Path
    uncertainty: Path = Path()
    disagreement: Path = Path()
    summary: dict[str, Any] = field(default_factory=dict)
    stem: str = ""

    @property
    def has_maps(self) -> bool:
        """Whether there are maps of uncertainty and of disagreement."""
        return Path() not in (self.uncertainty, self.disagreement)


@dataclass(frozen=True)
class Predictions:
    """A folder of predictions as its ``predictions.json`` describes it."""

    labels: tuple[LabelDefinition, ...]
    cases: dict[str, PredictedCase]


@dataclass(frozen=True)
class Said:
    """What the classes are in the files of predictions, and in those of the truth."""

    predicted: Classes
    true: Classes


def read_predictions(folder: Path) -> Predictions:
    """Read what a folder of predictions holds.

    Raises:
        InvalidDataset: there is no readable ``predictions.json``.
    """
    try:
        table = json.loads((folder / "predictions.json").read_bytes())
        labels = tuple(LabelDefinition.model_validate(label) for label in table["labels"])
        cases = {row["case"]: _predicted(folder, row) for row in table["cases"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidDataset(
            f"the folder {folder.name!r} without a readable predictions.json",
            "a folder that predict has written",
            "Run predict first and name its output folder.",
        ) from error
    return Predictions(labels, cases)


def _predicted(folder: Path, row: dict[str, Any]) -> PredictedCase:
    segmentation, uncertainty, disagreement = (
        folder / Path(row[part]).name for part in ("segmentation", "uncertainty", "disagreement")
    )
    stem = str(row.get("stem", row["case"]))
    return PredictedCase(row["case"], segmentation, uncertainty, disagreement, dict(row["summary"]), stem)


def evaluate_predictions(
    folder: Path, labels: Mapping[str, Path], on_case: Callable[[int, int], object] = lambda done, total: None
) -> dict[str, Any]:
    """Evaluate every case that has both a prediction and a label.

    Args:
        folder: a folder that predict has written.
        labels: label file of each case by name; more than were predicted does no harm.
        on_case: told after each case how many of how many are done.

    Returns:
        ``labels`` (names), ``cases`` (see `evaluate_case`) and ``mean`` (see `summarise`), fit for JSON.

    Raises:
        InvalidDataset: no predictions, or none of a case with a label.
        GeometryMismatch: a label does not lie on its prediction.
        InvalidVolume: a file cannot be read.
    """
    return evaluate_all(read_predictions(folder), labels, on_case)


def evaluate_all(
    predictions: Predictions,
    labels: Mapping[str, Path],
    on_case: Callable[[int, int], object] = lambda done, total: None,
    said: Said | None = None,
) -> dict[str, Any]:
    """Evaluate every case that has both a prediction and a label; see `evaluate_predictions`.

    Args:
        predictions: of any program.
        labels: label file of each case by name.
        on_case: told after each case how many of how many are done.
        said: what the classes are in files, where that is something else than the label set's values.

    Raises:
        InvalidDataset: no prediction has a label.
        GeometryMismatch: a label does not lie on its prediction.
        InvalidVolume: a file cannot be read.
        InvalidLabelValue: a file has segments that overlap, or that are none of the classes.
    """
    common = [name for name in predictions.cases if name in labels]
    if not common:
        called = f", of {next(iter(predictions.cases))!r} for instance" if predictions.cases else ""
        received = f"{len(predictions.cases)} predictions{called}, none of which has a label"
        raise InvalidDataset(received, "labels named like the predicted scans", "Check both folders.")
    plain = Classes({label.name: label.value for label in predictions.labels})
    said = said or Said(plain, plain)
    rows = []
    for done, name in enumerate(common, start=1):
        rows.append(evaluate_case(predictions.cases[name], labels[name], predictions.labels, said))
        on_case(done, len(common))
    names = [label.name for label in predictions.labels]
    return {"labels": names, "cases": rows, "mean": summarise(rows, names)}


def evaluate_case(
    predicted: PredictedCase, label: Path, labels: Sequence[LabelDefinition], said: Said
) -> dict[str, Any]:
    """Evaluate one case; segments of either file count by their names.

    Returns:
        ``case``; ``scan``: what its file is called; ``classes``: for each class its `metrics.ClassScore`; ``dice``:
        mean over the classes that occur in prediction or truth, None if none does; ``predicted_dice``; ``uncertainty``:
        see `metrics.uncertainty_figures`, with ``disagreement_error_auroc`` beside; ``reliability``: see
        `metrics.reliability`, empty without a map.

    Raises:
        GeometryMismatch: the label does not lie on the prediction.
        InvalidVolume: a file cannot be read.
    """
    grid = max(label_grid(predicted.segmentation), label_grid(label), key=lambda grid: math.prod(grid.size))
    segmentation = read_segmentation(predicted.segmentation, grid, said.predicted).label
    truth = read_segmentation(label, grid, said.true).label
    i, j, k = grid.spacing
    scores = metrics.score_classes(segmentation, truth, (k, j, i), [label.value for label in labels])
    return {
        "case": predicted.case,
        "scan": predicted.stem or predicted.case,
        "classes": {label.name: asdict(scores[label.value]) for label in labels},
        "dice": mean_of(score.dice for score in scores.values()),
        "predicted_dice": predicted.summary.get("predicted_dice"),
        **_uncertainty(predicted, segmentation, truth, len(labels) + 1),
    }


def _uncertainty(
    predicted: PredictedCase, segmentation: metrics.Labels, truth: metrics.Labels, classes: int
) -> dict[str, Any]:
    if not predicted.has_maps:
        return {"uncertainty": {}, "reliability": []}
    known = truth != IGNORED
    wrong = (segmentation != truth)[known]
    total = volumes.read_image(predicted.uncertainty)[0][known]
    apart = volumes.read_image(predicted.disagreement)[0][known]
    figures = metrics.uncertainty_figures(total, wrong, classes)
    auroc = metrics.uncertainty_figures(apart, wrong, classes).get("error_auroc")
    return {
        "uncertainty": {**figures, "disagreement_error_auroc": auroc},
        "reliability": metrics.reliability(total, wrong),
    }


def mean_of(values: Iterable[float | None]) -> float | None:
    """Return the mean of the values that exist, None without any.

    Example:
        >>> mean_of([0.5, None, 1.0]), mean_of([None])
        (0.75, None)
    """
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def deviation_of(values: Iterable[float | None]) -> float | None:
    """Return the standard deviation of the values that exist, None of fewer than two.

    Example:
        >>> deviation_of([0.5, None, 1.0]), deviation_of([0.5])
        (0.3535533905932738, None)
    """
    known = [value for value in values if value is not None]
    return float(np.std(known, ddof=1)) if len(known) > 1 else None


def summarise(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> dict[str, Any]:
    """Average over cases.

    A class that is in neither volume of a case does not count; a failure counts as Dice 0 and, having no distance, is
    left out of the mean distances and counted under ``failures``.

    Returns:
        ``classes``: for each the mean figures, ``cases`` and ``failures``; ``dice``, ``jaccard``, ``hd95_mm`` and
        ``assd_mm``: means of the classes' means; ``deviation``: of each class over the cases; ``uncertainty``: mean
        figures, and under ``predicted_dice_rank_correlation`` how well predicted Dice ranks the cases.
    """
    classes = {name: _class_mean([row["classes"][name] for row in rows]) for name in names}
    keys = list(dict.fromkeys(key for row in rows for key in row["uncertainty"]))
    uncertainty = {key: mean_of(row["uncertainty"].get(key) for row in rows) for key in keys}
    pairs = [(row["predicted_dice"], row["dice"]) for row in rows if None not in (row["predicted_dice"], row["dice"])]
    correlation = metrics.rank_correlation([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    return {
        "classes": classes,
        **{figure: mean_of(scores[figure] for scores in classes.values()) for figure in FIGURES},
        "deviation": {name: _deviations([row["classes"][name] for row in rows]) for name in names},
        "uncertainty": {**uncertainty, "predicted_dice_rank_correlation": correlation},
    }


def _deviations(scores: Sequence[dict[str, Any]]) -> dict[str, float | None]:
    return {figure: deviation_of(score[figure] for score in scores) for figure in FIGURES}


def _class_mean(scores: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        **{figure: mean_of(score[figure] for score in scores) for figure in FIGURES},
        "cases": sum(score["dice"] is not None for score in scores),
        "failures": sum(score["failed"] for score in scores),
    }
