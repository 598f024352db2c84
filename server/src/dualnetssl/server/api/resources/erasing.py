"""Carrying out an order to erase, and saying what became of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.schema import Erasure, Job, JobKind, Model
from dualnetssl.server.api.resources.services import Services
from dualnetssl.server.datafolder import remove_leftovers
from dualnetssl.server.store import Erased, Leftover
from dualnetssl.server.store.erasures import Record

_WORDS = {"blob": "the file", "job": "the folder of", "copy": "what is left of the case in the folder of"}


def carry_out(services: Services, erased: Erased, learnt: tuple[str, ...] = ()) -> Erasure:
    """Remove from the disk what no row names any more, and tell what was removed, what stays and why.

    Args:
        services: what the handlers work with.
        erased: what was removed from the tables.
        learnt: models that stay and learnt from it.
    """
    left = remove_leftovers(services.settings, services.store, services.blobs, list(erased.leftovers))
    unsettled = {leftover.name for leftover in left}
    files = {one.name for one in erased.leftovers if one.kind == "blob"} - unsettled - set(erased.shared)
    return Erasure(
        **erased.rows,
        files=len(files),
        shared=erased.shared,
        learnt=learnt,
        leftovers=tuple(map(_words, left)),
        trash_days=services.settings.trash_days,
    )


def keeper(services: Services) -> Callable[[Record], None]:
    """Return what keeps the rows of an erasure beside its files in the trash, where the server keeps these for days."""

    def keep(record: Record) -> None:
        if services.settings.trash_days:
            name = f"erased-{time.time_ns()}.json"
            services.blobs.trash.keep(name, json.dumps(record, indent=1).encode())

    return keep


def _words(leftover: Leftover) -> str:
    return f"{_WORDS[leftover.kind]} {leftover.name}"


def learners(services: Services, dataset: str, case: str) -> tuple[str, ...]:
    """Return the models that learnt from a case, with those that went on from them."""
    models = services.store.models.find(dataset)
    trainings = [services.store.jobs.get(job) for job in {model.job for model in models}]
    taught = {job.id for job in trainings if _learnt(services.settings.jobs_root, job, case)}
    direct = {model.id for model in models if model.job in taught}
    found = tuple(model.id for model in models if _ancestors(model, models) & direct)
    return tuple(sorted(found))


def worker_of(services: Services, case: str) -> Callable[[str], bool]:
    """Return what tells whether a job works on a case; one whose worker has not begun will, if its order says so."""

    def uses(job: str) -> bool:
        cases = _worked_on(services.settings.jobs_root, job)
        return cases is None or case in cases

    return uses


def _worked_on(jobs_root: Path, job: str) -> frozenset[str] | None:
    """Return the cases that a job was frozen with; None if it was not yet, or they cannot be read."""
    try:
        return frozenset(used.case for used in JobDirectory(jobs_root / job).read_spec().cases)
    except (OSError, ValidationError):
        return None


def _learnt(jobs_root: Path, job: Job, case: str) -> bool:
    """Whether a job trained on a case; of an order that cannot be read, what it asked for counts."""
    # a job works on no case beside those it was ordered for: then its folder, which names all its files, stays unread
    if job.cases is not None and case not in job.cases:
        return False
    cases = _worked_on(jobs_root, job.id)
    return job.kind is JobKind.TRAIN if cases is None else case in cases


def _ancestors(model: Model, models: list[Model]) -> set[str]:
    """Return a model and all those that it goes back to."""
    parents = {one.id: one.parent for one in models}
    line: set[str] = set()
    present: str | None = model.id
    while present is not None and present not in line:
        line.add(present)
        present = parents.get(present)
    return line
