"""The job directory: all that server and worker say to each other, in files.

::

    job.json          the order, frozen (JobSpec)
    events.jsonl      history; only the worker that holds worker.lock appends
    checkpoint.pt     newest state of training, and checkpoint.prev.pt the one before
    result.json       the outcome, written once, whole
    result.next.json  the outcome while the history is being told of it
    cancel            its presence asks the worker to stop gracefully
    pause             its presence asks the worker to go without an outcome: another one will go on from its checkpoint
    worker.lock       held for as long as the worker lives; the kernel lets go of it when the worker dies
    worker.log        what the worker printed
    model/            the trained model
    predictions/      what prediction made
"""

from __future__ import annotations

import errno
import json
import os
import time
from dataclasses import dataclass
from itertools import dropwhile, islice, takewhile
from pathlib import Path
from typing import Any, BinaryIO, Literal

from filelock import FileLock, Timeout
from pydantic import Field

from dualnetssl.contract.jobspec import JobSpec
from dualnetssl.contract.schema import Event, Problem, Strict

NO_ROOM_STATUS = 73
"""Exit status of a worker for whose outcome there was no room on the disk."""

PAUSED_STATUS = 74
"""Exit status of a worker that was asked to pause: the job is to go on in another worker."""

_NEAR = 8192


class JobResult(Strict):
    """How a job ended; a cancelled training may still carry a usable model.

    ``model`` tells whether ``model/`` is complete, ``predictions`` whether ``predictions/predictions.json`` is.
    """

    outcome: Literal["succeeded", "failed", "cancelled"]
    step: int | None = None
    model: bool = False
    predictions: bool = False
    metrics: dict[str, Any] = Field(default_factory=dict)
    problem: Problem | None = None


def write_atomic(path: Path, data: bytes) -> None:
    """Replace a file as a whole: after a crash it holds the old or the new bytes, never a part."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


@dataclass(frozen=True)
class JobDirectory:
    """Paths and whole-file operations of one job's folder."""

    path: Path

    @property
    def spec_path(self) -> Path:
        """The order."""
        return self.path / "job.json"

    @property
    def events_path(self) -> Path:
        """The history."""
        return self.path / "events.jsonl"

    @property
    def checkpoint_path(self) -> Path:
        """The newest state of training."""
        return self.path / "checkpoint.pt"

    @property
    def previous_checkpoint_path(self) -> Path:
        """The state of training before the newest."""
        return self.path / "checkpoint.prev.pt"

    @property
    def result_path(self) -> Path:
        """The outcome."""
        return self.path / "result.json"

    @property
    def next_result_path(self) -> Path:
        """The outcome from when it is known until the history ends with it."""
        return self.path / "result.next.json"

    @property
    def cancel_path(self) -> Path:
        """The request to stop."""
        return self.path / "cancel"

    @property
    def pause_path(self) -> Path:
        """The request to go on in another worker."""
        return self.path / "pause"

    @property
    def log_path(self) -> Path:
        """What the worker printed."""
        return self.path / "worker.log"

    @property
    def model_path(self) -> Path:
        """The trained model's folder."""
        return self.path / "model"

    @property
    def predictions_path(self) -> Path:
        """The predictions' folder."""
        return self.path / "predictions"

    def create(self, spec: JobSpec) -> None:
        """Make the folder and freeze the order in it."""
        self.path.mkdir(parents=True, exist_ok=True)
        write_atomic(self.spec_path, spec.model_dump_json(indent=1).encode())

    def read_spec(self) -> JobSpec:
        """Read the order."""
        return JobSpec.stored(self.spec_path.read_bytes())

    def request_cancel(self) -> None:
        """Ask the worker to stop after its present step and to keep a usable model."""
        self.cancel_path.touch()

    def withdraw_cancel(self) -> None:
        """Forget an earlier request to stop, and the outcome that it led to."""
        self.cancel_path.unlink(missing_ok=True)
        self.result_path.unlink(missing_ok=True)
        self.next_result_path.unlink(missing_ok=True)

    def cancel_requested(self) -> bool:
        """Whether somebody asked the worker to stop."""
        return self.cancel_path.exists()

    def request_pause(self) -> None:
        """Ask the worker to end after its present step, so that another worker goes on from there."""
        self.pause_path.touch()

    def stop_requested(self) -> bool:
        """Whether the worker is to end before its work is done, for good or for a while."""
        return self.cancel_requested() or self.pause_path.exists()

    def write_result(self, result: JobResult) -> None:
        """Write the outcome as a whole."""
        write_atomic(self.result_path, result.model_dump_json(indent=1).encode())

    def hold_result(self, result: JobResult) -> None:
        """Write the outcome down without declaring the job ended; see `release_result`."""
        write_atomic(self.next_result_path, result.model_dump_json(indent=1).encode())

    def held_result(self) -> JobResult | None:
        """Read the outcome that a worker wrote down and died before it declared it, or None."""
        try:
            return JobResult.model_validate_json(self.next_result_path.read_bytes())
        except FileNotFoundError:
            return None

    def release_result(self) -> None:
        """Declare the job ended with the outcome that is held."""
        self.next_result_path.replace(self.result_path)

    def read_result(self) -> JobResult | None:
        """Read the outcome, or None while there is none."""
        try:
            return JobResult.model_validate_json(self.result_path.read_bytes())
        except FileNotFoundError:
            return None

    def worker_lock(self) -> FileLock:
        """The lock that a worker holds for life; acquire it with ``timeout=0``."""
        return FileLock(self.path / "worker.lock", timeout=0)

    def worker_alive(self) -> bool:
        """Whether a worker holds the lock now."""
        try:
            with self.worker_lock():
                return False
        except Timeout:
            return True

    def read_events(self, after: int = 0, limit: int | None = None) -> list[Event]:
        """Read events, without reading what lies before the cursor; a line still being written is left for later.

        Args:
            after: cursor; events whose ``seq`` is greater are read.
            limit: most events to read; all if absent.
        """
        try:
            with self.events_path.open("rb") as file:
                file.seek(_start_after(file, after))
                whole = takewhile(lambda line: line.endswith(b"\n"), file)
                fresh = dropwhile(lambda line: _seq(line) <= after, whole)
                return [Event.model_validate_json(line) for line in islice(fresh, limit)]
        except FileNotFoundError:
            return []


def _seq(line: bytes) -> int:
    seq: int = json.loads(line)["seq"]
    return seq


def _start_after(file: BinaryIO, after: int) -> int:
    """Return where a line begins that lies before the first event after a cursor, at most `_NEAR` bytes before it.

    Events are in the order of their ``seq``, so halving the file finds the place in a few reads.
    """
    low, high = 0, file.seek(0, os.SEEK_END) if after > 0 else 0
    while high - low > _NEAR:
        middle = (low + high) // 2
        file.seek(middle)
        file.readline()  # the rest of a line
        start, line = file.tell(), file.readline()
        if start < high and line.endswith(b"\n") and _seq(line) <= after:
            low = start
        else:
            high = middle
    return low


class EventLog:
    """The worker's pen for ``events.jsonl``.

    A worker that resumes from a checkpoint runs some steps a second time, and one that resumes a prediction comes
    past the scans that are done; their events are in the history already and are not written again, so a reader finds
    each step and each scan once.

    Attributes:
        ended: whether the last event is ``finished``.
    """

    def __init__(self, directory: JobDirectory) -> None:
        """Cut off a line that a killed worker left unfinished and go on after the last whole one."""
        self._path = directory.events_path
        data = self._path.read_bytes() if self._path.exists() else b""
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):
            os.truncate(self._path, len(whole))
        events = [json.loads(line) for line in whole.splitlines()]
        self._seq = len(events)
        self._seen = {key for event in events if (key := _once(event["kind"], event)) is not None}
        self.ended = bool(events) and events[-1]["kind"] == "finished"

    def append(self, kind: str, **fields: Any) -> Event | None:
        """Write one event; None if it repeats a step or a scan that the history already tells of."""
        key = _once(kind, fields)
        if key in self._seen:
            return None
        event = Event.model_validate({"seq": self._seq + 1, "time": time.time(), "kind": kind, **fields})
        _append(self._path, event.model_dump_json().encode() + b"\n")
        self._seq += 1
        self.ended = kind == "finished"
        if key is not None:
            self._seen.add(key)
        return event


def _append(path: Path, line: bytes) -> None:
    """Add a whole line or nothing: on a disk that is full a part of it would spoil the next one."""
    with path.open("ab", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        try:
            if file.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            file.truncate(size)
            raise


def _once(kind: str, fields: dict[str, Any]) -> tuple[str, int | str] | None:
    """What a history tells once and no more: a kind of event with its step or scan; None for other events."""
    if kind in ("progress", "validation", "checkpoint", "calibrated"):
        return kind, fields["step"]
    return (kind, fields["case"]) if kind == "predicted" else None
