"""The three kinds of job, each from a job directory to its result."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Generator

from dualnetssl.bundle import export
from dualnetssl.bundle.model_card import ModelCard, read_card
from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.errors import (
    InvalidDataset,
    InvalidRequest,
    OutOfMemory,
    ProblemError,
    TrainingFailed,
    disk_full,
)
from dualnetssl.contract.jobdir import JobDirectory, JobResult
from dualnetssl.contract.jobspec import JobCase, JobSpec
from dualnetssl.contract.schema import JobKind, LabelDefinition, problem_of
from dualnetssl.contract.seals import PREDICTED, write_seals
from dualnetssl.method.model import DualModel, build_optimizers
from dualnetssl.method.networks import Level, plan_levels
from dualnetssl.method.pooling import ALONE
from dualnetssl.prediction.calibration import calibrate
from dualnetssl.prediction.footprint import Budget, free_bytes
from dualnetssl.prediction.predict import Predictor, predict_cases
from dualnetssl.scans.batches import Pools, class_shares, sort_into_pools, where_organs_end
from dualnetssl.scans.cache import PreparedCache
from dualnetssl.scans.cases import sights_of
from dualnetssl.scans.finer import settle_grid, voxels_of
from dualnetssl.scans.preparation import Recipe, Sight, TrainingGrid, choose_grid, choose_recipe, look_at, probe_image
from dualnetssl.scans.sampling import PatchReader, PreparedCase
from dualnetssl.scans.vanishing import in_words
from dualnetssl.volumes import canonical_geometry
from dualnetssl.worker import autotune, checkpoint, memory
from dualnetssl.worker.checkpoint import TrainState
from dualnetssl.worker.loop import Report, Run, train
from dualnetssl.worker.memory import Load
from dualnetssl.worker.preparing import Count, Wanted, prepare_all
from dualnetssl.worker.ranks import SOLO, RankLost, Seat, Team, join
from dualnetssl.worker.trial import try_out
from dualnetssl.worker.validation import DiceOf, Past, hold_out, validate

_LOG = logging.getLogger(__name__)
_CALIBRATION_OVERLAP = 0.25
_WARM_RATE = 0.4
_SEEDS_APART = 1_000_003
_ONLY = Seat()

_NAMED = 5
"""Scans that are left out and named; of others their number is told."""
Look = Callable[[JobCase, Sequence[LabelDefinition]], Sequence[Sight]]


def perform(directory: JobDirectory, report: Report, seat: Seat = _ONLY) -> JobResult:
    """Do the job and return its outcome; an error becomes a failed result that says what to do.

    Args:
        directory: the job's.
        report: told of every event.
        seat: of this process, where several do a training together.

    Raises:
        RankLost: another process of them is gone; there is no outcome yet.
    """
    try:
        torch.set_flush_denormal(True)
        spec = directory.read_spec()
        device = choose_device(spec.device, seat.local)
        report("started", attempt=_attempt(directory), device=str(device), kind_of_job=spec.kind.value)
        _tell_left_out(spec.left_out, report)
        if spec.kind is JobKind.TRAIN:
            return _train(directory, spec, device, report, seat)
        return _KINDS[spec.kind](directory, spec, device, report)
    except RankLost:
        raise
    except (torch.OutOfMemoryError, MemoryError):
        _LOG.exception("out of memory")
        error: ProblemError = OutOfMemory(
            "networks and patches that need more memory than the device has free",
            "what fits the device",
            "Train with a smaller width, or on a device with more memory.",
        )
    except ProblemError as problem:
        _LOG.exception("the job failed")
        error = problem
    except Exception as unforeseen:
        _LOG.exception("the job failed")
        error = disk_full(unforeseen) or TrainingFailed(
            "an error that nobody foresaw", "a job that runs", "See worker.log in the job's folder and report it."
        )
    return JobResult(outcome="failed", problem=problem_of(error))


def _tell_left_out(names: Sequence[str], report: Report) -> None:
    if names:
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        told = f"{', '.join(names[:_NAMED])}{more}"
        report("warning", message=f"left out, as their values a voxel are more or fewer than this job takes: {told}")


def _attempt(directory: JobDirectory) -> int:
    return 1 + sum(event.kind == "started" for event in directory.read_events())


def choose_device(wanted: str, local: int = 0) -> torch.device:
    """Return the device of that name; ``auto`` takes a GPU where there is one.

    Args:
        wanted: its name.
        local: which of the GPUs ``auto`` takes; they are counted from the first again where there are fewer.

    Raises:
        InvalidRequest: there is no such device.
    """
    if wanted == "auto":
        gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
        return torch.device(f"cuda:{local % gpus}" if gpus else "cpu")
    try:
        device = torch.device(wanted)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise InvalidRequest(
            f"the device {wanted!r}", "auto, cpu, or cuda:N where such a GPU is present", "Choose another device."
        ) from error
    return device


def _train(directory: JobDirectory, spec: JobSpec, device: torch.device, report: Report, seat: Seat) -> JobResult:
    assert spec.train is not None  # noqa: S101 - the order was checked when it was read
    _refuse_ranks(spec.train, seat)
    config = _warm(spec.train) if spec.model else spec.train
    past = _past(spec)
    team = join(seat, directory.path)
    # before the scans take their part, which the estimate counts
    free = min((free for free in team.everyone(free_bytes(device)) if free is not None), default=None)
    recipe, plan = _recipe(directory, spec, config, free, report)
    load = Load(config, recipe, plan)
    pools = _pools(spec, _prepared(spec, load, device, free, report, team), config.validation_scans, past)
    load = _announce(spec, load, pools, free, report)
    run, state, whole = _train_fitting(directory, spec, load, pools, device, report, team)
    team.leave()
    state.model.pool = ALONE
    if seat.rank:
        return JobResult(outcome="succeeded" if whole else "cancelled", step=state.step)
    metrics = {"dice_on_labelled_patches": _named(run.class_names, state.dice.tolist()), "step": state.step}
    metrics |= _who_taught(pools, past)
    used = recipe.model_copy(update={"patch": run.reader.patch})
    card = ModelCard(labels=spec.labels, recipe=used, config=run.config, step=state.step, metrics=metrics)
    card = card.model_copy(update={"parent": _parent(spec)})
    if whole:
        card = _calibrated(_validated(card, run, state), run, state)
    if state.step > 0:
        export.export(state.model, card, directory.model_path)
    outcome = "succeeded" if whole else "cancelled"
    return JobResult(outcome=outcome, step=state.step, model=state.step > 0, metrics=card.metrics)


def _refuse_ranks(config: TrainConfig, seat: Seat) -> None:
    if seat.size > 1 and config.norm == "batch":
        raise InvalidRequest(
            f"norm=batch on {seat.size} GPUs", "norm=instance", "Train on one GPU, or with instance norm."
        )


def _past(spec: JobSpec) -> Past:
    """What the training of the model that this one starts from did with its labelled scans."""
    if not spec.model:
        return Past()
    metrics = read_card(Path(spec.model)).metrics
    taught = metrics.get("training_cases")
    return Past(None if taught is None else frozenset(taught), frozenset(metrics.get("validation_cases", ())))


def _who_taught(pools: Pools, past: Past) -> dict[str, Any]:
    """Metrics that tell which labels were seen, by this training or by one that it goes on from."""
    taught = frozenset(case.name for case in pools.labelled)
    found: dict[str, Any] = {"labelled_cases": len(taught)}
    if past.taught is not None:
        found["training_cases"] = sorted(taught | past.taught)
    return found | {"validation_cases": sorted(case.name for case in pools.held_out)}


def _parent(spec: JobSpec) -> str | None:
    return export.weights_digest(Path(spec.model)) if spec.model else None


def _validated(card: ModelCard, run: Run, state: TrainState) -> ModelCard:
    dice = _validate(card, run.pools, run.report, state)
    return card.model_copy(update={"metrics": card.metrics | {"validation_dice": dice}}) if dice else card


def _validate(card: ModelCard, pools: Pools, report: Report, state: TrainState) -> DiceOf:
    """Measure Dice on the scans kept out and tell; empty if none is."""
    if not pools.held_out:
        return {}
    with _predicting(card, state, state.model.shares.device) as predictor:
        names = [label.name for label in card.ordered_labels]
        dice = validate(predictor.probabilities, pools.held_out, names)
    report("validation", step=state.step, cases=[case.name for case in pools.held_out], dice=dice)
    return dice


@contextmanager
def _predicting(card: ModelCard, state: TrainState, device: torch.device) -> Iterator[Predictor]:
    """Predict with the networks as they are; training can go on afterwards."""
    training = [network.training for network in state.model.networks]
    networks = (state.model.predictor(0).eval(), state.model.predictor(1).eval())
    yield Predictor(card, networks, device, _CALIBRATION_OVERLAP)
    for network, mode in zip(state.model.networks, training, strict=True):
        network.train(mode)


def _calibrated(card: ModelCard, run: Run, state: TrainState) -> ModelCard:
    """Fit temperature and quality estimate; a training that was stopped goes without, so that it ends at once."""
    most = card.config.calibration_scans
    with _predicting(card, state, run.device) as predictor:
        found = calibrate(predictor.probabilities, run.pools, most, run.directory.cancel_requested)
    if found is None:
        return card
    fitted = asdict(found)
    metrics = card.metrics | {"reliability": fitted.pop("reliability")}
    run.report("calibrated", step=state.step, **fitted)
    return card.model_copy(update={"temperature": found.temperature, "quality": found.quality, "metrics": metrics})


def _named(names: tuple[str, ...], scores: list[float]) -> dict[str, float | None]:
    return {name: score if score == score else None for name, score in zip(names, scores, strict=False)}


def _warm(config: TrainConfig) -> TrainConfig:
    """A warm start is one cycle from a lower rate: the networks know their task already."""
    rate = _WARM_RATE * config.learning_rate
    return config.model_copy(update={"warm_up": 0.0, "schedule": "cycles", "learning_rate": rate})


def _recipe(
    directory: JobDirectory, spec: JobSpec, config: TrainConfig, free: int | None, report: Report
) -> tuple[Recipe, tuple[Level, ...]]:
    if spec.model:
        card = _model_to_start_from(spec, config)
        return card.recipe, plan_levels(card.recipe.spacing)
    before = _spacing_of_before(directory)
    if before is not None:  # memory may be another now, and a checkpoint is of its grid
        return choose_recipe(
            spec.cases, spec.labels, config, choose_grid(spec.cases, config, before), _look(spec, report)
        )

    def affordable(grid: TrainingGrid, voxels: int, median_voxels: int) -> bool:
        recipe = Recipe(spacing=grid.spacing, windows=(None,) * grid.channels, patch=grid.patch)
        scans = memory.BYTES_A_VOXEL * voxels * grid.channels
        need = memory.training_bytes(Load(config, recipe, grid.plan), len(spec.labels) + 1, scans)
        return memory.may_take(need, free, voxels / median_voxels)

    choice = settle_grid(spec.cases, spec.labels, config, affordable)
    if choice.told is not None:
        report("warning", message=choice.told)
    return choose_recipe(spec.cases, spec.labels, config, choice.grid, _look(spec, report))


def _cache(spec: JobSpec) -> PreparedCache | None:
    return None if spec.prepared is None else PreparedCache(Path(spec.prepared))


def _look(spec: JobSpec, report: Report) -> Look:
    cache = _cache(spec)
    look: Look = look_at if cache is None else partial(sights_of, cache=cache)
    count = Count(sum(case.label is not None for case in spec.cases), _ready(report))

    def counted(case: JobCase, labels: Sequence[LabelDefinition]) -> Sequence[Sight]:
        found = look(case, labels)
        count.one_more()
        return found

    return counted


def _ready(report: Report) -> Callable[[int, int], object]:
    return lambda done, total: report("preparing", done=done, total=total)


def _spacing_of_before(directory: JobDirectory) -> tuple[float, float, float] | None:
    """Return the training grid's spacing of the attempt before, None in the first one."""
    told = [event.model_dump() for event in directory.read_events() if event.kind == "data"]
    if not told or "spacing" not in told[-1]:
        return None
    k, j, i = told[-1]["spacing"]
    return float(k), float(j), float(i)


def check_order(spec: JobSpec) -> None:
    """Refuse an order to train that the worker would refuse, as far as headers and cards tell; nothing is written.

    Raises:
        InvalidRequest: no such device, or a model to start from that does not fit.
        InvalidDataset: the patch is none that the networks take.
        InvalidVolume: scans differ in their channels.
    """
    config = spec.train or TrainConfig()
    choose_device(spec.device)
    if spec.model:
        _model_to_start_from(spec, config)
    else:
        choose_grid(spec.cases, config)


def _model_to_start_from(spec: JobSpec, config: TrainConfig) -> ModelCard:
    card = read_card(Path(str(spec.model)))
    if card.labels != spec.labels or (card.config.width, card.config.norm) != (config.width, config.norm):
        raise InvalidRequest(
            f"a model of width {card.config.width} and labels {[label.name for label in card.labels]} to start from",
            f"one of width {config.width} and labels {[label.name for label in spec.labels]}",
            "Set the same width and labels, or train without a model to start from.",
        )
    return card


def _prepared(
    spec: JobSpec, load: Load, device: torch.device, free: int | None, report: Report, team: Team
) -> list[PreparedCase]:
    """Return all scans, on the device or, if they are kept and do not fit beside the networks, in their files."""
    cache, recipe = _cache(spec), load.recipe
    if cache is not None and device.type == "cuda":
        geometries = [canonical_geometry(probe_image(case.image).geometry) for case in spec.cases]
        voxels = recipe.channels * voxels_of(geometries, recipe.spacing)
        if not memory.rest_on_device(load, len(spec.labels) + 1, voxels, free):
            device = torch.device("cpu")
    wanted, turn = Wanted(spec.cases, spec.labels, recipe), team.rank / team.pool.size
    return prepare_all(wanted, cache, device, lambda message: report("warning", message=message), turn, _ready(report))


def _pools(spec: JobSpec, scans: Sequence[PreparedCase], validation_scans: int | None, past: Past) -> Pools:
    pools = sort_into_pools(scans)
    if not pools.labelled:
        raise InvalidDataset(
            "no scan with a verified voxel", "at least one labelled scan", "Label a scan and train again."
        )
    held_out = hold_out(pools.labelled, validation_scans, past)
    teaching = tuple(case for case in pools.labelled if not any(case is kept for kept in held_out))
    return Pools(teaching, pools.unlabelled, held_out)


def _announce(spec: JobSpec, load: Load, pools: Pools, free: int | None, report: Report) -> Load:
    """Tell what was found, and return the training as it is expected to fit into memory."""

    def need(load: Load) -> int:
        return memory.training_bytes(load, len(spec.labels) + 1, memory.scan_bytes(pools))

    def warn(message: str) -> None:
        report("warning", message=message)

    recipe = load.recipe
    counts = {"cases": len(spec.cases), "labelled": len(pools.labelled), "unlabelled": len(pools.unlabelled)}
    held_out = [case.name for case in pools.held_out]
    sizes = {"memory_estimate_bytes": need(load), "memory_free_bytes": free}
    report(
        "data",
        **counts,
        **sizes,
        held_out=held_out,
        spacing=recipe.spacing,
        patch=recipe.patch,
        windows=recipe.windows,
    )
    if not pools.unlabelled and load.config.unlabelled_per_step > 0:
        warn("every scan is labelled: training goes on from the labels alone")
    for case in (case for case in (*pools.labelled, *pools.held_out) if case.lost):
        warn(in_words(case.name, case.lost, spec.labels, recipe.spacing))
    unknown = where_organs_end(pools)
    if unknown is not None:
        warn(unknown)
    return memory.fitting(load, need, free, warn)


def _train_fitting(
    directory: JobDirectory,
    spec: JobSpec,
    load: Load,
    pools: Pools,
    device: torch.device,
    report: Report,
    team: Team,
) -> tuple[Run, TrainState, bool]:
    """Train; when memory runs out, go on from the last checkpoint with fewer or smaller patches.

    Of several ranks one may run out alone, in the middle of a step; then the job ends.
    """
    while True:
        run, state = _set_up(directory, spec, load, pools, device, report, team)
        if checkpoint.load(state, directory, team.rank):
            report("resumed", step=state.step)
        try:
            autotune.settle(run, state)
            try_out(run, state, _CALIBRATION_OVERLAP)
            return run, state, train(run, state)
        except (RuntimeError, MemoryError) as error:
            if not memory.ran_out(error):
                raise
            less = memory.smaller(load)
            if less is None or team.pool.size > 1:
                raise MemoryError(str(error)) from error
        del run, state
        if device.type == "cuda":
            torch.cuda.empty_cache()
        load = less
        report("warning", message=f"memory ran out: training goes on with {load}")


def _set_up(
    directory: JobDirectory, spec: JobSpec, load: Load, pools: Pools, device: torch.device, report: Report, team: Team
) -> tuple[Run, TrainState]:
    config, recipe = load.config, load.recipe
    names = tuple(label.name for label in sorted(spec.labels, key=lambda label: label.value))
    reader = PatchReader(recipe.patch, recipe.spacing, config.flip_axes, config.augmentation == "full", device)
    card = ModelCard(labels=spec.labels, recipe=recipe, config=config, step=0)
    watch = partial(_validate, card, pools, report) if team.rank == 0 else _look_away
    run = Run(config, pools, reader, names, directory, report, device, watch, team)
    state = _new_state(spec, load, device, team)
    state.model.shares.copy_(class_shares(pools, len(names) + 1, recipe.spacing))
    return run, state


def _look_away(state: TrainState) -> None:
    """Leave it to the first rank."""


def _new_state(spec: JobSpec, load: Load, device: torch.device, team: Team = SOLO) -> TrainState:
    config = load.config
    torch.manual_seed(config.seed)
    model = DualModel(config, channels=load.recipe.channels, classes=len(spec.labels) + 1, plan=load.plan)
    if spec.model:
        export.load_weights(model.networks, Path(spec.model))
        if len(model.teachers):
            export.load_weights(model.teachers, Path(spec.model))
    model.place(device, torch.channels_last_3d)
    model.pool = team.pool
    own = config.seed + team.rank * _SEEDS_APART
    if team.rank:
        torch.manual_seed(own)  # they began with the same networks, and drop out others
    generator = Generator().manual_seed(own)
    return TrainState(model, build_optimizers(model, config), generator)


def _predict(directory: JobDirectory, spec: JobSpec, device: torch.device, report: Report) -> JobResult:
    assert spec.model is not None  # noqa: S101 - the order was checked when it was read

    def on_case(name: str, done: int, total: int) -> None:
        report("predicted", case=name, done=done, total=total)

    def on_budget(budget: Budget) -> None:
        sizes = {"memory_estimate_bytes": budget.estimate, "memory_allowed_bytes": budget.allowed}
        report("data", cases=len(spec.cases), **sizes)
        if budget.warning is not None:
            report("warning", message=budget.warning)

    stop, output = directory.stop_requested, directory.predictions_path
    order = Path(spec.model), spec.cases, output, spec.predict, device
    table = predict_cases(*order, on_case, stop, on_budget, cache=_cache(spec))
    whole = len(table["cases"]) == len(spec.cases)
    if whole:
        write_seals(output, [row[part] for row in table["cases"] for part in PREDICTED if part in row])
    return JobResult(outcome="succeeded" if whole else "cancelled", predictions=whole)


def _evaluate(directory: JobDirectory, spec: JobSpec, device: torch.device, report: Report) -> JobResult:
    predicted = _predict(directory, spec, device, report)
    labels = {case.case: Path(case.label) for case in spec.cases if case.label is not None}
    if predicted.outcome != "succeeded":
        return predicted
    from dualnetssl.scores.evaluate import evaluate_predictions

    metrics = evaluate_predictions(directory.predictions_path, labels)
    return predicted.model_copy(update={"metrics": metrics})


_KINDS = {JobKind.PREDICT: _predict, JobKind.EVALUATE: _evaluate}
