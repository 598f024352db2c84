"""Which step of the loop comes next: told by what there is, without a widget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CONNECT, CONSENT, CHOOSE, ADD = "connect", "consent", "choose", "add"
LABEL, SUBMIT, TRAIN = "label", "submit", "train"
LEARNS, PREDICTS = "learns", "predicts"
REVIEW, CORRECT, MORE, AGAIN = "review", "correct", "more", "again"
SECTIONS = {
    CONNECT: "server",
    CONSENT: "server",
    CHOOSE: "dataset",
    ADD: "dataset",
    LABEL: "label",
    SUBMIT: "label",
    TRAIN: "train",
    LEARNS: "train",
    PREDICTS: "results",
    REVIEW: "review",
    CORRECT: "label",
    MORE: "label",
    AGAIN: "train",
}
"""In which section each step is done."""
WAITS = (LEARNS, PREDICTS)
"""Steps of the computer, which a person waits for."""
WHOLE, SLICES, BOXES = WAYS = ("whole", "slices", "boxes")
"""Ways to label a scan, in the order of the menu."""
GOOD_START: Mapping[str, int] = MappingProxyType({WHOLE: 3, SLICES: 8, BOXES: 13})
"""So many scans labelled so are a good start; fewer can be trained on, too.

Three slices in each of eight scans taught what four whole scans taught but for 0.004 of Dice, a box and the bounds in
each of thirteen but for 0.001 (docs/results.md, equal minutes).
"""
WORTH_IT = 3
"""So many scans that were labelled since the last model are worth another training."""
WORTH_IT_BY_SLICES = 9
"""The same of scans of which a few slices were labelled, which takes a fraction of the time."""


@dataclass(frozen=True)
class Standing:
    """How far the loop is.

    Attributes:
        connected: whether there is a server.
        may_send: whether scans may be sent there.
        dataset: whether a data set is open.
        scans: how many it has.
        labelled: how many of them teach.
        since: how many were labelled since the newest model.
        waiting: how many have corrections that are not submitted.
        models: how many models there are.
        learns: whether a training runs or waits for its turn.
        predicts: whether predictions are being made.
        done: whether every scan is verified as a whole.
        way: how scans are labelled, one of `WAYS`.
        whole: how many of those that teach are verified as a whole.
        untouched: how many scans nobody has labelled.
        hopeless: whether the model expects too little of itself, in every scan, for a walk through its regions.
    """

    connected: bool = False
    may_send: bool = False
    dataset: bool = False
    scans: int = 0
    labelled: int = 0
    since: int = 0
    waiting: int = 0
    models: int = 0
    learns: bool = False
    predicts: bool = False
    done: bool = False
    way: str = WHOLE
    whole: int = 0
    untouched: int = 0
    hopeless: bool = False


def next_step(now: Standing) -> str:
    """Return the step that comes next.

    Example:
        >>> next_step(Standing()), next_step(Standing(connected=True, may_send=True, dataset=True, scans=9, labelled=3))
        ('connect', 'train')
    """
    begun = ((CONNECT, not now.connected), (CHOOSE, not now.dataset), (CONSENT, not now.may_send), (ADD, not now.scans))
    waits = ((LEARNS, now.learns), (PREDICTS, now.predicts))
    return next((step for step, here in (*begun, *waits) if here), _of_the_loop(now))


def good_start(now: Standing) -> int:
    """Return how many labelled scans are a good start; all, where there are fewer.

    Example:
        >>> good_start(Standing(scans=60, way=SLICES)), good_start(Standing(scans=5, way=SLICES))
        (8, 5)
    """
    return min(GOOD_START[now.way], now.scans)


def _of_the_loop(now: Standing) -> str:
    if now.models:
        return _of_a_round(now)
    if now.labelled >= good_start(now) or now.whole >= GOOD_START[WHOLE]:
        return TRAIN
    return SUBMIT if now.waiting else LABEL


def _of_a_round(now: Standing) -> str:
    """Return what comes after a model: a few slices of scans that nobody has labelled teach the next one most.

    Where it knows too little of every scan for a walk through regions, one more label teaches more.
    """
    corrects = now.way == SLICES and now.untouched > 0
    enough = now.since >= (WORTH_IT_BY_SLICES if corrects else WORTH_IT) or (now.since > 0 and now.done)
    review = MORE if now.hopeless and now.untouched > 0 else REVIEW
    return AGAIN if enough else CORRECT if corrects else review
