"""A filled data folder to do harm to, and the judgement of what a server makes of it."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

from dualnetssl_bench.faults.ledger import Ledger, missing_blobs, whole_blobs
from dualnetssl_bench.faults.outcome import Outcome, Verdict, crashed, lost, survived
from dualnetssl_bench.faults.serving import Serving
from dualnetssl_bench.faults.writing import write_lasting
from dualnetssl_bench.servers.local_server import Refusal

SETTLE_SECONDS = 1.5
"""Time for what a server does by itself after its start: collection of garbage is what took scans away once."""
DAYS = 24 * 3600.0


def fill(folder: Path, *, ending: int | None = signal.SIGINT, ledger: Ledger | None = None) -> Ledger:
    """Make a data folder through a real server, with a data set and a case of two revisions.

    Args:
        folder: of the data.
        ending: signal that ends the server; None kills it.
        ledger: where to remember; a new one if absent.
    """
    ledger = ledger or Ledger()
    with Serving(folder) as serving:
        serving.start_or_raise()
        with serving.client() as client:
            write_lasting(client, ledger, folder.parent / "files")
        if ending is not None:
            serving.stop(ending)
    return ledger


def age(folder: Path, days: float) -> None:
    """Make all files look as if they were last touched so many days ago; negative: in the future."""
    then = time.time() - days * DAYS
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (then, then))


def judge_start(folder: Path, ledger: Ledger, why: str = "") -> Outcome:
    """Start a server on a folder that was harmed, and say what became of what was acknowledged.

    A server that refuses must say what to do and leave every file as it was; one that starts must have everything.
    """
    before = whole_blobs(folder / "blobs")
    with Serving(folder) as serving:
        refusal = serving.start()
        if refusal is not None:
            return judge_refusal(refusal, missing_blobs(before, folder / "blobs"))
        return judge_running(serving, missing_after(serving, ledger), ledger, why)


def missing_after(serving: Serving, ledger: Ledger) -> list[str]:
    """Give a server the time to do harm, then ask for everything."""
    time.sleep(SETTLE_SECONDS)
    with serving.client() as client:
        return ledger.losses(client)


def judge_refusal(refusal: Refusal, losses: object = ()) -> Outcome:
    """Say whether a refusal is one that helps."""
    if losses:
        return lost([str(loss) for loss in losses] if isinstance(losses, list | tuple) else [str(losses)])
    if refusal.spoken:
        return Outcome(Verdict.REFUSED, refusal.sentence)
    return crashed(f"exit status {refusal.status}: {refusal.sentence}")


def judge_running(serving: Serving, losses: list[str], ledger: Ledger, why: str = "") -> Outcome:
    """Say whether a server that runs has everything, and no traceback in its log."""
    if losses:
        return lost(losses, acknowledged=len(ledger))
    if (found := serving.traceback()) is not None:
        return crashed(f"everything is there, but the log has: {found}")
    return survived(why or f"all {len(ledger)} acknowledged writes are there", acknowledged=len(ledger), lost=0)


def copy(source: Path, target: Path) -> Path:
    """Copy a data folder, modification times with it."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("server.lock"))
    return target
