"""``bench api``: how fast the server answers while a job trains and clients upload or poll, and the memory for it."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dualnetssl.cli.numbers import above_zero, whole
from dualnetssl.contract.errors import TrainingFailed
from dualnetssl_bench.findings import frame
from dualnetssl_bench.findings.frame import Findings
from dualnetssl_bench.servers import pollers
from dualnetssl_bench.servers.find_library import need_library
from dualnetssl_bench.servers.local_server import LocalServer
from dualnetssl_bench.servers.memory import peak_bytes, processes_about
from dualnetssl_bench.servers.uploader import MEGABYTE, TOKEN_VARIABLE, make_unique

if TYPE_CHECKING:
    from DualNetSSLLib.client.client import Client

TARGET_MS = 200.0
CASES, LABELLED = 6, 3
POLL_PAUSE = 0.02
PHASES = ("training", "training and uploads", *(f"{kind} pollers" for kind in pollers.KINDS))
QUIET_SECONDS = 5.0
START_SECONDS = 120.0


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--clients", type=whole("--clients", 1), default=4, help="clients that upload at the same time (4)"
    )
    parser.add_argument(
        "--files", type=whole("--files", 1), default=20, help="files that each client uploads at most (20)"
    )
    parser.add_argument("--megabytes", type=whole("--megabytes", 1), default=16, help="size of each file (16)")
    parser.add_argument(
        "--seconds", type=above_zero("--seconds"), default=20.0, help="longest time of the uploading (20)"
    )
    parser.add_argument(
        "--cases", type=whole("--cases", 1), default=500, help="cases of the data set that is polled (500)"
    )
    parser.add_argument(
        "--pollers", type=whole("--pollers", 1), default=20, help="clients that poll its lists, each once a second (20)"
    )
    parser.add_argument(
        "--poll-seconds", type=above_zero("--poll-seconds"), default=20.0, help="time of each kind of polling (20)"
    )
    frame.add_file(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure, and tell it."""
    need_library()
    with tempfile.TemporaryDirectory(prefix="dualnetssl-bench-") as folder:
        figures = measure(arguments, Path(folder))
    frame.tell(findings(figures), arguments.output)
    return 0


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run the whole bench in a folder; returns plain figures: ms, bytes, bytes per second."""
    from DualNetSSLLib.client.client import Client

    with LocalServer(folder / "server") as server, Client(server.address, server.token) as client:
        throughput = compare_with_copy(client, folder, arguments.megabytes * 4)
        many = pollers.make_cases(client, arguments.cases)
        job = start_training(client, folder / "samples")
        try:
            quiet = poll(client, job, lambda since: since < QUIET_SECONDS)
            with uploaders(arguments, server, folder) as processes:
                busy = poll(client, job, lambda _: any(process.poll() is None for process in processes))
                uploads = [read_report(process) for process in processes]
            polled = {kind: beside_pollers(arguments, server, client, many, kind) for kind in pollers.KINDS}
            workers = [peak_bytes(process) for process in processes_about(str(server.data_folder / "jobs"))]
            peak = {"api": peak_bytes(server.process.pid), "worker": max(filter(None, workers), default=None)}
        finally:
            stop_training(client, job, server.data_folder)
    peak["client"] = max((upload["peak_bytes"] for upload in uploads if upload["peak_bytes"]), default=None)
    return {
        "training": quiet,
        "training and uploads": busy,
        **{f"{kind} pollers": times for kind, (times, _) in polled.items()},
        "pollers": {kind: {"clients": arguments.pollers, **report} for kind, (_, report) in polled.items()},
        "load": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "upload": throughput | together(uploads, arguments.megabytes),
        "peak_bytes": peak,
    }


def compare_with_copy(client: Client, folder: Path, megabytes: int, rounds: int = 3) -> dict[str, float]:
    """Time one client's upload of a file against a plain copy of it with SHA-256 to the same disk."""
    copies, uploads = [], []
    for _ in range(rounds):
        path = make_unique(folder / "file.bin", megabytes)
        copies.append(seconds_of(partial(copy_with_digest, path, folder / "copy.bin")))
        uploads.append(seconds_of(partial(client.upload, path)))
    size = megabytes * MEGABYTE
    copy, upload = statistics.median(copies), statistics.median(uploads)
    return {"copy_bytes_per_second": size / copy, "bytes_per_second": size / upload, "ratio_to_copy": copy / upload}


def copy_with_digest(source: Path, target: Path) -> str:
    """Copy a file durably and return its SHA-256."""
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("wb") as writer:
        while piece := reader.read(MEGABYTE):
            digest.update(piece)
            writer.write(piece)
        writer.flush()
        os.fsync(writer.fileno())
    return digest.hexdigest()


def seconds_of(action: Callable[[], object]) -> float:
    """Return how long an action takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def start_training(client: Client, folder: Path) -> str:
    """Upload sample scans, begin a training that outlasts the bench, and wait until its steps go on."""
    from dualnetssl.volumes.phantoms import LABELS, case_name, write_sample_data
    from DualNetSSLLib.client.records import LabelDefinition

    write_sample_data(folder, CASES, 0, "small")
    labels = [LabelDefinition(**label.model_dump()) for label in LABELS]
    dataset = client.create_dataset("bench", labels).id
    for number in range(1, CASES + 1):
        name = case_name(number)
        label = folder / "labels" / f"{name}.nrrd" if number <= LABELLED else None
        client.upload_case(dataset, name, folder / "images" / f"{name}.nrrd", label)
    config = {"steps": 1_000_000, "width": 4, "report_every": 1}
    job = client.create_job("train", dataset, config=config, predict_after=False).id
    since = time.monotonic()
    for event in client.follow_events(job):
        if event.kind == "progress":
            return job
        if time.monotonic() - since > START_SECONDS:
            break
    raise TrainingFailed("a training that makes no step", "a worker that can train", "Run 'dualnetssl doctor'.")


def stop_training(client: Client, job: str, data_folder: Path) -> None:
    """Cancel the job, and make sure that no worker outlives the bench."""
    client.cancel_job(job)
    deadline = time.monotonic() + START_SECONDS
    while not client.job(job).ended and time.monotonic() < deadline:
        time.sleep(0.2)
    for process in processes_about(str(data_folder / "jobs")):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def poll(client: Client, job: str, go_on: Callable[[float], bool]) -> dict[str, dict[str, float]]:
    """Ask for health and events in turn, as a panel does, and return the answer times of each in ms."""
    after = 0

    def events() -> None:
        nonlocal after
        after = client.events(job, after=after).next

    return timed({"health": client.health, "events": events}, go_on)


def timed(actions: Mapping[str, Callable[[], object]], go_on: Callable[[float], bool]) -> dict[str, dict[str, float]]:
    """Do some things in turn, and return the times of each in ms."""
    started = time.monotonic()
    times: dict[str, list[float]] = {name: [] for name in actions}
    while go_on(time.monotonic() - started):
        for name, action in actions.items():
            times[name].append(1000 * seconds_of(action))
        time.sleep(POLL_PAUSE)
    return {name: summary(values) for name, values in times.items()}


def beside_pollers(
    arguments: argparse.Namespace, server: LocalServer, client: Client, dataset: str, kind: str
) -> tuple[dict[str, dict[str, float]], dict[str, int]]:
    """Return the answer times beside clients that poll a data set's lists, and what these clients were answered."""
    with pollers.polling(server, dataset, kind, arguments.pollers) as process:
        asked = pollers.looks(client, dataset)
        times = timed(asked, lambda since: since < arguments.poll_seconds)
        return times, pollers.end(process)


def summary(values: list[float]) -> dict[str, float]:
    """Return number, median, 99th percentile and maximum.

    Example:
        >>> summary([1.0, 2.0, 3.0, 50.0])
        {'count': 4, 'p50': 2.5, 'p99': 50.0, 'max': 50.0}
    """
    ordered = sorted(values)
    p99 = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    return {"count": len(ordered), "p50": statistics.median(ordered), "p99": p99, "max": ordered[-1]}


@contextlib.contextmanager
def uploaders(arguments: argparse.Namespace, server: LocalServer, folder: Path) -> Any:
    """Run the uploading clients; whatever happens, none of them is left."""
    options = ["--files", arguments.files, "--megabytes", arguments.megabytes, "--seconds", arguments.seconds]
    environment = os.environ | {TOKEN_VARIABLE: server.token}
    processes = []
    try:
        for number in range(arguments.clients):
            command = [sys.executable, "-m", "dualnetssl_bench.servers.uploader", server.address]
            command += [str(folder / f"client-{number}"), *map(str, options)]
            processes.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment))
        yield processes
    finally:
        for process in processes:
            process.kill()
            with process:  # closes its pipe and waits for it
                pass


def read_report(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Return what an uploading client printed at its end."""
    text, _ = process.communicate()
    report: dict[str, Any] = json.loads(text)
    return report


def together(uploads: list[dict[str, Any]], megabytes: int) -> dict[str, float]:
    """Sum up what the clients sent at the same time."""
    files, slowest = sum(upload["files"] for upload in uploads), max(upload["seconds"] for upload in uploads)
    return {
        "clients": len(uploads),
        "files": files,
        "together_bytes_per_second": files * megabytes * MEGABYTE / slowest if slowest else 0.0,
    }


def findings(figures: dict[str, Any]) -> Findings:
    """Lay the figures out: answer times as a table, all else as sentences below it."""
    header = ["answer time, ms", "asked", "p50", "p99", "max", f"p99 < {TARGET_MS:.0f}"]
    rows = [_row(f"{name}, {phase}", times) for phase in PHASES for name, times in figures[phase].items()]
    return Findings("api", header, rows, figures, tuple(sentences(figures)))


def _row(name: str, times: dict[str, Any]) -> list[str]:
    numbers = [f"{times[key]:.1f}" for key in ("p50", "p99", "max")]
    return [name, str(times["count"]), *numbers, "yes" if times["p99"] < TARGET_MS else "NO"]


def sentences(figures: dict[str, Any]) -> Iterator[str]:
    """Say what pollers were answered, how fast files were sent, what memory it took and how busy the machine was."""
    for kind, row in figures["pollers"].items():
        yield f"{row['clients']} {kind} pollers had {row['answers']} answers, {row['unchanged']} of them 'unchanged'"
    upload = figures["upload"]
    alone, copy, together = (
        f"{upload[key] / MEGABYTE:.0f} MiB/s"
        for key in ("bytes_per_second", "copy_bytes_per_second", "together_bytes_per_second")
    )
    yield f"upload {alone}, plain copy with SHA-256 {copy}: ratio {upload['ratio_to_copy']:.2f}"
    yield f"{upload['clients']} clients sent {upload['files']} files at {together} together"
    peaks = (f"{name} {peak / MEGABYTE:.0f}" for name, peak in figures["peak_bytes"].items() if peak)
    yield f"peak memory, MiB: {', '.join(peaks)}"
    if figures["load"]:
        yield f"load of the machine at the end: {figures['load'][0]:.1f} on {os.cpu_count()} cores"
