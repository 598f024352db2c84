"""One training with its prediction and its verdict, in a folder of its own; what is done is never done again."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import dualnetssl
from dualnetssl.cli.monitor import Monitor, graceful_stop, log_to
from dualnetssl.cli.terminal import Progress
from dualnetssl.cli.train import checked_config
from dualnetssl.contract.errors import Conflict, TrainingFailed
from dualnetssl.contract.jobdir import JobDirectory, write_atomic
from dualnetssl.contract.jobspec import JobCase, JobSpec, PredictConfig
from dualnetssl.contract.schema import Event, JobKind
from dualnetssl.worker.claim import claim
from dualnetssl_bench.experiments.protocols import Material
from dualnetssl_bench.experiments.rhythm import gradient_medians, with_rhythm

OnEvent = Callable[[Event], object]
_ROOMS = ("method", "scans", "prediction", "bundle", "scores", "worker")


@dataclass(frozen=True)
class Experiment:
    """One training: its name in the table, the preset, what differs from it, the seed and how many labels it gets."""

    name: str
    preset: str
    seed: int
    labelled: int
    overrides: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.name}, seed {self.seed}"


@dataclass(frozen=True)
class Ground:
    """What all experiments of a bench share.

    Attributes:
        material: the scans.
        fields: of the training configuration, the same for all.
        output: each experiment has a folder under it.
        device: ``auto``, ``cpu`` or ``cuda:N``.
        keep: whether predicted volumes and checkpoints stay once an experiment is finished.
        published_strides: if set, the literature's figures are taken as well, with these strides (k, j, i) in voxels.
        stopped_counts: whether a training that was stopped is judged as it is, if it has learnt anything.
        sources: digest of the code as it was when the bench began.
    """

    material: Material
    fields: dict[str, Any]
    output: Path
    device: str = "auto"
    keep: bool = False
    published_strides: tuple[int, int, int] | None = None
    stopped_counts: bool = False
    sources: str = field(default_factory=lambda: sources_digest())

    def folder(self, experiment: Experiment) -> Path:
        """Return the folder of an experiment."""
        return self.output / "runs" / experiment.name / f"seed-{experiment.seed}"

    def order(self, experiment: Experiment) -> JobSpec:
        """Return what an experiment's training is to do; its own fields outweigh the common ones.

        Raises:
            InvalidRequest: a field is unknown or has a value that is not allowed.
        """
        own = {"preset": experiment.preset, "seed": experiment.seed}
        common = {"validation_scans": 0}  # every label teaches, as in the protocols
        config = with_rhythm(checked_config({**common, **self.fields, **experiment.overrides, **own}))
        cases = self.material.cases(experiment.labelled)
        return JobSpec(kind=JobKind.TRAIN, labels=self.material.labels, cases=cases, device=self.device, train=config)


@dataclass(frozen=True)
class Hooks:
    """What a bench adds to its experiments.

    Attributes:
        before: called before a training that is not finished begins or goes on.
        on_event: told of the training's events.
    """

    before: Callable[[JobDirectory, JobSpec], object] = lambda directory, spec: None
    on_event: Callable[[JobDirectory, JobSpec, Event], object] = lambda directory, spec, event: None


NO_HOOKS = Hooks()


def perform(experiment: Experiment, ground: Ground, hooks: Hooks = NO_HOOKS) -> dict[str, Any]:
    """Train, predict the scans kept out, and compare with their labels, going on where an earlier try stopped.

    Returns:
        ``name``, ``preset``, ``seed``, ``labelled``, ``sources`` (see `sources_digest`), ``evaluation`` (see
        `dualnetssl.scores.evaluate.evaluate_predictions`), ``gradients`` (see `gradient_medians`) and, where the
        ground asks for it, ``published``.

    Raises:
        Conflict: the folder holds a training with other options.
        TrainingFailed: training failed.
        KeyboardInterrupt: the user stopped it.
    """
    folder, spec = ground.folder(experiment), ground.order(experiment)
    directory, done = JobDirectory(folder / "training"), folder / "result.json"
    finished = not start(directory, spec)
    if finished and done.exists():
        found: dict[str, Any] = json.loads(done.read_bytes())
        return found
    if not finished:
        hooks.before(directory, spec)
        work(directory, lambda event: hooks.on_event(directory, spec, event), stopped_counts=ground.stopped_counts)
    predictions = folder / "predictions"
    predict(directory.model_path, ground.material.judges, predictions, ground.device)
    found = {
        "name": experiment.name,
        "preset": experiment.preset,
        "seed": experiment.seed,
        "labelled": experiment.labelled,
        "sources": ground.sources,
        "evaluation": evaluate(predictions, ground.material.truths),
        "gradients": gradient_medians(directory.read_events()),
        **_published(directory.model_path, ground),
    }
    write_atomic(done, json.dumps(found, indent=1).encode())
    if not ground.keep:
        tidy(directory, predictions)
    return found


def _published(model: Path, ground: Ground) -> dict[str, Any]:
    if ground.published_strides is None:
        return {}
    from dualnetssl_bench.experiments.published import published_figures

    return {"published": published_figures(model, ground.material, ground.published_strides, ground.device)}


def start(directory: JobDirectory, spec: JobSpec) -> bool:
    """Claim a folder for a training; returns False if that training is finished.

    Raises:
        Conflict: the folder holds another training.
    """
    try:
        return claim(directory, spec, print)
    except ValidationError as error:
        received = f"the folder {directory.path}, whose training has options that no longer exist"
        raise Conflict(received, "a folder of this version", "Choose another --output, or remove it.") from error


def work(directory: JobDirectory, on_event: OnEvent = lambda event: None, *, stopped_counts: bool = False) -> None:
    """Train to the last step in this process, or until stopped where that counts and left a model.

    Raises:
        TrainingFailed: it failed.
        KeyboardInterrupt: the user stopped it; the same command goes on from there.
    """
    from dualnetssl.worker.process import run

    with Monitor() as monitor, log_to(directory.log_path), graceful_stop(directory.request_cancel, monitor.say):

        def tell(event: Event) -> None:
            monitor(event)
            on_event(event)

        result = run(directory, tell)
    if (problem := result.problem) is not None:
        received = problem.received or problem.title
        raise TrainingFailed(received, problem.allowed or "a training that ends", problem.remedy or "See worker.log.")
    if result.outcome == "cancelled" and not (stopped_counts and result.model):
        raise KeyboardInterrupt


def predict(model: Path, cases: Sequence[JobCase], output: Path, device: str) -> None:
    """Predict scans into a folder; those that an interrupted prediction left there are not done again."""
    from dualnetssl.prediction.predict import predict_cases
    from dualnetssl.worker.jobs import choose_device

    with Progress("predicting") as progress:
        predict_cases(
            model,
            cases,
            output,
            PredictConfig(),
            choose_device(device),
            lambda name, done, total: progress.count(done, total, name),
        )


def evaluate(predictions: Path, truths: dict[str, Path]) -> dict[str, Any]:
    """Compare predictions with labels, see `dualnetssl.scores.evaluate.evaluate_predictions`."""
    from dualnetssl.scores.evaluate import evaluate_predictions

    with Progress("evaluating") as progress:
        return evaluate_predictions(predictions, truths, progress.count)


def tidy(directory: JobDirectory, predictions: Path) -> None:
    """Remove what only an unfinished experiment needs: checkpoints, a quarter of a gigabyte each, and volumes."""
    directory.checkpoint_path.unlink(missing_ok=True)
    directory.previous_checkpoint_path.unlink(missing_ok=True)
    shutil.rmtree(predictions, ignore_errors=True)


def sources_digest() -> str:
    """Return a digest of the code that training and prediction consist of: if it is equal, so are the figures."""
    package = Path(dualnetssl.__path__[0])
    digest = hashlib.sha256()
    files = (path for room in _ROOMS for path in sorted((package / room).glob("*.py")))
    for path in (package / "contract" / "config.py", *files):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
