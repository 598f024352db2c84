"""Which regions of all scans come next: dealt out by class and by expected error, then put together scan by scan."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

OUT_OF = 3
"""Of so many regions one is dealt whatever its class; the others go round the classes."""
PER_SCAN = 4
"""So many regions are dealt for each scan that is opened, on average."""
STEADY_ROUND = 6
"""From this round on the noise falls no further: it is no more than a tie-breaker by then."""


@dataclass(frozen=True)
class Candidate:
    """A region that could be looked at.

    Attributes:
        case: name of its scan.
        place: what tells it from the other regions of the scan, whatever else is verified: index of one of its voxels.
        label: value of the class in question; 0: not known which.
        gain: what a look is expected to gain, mm³; 0: nothing.
    """

    case: str
    place: int
    label: int
    gain: float


def deal(candidates: Sequence[Candidate], number: int, limit: int, seed: str = "") -> list[Candidate]:
    """Choose the regions to look at, in the order in which they are dealt.

    Two of three go round the classes, so that a small organ gets as many looks as a large one; the third goes to the
    largest expected gain of all. What counts as large is blurred by chance, with a noise that halves with every round:
    an early model does not know yet what it does not know, and its largest doubts are of one kind. Background is none
    of the classes: a region of which no other is known is dealt by its gain alone. A scan takes time to open: once
    there is one for every four regions, the others are dealt out of these, as long as they have some, but for a class
    that none of them has.

    Args:
        candidates: regions of any scans; those that promise nothing are left out.
        number: of the round, from 1: how many models there have been.
        limit: how many are dealt at most.
        seed: whose chance it is. A region keeps its luck within a round, whatever becomes of the others.

    Example:
        >>> large, small = (Candidate("a", n, 1, 8.0) for n in (1, 2)), (Candidate("a", n, 2, 0.1) for n in (3, 4))
        >>> [one.label for one in deal([*large, *small, Candidate("b", 5, 2, 0.0)], STEADY_ROUND, 4)]
        [1, 2, 1, 2]
    """
    promising = [one for one in candidates if one.gain > 0]
    worth = {one: math.log(one.gain) + noise(one, number, seed) for one in promising}
    ranked = sorted(promising, key=lambda one: -worth[one])
    labels = sorted({one.label for one in ranked} - {0})
    taken: dict[Candidate, None] = {}
    scans: set[str] = set()
    most, missed, turns = math.ceil(limit / PER_SCAN), 0, _turns(labels)
    while len(taken) < min(limit, len(ranked)):
        label = next(turns)
        opens = len(scans) < most or (label is not None and all(one.label != label for one in taken))
        fits = (one for one in ranked if one not in taken and label in (None, one.label))
        found = next((one for one in fits if opens or one.case in scans), None)
        missed = missed + 1 if found is None else 0
        if found is not None:
            taken[found] = None
            scans.add(found.case)
        elif missed > OUT_OF * max(1, len(labels)):  # nobody found one in the scans that are open: open another
            most, missed = len(scans) + 1, 0
    return list(taken)


def _turns(labels: Sequence[int]) -> Iterator[int | None]:
    """Yield whose turn it is: each class in turn, and None, for all regions together, every third time."""
    turn = place = 0
    while True:
        turn += 1
        if turn % OUT_OF == 0 or not labels:
            yield None
        else:
            yield labels[place % len(labels)]
            place += 1


def noise(candidate: Candidate, number: int, seed: str = "") -> float:
    """Return a region's luck in a round: Gumbel noise on the logarithm of its gain, half as wide each round.

    Example:
        >>> region = Candidate("a", 7, 1, 8.0)
        >>> noise(region, 1) == noise(region, 1), abs(noise(region, STEADY_ROUND)) < 0.6
        (True, True)
    """
    told = f"{seed}\0{candidate.case}\0{candidate.place}\0{number}".encode()
    share = (int.from_bytes(hashlib.sha256(told).digest()[:6], "big") + 0.5) / 2**48
    return -math.log(-math.log(share)) * 0.5 ** (min(number, STEADY_ROUND) - 1)


def by_scan(dealt: Iterable[Candidate]) -> dict[str, list[Candidate]]:
    """Put the regions of a scan together: scans in the order in which each was dealt first, the largest gain on top.

    A scan that is opened again costs its loading and finding one's way again, so that its regions are seen in one go.
    Whose turn it was decides which are seen, not which comes first: whoever stops early has seen what gains most.

    Example:
        >>> order = by_scan([Candidate("b", 3, 1, 7.0), Candidate("a", 2, 1, 8.0), Candidate("b", 1, 1, 9.0)])
        >>> [(name, [one.place for one in regions]) for name, regions in order.items()]
        [('b', [1, 3]), ('a', [2])]
    """
    scans: dict[str, list[Candidate]] = {}
    for one in dealt:
        scans.setdefault(one.case, []).append(one)
    return {case: sorted(ones, key=lambda one: -one.gain) for case, ones in scans.items()}
