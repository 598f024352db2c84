"""Small trainings on generated scans, and whether one ended as it should."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dualnetssl.contract.schema import Event
from dualnetssl_bench.faults.outcome import Outcome, crashed, lost, survived
from dualnetssl_bench.faults.recovery import account, upload_samples

if TYPE_CHECKING:
    from DualNetSSLLib.client.client import Client

PATIENCE_SECONDS = 150.0


def train(client: Client, folder: Path, steps: int, dataset: str | None = None) -> str:
    """Order a training with a checkpoint every fifth step; returns the job."""
    dataset = dataset or upload_samples(client, folder / "samples")
    config = {"steps": steps, "checkpoint_every": 5, "width": 2, "report_every": 1}
    return client.create_job("train", dataset, config=config, predict_after=False).id


def until(done: Callable[[], bool], what: str) -> None:
    """Wait for something.

    Raises:
        TimeoutError: it does not come.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {PATIENCE_SECONDS:.0f} s")
        time.sleep(0.1)


def history(client: Client, job: str) -> list[Event]:
    """Return all events of a job, fetched in pages."""
    events: list[Event] = []
    while found := client.events(job, after=len(events)).events:
        events += [Event.model_validate({"seq": e.seq, "time": e.time, "kind": e.kind, **e.fields}) for e in found]
    return events


def last_step(client: Client, job: str) -> int:
    """Return the newest step that a job told of."""
    steps = [fields(event)["step"] for event in history(client, job) if event.kind == "progress"]
    return max(steps, default=0)


def fields(event: Event) -> dict[str, Any]:
    """Return what an event says beyond its number, time and kind."""
    return event.model_extra or {}


def until_step(client: Client, job: str, step: int) -> None:
    """Wait until a job has reached a step."""
    until(lambda: client.job(job).ended or last_step(client, job) >= step, f"step {step} of a training")


def ended_well(client: Client, job: str, steps: int) -> Outcome:
    """Wait for the end of a job, and see whether every step was told once."""
    until(lambda: client.job(job).ended, "the end of a training")
    ended = client.job(job)
    if ended.state != "succeeded":
        return crashed(f"the job {ended.state}: {ended.problem}")
    counts = account(history(client, job), steps)
    if counts["events_lost"] or counts["events_twice"]:
        return lost([f"{counts['events_lost']} events lost, {counts['events_twice']} told twice"], **counts)
    return survived(
        f"{counts['events']} events without a gap, attempt {ended.attempt}", attempts=ended.attempt, **counts
    )
