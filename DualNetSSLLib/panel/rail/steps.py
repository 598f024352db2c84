"""Which step of the loop comes next: told by what there is, without a widget."""

from __future__ import annotations

from dataclasses import dataclass

CONNECT, CONSENT, CHOOSE, ADD = "connect", "consent", "choose", "add"
LABEL, SUBMIT, TRAIN = "label", "submit", "train"
LEARNS, PREDICTS = "learns", "predicts"
REVIEW, CORRECT, AGAIN = "review", "correct", "again"
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
    AGAIN: "train",
}
"""In which section each step is done."""
WAITS = (LEARNS, PREDICTS)
"""Steps of the computer, which a person waits for."""
GOOD_START = 3
"""So many labelled scans are a good start; fewer can be trained on, too."""
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
        by_slices: whether scans are labelled by slices.
        untouched: how many scans nobody has labelled.
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
    by_slices: bool = False
    untouched: int = 0


def next_step(now: Standing) -> str:
    """Return the step that comes next.

    Example:
        >>> next_step(Standing()), next_step(Standing(connected=True, may_send=True, dataset=True, scans=9, labelled=3))
        ('connect', 'train')
    """
    begun = ((CONNECT, not now.connected), (CHOOSE, not now.dataset), (CONSENT, not now.may_send), (ADD, not now.scans))
    waits = ((LEARNS, now.learns), (PREDICTS, now.predicts))
    return next((step for step, here in (*begun, *waits) if here), _of_the_loop(now))


def _of_the_loop(now: Standing) -> str:
    if now.models:
        return _of_a_round(now)
    if now.labelled >= GOOD_START:
        return TRAIN
    return SUBMIT if now.waiting else LABEL


def _of_a_round(now: Standing) -> str:
    """Return what comes after a model: a few slices of scans that nobody has labelled teach the next one most."""
    corrects = now.by_slices and now.untouched > 0
    enough = now.since >= (WORTH_IT_BY_SLICES if corrects else WORTH_IT) or (now.since > 0 and now.done)
    return AGAIN if enough else CORRECT if corrects else REVIEW
