"""What evaluate compares: anybody's predictions with anybody's labels, and which scans a model has learnt from."""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from dualnetssl.cli.terminal import complain
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.files.labelling import Classes, read_segmentation
from dualnetssl.files.layouts import class_file
from dualnetssl.files.listing import list_volumes
from dualnetssl.files.names import case_name, class_called
from dualnetssl.files.reading import label_grid
from dualnetssl.intake import classes, from_folders
from dualnetssl.intake.classes import LabelSet
from dualnetssl.report.record import read_records
from dualnetssl.scores.evaluate import FIGURES, PredictedCase, Predictions, Said, read_predictions, summarise
from dualnetssl.volumes import segment_fields

_TABLE = "predictions.json"


def judged(arguments: argparse.Namespace) -> tuple[Predictions, dict[str, Path], Said]:
    """Return the predictions, the label of each that has one, and what the classes are in both.

    Raises:
        InvalidDataset: a folder or some files cannot be used; each was listed.
        InvalidRequest: the file of classes makes no sense.
    """
    named = classes.named_labels(arguments.classes, class_file(arguments.labels))
    ours = (arguments.predictions / _TABLE).is_file()
    predictions = read_predictions(arguments.predictions) if ours else others_predictions(arguments.predictions)
    plain = Classes({label.name: label.value for label in predictions.labels})
    said = Said(plain, _in_files(named, plain)) if ours else None
    by_stem = {case.stem: name for name, case in predictions.cases.items()}
    files = {stem: predictions.cases[name].segmentation for stem, name in by_stem.items()}
    true = said.true if said else named.in_files if named else None
    truth = from_folders.take_labels(files, arguments.labels, true)
    from_folders.refuse_findings(truth.findings, arguments.skip_invalid, complain)
    from_folders.tell(truth.notes, complain)
    labels = {by_stem[stem]: path for stem, path in truth.files.items()}
    if labels and (alone := sorted(by_stem.keys() - truth.files.keys())):
        complain(
            f"note: {len(alone)} of {len(files)} predictions have no usable label and do not count, such as {alone[0]}"
        )
    if said is not None:
        return predictions, labels, said
    settled = named or _found_classes(predictions, labels)
    return Predictions(settled.labels, predictions.cases), labels, Said(settled.in_files, settled.in_files)


def _in_files(named: LabelSet | None, ours: Classes) -> Classes:
    """Return what our classes are in files of truth that a file of classes describes, by their names."""
    if named is None:
        return ours
    meant = {label.value: class_called(label.name, ours.by_name) for label in named.labels}
    own = {value: ours.by_name[called] for value, called in meant.items() if called is not None}
    if len(set(own.values())) < len(ours.by_name):
        return ours
    values = named.by_value or {label.value: label.value for label in named.labels}
    return Classes(ours.by_name, {value: own.get(wanted_value, wanted_value) for value, wanted_value in values.items()})


def others_predictions(folder: Path) -> Predictions:
    """Return the segmentations of a folder that another program has written."""
    files = list_volumes(folder, "predictions").files
    return Predictions((), {text: PredictedCase(text, path, stem=text) for text, path in files})


def _found_classes(predictions: Predictions, labels: Mapping[str, Path]) -> LabelSet:
    """Return the classes that headers tell, else one for each value of the truth."""
    found: classes.Labels = ()
    for path in labels.values():
        found = classes.joined(found, classes.segment_labels(segment_fields(path)))
    if found:
        return LabelSet(found)
    values: set[int] = set()
    for path in labels.values():
        values |= set(read_segmentation(path, label_grid(path)).label.ravel().tolist())
    return LabelSet(classes.labels_of_values(values - {0, 255}))


def learnt_from(training: Path) -> set[str]:
    """Return the cases whose labels a training has learnt from.

    Raises:
        InvalidRequest: it is not the output of a training.
    """
    try:
        cases = json.loads((training / "job.json").read_bytes())["cases"]
        labelled = {case["case"] for case in cases if case["label"] is not None}
    except (OSError, ValueError, KeyError, TypeError) as error:
        received = f"--training {training}, which holds no job.json of a training"
        raise InvalidRequest(received, "the output folder of train", "Check the folder's name.") from error
    metrics = _measured(training)
    return (labelled - set(metrics.get("validation_cases", ()))) | set(metrics.get("training_cases", ()))


def _measured(training: Path) -> dict[str, Any]:
    """Return what a training says that it kept out, and what the model that it began with had learnt from."""
    try:
        found: dict[str, Any] = json.loads((training / "result.json").read_bytes())["metrics"]
    except (OSError, ValueError, KeyError):
        return {}
    return found


def taught_on_record(predictions: Path) -> set[str] | None:
    """Return the cases whose labels taught the model that predicted, as predict noted; None where it did not."""
    model = read_records(predictions).get("predict", {}).get("model", {})
    taught = model.get("metrics", {}).get("training_cases")
    return None if taught is None else set(taught)


def mark_learnt(found: dict[str, Any], learnt: Collection[str]) -> None:
    """Mark the cases of an evaluation that a model has learnt from, and add the means of both kinds."""
    for row in found["cases"]:
        row["learnt"] = row["case"] in learnt or case_name(row["case"]) in learnt  # another program's go by their files
    for key, wanted in (("learnt", True), ("new", False)):
        rows = [row for row in found["cases"] if row["learnt"] == wanted]
        if rows:
            found[key] = {"cases": len(rows), "mean": summarise(rows, found["labels"])}


def write_csv(found: Mapping[str, Any], path: Path) -> None:
    """Write a row for each case and class; what does not exist is empty."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [(row, name, score) for row in found["cases"] for name, score in row["classes"].items()]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["case", "scan", "class", *FIGURES, "failed", "learnt"])
        for row, name, score in rows:
            figures = [score[figure] for figure in FIGURES]
            writer.writerow([row["case"], row.get("scan"), name, *figures, score["failed"], row.get("learnt")])
