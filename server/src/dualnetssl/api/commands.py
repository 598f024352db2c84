"""Training, prediction and evaluation as functions: what the command line does, without a terminal.

What is noticed in files and stops nothing is warned of.
"""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dualnetssl.bundle.model_card import read_card
from dualnetssl.bundle.portable import Checked, Format, save
from dualnetssl.contract.config import Preset, TrainConfig, resolve
from dualnetssl.contract.errors import InvalidDataset, InvalidRequest, TrainingFailed
from dualnetssl.contract.jobdir import JobDirectory, write_atomic
from dualnetssl.contract.jobspec import JobSpec, PredictConfig
from dualnetssl.contract.schema import Event, JobKind, Problem
from dualnetssl.files.labelling import Classes
from dualnetssl.files.pairing import Finding, Note
from dualnetssl.intake.from_folders import (
    Intake,
    Request,
    check_enough,
    take_images,
    take_labels,
    take_training,
    tell,
    write_joined,
    write_made,
)
from dualnetssl.intake.kind import with_kind
from dualnetssl.intake.made import FOLDER
from dualnetssl.intake.places import check_place
from dualnetssl.prediction.predict import predict_cases
from dualnetssl.report import record
from dualnetssl.report.page import write_report
from dualnetssl.report.truth import add_truth
from dualnetssl.scans.cache import chosen_cache, chosen_folder
from dualnetssl.scores.evaluate import evaluate_predictions, read_predictions
from dualnetssl.volumes.phantoms import Size, write_sample_data
from dualnetssl.worker import process
from dualnetssl.worker.claim import claim
from dualnetssl.worker.jobs import check_order, choose_device
from dualnetssl.worker.timebudget import within

OnEvent = Callable[[Event], object]


def train(
    images: Path | str,
    labels: Path | str | None,
    output: Path | str,
    config: TrainConfig | Mapping[str, Any] | None = None,
    *,
    preset: Preset | None = None,
    labelled: int | Path | str | None = None,
    exclude: int | Path | str | None = None,
    classes: Path | str | None = None,
    only: Sequence[str | int] = (),
    bounds: Path | str | None = None,
    device: str = "auto",
    model: Path | str | None = None,
    minutes: float | None = None,
    callbacks: Sequence[OnEvent] = (),
) -> Path:
    """Train on folders of scans of which a few are labelled; the same call again goes on where it stopped.

    Args:
        images: folder of scans: NIfTI, NRRD, MetaImage or FreeSurfer; or of a whole data set.
        labels: folder of label files; 255 marks voxels that nobody has verified. None: they lie with the scans.
        output: becomes a job directory: checkpoints, events, and the model.
        config: of the training, or fields over a preset; see docs/configuration.md.
        preset: that the fields are laid over: ``default`` (if absent), ``paper`` or ``supervised``.
        labelled: how many labels to use (the first by name), or a file of names; all if absent.
        exclude: the same of scans to keep out (the last by name); none if absent.
        classes: JSON file with the names of the classes; else those of ``labels.json`` beside the labels, if any.
        only: names or values of the classes that are learnt; the others are background. All if empty.
        bounds: JSON file that says between which voxels all structures of a scan lie; see `dualnetssl.intake.bounds`.
        device: ``auto``, ``cpu`` or ``cuda:N``.
        model: folder of a model to start from.
        minutes: choose the steps, and the width unless ``config`` names one, so that the model is there in this time.
        callbacks: each is told of every event as it is written; see docs/formats.md for what events tell.

    Returns:
        The folder of the model, a MONAI bundle.

    Raises:
        InvalidDataset: files cannot be used; the message names each.
        InvalidRequest: no such device, a preset beside another's configuration, bounds, classes or minutes that make no
            sense, or a model to start from that does not fit.
        Conflict: ``output`` holds another training, or this one runs elsewhere.
        TrainingFailed: the training ended without a model.
    """
    begun = time.time()
    made, chosen = Path(output).resolve() / FOLDER, _config(config, preset)
    places = (Path(images), _path(labels), _text(labelled), _text(exclude), _path(classes), _path(bounds), made)
    request = Request(*places, tuple(map(str, only)))
    found = _enough(request)
    spec = _order(found, with_kind(chosen, found.kinds.kind), device, _path(model))
    directory = JobDirectory(Path(output))
    if minutes is not None:
        write_made(found, request)
        width = chosen.width if isinstance(config, TrainConfig) or "width" in (config or {}) else None
        spec = within(spec, minutes, width, directory, _quiet)
    if claim(directory, spec, _quiet, lambda line: warnings.warn(line, stacklevel=4)):
        write_made(found, request)
        _carry_out(directory, callbacks, begun)
    return directory.model_path


def _order(found: Intake, config: TrainConfig, device: str, model: Path | None) -> JobSpec:
    """Write down what is to be done with the scans that were found, and refuse what the worker would."""
    start = str(model.resolve()) if model is not None else None
    order: dict[str, Any] = {"labels": found.labels, "cases": found.cases, "model": start, "device": device}
    spec = JobSpec(kind=JobKind.TRAIN, train=config, prepared=chosen_folder(), **order)
    check_order(spec)
    return spec


def _enough(request: Request) -> Intake:
    """Return scans and labels that will do for a training."""
    found = take_training(request, _quiet)
    _refuse(found.findings)
    _warn(found.notes, above=1)
    check_enough(found)
    write_joined(found)
    return found


def _carry_out(directory: JobDirectory, callbacks: Sequence[OnEvent], begun: float) -> None:
    result = process.run(directory, lambda event: [callback(event) for callback in callbacks])
    if result.problem is not None:
        raise _raised(result.problem)
    record.keep(directory.path, "train", (), begun)
    write_report(directory.path)


def predict(
    model: Path | str,
    images: Path | str,
    output: Path | str,
    *,
    device: str = "auto",
    config: PredictConfig | Mapping[str, Any] | None = None,
    probabilities: bool = False,
) -> dict[str, Any]:
    """Segment a folder of scans, each with two maps of uncertainty.

    Args:
        model: folder of a model.
        images: folder of scans, or one file.
        output: gets three volumes for each scan, and ``predictions.json``.
        device: ``auto``, ``cpu`` or ``cuda:N``.
        config: overlap of windows and memory; the defaults if absent.
        probabilities: whether to write the probability of each class in each voxel, too.

    Returns:
        What ``predictions.json`` holds.

    Raises:
        InvalidDataset: files cannot be used; the message names each.
        InvalidRequest: ``model`` is not a model's folder, or there is no such device.
        Conflict: ``output`` holds scans, or files that would be replaced and that no prediction has left there.
    """
    begun = time.time()
    chosen = config if isinstance(config, PredictConfig) else PredictConfig.model_validate(dict(config or {}))
    with TemporaryDirectory(prefix="dualnetssl-") as scratch:
        found = take_images(Path(images), read_card(Path(model)).recipe.channels, _quiet, Path(scratch))
        _refuse(found.findings)
        _warn(found.notes)
        check_place(Path(output), found.scans)
        write_joined(found)
        chip = choose_device(device)
        order = Path(model), found.cases, Path(output), chosen, chip
        table = predict_cases(*order, probabilities=probabilities, cache=chosen_cache())
    record.keep(Path(output), "predict", (), begun, model=record.of_model(Path(model)))
    write_report(Path(output))
    return table


def evaluate(predictions: Path | str, labels: Path | str) -> dict[str, Any]:
    """Compare what `predict` has written with labels.

    The figures are also kept in the folder, as ``evaluation.json`` and in its report.

    Args:
        predictions: folder that `predict` has written.
        labels: folder of label files named like the scans.

    Returns:
        ``labels``, ``cases`` and ``mean``: see `scores.evaluate.evaluate_predictions`.

    Raises:
        InvalidDataset: files cannot be used, or no prediction has a label.
    """
    begun, folder = time.time(), Path(predictions)
    predicted = read_predictions(folder)
    truth = take_labels({name: case.segmentation for name, case in predicted.cases.items()}, Path(labels))
    _refuse(truth.findings)
    _warn(truth.notes)
    found = evaluate_predictions(folder, truth.files)
    write_atomic(folder / "evaluation.json", json.dumps(found, indent=1).encode())
    add_truth(predicted, truth.files, Classes({label.name: label.value for label in predicted.labels}))
    record.keep(folder, "evaluate", (), begun)
    write_report(folder)
    return found


def export(model: Path | str, output: Path | str, form: Format) -> Checked:
    """Write a model as one file that other programs run, and compare what it computes with PyTorch voxel by voxel.

    Args:
        model: folder of a model.
        output: the file; ``output.json`` beside it describes it.
        form: ``onnx`` (which needs ``pip install onnx onnxscript onnxruntime``) or ``torchscript``.

    Returns:
        How far the file differs.

    Raises:
        InvalidRequest: ``model`` is not a model's folder, or something has to be installed.
        TrainingFailed: the file does not compute what PyTorch does.
    """
    return save(Path(model), Path(output), form)


def sample_data(folder: Path | str, cases: int = 10, seed: int = 0, size: Size = "standard") -> None:
    """Write phantom scans with their truth: ``images``, ``labels`` and ``labels.json``; the same for the same seed.

    Args:
        folder: made if need be; files of the same names are replaced.
        cases: how many scans.
        seed: everything random follows from it.
        size: ``standard`` is about 64 x 64 x 40 voxels, ``small`` an eighth of that.
    """
    write_sample_data(Path(folder), cases, seed, size)


def _path(place: Path | str | None) -> Path | None:
    return None if place is None else Path(place)


def _text(choice: int | Path | str | None) -> str | None:
    return None if choice is None else str(choice)


def _config(config: TrainConfig | Mapping[str, Any] | None, preset: Preset | None) -> TrainConfig:
    if not isinstance(config, TrainConfig):
        return resolve(dict(config or {}) | ({} if preset is None else {"preset": preset}))
    if preset is not None and preset != config.preset:
        received = f"preset={preset!r} beside a whole configuration of the preset {config.preset!r}"
        raise InvalidRequest(received, "either of them", "Leave out preset, or give the fields as a dictionary.")
    return config


def _refuse(findings: tuple[Finding, ...]) -> None:
    if findings:
        received = "\n".join(["files that cannot be used:", *map(str, findings)])
        raise InvalidDataset(received, "folders in which every volume can be used", "Correct them, or take them out.")


def _warn(notes: Sequence[Note], above: int = 0) -> None:
    """Warn, where the function of this module was called, of what was noticed in files."""
    tell(notes, lambda line: warnings.warn(line, stacklevel=5 + above))


def _raised(problem: Problem) -> TrainingFailed:
    said = (problem.received or problem.title, problem.allowed or "", problem.remedy or "")
    return TrainingFailed(*said)


def _quiet(*news: object) -> None:
    """Tell nobody."""
