"""``bench folder``: a folder of real scans through server and client; time and peak memory of every process."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dualnetssl.cli.numbers import whole
from dualnetssl.cli.terminal import Progress, complain
from dualnetssl.cli.train import add_choices
from dualnetssl.contract.errors import TrainingFailed
from dualnetssl_bench.findings import frame
from dualnetssl_bench.findings.frame import Findings
from dualnetssl_bench.servers.find_library import need_library
from dualnetssl_bench.servers.local_server import LocalServer
from dualnetssl_bench.servers.memory import peak_bytes, processes_about
from dualnetssl_bench.servers.uploader import MEGABYTE

if TYPE_CHECKING:
    from dualnetssl.intake.from_folders import Intake
    from DualNetSSLLib.client.client import Client
    from DualNetSSLLib.client.records import Dataset, Job


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--images", metavar="DIR", type=Path, required=True, help="scans: NIfTI, NRRD or MetaImage")
    parser.add_argument("--labels", metavar="DIR", type=Path, required=True, help="label files named like their scans")
    add_choices(parser)
    parser.add_argument("--steps", type=whole("--steps", 1), default=20, help="training steps (20)")
    parser.add_argument("--width", type=whole("--width", 2, 64), default=4, help="channels at full resolution (4)")
    parser.add_argument("--predict", type=whole("--predict", 0), default=2, help="scans to predict and fetch (2)")
    frame.add_file(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure, and tell it."""
    need_library()
    from dualnetssl.intake import from_folders

    request = from_folders.Request(
        arguments.images, arguments.labels, arguments.labelled, arguments.exclude, arguments.classes
    )
    with Progress("checking files") as progress:
        found = from_folders.take_training(request, progress.count)
    from_folders.refuse_findings(found.findings, arguments.skip_invalid, complain)
    with tempfile.TemporaryDirectory(prefix="dualnetssl-bench-") as folder:
        figures = measure(arguments, found, Path(folder))
    frame.tell(findings(figures), arguments.output)
    return 0


def findings(figures: dict[str, Any]) -> Findings:
    """Lay the figures out: a line for each stage, and below them one for each process."""
    rows = [[name, f"{seconds:.1f}", "-"] for name, seconds in figures["seconds"].items()]
    rows += [[name, "-", f"{size / MEGABYTE:.0f}" if size else "-"] for name, size in figures["peak_bytes"].items()]
    return Findings("folder", ["stage, process", "s", "MiB at its peak"], rows, figures)


def measure(arguments: argparse.Namespace, found: Intake, folder: Path) -> dict[str, Any]:
    """Upload, train, predict and fetch; returns seconds of each stage and the peak memory of each process in bytes."""
    from DualNetSSLLib.client.client import Client

    seconds: dict[str, float] = {}
    with LocalServer(folder / "server") as server, Client(server.address, server.token) as client:
        workers = _Workers(str(server.data_folder / "jobs"))
        with _timed(seconds, "upload"):
            dataset = upload(client, found)
        with _timed(seconds, "train"):
            config = {"steps": arguments.steps, "width": arguments.width, "report_every": 1, "warm_up": 0.5}
            job = client.create_job("train", dataset.id, config=config, predict_after=False)
            trained = _finish(client, job, workers.look)
        with _timed(seconds, "predict"):
            cases = tuple(case.case for case in found.cases[: arguments.predict])
            job = client.create_job("predict", dataset.id, model=trained.result_model, cases=cases)
            _finish(client, job, workers.look)
        with _timed(seconds, "fetch"):
            fetch(client, dataset, cases, folder)
        peak = {"api": peak_bytes(server.process.pid), "worker": workers.peak, "client": peak_bytes(os.getpid())}
    return {"cases": len(found.cases), "seconds": seconds, "peak_bytes": peak}


class _Workers:
    """Keeps the largest peak memory of worker processes that come and go."""

    def __init__(self, words: str) -> None:
        """Watch processes whose command line contains some words."""
        self._words, self.peak = words, 0

    def look(self, _: object) -> None:
        """Look once more."""
        found = (peak_bytes(process) or 0 for process in processes_about(self._words))
        self.peak = max(self.peak, *found, 0)


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - started


def upload(client: Client, found: Intake) -> Dataset:
    """Make a data set of all scans, with the labels of those that are labelled."""
    from DualNetSSLLib.client.records import LabelDefinition

    labels = [LabelDefinition.from_json(label.model_dump(mode="json")) for label in found.labels]
    dataset = client.create_dataset("bench folder", labels)
    for case in found.cases:
        client.upload_case(dataset.id, case.case, Path(case.image), Path(case.label) if case.label else None)
    return dataset


def _finish(client: Client, job: Job, on_event: Callable[[object], None]) -> Job:
    ended = client.wait(job.id, on_event=on_event)
    if ended.state != "succeeded":
        raise TrainingFailed(f"a {ended.kind} job that {ended.state}", "one that succeeds", "See the server's log.")
    return ended


def fetch(client: Client, dataset: Dataset, cases: tuple[str, ...], folder: Path) -> None:
    """Download the three volumes of each prediction."""
    for case in cases:
        newest = client.predictions(dataset.id, case)[0]
        for name in ("segmentation", "uncertainty", "disagreement"):
            client.download(getattr(newest, name), folder / f"{case}.{name}.nrrd")
