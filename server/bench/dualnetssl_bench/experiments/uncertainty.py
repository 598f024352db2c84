"""``bench uncertainty``: how far the maps and the predicted Dice can be trusted, on scans with labels."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dualnetssl.cli.numbers import number
from dualnetssl.cli.terminal import Progress, complain
from dualnetssl.contract.errors import InvalidDataset, InvalidRequest
from dualnetssl.contract.jobdir import write_atomic
from dualnetssl.contract.jobspec import JobCase
from dualnetssl_bench.findings import charts, frame
from dualnetssl_bench.findings.charts import Axis, Panel, Series
from dualnetssl_bench.findings.colours import AFTER, BEFORE
from dualnetssl_bench.findings.frame import Findings
from dualnetssl_bench.servers.find_library import need_library

if TYPE_CHECKING:
    from dualnetssl.prediction.predict import Predictor

_FIGURES = {
    "error_auroc": "AUROC of finding errors",
    "errors_in_top_1_percent": "wrong voxels in the most uncertain 1 %",
    "errors_in_top_2_percent": "wrong voxels in the most uncertain 2 %",
    "attainable": "the most these 2 % can hold if the doubt is true",
    "errors_in_top_5_percent": "wrong voxels in the most uncertain 5 %",
    "ece": "gap between confidence and share of right voxels (ECE)",
    "risk_coverage_area": "area under the risk-coverage curve",
    "error_share": "wrong voxels",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--model", metavar="DIR", type=Path, help="a trained model; maps with and without temperature")
    parser.add_argument("--images", metavar="DIR", type=Path, help="scans for the model")
    parser.add_argument("--predictions", metavar="DIR", type=Path, help="output of predict, instead of a model")
    parser.add_argument("--labels", metavar="DIR", type=Path, help="label files named like the scans")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda:N (default: auto)")
    parser.add_argument(
        "--overlap",
        type=number("--overlap", 0, 0.95),
        default=0.5,
        help="of neighbouring windows, 0 to 0.95 (default: 0.5)",
    )
    parser.add_argument("--skip-invalid", action="store_true", help="go on without files that cannot be used")
    parser.add_argument("--output", metavar="DIR", type=Path, required=True, help="gets table, JSON and picture")
    parser.add_argument("--quick", action="store_true", help="phantoms and a few steps: shows that it runs, no more")


def run(arguments: argparse.Namespace) -> int:
    """Measure every scan that has a label; scans that an interrupted run of the same model did are not done again."""
    need_library()
    rows = measured(arguments)
    frame.conclude(findings(rows), arguments.output)
    return 0


def measured(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Return what `trust.measure` finds of each scan.

    Raises:
        InvalidRequest: neither or both of model and predictions are named, or something that goes with them is missing.
        InvalidDataset: files cannot be used, or no scan has a label.
    """
    if arguments.quick:
        model, cases = quick_model(arguments.output.resolve())
        return judge_model(model, cases, arguments)
    if arguments.labels is None or (arguments.model is None) == (arguments.predictions is None):
        received, allowed = "other options", "--labels with either --model and --images or --predictions; or --quick"
        raise InvalidRequest(received, allowed, "Name the folders.")
    if arguments.predictions is not None:
        return judge_predictions(arguments.predictions, arguments.labels, arguments.skip_invalid)
    if arguments.images is None:
        raise InvalidRequest("--model without --images", "both", "Name the folder of scans.")
    return judge_model(arguments.model, labelled_cases(arguments), arguments)


def quick_model(output: Path) -> tuple[Path, tuple[JobCase, ...]]:
    """Train for a few steps on phantoms; returns the model and the scans kept out."""
    from dualnetssl.contract.jobdir import JobDirectory
    from dualnetssl_bench.experiments.experiments import Experiment, Ground, perform
    from dualnetssl_bench.experiments.protocols import QUICK, gather, quick_data

    material = gather(QUICK, quick_data(output / "phantoms"), output)
    ground = Ground(material, {**QUICK.fields, "steps": QUICK.steps}, output, "cpu")
    experiment = Experiment("default", "default", 0, QUICK.labelled)
    perform(experiment, ground)
    return JobDirectory(ground.folder(experiment) / "training").model_path, material.kept_out


def labelled_cases(arguments: argparse.Namespace) -> tuple[JobCase, ...]:
    """Check scans and labels and return those that have both."""
    from dualnetssl.intake import from_folders

    with Progress("checking files") as progress:
        found = from_folders.take_training(from_folders.Request(arguments.images, arguments.labels), progress.count)
    from_folders.refuse_findings(found.findings, arguments.skip_invalid, complain)
    cases = tuple(case for case in found.cases if case.label is not None)
    if not cases:
        raise InvalidDataset("no scan with a label", "at least one", "Check both folders.")
    return cases


@dataclass(frozen=True)
class _Looks:
    """A model as it is, and as it would be at temperature 1."""

    calibrated: Predictor
    plain: Predictor


def judge_model(model: Path, cases: Sequence[JobCase], arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Predict labelled scans with and without the model's temperature and measure both."""
    from dualnetssl.contract.jobspec import PredictConfig
    from dualnetssl.prediction.predict import load_predictor
    from dualnetssl.worker.jobs import choose_device

    predictor = load_predictor(model, PredictConfig(overlap=arguments.overlap), choose_device(arguments.device))
    plain = replace(predictor, card=predictor.card.model_copy(update={"temperature": 1.0}))
    looks, rows = _Looks(predictor, plain), []
    folder = arguments.output / "cases" / _digest(model, arguments.overlap)
    folder.mkdir(parents=True, exist_ok=True)
    with Progress("measuring") as progress:
        for done, case in enumerate(cases, start=1):
            path = folder / f"{case.case}.json"
            if not path.exists():
                write_atomic(path, json.dumps(_judge(looks, case)).encode())
            rows.append(json.loads(path.read_bytes()))
            progress.count(done, len(cases), case.case)
    return rows


def _digest(model: Path, overlap: float) -> str:
    digest = hashlib.sha256(str(overlap).encode())
    for name in ("models/model.pt", "training.json"):
        digest.update((model / name).read_bytes())
    return digest.hexdigest()[:16]


def _judge(looks: _Looks, case: JobCase) -> dict[str, Any]:
    from dualnetssl.prediction.predict import believe, dice_to_expect
    from dualnetssl.scans.preparation import kji, read_canonical_label
    from dualnetssl_bench.experiments.trust import Judged, measure

    card, path = looks.calibrated.card, Path(case.image)
    beliefs, geometry = believe(looks.calibrated, path)
    plain = beliefs if card.temperature == 1 else believe(looks.plain, path)[0]
    truth = read_canonical_label(case, card.labels)
    values = range(1, len(card.labels) + 1)
    judged = Judged(case.case, beliefs.classes.numpy(), truth, kji(geometry.spacing), values)
    expected = dice_to_expect(beliefs, card.labels, card.quality)["predicted_dice"]
    return measure(judged, beliefs.total.numpy(), plain.total.numpy(), expected)


def judge_predictions(predictions: Path, labels: Path, skip_invalid: bool) -> list[dict[str, Any]]:
    """Measure the maps of a folder as they are; what they were without temperature is not in them."""
    from dualnetssl.cli.evaluate import usable_labels

    usable = usable_labels(predictions, labels, skip_invalid)
    if not usable:
        raise InvalidDataset("no prediction with a label", "labels named like the scans", "Check both folders.")
    rows = []
    with Progress("measuring") as progress:
        for done, row in enumerate(_judged_files(predictions, usable), start=1):
            rows.append(row)
            progress.count(done, len(usable), row["case"])
    return rows


def _judged_files(predictions: Path, usable: dict[str, Path]) -> Iterator[dict[str, Any]]:
    from dualnetssl import volumes
    from dualnetssl.scans.preparation import kji
    from dualnetssl.scores.evaluate import read_predictions
    from dualnetssl_bench.experiments.trust import Judged, measure

    found = read_predictions(predictions)
    values = [label.value for label in found.labels]
    for name, label in usable.items():
        predicted = found.cases[name]
        segmentation, geometry = volumes.read_label(predicted.segmentation)
        judged = Judged(name, segmentation, volumes.read_label(label)[0], kji(geometry.spacing), values)
        total = volumes.read_image(predicted.uncertainty)[0]
        yield measure(judged, total, None, predicted.summary.get("predicted_dice"))


def findings(rows: Sequence[dict[str, Any]]) -> Findings:
    """Lay out the means of all scans."""
    from dualnetssl_bench.experiments.trust import average

    mean = average(rows)
    after, before = mean["calibrated"], mean["plain"] or {}
    cells = [[text, _cell(before.get(key)), _cell(after.get(key))] for key, text in _FIGURES.items()]
    for count, shares in mean["regions"].items():
        text = f"wrong voxels in the first {count} review regions ({_cell(shares['volume'])} of the scan)"
        cells.append([f"{text}; in random ones {_cell(shares['random'])}", "-", _cell(shares["errors"])])
    notes = (
        f"{len(rows)} scans. Mean Dice {_cell(mean['dice'])}, predicted {_cell(mean['predicted_dice'])}, "
        f"rank correlation of both {_cell(mean['dice_rank_correlation'])}.",
    )
    header = ["mean over scans", "temperature 1", "as predicted"]
    return Findings("uncertainty", header, cells, {"mean": mean, "cases": list(rows)}, notes, picture(mean))


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def picture(mean: dict[str, Any]) -> str:
    """Draw reliability above and risk by coverage below, as one SVG document."""
    from dualnetssl_bench.experiments.trust import COVERAGES

    maps = [("temperature 1", mean["plain"], BEFORE), ("as predicted", mean["calibrated"], AFTER)]
    known = [(name, found, colour) for name, found, colour in maps if found]
    reliability = [Series(name, _reliability(found["reliability"]), colour) for name, found, colour in known]
    diagonal = Series("confidence that is true", [(0.5, 0.5), (1.0, 1.0)], BEFORE, dashed=True)
    highest = max((max(found["risk"]) for _, found, _ in known), default=0.0) or 1.0
    risk = [
        Series(name, list(zip(COVERAGES, found["risk"], strict=True)), colour, dashed=name == "temperature 1")
        for name, found, colour in known
    ]
    confidence = Axis("stated confidence", 0.5, 1.0)
    upper = Panel(confidence, Axis("right voxels", 0.0, 1.0), [diagonal, *reliability], "Reliability")
    coverage = Axis("share of the volume, most certain first", COVERAGES[0], 1.0)
    lower = Panel(coverage, Axis("wrong voxels", 0.0, highest), risk, "Risk by coverage")
    return charts.lines([upper, lower], "How far the stated doubt can be trusted")


def _reliability(bins: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    return [(stated / count, right / count) for count, stated, right in bins if count]
