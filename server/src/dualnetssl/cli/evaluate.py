"""``evaluate``: compare a folder of predictions with labels."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from dualnetssl.cli.machine import Tell, add_json, told
from dualnetssl.cli.terminal import Progress, complain, table

_COLUMNS = ("dice", "jaccard", "hd95_mm", "assd_mm")
_HEADER = ["scan", "class", "Dice", "Jaccard", "HD95 mm", "ASSD mm"]
_APART = {"learnt": "Scans whose labels the model learnt from", "new": "Scans whose labels it has not seen"}
_UNCERTAINTY = {
    "error_auroc": "Chance that a wrong voxel is more uncertain than a right one (AUROC)",
    "disagreement_error_auroc": "The same for the disagreement of the two networks",
    "errors_in_top_1_percent": "Share of wrong voxels in the most uncertain 1 % of the volume",
    "errors_in_top_2_percent": "Share of wrong voxels in the most uncertain 2 %",
    "errors_in_top_5_percent": "Share of wrong voxels in the most uncertain 5 %",
    "ece": "Gap between stated confidence and share of right voxels (ECE)",
    "risk_coverage_area": "Area under the risk-coverage curve (lower is better)",
    "predicted_dice_rank_correlation": "Rank correlation of predicted and true Dice",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--predictions",
        metavar="DIR",
        type=Path,
        required=True,
        help="output of predict, or of any program",
    )
    parser.add_argument("--labels", metavar="DIR", type=Path, required=True, help="label files named like the scans")
    parser.add_argument("--classes", metavar="FILE", type=Path, help="JSON with the names of the classes")
    parser.add_argument(
        "--training", metavar="DIR", type=Path, help="output of train: scans that it learnt from are marked"
    )
    parser.add_argument("--output", metavar="FILE", type=Path, help="JSON (default: evaluation.json in DIR)")
    parser.add_argument("--csv", metavar="FILE", type=Path, help="the table, a row for each case and class")
    parser.add_argument("--skip-invalid", action="store_true", help="go on without labels that cannot be used")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate all cases that have both, print a table and write JSON."""
    with told(arguments.json) as tell:
        return _run(arguments, tell)


def _run(arguments: argparse.Namespace, tell: Tell) -> int:
    from dualnetssl.cli.judged import judged, learnt_from, mark_learnt, taught_on_record, write_csv
    from dualnetssl.cli.reports import leave
    from dualnetssl.cli.summary import took
    from dualnetssl.contract.jobdir import write_atomic
    from dualnetssl.report.truth import add_truth

    predictions, labels, said = judged(arguments)
    from dualnetssl.scores.evaluate import evaluate_all

    with Progress("evaluating") as progress:
        found = evaluate_all(predictions, labels, progress.count, said)
    taught = (
        learnt_from(arguments.training) if arguments.training is not None else taught_on_record(arguments.predictions)
    )
    if taught is not None:
        mark_learnt(found, taught)
    print(describe(found))
    output = arguments.output or arguments.predictions / "evaluation.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(output, json.dumps(found, indent=1).encode())
    print(f"All figures are in {output}.")
    if arguments.csv is not None:
        write_csv(found, arguments.csv)
        print(f"The table is in {arguments.csv}.")
    if (arguments.predictions / "predictions.json").is_file():
        add_truth(predictions, labels, said.true)
        record, report = leave(arguments.predictions, "evaluate", arguments)
        print(f"{took(record)}\nThe report is {report}: open it in a browser.")
    tell({"kind": "result", **found})
    return 0


def usable_labels(predictions: Path, labels: Path, skip_invalid: bool) -> dict[str, Path]:
    """Check the label file of every predicted case and return those that can be used.

    Raises:
        InvalidDataset: a folder or some files cannot be used; each was listed.
    """
    from dualnetssl.intake.from_folders import refuse_findings, take_labels, tell
    from dualnetssl.scores.evaluate import read_predictions

    predicted = read_predictions(predictions).cases
    truth = take_labels({name: case.segmentation for name, case in predicted.items()}, labels)
    refuse_findings(truth.findings, skip_invalid, complain)
    tell(truth.notes, complain)
    return dict(truth.files)


def describe(found: dict[str, Any]) -> str:
    """Lay out the figures for people."""
    rows = [row_of(case["scan"], name, case["classes"][name]) for case in found["cases"] for name in found["labels"]]
    mean = found["mean"]
    means = [row_of("mean", name, mean["classes"][name]) for name in found["labels"]]
    spread = [row_of("deviation", name, mean["deviation"][name]) for name in found["labels"]]
    lines = [table(_HEADER, [*rows, *means, *spread, row_of("mean", "all", mean)]), ""]
    for key, text in _APART.items():
        if key in found:
            dice = found[key]["mean"]["dice"]
            lines.append(f"{text} ({found[key]['cases']}): mean Dice {'-' if dice is None else f'{dice:.3f}'}.")
    failures = {name: score["failures"] for name, score in mean["classes"].items() if score["failures"]}
    lines += [f"{name}: found in only one of prediction and label in {n} cases." for name, n in failures.items()]
    figures = mean["uncertainty"]
    lines += [f"{text}: {figures[key]:.4f}" for key, text in _UNCERTAINTY.items() if figures.get(key) is not None]
    return "\n".join(lines)


def row_of(case: str, name: str, score: dict[str, Any]) -> list[str]:
    """Return one line of the table; what does not exist is a dash, a failure says so.

    Example:
        >>> row_of("a", "liver", {"dice": 0.0, "jaccard": 0.0, "hd95_mm": None, "assd_mm": None, "failed": True})
        ['a', 'liver', '0.000', '0.000', 'failed', 'failed']
    """
    missing = "failed" if score.get("failed") else "-"
    cells = [missing if score[column] is None else f"{score[column]:.{_digits(column)}f}" for column in _COLUMNS]
    return [case, name, *cells]


def _digits(column: str) -> int:
    return 2 if column.endswith("_mm") else 3
