"""Data folders that cannot be used: taken, read-only, a file."""

from __future__ import annotations

import os
from pathlib import Path

from dualnetssl_bench.faults.disks import read_only
from dualnetssl_bench.faults.judging import age, fill, judge_refusal, judge_running
from dualnetssl_bench.faults.ledger import missing_blobs, whole_blobs
from dualnetssl_bench.faults.outcome import Outcome, crashed, skipped
from dualnetssl_bench.faults.serving import Serving


def two_servers(folder: Path) -> Outcome:
    """Start a second server on the folder of one that runs; the first must go on."""
    ledger = fill(folder / "data")
    with Serving(folder / "data") as first, Serving(folder / "data") as second:
        first.start_or_raise()
        second.console = folder / "second.console"
        refusal = second.start()
        if refusal is None:
            return crashed("two servers run on one data folder")
        with first.client() as client:
            losses = ledger.losses(client)
        running = judge_running(first, losses, ledger)
        return running if running.bad else judge_refusal(refusal)


def a_file(folder: Path) -> Outcome:
    """Name a file as the data folder."""
    (folder / "data").write_text("no folder\n")
    with Serving(folder / "data") as serving:
        refusal = serving.start()
        return crashed("a server runs on a file") if refusal is None else judge_refusal(refusal)


def unwritable(folder: Path) -> Outcome:
    """Make a filled data folder read-only."""
    ledger = fill(folder / "data")
    age(folder / "data", 3.0)
    before = whole_blobs(folder / "data" / "blobs")
    with read_only(folder / "data") as reason:
        if reason:
            return skipped(reason)
        with Serving(folder / "data") as serving:
            refusal = serving.start()
            if refusal is not None:
                return judge_refusal(refusal, missing_blobs(before, folder / "data" / "blobs"))
            with serving.client() as client:
                return judge_running(serving, ledger.losses(client), ledger, "it reads on")


def without_rights(folder: Path) -> Outcome:
    """Start a server where no folder may be made."""
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        return skipped("the administrator may write everywhere")
    (folder / "closed").mkdir(mode=0o500)
    with Serving(folder / "closed" / "data") as serving:
        serving.console = folder / "console"
        refusal = serving.start()
        return crashed("a server runs without a data folder") if refusal is None else judge_refusal(refusal)
