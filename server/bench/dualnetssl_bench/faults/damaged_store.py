"""Stores that are cut, emptied, lost, exchanged, or copied without their log; blobs of another server."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from dualnetssl_bench.faults.judging import age, copy, fill, judge_start
from dualnetssl_bench.faults.ledger import Ledger
from dualnetssl_bench.faults.outcome import Outcome

STORE = "store.sqlite"
OLD_DAYS = 3.0
"""Age that the files are given: old enough to be taken for garbage."""

Harm = Callable[[Path], None]


def harm_store(folder: Path, harm: Harm) -> Outcome:
    """Harm the store of a server that was stopped properly, and start a server on what is left."""
    ledger = fill(folder / "data")
    harm(folder / "data")
    age(folder / "data", OLD_DAYS)
    return judge_start(folder / "data", ledger)


def cut(data: Path, share: float) -> None:
    """Leave the first part of the store alone."""
    _forget_log(data)
    os.truncate(data / STORE, int((data / STORE).stat().st_size * share))


def cut_header(data: Path) -> None:
    """Leave 100 bytes of the store."""
    _forget_log(data)
    os.truncate(data / STORE, 100)


def scramble(data: Path) -> None:
    """Replace the store by random bytes."""
    _forget_log(data)
    (data / STORE).write_bytes(secrets.token_bytes((data / STORE).stat().st_size))


def scramble_page(data: Path) -> None:
    """Put random bytes into the second page of the store."""
    _forget_log(data)
    with (data / STORE).open("r+b") as file:
        file.seek(4096)
        file.write(secrets.token_bytes(4096))


def lose(data: Path) -> None:
    """Remove the store."""
    _forget_log(data)
    (data / STORE).unlink()


def exchange(data: Path, what: str) -> None:
    """Put the store or the blobs of another server in the place of those."""
    other = data.parent / "other"
    fill(other)
    if what == STORE:
        _forget_log(data)
        shutil.copy2(other / STORE, data / STORE)
        return
    shutil.rmtree(data / what)
    shutil.copytree(other / what, data / what)


def without_log(folder: Path) -> Outcome:
    """Copy a folder while its server is dead but its last writes are in the write-ahead log alone, without that."""
    ledger: Ledger = fill(folder / "whole", ending=None)
    data = copy(folder / "whole", folder / "data")
    _forget_log(data)
    age(data, OLD_DAYS)
    return judge_start(data, ledger)


def _forget_log(data: Path) -> None:
    for ending in ("-wal", "-shm"):
        (data / f"{STORE}{ending}").unlink(missing_ok=True)


HARMS: dict[str, Harm] = {
    "store cut to 100 bytes": cut_header,
    "store cut to half": partial(cut, share=0.5),
    "store emptied": partial(cut, share=0.0),
    "store removed": lose,
    "store of random bytes": scramble,
    "a page of the store of random bytes": scramble_page,
    "store of another server": partial(exchange, what=STORE),
    "blobs of another server": partial(exchange, what="blobs"),
    "blobs removed": lambda data: shutil.rmtree(data / "blobs"),
}
