"""A server's store, blobs and supervisor without HTTP, around one tiny data set."""

from __future__ import annotations

import hashlib
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import fake_worker

from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.schema import CasePut, DatasetCreate, Geometry, Job, JobCreate, JobKind, LabelDefinition
from dualnetssl.server.blobs import Blobs
from dualnetssl.server.engines.local import LocalEngine
from dualnetssl.server.store import Store
from dualnetssl.server.store.cases import CheckedCase
from dualnetssl.server.supervisor import Supervisor

GRID = Geometry(size=(2, 2, 2), spacing=(1, 1, 1), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
FAKE = (sys.executable, str(Path(fake_worker.__file__)))


class InlineEngine:
    """Runs the fake worker to its end within ``start``, for tests that are not about processes."""

    def __init__(self) -> None:
        self.statuses: dict[Path, int] = {}

    def start(self, directory: Path, device: str) -> None:
        try:
            self.statuses[directory] = fake_worker.main(str(directory))
        except SystemExit as error:
            self.statuses[directory] = error.code

    def ready(self) -> bool:
        return True

    def waiting(self, directory: Path) -> bool:
        return False

    def alive(self, directory: Path) -> bool:
        return False

    def exit_status(self, directory: Path) -> int | None:
        return self.statuses.get(directory)

    def stop(self, directory: Path) -> None:
        raise AssertionError("there is nothing to stop")


@dataclass
class Place:
    """A data folder and what serves it at present."""

    root: Path
    store: Store
    blobs: Blobs
    supervisor: Supervisor
    engine: LocalEngine | InlineEngine
    dataset: str = ""

    def directory(self, job: str) -> JobDirectory:
        return JobDirectory(self.root / "jobs" / job)

    def order(self, kind: JobKind = JobKind.TRAIN, key: str | None = None, **fields) -> Job:
        config = fields.pop("config", {"steps": 3, "checkpoint_every": 1} if kind is JobKind.TRAIN else {})
        request = JobCreate(kind=kind, dataset=self.dataset, config=config, **fields)
        return self.supervisor.submit(request, key)[0]

    def put(self, name: str, label: bytes | None = None, image: bytes | None = None) -> None:
        digests = [upload(self.blobs, data) if data else None for data in (image or name.encode(), label)]
        content = CasePut(image=digests[0], label=digests[1])
        self.store.cases.put(self.dataset, name, CheckedCase(content, GRID, 1.0 if label else 0.0), None)

    def until(self, done, seconds: float = 300.0) -> None:
        """Reconcile until something is so."""
        deadline = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < deadline, "it did not come about"
            self.supervisor.reconcile()
            time.sleep(0.01)

    def ended(self, job: Job) -> Job:
        self.until(lambda: self.store.jobs.get(job.id).state.ended)
        return self.store.jobs.get(job.id)


def upload(blobs: Blobs, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    blobs.append(digest, 0, len(data), data)
    return digest


def open_place(root: Path, command: tuple[str, ...] | None = FAKE, dataset: str = "", **options) -> Place:
    """Open a data folder; without a command the fake worker runs inline."""
    store, blobs = Store(root / "store.sqlite"), Blobs(root / "blobs")
    engine = LocalEngine(command, niceness=0) if command else InlineEngine()
    supervisor = Supervisor(store, blobs, root / "jobs", engine=engine, **options)
    return Place(root, store, blobs, supervisor, engine, dataset)


def new_place(root: Path, command: tuple[str, ...] | None = FAKE, **options) -> Place:
    place = open_place(root, command, **options)
    labels = (LabelDefinition(value=1, name="organ"),)
    place.dataset = place.store.datasets.create(DatasetCreate(name="tiny", labels=labels)).id
    place.put("one", label=b"a label")
    place.put("two")
    return place


def end_workers(place: Place) -> None:
    for child in place.engine._children.values():
        child.kill()
        child.wait()


def close(place: Place) -> None:
    end_workers(place)
    place.store.close()
