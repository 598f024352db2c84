"""From the folders that ``train``, ``predict`` and ``evaluate`` leave to what a report tells."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dualnetssl.bundle.model_card import ModelCard, read_card
from dualnetssl.contract.config import AS_STORED, TrainConfig, resolve
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.jobspec import JobSpec
from dualnetssl.contract.schema import JobKind, LabelDefinition
from dualnetssl.report.facts import KEPT_OUT, LEARNT, NEW, UNLABELLED, Case, Facts, Rows, Training
from dualnetssl.report.record import read_records

TABLE, EVALUATION = "predictions.json", "evaluation.json"
_PREDICTIONS = "predictions"


def gather(folder: Path) -> Facts:
    """Return what is to be told of a folder: of a training, of predictions, or of a training with predictions inside.

    Raises:
        InvalidRequest: the folder has neither.
    """
    inside = folder if (folder / TABLE).is_file() else folder / _PREDICTIONS
    records = {**read_records(folder), **read_records(inside)}
    table = _json(inside / TABLE)
    training = _training(folder) or _training_of(records)
    if training is None and not table:
        received = f"the folder {folder}, which holds neither a training nor predictions"
        raise InvalidRequest(received, "the --output of train or of predict", "Name such a folder.")
    labels, roles = _labels(folder, table), training.roles if training else {}
    evaluation = _json(inside / EVALUATION)
    cases = _cases(inside, table, evaluation, roles)
    reliability = _reliability(training, evaluation, roles)
    return Facts(folder.resolve().name, labels, training, cases, reliability, records, _left(cases))


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _training(folder: Path) -> Training | None:
    """Return the training whose output a folder is, if it is that of one."""
    directory = JobDirectory(folder)
    try:
        spec = directory.read_spec()
    except (OSError, ValueError):
        return None
    if spec.kind is not JobKind.TRAIN or spec.train is None:
        return None
    events = [event.model_dump() for event in directory.read_events()]
    device = next((event["device"] for event in reversed(events) if event["kind"] == "started"), spec.device)
    card = _card(directory.model_path)
    metrics = card.metrics if card else {}
    return Training(
        _roles(spec, metrics, events), spec.train.model_dump(mode="json"), chosen(spec.train), device, events, metrics,
        card.parent if card else None,
    )  # fmt: skip


def _card(folder: Path) -> ModelCard | None:
    try:
        return read_card(folder)
    except InvalidRequest:
        return None


def _roles(spec: JobSpec, metrics: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    told = next((event.get("held_out", ()) for event in reversed(events) if event["kind"] == "data"), ())
    held_out = set(metrics.get("validation_cases", told))
    roles = {case.case: UNLABELLED if case.label is None else LEARNT for case in spec.cases}
    return {**roles, **dict.fromkeys(metrics.get("training_cases", ()), LEARNT), **dict.fromkeys(held_out, KEPT_OUT)}


def _training_of(records: Mapping[str, Mapping[str, Any]]) -> Training | None:
    """Return the training of the model that predicted, as far as its folder is still there, or by what was noted."""
    model = records.get("predict", {}).get("model")
    if not isinstance(model, dict):
        return None
    found = _training(Path(str(model["path"])).parent)
    card = _card(Path(str(model["path"])))
    if found is not None and card is not None and card.metrics == model["metrics"]:
        return found
    metrics = model["metrics"]
    roles = dict.fromkeys(metrics.get("training_cases", ()), LEARNT)
    roles |= dict.fromkeys(metrics.get("validation_cases", ()), KEPT_OUT)
    known = {name: value for name, value in model["config"].items() if name in TrainConfig.model_fields}
    config = TrainConfig.model_validate(known, context=AS_STORED)
    return Training(roles, known, chosen(config), "", (), metrics, model.get("parent"))


def chosen(config: TrainConfig) -> dict[str, Any]:
    """Return the fields of a configuration that differ from those of its preset, as JSON has them.

    Example:
        >>> chosen(resolve({"preset": "paper", "steps": 10}))
        {'steps': 10}
    """
    own, usual = config.model_dump(mode="json"), resolve({"preset": config.preset}).model_dump(mode="json")
    return {name: value for name, value in own.items() if value != usual.get(name)}


def _labels(folder: Path, table: Mapping[str, Any]) -> tuple[LabelDefinition, ...]:
    if table:
        return tuple(LabelDefinition.model_validate(label) for label in table["labels"])
    return JobDirectory(folder).read_spec().labels


def _cases(
    folder: Path, table: Mapping[str, Any], evaluation: Mapping[str, Any], roles: Mapping[str, str]
) -> tuple[Case, ...]:
    truths = {row["case"]: row for row in evaluation.get("cases", ())}
    found = [
        Case(
            str(row.get("stem", row["case"])),
            roles.get(row["case"], NEW),
            row.get("summary", {}),
            truths.get(row["case"], {}),
            _sheet(folder, row),
        )
        for row in table.get("cases", ())
    ]
    return tuple(sorted(found, key=lambda case: case.badness, reverse=True))


def _sheet(folder: Path, row: Mapping[str, Any]) -> Path | None:
    path = folder / Path(str(row.get("sheet", ""))).name
    return path if path.is_file() else None


def _reliability(training: Training | None, evaluation: Mapping[str, Any], roles: Mapping[str, str]) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    told = training.metrics.get("reliability") if training else None
    if told and told.get("uncertainty"):
        kind = "kept out" if told["held_out"] else "the model learnt from"
        found[f"calibration: {told['scans']} scans {kind}"] = told["uncertainty"]
    apart = {True: "evaluation: scans learnt from", False: "evaluation: other scans"}
    for learnt, name in apart.items():
        rows = [row["reliability"] for row in evaluation.get("cases", ()) if row.get("reliability")
                and (roles.get(row["case"]) == LEARNT) == learnt]  # fmt: skip
        if rows:
            found[name] = summed(rows)
    return found


def summed(tables: Sequence[Rows]) -> list[list[float]]:
    """Add up tables of the same bins.

    Example:
        >>> summed([[[0, 0.5, 10, 1], [0.5, 1, 4, 2]], [[0, 0.5, 20, 0], [0.5, 1, 0, 0]]])
        [[0, 0.5, 30, 1], [0.5, 1, 4, 2]]
    """
    return [
        [bins[0][0], bins[0][1], sum(row[2] for row in bins), sum(row[3] for row in bins)]
        for bins in zip(*tables, strict=True)
    ]


def _left(cases: Sequence[Case]) -> tuple[str, ...]:
    bare = [case.name for case in cases if case.sheet is None]
    return (f"{len(bare)} scans without pictures: predict them again with --overwrite.",) if bare else ()
