"""``bench scale``: scans an hour against workers, with a network of fixed cost: what the server itself allows.

A supervisor with store and blobs of its own gives each worker a job of so many scans; the workers of `stand_in` wait
instead of computing, so that a small computer can have many. What is lost against workers without a server is the
start of processes and the taking in of predictions, which one thread does.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from dualnetssl.cli.numbers import above_zero, whole
from dualnetssl.cli.terminal import Progress
from dualnetssl.contract.schema import CasePut, DatasetCreate, Geometry, JobCreate, JobKind, JobState, LabelDefinition
from dualnetssl.contract.seals import read_seals, write_seals
from dualnetssl.server.blobs import Blobs
from dualnetssl.server.engines.local import LocalEngine
from dualnetssl.server.store import Store
from dualnetssl.server.store.cases import CheckedCase
from dualnetssl.server.supervisor import Supervisor
from dualnetssl.server.supervisor.outcomes import pack
from dualnetssl_bench.findings import frame
from dualnetssl_bench.findings.frame import Findings
from dualnetssl_bench.servers.stand_in import PARTS

_GRID = Geometry(size=(2, 2, 2), spacing=(1, 1, 1), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--workers", nargs="+", type=whole("--workers", 1, 256), default=[1, 4, 16, 64], help="(1 4 16 64)"
    )
    parser.add_argument("--scans", type=whole("--scans", 1), default=20, help="for each worker (20)")
    parser.add_argument("--seconds", type=above_zero("--seconds"), default=2.0, help="that the network takes (2)")
    parser.add_argument("--kilobytes", type=above_zero("--kilobytes"), default=1024.0, help="of each of 4 files (1024)")
    frame.add_file(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure, and tell it."""
    figures = []
    with Progress("workers") as progress:
        for done, workers in enumerate(arguments.workers):
            progress.count(done, len(arguments.workers), f"{workers} workers")
            with tempfile.TemporaryDirectory(prefix="dualnetssl-bench-") as folder:
                figures.append(measure(workers, arguments, Path(folder)))
    with tempfile.TemporaryDirectory(prefix="dualnetssl-bench-") as folder:
        taken = taking_in(Path(folder), arguments.scans, int(1024 * arguments.kilobytes))
    frame.tell(findings(figures, taken), arguments.output)
    return 0


def taking_in(folder: Path, scans: int, size: int, rounds: int = 3) -> dict[str, float]:
    """Return the CPU ms a scan of taking files in by their seals, and by copying and reading them, in turns."""
    blobs, best = Blobs(folder / "blobs"), {"sealed": float("inf"), "copied": float("inf")}
    for _ in range(rounds):
        for way in best:
            names = [f"{number}.{part}" for number in range(scans) for part in PARTS]
            for name in names:
                (folder / name).write_bytes(os.urandom(size))
            write_seals(folder, names)
            seals = read_seals(folder) if way == "sealed" else {}
            begun = time.process_time()
            blobs.import_files((folder / name, seals.get(name)) for name in names)
            best[way] = min(best[way], 1000 * (time.process_time() - begun) / scans)
            for name in names:
                (folder / name).unlink()
    return {way: round(spent, 3) for way, spent in best.items()}


def measure(workers: int, chosen: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Predict with so many workers at a time, one job each, and return what it took."""
    store, blobs = Store(folder / "store.sqlite"), Blobs(folder / "blobs")
    dataset, model = _prepared(store, blobs, workers * chosen.scans, folder)
    command = (sys.executable, "-m", "dualnetssl_bench.servers.stand_in", str(chosen.seconds), str(chosen.kilobytes))
    engine = LocalEngine(command, niceness=0, workers=workers)
    supervisor = Supervisor(store, blobs, folder / "jobs", engine=engine, slots=("cpu",) * workers)
    for worker in range(workers):
        cases = tuple(f"scan{number}" for number in range(worker, workers * chosen.scans, workers))
        supervisor.submit(JobCreate(kind=JobKind.PREDICT, dataset=dataset, model=model, cases=cases))
    begun, spent = time.perf_counter(), time.process_time()
    supervisor.start()
    while store.jobs.find(states=[JobState.QUEUED, JobState.RUNNING]):
        time.sleep(0.1)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - spent
    supervisor.stop()
    while any(engine.alive(folder / "jobs" / job.id) for job in store.jobs.find()):
        time.sleep(0.01)
    failed = len(store.jobs.find(states=[JobState.FAILED]))
    store.close()
    return figures_of(workers, chosen.scans, chosen.seconds, seconds, cpu) | {"failed": failed}


def _prepared(store: Store, blobs: Blobs, scans: int, folder: Path) -> tuple[str, str]:
    """Make a data set of scans and a model of it."""
    labels = (LabelDefinition(value=1, name="organ"),)
    dataset = store.datasets.create(DatasetCreate(name="scans", labels=labels)).id
    for number in range(scans):
        content = CasePut(image=_upload(blobs, f"scan {number}".encode()))
        store.cases.put(dataset, f"scan{number}", CheckedCase(content, _GRID, 0.0), None)
    (folder / "model").mkdir()
    (folder / "model" / "model.pt").write_bytes(b"weights")
    pack(folder / "model", folder / "model.zip")
    job, _ = store.jobs.create(JobCreate(kind=JobKind.TRAIN, dataset=dataset, predict_after=False))
    store.jobs.transition(job.id, [JobState.QUEUED], JobState.SUCCEEDED)
    return dataset, store.models.record(job.id, labels, {}, blobs.import_file(folder / "model.zip")).id


def _upload(blobs: Blobs, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    blobs.append(digest, 0, len(data), data)
    return digest


def figures_of(workers: int, scans: int, network: float, seconds: float, cpu: float) -> dict[str, Any]:
    """Return what is told of one measurement.

    Args:
        workers: at a time.
        scans: that each predicted.
        network: seconds a scan that its network took.
        seconds: that all of it took.
        cpu: seconds of a core that the server took.

    Example:
        >>> figures_of(2, 10, 1.0, 12.5, 0.5)["share"]
        0.8
    """
    count = workers * scans
    return {
        "workers": workers,
        "scans": count,
        "seconds": round(seconds, 2),
        "scans_an_hour": round(3600 * count / seconds),
        "share": round(scans * network / seconds, 3),
        "server_cpu_ms_a_scan": round(1000 * cpu / count, 1),
    }


def findings(figures: list[dict[str, Any]], taken: dict[str, float]) -> Findings:
    """Lay out the measurements."""
    rows = [
        [
            str(one["workers"]),
            str(one["scans"]),
            f"{one['scans_an_hour']:,}",
            f"{one['share']:.0%}",
            f"{one['server_cpu_ms_a_scan']:.1f}",
        ]
        for one in figures
    ]
    header = ["workers", "scans", "scans an hour", "of workers without a server", "server's CPU ms a scan"]
    notes = (
        f"Taking in the files of a scan, in turns: {taken['sealed']:.2f} CPU ms by their seals, {taken['copied']:.2f} "
        "by copying and reading them.",
        f"Load of the computer: {frame.load_in_words(frame.load())}.",
    )
    return Findings("scale", header, rows, {"runs": figures, "taking_in_ms": taken}, notes)
