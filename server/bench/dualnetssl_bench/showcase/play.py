"""The demo's course: a real server, a real client, two trainings and a correction between them."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dualnetssl.cli.monitor import describe_progress
from dualnetssl.cli.terminal import Progress
from dualnetssl.contract.errors import TrainingFailed
from dualnetssl.scores.evaluate import evaluate_predictions
from dualnetssl.volumes import phantoms
from dualnetssl_bench.servers.local_server import LocalServer
from dualnetssl_bench.showcase import reviewing
from dualnetssl_bench.showcase.story import Correction, NextLook, Round, Story

if TYPE_CHECKING:
    from DualNetSSLLib.client.client import Client
    from DualNetSSLLib.client.records import Event, Job

_CORRECTED_SCANS = 2
_LOOKS = 3


@dataclass(frozen=True)
class Plan:
    """Size of the demo.

    Attributes:
        cases: number of sample scans.
        labelled: how many of them, the first ones, have a label.
        seed: of the scans and of training.
        size: of the scans.
        first: config of the first training.
        second: config of the second, warm-started training.
        quick: whether it is to show no more than that it runs.
    """

    cases: int
    labelled: int
    seed: int
    size: phantoms.Size
    first: dict[str, Any]
    second: dict[str, Any]
    quick: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the scans."""
        return tuple(phantoms.case_name(number) for number in range(1, self.cases + 1))


@contextmanager
def no_job_left(client: Client) -> Iterator[None]:
    """Cancel what still runs if the demo is interrupted: workers outlive their server."""
    from DualNetSSLLib.client.records import ended

    try:
        yield
    except BaseException:
        for job in client.jobs():
            if not ended(job.state):
                client.cancel_job(job.id)
        raise


def play(plan: Plan, folder: Path) -> Story:
    """Go through the whole loop in a folder of its own.

    Raises:
        TrainingFailed: a job did not succeed.
        DualNetSSLError: the client and the server could not do what was asked.
    """
    from DualNetSSLLib.client.client import Client

    started = time.monotonic()
    samples = folder / "samples"
    with Progress("1/8 sample scans") as progress:
        phantoms.write_sample_data(samples, plan.cases, plan.seed, plan.size, progress.count)
    with (
        LocalServer(folder / "server") as server,
        Client(server.address, server.token) as client,
        no_job_left(client),
    ):
        stage = Stage(client, _make_dataset(client), plan, folder)
        stage.upload()
        first, model = stage.round(1, 3, None)
        corrections = stage.correct(first)
        second, _ = stage.round(2, 6, model)
    looks = next_looks(plan, second)
    labelled = plan.names[: plan.labelled]
    seconds = time.monotonic() - started
    told = (plan.names, labelled, first, second, corrections, looks, seconds)
    return Story(phantoms.LABELS, samples, *told, plan.second, plan.quick)


def _make_dataset(client: Client) -> str:
    from DualNetSSLLib.client.records import LabelDefinition

    labels = [LabelDefinition.from_json(label.model_dump(mode="json")) for label in phantoms.LABELS]
    return client.create_dataset("demo", labels).id


@dataclass(frozen=True)
class Stage:
    """Where the demo plays: one data set on one server."""

    client: Client
    dataset: str
    plan: Plan
    folder: Path

    @property
    def samples(self) -> Path:
        """Folder of the sample scans."""
        return self.folder / "samples"

    def upload(self) -> None:
        """Send all scans, and the labels of the first few."""
        with Progress("2/8 sending scans") as progress:
            for number, name in enumerate(self.plan.names, start=1):
                label = self.samples / "labels" / f"{name}.nrrd" if number <= self.plan.labelled else None
                self.client.upload_case(self.dataset, name, self.samples / "images" / f"{name}.nrrd", label)
                progress.count(number, self.plan.cases, name)

    def round(self, number: int, part: int, model: str | None) -> tuple[Round, str]:
        """Train, predict all scans, fetch the predictions and compare them with the truth."""
        begun = time.monotonic()
        config = self.plan.first if model is None else self.plan.second
        word = "first training" if model is None else "second training"
        events, trained = self.train(f"{part}/8 {word}", config, model)
        self.predict(f"{part + 1}/8 predicting", trained)
        folder = self.fetch(f"predictions-{number}", trained)
        truths = {name: self.samples / "labels" / f"{name}.nrrd" for name in self.plan.names}
        evaluation = evaluate_predictions(folder, truths)
        return Round(events, folder, evaluation, time.monotonic() - begun), trained

    def train(self, title: str, config: dict[str, Any], model: str | None) -> tuple[tuple[dict[str, Any], ...], str]:
        """Train and return the history and the id of the new model."""
        events: list[dict[str, Any]] = []
        with Progress(title) as progress:

            def on_event(event: Event) -> None:
                events.append({"seq": event.seq, "time": event.time, "kind": event.kind, **event.fields})
                if event.kind == "progress":
                    progress.show(describe_progress(event.fields))

            job = self.client.create_job("train", self.dataset, model=model, config=config, predict_after=False)
            ended = self.finish(job, on_event)
        if ended.result_model is None:
            raise TrainingFailed("a training without a model", "a model", "Look into the server's log.")
        return tuple(events), ended.result_model

    def predict(self, title: str, model: str) -> None:
        """Predict every scan on the server."""
        with Progress(title) as progress:

            def on_event(event: Event) -> None:
                if event.kind == "predicted":
                    progress.count(event.fields["done"], event.fields["total"], event.fields["case"])

            self.finish(self.client.create_job("predict", self.dataset, model=model), on_event)

    def finish(self, job: Job, on_event: Any) -> Job:
        """Wait for a job; if anything goes wrong meanwhile, it is cancelled, so that no worker is left behind.

        Raises:
            TrainingFailed: it did not succeed.
        """
        try:
            ended = self.client.wait(job.id, on_event)
        except BaseException:
            self.client.cancel_job(job.id)
            raise
        if ended.state != "succeeded":
            problem = ended.problem
            raise TrainingFailed(
                f"a {job.kind} job that ended as {ended.state}{f': {problem.received}' if problem else ''}",
                (problem and problem.allowed) or "jobs that succeed",
                (problem and problem.remedy) or "Look into the server's log and try again.",
            )
        return ended

    def fetch(self, name: str, model: str) -> Path:
        """Fetch all predictions of a model into a folder like the one that ``predict`` writes."""
        folder = self.folder / name
        folder.mkdir()
        rows = []
        for case in self.plan.names:
            found = next(item for item in self.client.predictions(self.dataset, case) if item.model == model)
            row: dict[str, Any] = {"case": case, "summary": found.summary}
            for part, ending in (("segmentation", "seg"), ("uncertainty",) * 2, ("disagreement",) * 2):
                row[part] = f"{case}.{ending}.nrrd"
                self.client.download(getattr(found, part), folder / row[part])
            rows.append(row)
        labels = [label.model_dump(mode="json") for label in phantoms.LABELS]
        table = {"model": model, "labels": labels, "cases": rows}
        (folder / "predictions.json").write_text(json.dumps(table, indent=1))
        return folder

    def correct(self, told: Round) -> tuple[Correction, ...]:
        """Let the clinician correct the worst unlabelled scans in part, and send what was verified."""
        folder = self.folder / "corrections"
        folder.mkdir()
        unlabelled = self.plan.names[self.plan.labelled :]
        worst = sorted(unlabelled, key=lambda case: told.dice(case) or 0.0)[:_CORRECTED_SCANS]
        corrections = []
        with Progress("5/8 correcting") as progress:
            for done, case in enumerate(worst, start=1):
                truth = self.samples / "labels" / f"{case}.nrrd"
                look = reviewing.look_at(told, case)
                correction, label = reviewing.correct(look, truth, len(phantoms.LABELS) + 1, folder)
                image = self.samples / "images" / f"{case}.nrrd"
                self.client.upload_case(
                    self.dataset, case, image, label, correction.mask, annotator="simulated clinician"
                )
                corrections.append(correction)
                progress.count(done, len(worst), case)
        return tuple(corrections)


def next_looks(plan: Plan, told: Round) -> tuple[NextLook, ...]:
    """Return the three places, in different scans, where a look would help most after the second training."""
    unlabelled = plan.names[plan.labelled :]
    found = [
        look for case in unlabelled if (look := reviewing.look_next(reviewing.look_at(told, case), phantoms.LABELS))
    ]
    return tuple(sorted(found, key=lambda look: -look.gain_mm3)[:_LOOKS])


def clear(folder: Path, parts: Sequence[str]) -> None:
    """Remove what an earlier demo left, and nothing else."""
    for part in parts:
        shutil.rmtree(folder / part, ignore_errors=True)
