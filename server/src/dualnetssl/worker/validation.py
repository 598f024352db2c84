"""Scans whose labels a training never sees, so that what is measured on them holds for other scans, too.

A scan that is kept out teaches nobody. With a handful of labels that costs more than the figure is worth, so below
eight labelled scans none is kept out unless the configuration asks for it: what a clinician corrects next is then the
honest test. A scan that once taught is never kept out later, because the networks of a warm start remember it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from dualnetssl.contract.errors import InvalidDataset
from dualnetssl.contract.schema import IGNORED
from dualnetssl.method.losses import most_likely
from dualnetssl.prediction.expected_dice import agreement, confusion
from dualnetssl.scans.sampling import PreparedCase

Look = Callable[[Tensor], tuple[Tensor, Tensor]]
"""Maps a prepared image ``[1, D, H, W]`` to both networks' probabilities ``[C, D, H, W]``."""
DiceOf = dict[str, float | None]
"""Dice of each class by name; None where neither networks nor labels show the class."""

_LABELS_FOR_EACH = 8
_MOST = 8


@dataclass(frozen=True)
class Past:
    """What the training that a warm start goes on from did with its labelled scans; names of cases.

    Attributes:
        taught: those it learnt from, or those before it did. None: it was not written down, so it may be any.
        held_out: those it kept out.
    """

    taught: frozenset[str] | None = frozenset()
    held_out: frozenset[str] = frozenset()


def how_many(asked: int | None, labelled: int) -> int:
    """Return how many labelled scans to keep out.

    Args:
        asked: by the configuration; None: one in eight, at most eight.
        labelled: how many there are.

    Raises:
        InvalidDataset: none would be left to learn from.

    Example:
        >>> [how_many(None, labelled) for labelled in (1, 7, 8, 20, 100)], how_many(2, 4)
        ([0, 0, 1, 2, 8], 2)
    """
    if asked is None:
        return min(_MOST, labelled // _LABELS_FOR_EACH)
    if asked and asked >= labelled:
        raise InvalidDataset(
            f"{asked} scans for validation and {labelled} labelled scans",
            f"at most {max(0, labelled - 1)} for validation",
            "Set a smaller validation_scans, or label more scans.",
        )
    return asked


def hold_out(labelled: Sequence[PreparedCase], asked: int | None, past: Past) -> tuple[PreparedCase, ...]:
    """Choose the scans to keep out: those that were before, then others evenly spaced.

    Only scans whose label is verified as a whole are taken, never one that taught before, and never the last one
    that shows a class.

    Args:
        labelled: the labelled scans.
        asked: how many, see `how_many`.
        past: of the training that this one goes on from.

    Raises:
        InvalidDataset: none would be left to learn from.
    """
    wanted = how_many(asked, len(labelled))
    showing = Counter(shown for case in labelled for shown in _classes(case))
    chosen: list[PreparedCase] = []
    for case in _in_order(labelled, past):
        if len(chosen) == wanted:
            break
        if all(showing[shown] > 1 for shown in _classes(case)):
            showing.subtract(_classes(case))
            chosen.append(case)
    return tuple(chosen)


def _in_order(labelled: Sequence[PreparedCase], past: Past) -> list[PreparedCase]:
    """Candidates, the best first; the others so that any number of them from the start is evenly spaced."""
    whole = [case for case in labelled if case.whole]
    before = [case for case in whole if case.name in past.held_out]
    fresh = [case for case in whole if past.taught is not None and case.name not in past.taught | past.held_out]
    return before + [fresh[index] for index in spread(len(fresh))]


def spread(count: int) -> list[int]:
    """Return 0, 1, ... ``count - 1`` in an order whose beginnings are evenly spaced: by their bits backwards.

    Example:
        >>> spread(6)
        [0, 4, 2, 1, 5, 3]
    """
    bits = max(1, (count - 1).bit_length())
    return sorted(range(count), key=lambda index: int(f"{index:0{bits}b}"[::-1], 2))


def _classes(case: PreparedCase) -> Collection[int]:
    if case.facts is not None:
        return case.facts.shown
    found = torch.unique(case.label) if case.label is not None else torch.empty(0)
    return [int(index) for index in found if index not in (0, IGNORED)]


def validate(look: Look, cases: Iterable[PreparedCase], names: Sequence[str]) -> DiceOf:
    """Return the mean Dice of each class over scans on the training grid.

    Args:
        look: what predicts.
        cases: labelled scans; voxels that nobody verified do not count.
        names: of the classes 1, 2, ...
    """
    scores = [_dice(look, case, len(names) + 1) for case in cases]
    return {name: _mean(score[index] for score in scores) for index, name in enumerate(names)}


def _dice(look: Look, case: PreparedCase, classes: int) -> Sequence[float | None]:
    assert case.label is not None  # noqa: S101 - only labelled scans are kept out
    first, second = look(case.image)
    label = case.label.cpu()
    known = label != IGNORED
    return agreement(confusion(most_likely(first + second, 0)[known], label[known], classes))


def _mean(scores: Iterable[float | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if known else None
