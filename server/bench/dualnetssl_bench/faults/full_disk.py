"""Disks that run full in an upload, in commits, in a training's checkpoint and in a backup."""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING

from dualnetssl_bench.faults.disks import fill_up, small_disk
from dualnetssl_bench.faults.judging import fill, judge_refusal, judge_running
from dualnetssl_bench.faults.ledger import Ledger
from dualnetssl_bench.faults.outcome import Outcome, crashed, lost, skipped, survived
from dualnetssl_bench.faults.recovery import account
from dualnetssl_bench.faults.serving import Serving, run_command
from dualnetssl_bench.faults.training import history, last_step, train, until, until_step
from dualnetssl_bench.faults.worker_kills import process_lives
from dualnetssl_bench.faults.writing import make_dataset, send, write_some

if TYPE_CHECKING:
    from DualNetSSLLib.client.client import Client

DISK_MIB, FILLER_MIB, FILE_MIB = 160, 48, 64
"""The server keeps 64 MiB free: with the filler there are 48 for a file of 64, without it 96."""
MIB = 1 << 20
STEPS = 4000
STUCK_SECONDS = 8.0
MOST_COMMITS = 5000
BACKUP_BYTES = 40_000
"""Room that is left for a backup: less than any store takes."""


def in_upload(folder: Path) -> Outcome:
    """Let an upload meet the end of the disk; once there is room it must go on where it was."""
    with small_disk(folder / "disk", DISK_MIB) as reason:
        if reason:
            return skipped(reason)
        ledger, filler = fill(folder / "disk" / "data"), folder / "disk" / "filler"
        filler.write_bytes(bytes(FILLER_MIB * MIB))
        with Serving(folder / "disk" / "data") as serving:
            serving.start_or_raise()
            content = secrets.token_bytes(FILE_MIB * MIB)
            with serving.client() as client:
                said = _refused(client, folder, content)
                if said is not None:
                    return crashed(said)
                filler.unlink()
                ledger.blob(send(client, folder, content))
                return judge_running(serving, ledger.losses(client), ledger, "507, then the upload went on")


def _refused(client: Client, folder: Path, content: bytes) -> str | None:
    from DualNetSSLLib.client.errors import DiskFull, DualNetSSLError

    try:
        send(client, folder, content)
    except DiskFull:
        return None
    except DualNetSSLError as error:
        return f"instead of disk-full: {type(error).__name__}: {error}"
    return "an upload larger than the disk was acknowledged"


def in_commit(folder: Path) -> Outcome:
    """Commit until the disk is full to the last byte: refused, and all there once there is room.

    What can be read without an entry in the audit is read on; a scan is, or is refused since it cannot be entered.
    """
    with small_disk(folder / "disk", DISK_MIB) as reason:
        if reason:
            return skipped(reason)
        ledger, filler = fill(folder / "disk" / "data"), folder / "disk" / "filler"
        with Serving(folder / "disk" / "data") as serving:
            serving.start_or_raise()
            fill_up(filler)
            with serving.client() as client:
                said = _commit_until_refused(client, ledger)
                client.datasets()
                losses = [loss for loss in ledger.losses(client) if "DiskFull: " not in loss]
                filler.unlink()
                make_dataset(client, ledger)
            if said is not None:
                return crashed(said)
            serving.kill()
            serving.start_or_raise()
            with serving.client() as client:
                return judge_running(
                    serving, losses + ledger.losses(client), ledger, "507 while it was full, all there after"
                )


def _commit_until_refused(client: Client, ledger: Ledger) -> str | None:
    from DualNetSSLLib.client.errors import DiskFull, DualNetSSLError

    try:
        for _ in range(MOST_COMMITS):
            make_dataset(client, ledger)
    except DiskFull:
        return None
    except DualNetSSLError as error:
        return f"instead of disk-full: {type(error).__name__}: {error}"
    return f"{MOST_COMMITS} commits on a full disk were acknowledged"


def in_checkpoint(folder: Path) -> Outcome:
    """Fill the disk to the last byte while a job trains.

    The job must say that the disk was full, at the latest when there is room to note it, and once it is resumed go on
    from its checkpoint.
    """
    with small_disk(folder / "disk", 2 * DISK_MIB) as reason:
        if reason:
            return skipped(reason)
        filler = folder / "disk" / "filler"
        with Serving(folder / "disk" / "data") as serving:
            serving.start_or_raise()
            with serving.client() as client:
                job = train(client, folder, STEPS)
                until_step(client, job, 6)
                fill_up(filler)
                _until_stuck(serving, client, job)
                reached = last_step(client, job)
                filler.unlink()
                return _goes_on(client, job, reached)


def _until_stuck(serving: Serving, client: Client, job: str) -> None:
    """Wait for the end of the job, or of its worker for some time; a full disk must not make the server forget."""
    pid = int((serving.data_folder / "jobs" / job / "worker.pid").read_text())
    until(lambda: client.job(job).ended or not process_lives(pid), "the end of a worker on a full disk")
    deadline = time.monotonic() + STUCK_SECONDS
    while not client.job(job).ended and time.monotonic() < deadline:
        time.sleep(0.2)


def _goes_on(client: Client, job: str, reached: int) -> Outcome:
    """See that a job says why it has ended, and makes further steps once it is resumed; then end it."""
    until(lambda: client.job(job).ended, "the end of a training that had no room")
    problem = client.job(job).problem
    if "disk-full" not in str(problem):
        return crashed(f"the job does not say that the disk was full, but: {problem}")
    client.resume_job(job)
    until_step(client, job, reached + 1)
    if client.job(job).ended:
        return crashed(f"after there was room again the job {client.job(job).state}: {client.job(job).problem}")
    client.cancel_job(job)
    until(lambda: client.job(job).ended, "the end of a cancelled training")
    return _told_whole(client, job)


def _told_whole(client: Client, job: str) -> Outcome:
    counts = account(history(client, job), last_step(client, job))
    if counts["events_lost"] or counts["events_twice"]:
        return lost([f"{counts['events_lost']} events lost, {counts['events_twice']} told twice"])
    return survived(
        f"said disk-full and went on from its checkpoint when resumed, {counts['events']} events without a gap"
    )


def in_backup(folder: Path) -> Outcome:
    """Back up onto a disk that is too small: refused with a sentence, and the data untouched."""
    with small_disk(folder / "disk", 1) as reason:
        if reason:
            return skipped(reason)
        ledger = Ledger()
        with Serving(folder / "data") as serving:
            serving.start_or_raise()
            with serving.client() as client:
                write_some(client, ledger, folder / "files")
            fill_up(folder / "disk" / "filler", leave=BACKUP_BYTES)
            target = folder / "disk" / "backup"
            said = run_command("backup", str(target), "--data-folder", str(folder / "data"))
            with serving.client() as client:
                running = judge_running(serving, ledger.losses(client), ledger)
        if said.status == 0:
            return crashed("a backup that does not fit says that it succeeded")
        if "backup for which its disk has no room" not in said.text:
            return crashed(f"it does not say that the disk of the backup is full: {said.sentence}")
        return running if running.bad else judge_refusal(said)
