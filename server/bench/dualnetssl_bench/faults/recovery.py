"""``bench recovery``: kill worker, server or both while a job trains, and measure what it costs."""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dualnetssl.cli.numbers import whole
from dualnetssl.contract.errors import TrainingFailed
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.schema import Event
from dualnetssl_bench.findings import frame
from dualnetssl_bench.findings.frame import Findings
from dualnetssl_bench.servers.find_library import need_library
from dualnetssl_bench.servers.local_server import LocalServer

if TYPE_CHECKING:
    from DualNetSSLLib.client.client import Client

CASES, LABELLED = 4, 2
PATIENCE_SECONDS = 300.0
_COLUMNS = {
    "server_seconds": "server back, s",
    "seconds_to_next_step": "next step, s",
    "steps_repeated": "repeated",
    "attempts": "attempts",
    "events_lost": "lost",
    "events_twice": "twice",
}
SCENARIOS = {"worker": ("worker",), "server": ("server",), "both": ("worker", "server")}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--steps", type=whole("--steps", 1), default=40, help="training steps of each job (40)")
    parser.add_argument("--kill-at", type=whole("--kill-at", 1), default=15, help="step after which is killed (15)")
    parser.add_argument(
        "--checkpoint-every", type=whole("--checkpoint-every", 1), default=10, help="steps between checkpoints (10)"
    )
    frame.add_file(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure, and tell it; 1 if an event was lost or told twice."""
    need_library()
    with tempfile.TemporaryDirectory(prefix="dualnetssl-bench-") as folder:
        figures = measure(arguments, Path(folder))
    frame.tell(findings(figures), arguments.output)
    return int(any(row["events_lost"] or row["events_twice"] for row in figures.values()))


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, dict[str, Any]]:
    """Run one training per scenario on one real server; figures in seconds, steps and events."""
    from DualNetSSLLib.client.client import Client

    with LocalServer(folder / "server") as server, Client(server.address, server.token) as client:
        dataset = upload_samples(client, folder / "samples")
        config = {
            "steps": arguments.steps,
            "checkpoint_every": arguments.checkpoint_every,
            "width": 2,
            "report_every": 1,
        }
        figures = {}
        for scenario, victims in SCENARIOS.items():
            job = client.create_job("train", dataset, config=config, predict_after=False).id
            figures[scenario] = Trial(server, client, job).run(victims, arguments.kill_at, arguments.steps)
    return figures


def upload_samples(client: Client, folder: Path) -> str:
    """Make a data set of small sample scans and return its name."""
    from dualnetssl.volumes.phantoms import LABELS, case_name, write_sample_data
    from DualNetSSLLib.client.records import LabelDefinition

    write_sample_data(folder, CASES, 0, "small")
    dataset = client.create_dataset("bench", [LabelDefinition(**label.model_dump()) for label in LABELS]).id
    for number in range(1, CASES + 1):
        name = case_name(number)
        label = folder / "labels" / f"{name}.nrrd" if number <= LABELLED else None
        client.upload_case(dataset, name, folder / "images" / f"{name}.nrrd", label)
    return dataset


class Trial:
    """One training during which something is killed."""

    def __init__(self, server: LocalServer, client: Client, job: str) -> None:
        """Observe a job of a server."""
        self._server, self._client, self._job = server, client, job
        self._directory = JobDirectory(server.data_folder / "jobs" / job)

    def run(self, victims: Sequence[str], kill_at: int, steps: int) -> dict[str, Any]:
        """Kill after a step, wait for the end, and compare the history with what it should be."""
        self._until(lambda: self._last_step() >= kill_at)
        reached, killed = self._last_step(), time.monotonic()
        figures: dict[str, Any] = {"server_seconds": None}
        if "server" in victims:
            self._server.process.kill()
            self._server.process.wait()
        if "worker" in victims:
            os.kill(int((self._directory.path / "worker.pid").read_text()), signal.SIGKILL)
            reached = self._last_step()
        if "server" in victims:
            self._server.__enter__()
            figures["server_seconds"] = time.monotonic() - killed
        self._until(lambda: self._last_step() > reached)
        figures["seconds_to_next_step"] = time.monotonic() - killed
        self._until(lambda: self._client.job(self._job).ended)
        resumed = [event.model_extra or {} for event in self._directory.read_events() if event.kind == "resumed"]
        figures["steps_repeated"] = reached - resumed[-1]["step"] if resumed else 0
        figures["attempts"] = self._client.job(self._job).attempt
        return figures | account(self._history(), steps)

    def _until(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not done():
            if time.monotonic() > deadline:
                raise TrainingFailed(
                    "a training that does not go on", "a worker that can train", "Run 'dualnetssl doctor'."
                )
            time.sleep(0.02)

    def _last_step(self) -> int:
        return max(progress_steps(self._directory.read_events()), default=0)

    def _history(self) -> list[Event]:
        """The events as a client gets them, in many small pages."""
        events: list[Event] = []
        while found := self._client.events(self._job, after=len(events)).events:
            events += [Event.model_validate({"seq": e.seq, "time": e.time, "kind": e.kind, **e.fields}) for e in found]
        return events


def progress_steps(events: Sequence[Event]) -> list[int]:
    """Return the steps that a history tells of, in its order."""
    return [(event.model_extra or {})["step"] for event in events if event.kind == "progress"]


def account(events: Sequence[Event], steps: int) -> dict[str, int]:
    """Count what a history lacks and what it tells twice.

    Example:
        >>> account([Event(seq=1, time=0, kind="progress", step=1), Event(seq=2, time=0, kind="progress", step=1)], 2)
        {'events': 2, 'events_lost': 1, 'events_twice': 1}
    """
    told = progress_steps(events)
    numbers = [event.seq for event in events]
    gaps = len(set(range(1, len(events) + 1)) - set(numbers))
    return {
        "events": len(events),
        "events_lost": len(set(range(1, steps + 1)) - set(told)) + gaps,
        "events_twice": len(told) - len(set(told)) + len(numbers) - len(set(numbers)),
    }


def findings(figures: dict[str, dict[str, Any]]) -> Findings:
    """Lay the figures out: a line for each scenario."""
    rows = [
        [scenario, *("-" if row[column] is None else f"{row[column]:.3g}" for column in _COLUMNS)]
        for scenario, row in figures.items()
    ]
    return Findings("recovery", ["killed", *_COLUMNS.values()], rows, figures)
