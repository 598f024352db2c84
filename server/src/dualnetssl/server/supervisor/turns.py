"""Whose turn it is when more jobs wait than there are slots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dualnetssl.contract.schema import Job, JobKind


def in_turn(queued: Sequence[Job], running: Sequence[Job]) -> list[Job]:
    """Order waiting jobs: predictions before trainings, and data sets in turns.

    A prediction takes seconds to minutes and somebody waits for it, a training takes hours. Of either kind the first
    jobs of all data sets come before the second ones, and what a data set has running counts as its turn, so that who
    orders ten trainings does not keep everybody else waiting.

    Args:
        queued: oldest first.
        running: of all data sets.
    """
    turns = Counter((job.kind, job.dataset) for job in running)
    ranked = []
    for place, job in enumerate(queued):
        ranked.append((job.kind is not JobKind.PREDICT, turns[job.kind, job.dataset], place, job))
        turns[job.kind, job.dataset] += 1
    return [job for *_, job in sorted(ranked, key=lambda one: one[:3])]
