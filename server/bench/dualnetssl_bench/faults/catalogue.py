"""Every fault there is, by its name in the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dualnetssl_bench.faults import clocks, damaged_store, folders, full_disk, stops, worker_kills
from dualnetssl_bench.faults.outcome import Outcome
from dualnetssl_bench.faults.server_kills import kill_rounds


@dataclass(frozen=True)
class Fault:
    """One row.

    Attributes:
        name: as the table has it.
        run: does it, in an empty folder of its own.
        quick: whether it costs a few seconds at most.
    """

    name: str
    run: Callable[[Path], Outcome]
    quick: bool = False


def catalogue(rounds: int) -> tuple[Fault, ...]:
    """Return all faults, the server killed so many times."""
    return (
        Fault(f"kill -9 of the server, {rounds} rounds", partial(kill_rounds, rounds=rounds), quick=True),
        Fault("kill -9 of the worker", worker_kills.kill_worker),
        Fault("kill -9 of worker and server", partial(worker_kills.kill_worker, server_too=True)),
        Fault("SIGTERM, idle", stops.stop_idle, quick=True),
        Fault("SIGTERM in an upload", stops.stop_in_upload),
        Fault("SIGTERM in a check", stops.stop_in_check),
        Fault("SIGTERM in a training", stops.stop_in_training),
        Fault("disk full in an upload", full_disk.in_upload),
        Fault("disk full in commits", full_disk.in_commit),
        Fault("disk full in a checkpoint", full_disk.in_checkpoint),
        Fault("disk full in a backup", full_disk.in_backup),
        *(_store_faults()),
        Fault("clock set back by a year", clocks.set_back),
        Fault("clock set forward by a year", partial(clocks.set_back, days=-clocks.YEAR)),
        Fault("clock set back in a training", clocks.set_back_in_training),
        Fault("ten years between two starts", clocks.old_files),
        Fault("two servers on one folder", folders.two_servers, quick=True),
        Fault("data folder read-only", folders.unwritable, quick=True),
        Fault("data folder is a file", folders.a_file, quick=True),
        Fault("no right to make the data folder", folders.without_rights, quick=True),
    )


def _store_faults() -> list[Fault]:
    quick = ("store removed", "store emptied")
    harmed = [
        Fault(name, partial(damaged_store.harm_store, harm=harm), name in quick)
        for name, harm in damaged_store.HARMS.items()
    ]
    return [*harmed, Fault("store copied without its log", damaged_store.without_log)]
