"""Whose turn it is: predictions come first, and nobody waits for all that somebody else ordered."""

from __future__ import annotations

from types import SimpleNamespace

from dualnetssl.contract.schema import JobKind
from dualnetssl.server.supervisor.turns import in_turn


def job(name: str, dataset: str, kind: JobKind = JobKind.TRAIN) -> SimpleNamespace:
    return SimpleNamespace(id=name, dataset=dataset, kind=kind)


def names(jobs) -> str:
    return " ".join(one.id for one in jobs)


def test_predictions_come_before_trainings():
    waiting = [job("t1", "a"), job("p1", "a", JobKind.PREDICT), job("p2", "b", JobKind.PREDICT)]
    assert names(in_turn(waiting, [])) == "p1 p2 t1"


def test_data_sets_take_turns_and_keep_their_own_order():
    waiting = [job("a1", "a"), job("a2", "a"), job("a3", "a"), job("b1", "b"), job("c1", "c"), job("b2", "b")]
    assert names(in_turn(waiting, [])) == "a1 b1 c1 a2 b2 a3"


def test_what_runs_was_a_turn():
    waiting = [job("a2", "a"), job("b1", "b"), job("a3", "a")]
    assert names(in_turn(waiting, [job("a1", "a")])) == "b1 a2 a3"
    assert names(in_turn(waiting, [job("p", "a", JobKind.PREDICT)])) == "a2 b1 a3"
