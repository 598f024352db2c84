"""A clock that was wrong: everything was written in what is now the future, or is ten years old."""

from __future__ import annotations

import os
import time
from pathlib import Path

from dualnetssl_bench.faults.judging import DAYS, age, fill, judge_start
from dualnetssl_bench.faults.ledger import Ledger
from dualnetssl_bench.faults.outcome import Outcome, crashed, lost, survived
from dualnetssl_bench.faults.serving import Serving
from dualnetssl_bench.faults.training import ended_well, train, until_step
from dualnetssl_bench.faults.worker_kills import kill_now
from dualnetssl_bench.faults.writing import write_lasting

YEAR = 365.0
STEPS, KILL_AT = 12, 6

_AHEAD = """import time
_real = time.time
time.time = lambda: _real() + {seconds}
"""


def clock_ahead(folder: Path, days: float) -> dict[str, str]:
    """Return the environment in which Python's ``time.time`` is so many days ahead (behind, if negative)."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_AHEAD.format(seconds=days * DAYS))
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))}


def set_back(folder: Path, days: float = YEAR) -> Outcome:
    """Write while the clock is a year ahead, set it right, and write again; negative days: the other way round."""
    ledger = Ledger()
    with Serving(folder / "data", environment=clock_ahead(folder / "clock", days)) as serving:
        serving.start_or_raise()
        with serving.client() as client:
            write_lasting(client, ledger, folder / "files")
            if abs(client.datasets()[0].created - time.time() - days * DAYS) > DAYS:
                return crashed("the clock of the server could not be shifted; nothing was tried")
        serving.stop()
    age(folder / "data", -days)  # what the file system would have written by that clock
    outcome = judge_start(folder / "data", ledger)
    return outcome if outcome.bad else _writes_again(folder, ledger)


def _writes_again(folder: Path, ledger: Ledger) -> Outcome:
    """The order of revisions must not follow the clock."""
    with Serving(folder / "data") as serving:
        serving.start_or_raise()
        with serving.client() as client:
            write_lasting(client, ledger, folder / "files")
            losses = ledger.losses(client)
    detail = f"all {len(ledger)} acknowledged writes of both times are there"
    return lost(losses) if losses else survived(detail, acknowledged=len(ledger), lost=0)


def old_files(folder: Path) -> Outcome:
    """Let ten years pass between two starts; a file that no case names may be collected by then."""
    ledger = fill(folder / "data")
    age(folder / "data", 10 * YEAR)
    return judge_start(folder / "data", ledger)


def set_back_in_training(folder: Path) -> Outcome:
    """Kill server and worker, set the clock back by a year: the job must not wait a year for its dead worker."""
    with Serving(folder / "data") as serving:
        serving.start_or_raise()
        with serving.client() as client:
            job = train(client, folder, STEPS)
            until_step(client, job, KILL_AT)
        kill_now(serving, job, server_too=True)
        age(folder / "data" / "jobs", -YEAR)
        serving.start_or_raise()
        with serving.client() as client:
            return ended_well(client, job, STEPS)
