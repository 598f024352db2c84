"""Which step of the loop comes next: told by what there is, without a widget."""

from __future__ import annotations

from dataclasses import dataclass

CONNECT, CONSENT, CHOOSE, ADD = "connect", "consent", "choose", "add"
LABEL, SUBMIT, TRAIN = "label", "submit", "train"
LEARNS, PREDICTS = "learns", "predicts"
REVIEW, AGAIN = "review", "again"
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
    AGAIN: "train",
}
"""In which section each step is done."""
WAITS = (LEARNS, PREDICTS)
"""Steps of the computer, which a person waits for."""
GOOD_START = 3
"""So many labelled scans are a good start; fewer can be trained on, too."""
WORTH_IT = 3
"""So many scans that were labelled since the last model are worth another training."""


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
        return AGAIN if now.since >= WORTH_IT or (now.since and now.done) else REVIEW
    if now.labelled >= GOOD_START:
        return TRAIN
    return SUBMIT if now.waiting else LABEL
