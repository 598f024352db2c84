"""What the server does by itself: removing what an erasure left, collecting garbage, emptying the trash."""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from dualnetssl.contract.errors import UnusableDataFolder
from dualnetssl.contract.jobdir import JobDirectory, write_atomic
from dualnetssl.contract.seals import SEALS
from dualnetssl.server.blobs import Blobs
from dualnetssl.server.datafolder.mark import Mark
from dualnetssl.server.settings import Settings
from dualnetssl.server.store import Leftover, Store
from dualnetssl.server.trash import ERASED, GARBAGE

GARBAGE_DAYS = 7
"""Days for which files that nobody named stay in the trash."""

_LOG = logging.getLogger(__name__)


def tidy(chosen: Settings, store: Store, blobs: Blobs) -> None:
    """Do all that is due; where one thing fails, the log says so and the others are done.

    What was erased stays in the trash for ``chosen.trash_days``, what nobody named for `GARBAGE_DAYS`.
    """
    steps: tuple[tuple[str, Callable[[], object]], ...] = (
        ("what was erased was not removed", lambda: remove_leftovers(chosen, store, blobs, store.erasures.leftovers())),
        ("garbage was not collected", lambda: blobs.collect(lambda: _named(chosen, store))),
        ("the trash was not emptied", lambda: _empty_trash(chosen, blobs)),
    )
    for failure, step in steps:
        try:
            step()
        except Exception:
            _LOG.exception("%s", failure)


def _named(chosen: Settings, store: Store) -> set[str]:
    """Return the digests in use, of a store that belongs to the blobs beyond doubt."""
    mark, stamp = Mark.beside(chosen.blobs_root).read(), store.stamp()
    if mark is None or mark.uuid != stamp.uuid or mark.commits > store.stamp().commits:
        raise UnusableDataFolder(
            "a mark beside the blobs that is not that of the store",
            "the store that the blobs belong to",
            "Stop the server and run 'dualnetssl check'; until then nothing is collected.",
        )
    return store.referenced_digests()


def _empty_trash(chosen: Settings, blobs: Blobs) -> None:
    blobs.trash.empty(GARBAGE, GARBAGE_DAYS, date.today())
    blobs.trash.empty(ERASED, chosen.trash_days, date.today())


def remove_leftovers(chosen: Settings, store: Store, blobs: Blobs, leftovers: list[Leftover]) -> list[Leftover]:
    """Remove from the disk what no row names any more; return what is still to be removed though it is urgent."""

    def remove(leftover: Leftover) -> bool:
        return _removed(chosen, blobs, leftover)

    urgent = [leftover for leftover in store.erasures.settle(leftovers, remove) if leftover.urgent]
    for leftover in urgent:
        _LOG.warning("%s %s was erased and cannot be removed from the disk yet", leftover.kind, leftover.name)
    return urgent


def _removed(chosen: Settings, blobs: Blobs, leftover: Leftover) -> bool:
    directory = JobDirectory(chosen.jobs_root / leftover.name)
    try:
        if leftover.kind == "job":
            _remove_folder(directory.path)
        elif leftover.kind == "copy":
            _remove_copies(directory, leftover.of_case)
        elif leftover.urgent:
            blobs.erase(leftover.name, keep=chosen.trash_days > 0)
        else:  # garbage, which has its own time
            return not blobs.has(leftover.name) and not blobs.trash.holds(leftover.name)
    except OSError:
        return False
    return True


def _remove_folder(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _remove_copies(directory: JobDirectory, case: str) -> None:
    """Remove what a job's folder holds of a case: its predictions, and its place in the order."""
    if not directory.path.exists():
        return
    # its volumes and its row, and not those of a case called "CASE.1"
    endings = r"(seg|uncertainty|disagreement)\.nrrd|opinions\.npz|sheet\.svg|[0-9a-f]{16}\.json"
    own = re.compile(rf"\.?{re.escape(case)}\.({endings})(\.part)?")
    if directory.predictions_path.exists():
        for path in directory.predictions_path.iterdir():
            if own.fullmatch(path.name):
                path.unlink(missing_ok=True)
    (directory.predictions_path / SEALS).unlink(missing_ok=True)  # it names all cases, and is needed no more
    _rewrite(directory.predictions_path / "predictions.json", case)
    _rewrite(directory.spec_path, case)


def _rewrite(path: Path, case: str) -> None:
    """Take a case out of the list ``cases`` of a file; without any case left, the file goes, too."""
    # a file that does not have the name is not read any further: with thousands of cases that takes longest
    if path.exists() and json.dumps(case).encode() in (data := path.read_bytes()):
        table = json.loads(data)
        kept = [row for row in table["cases"] if row["case"] != case]
        if not kept:
            path.unlink()
        elif len(kept) < len(table["cases"]):
            write_atomic(path, json.dumps({**table, "cases": kept}, indent=1).encode())
