"""kill -9 of workers, alone and together with the server."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from dualnetssl_bench.faults.outcome import Outcome, crashed, lost
from dualnetssl_bench.faults.serving import Serving
from dualnetssl_bench.faults.training import ended_well, fields, history, train, until, until_step

STEPS, KILL_AT = 20, 7
"""The kill comes after the first checkpoint, which is at step 5."""


def kill_worker(folder: Path, *, server_too: bool = False) -> Outcome:
    """Kill the worker after its first checkpoint; the job must go on from there, and tell every step once."""
    with Serving(folder / "data") as serving:
        serving.start_or_raise()
        with serving.client() as client:
            job = train(client, folder, STEPS)
            until_step(client, job, KILL_AT)
        kill_now(serving, job, server_too=server_too)
        if server_too:
            serving.start_or_raise()
        with serving.client() as client:
            outcome = ended_well(client, job, STEPS)
            resumed = [fields(event)["step"] for event in history(client, job) if event.kind == "resumed"]
    if not outcome.bad and not resumed:
        return crashed("the job ended before its worker was killed; the bench came too late")
    if not outcome.bad and resumed[-1] < 5:
        return lost([f"the job went on from step {resumed[-1]} although a checkpoint was written at step 5"])
    return outcome


def kill_now(serving: Serving, job: str, *, server_too: bool) -> None:
    """Kill the server first, if at all, so that it cannot start the worker again."""
    pid = int((serving.data_folder / "jobs" / job / "worker.pid").read_text())
    if server_too:
        serving.kill()
    os.kill(pid, signal.SIGKILL)
    until(lambda: not process_lives(pid), "the end of a killed worker")


def process_lives(pid: int) -> bool:
    """Whether a process runs, as Linux tells: one that has ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
