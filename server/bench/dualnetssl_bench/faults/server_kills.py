"""kill -9 of the server at random moments while four clients write."""

from __future__ import annotations

import secrets
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from dualnetssl_bench.faults.ledger import Ledger
from dualnetssl_bench.faults.outcome import Outcome, crashed, lost, survived
from dualnetssl_bench.faults.serving import Serving
from dualnetssl_bench.faults.writing import writers

EARLIEST, LATEST = 0.2, 3.0
"""Seconds between which the server is killed: after the start, or in every second round after the next revision."""
PATIENCE_SECONDS = 60.0


def kill_rounds(folder: Path, rounds: int) -> Outcome:
    """Kill, start again, and ask for every acknowledged write: the new ones after each round, all at the end."""
    ledger, losses, faults = Ledger(), list[str](), list[str]()
    with Serving(folder / "data") as serving:
        serving.start_or_raise()
        for number in range(1, rounds + 1):
            known = len(ledger)
            with writers(serving, ledger, folder / "files"):
                if number % 2 == 0:
                    _await_revision(ledger)
                time.sleep(_moment())
                serving.kill()
            refusal = serving.start()
            if refusal is not None:
                return crashed(f"no start after kill {number}: {refusal.sentence}", **_figures(ledger, number))
            with serving.client() as client:
                losses += ledger.losses(client, since=known)
            faults += _store_faults(folder / "data" / "store.sqlite")
        with serving.client() as client:
            losses += ledger.losses(client)
        found = serving.traceback()
    return _judge(ledger, losses, faults + ([found] if found else []), rounds)


def _await_revision(ledger: Ledger) -> None:
    """Wait for the next acknowledged revision: on a slow computer no check would end before the kill."""
    known, deadline = ledger.counts()["revision"], time.monotonic() + PATIENCE_SECONDS
    while ledger.counts()["revision"] == known and time.monotonic() < deadline:
        time.sleep(0.02)


def _moment() -> float:
    return secrets.SystemRandom().uniform(EARLIEST, LATEST)


def _judge(ledger: Ledger, losses: list[str], faults: list[str], rounds: int) -> Outcome:
    figures = _figures(ledger, rounds)
    if losses:
        return lost(losses, **figures)
    if faults:
        return crashed(faults[0], **figures)
    counts = ", ".join(f"{count} {kind}s" for kind, count in ledger.counts().items())
    return survived(f"{rounds} rounds, {len(ledger)} acknowledged ({counts}), 0 lost", **figures, lost=0)


def _figures(ledger: Ledger, rounds: int) -> dict[str, object]:
    return {"rounds": rounds, "acknowledged": len(ledger), **ledger.counts()}


def _store_faults(path: Path) -> list[str]:
    """Ask SQLite itself about the store of the server that runs."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    return [] if said == ["ok"] else [f"integrity_check: {said[0]}"]
