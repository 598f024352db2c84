"""Which case comes next: the order, and who was served what."""

import json
import random
import sqlite3
import time
from contextlib import closing

import pytest

from dualnetssl.contract.schema import (
    CasePut,
    DatasetCreate,
    Geometry,
    JobCreate,
    LabelDefinition,
    NextRequest,
    WorklistOrder,
)
from dualnetssl.server.store import NewPrediction, Store
from dualnetssl.server.store.cases import CheckedCase
from dualnetssl.server.store.migrations import MIGRATIONS
from dualnetssl.server.store.worklist import RESERVED_SECONDS

GRID = Geometry(size=(4, 5, 6), spacing=(1, 1, 2), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
LABELS = (LabelDefinition(value=1, name="liver"),)


class Clinic:
    """A data set, its cases and who works on them."""

    def __init__(self, store, names):
        self.store = store
        self.dataset = store.datasets.create(DatasetCreate(name="livers", labels=LABELS)).id
        for name in names:
            store.cases.put(self.dataset, name, CheckedCase(CasePut(image="a" * 64), GRID, 0.0), None)

    def predict(self, **errors_ml):
        job, _ = self.store.jobs.create(JobCreate(kind="train", dataset=self.dataset))
        model = self.store.models.record(job.id, LABELS, {}, "f" * 64)
        rows = [
            NewPrediction(
                name, "a" * 64, "1" * 64, "2" * 64, "3" * 64, {"expected_error_ml": ml, "mean_uncertainty": 0}
            )
            for name, ml in errors_ml.items()
        ]
        self.store.predictions.record(model.id, rows)
        return model.id

    def submit(self, case, fraction, benefit=None, judge=None):
        content = CasePut(image="a" * 64, label="b" * 64, verified="c" * 64)
        revision = self.store.cases.get(self.dataset, case).revision
        return self.store.cases.put(self.dataset, case, CheckedCase(content, GRID, fraction, benefit, judge), revision)

    def next(self, annotator="", now=None, order=WorklistOrder.BENEFIT, skip=()):
        entry = self.store.worklist.serve(self.dataset, NextRequest(annotator=annotator, order=order, skip=skip), now)
        return entry and entry.case


@pytest.fixture
def clinic(tmp_path):
    store = Store(tmp_path / "store.sqlite")
    yield Clinic(store, "abc")
    store.close()


def test_the_largest_benefit_comes_first_and_those_without_a_prediction_last(clinic):
    clinic.predict(b=2.0, a=1.0)
    entries = clinic.store.worklist.entries(clinic.dataset)
    assert [(entry.case, entry.benefit_ml) for entry in entries] == [("b", 2.0), ("a", 1.0), ("c", None)]


def test_what_was_verified_counts_until_a_new_model_speaks(clinic):
    model = clinic.predict(a=5.0, b=2.0, c=1.0)
    clinic.submit("a", 0.5, benefit=0.5, judge=model)
    assert [entry.case for entry in clinic.store.worklist.entries(clinic.dataset)] == ["b", "c", "a"]
    clinic.predict(a=3.0)
    assert clinic.store.worklist.entries(clinic.dataset)[0].benefit_ml == 3.0


def test_nobody_is_served_a_case_again_while_others_remain(clinic):
    clinic.predict(a=3.0, b=2.0, c=1.0)
    assert [clinic.next(now=float(minute)) for minute in range(1, 6)] == ["a", "b", "c", "a", "b"]


def test_a_new_model_puts_every_unverified_case_back(clinic):
    clinic.predict(a=3.0, b=2.0, c=1.0)
    assert [clinic.next(now=1.0), clinic.next(now=2.0)] == ["a", "b"]
    clinic.predict(a=3.0, b=4.0, c=1.0)
    assert clinic.next(now=3.0) == "b"


def test_verified_and_skipped_cases_are_never_served(clinic):
    clinic.predict(a=3.0, b=2.0, c=1.0)
    clinic.submit("a", 1.0)
    assert clinic.next(skip=("b",)) == "c"
    clinic.submit("c", 1.0)
    assert clinic.next(skip=("b",)) is None


def test_what_another_annotator_works_on_is_left_to_them(clinic):
    clinic.predict(a=3.0, b=2.0, c=1.0)
    assert clinic.next("ann", now=10e9) == "a"
    assert clinic.next("bob", now=10e9 + 1) == "b"
    assert clinic.next("cleo", now=10e9 + 2 + RESERVED_SECONDS) == "a"


def test_what_another_annotator_has_submitted_is_free_again(clinic):
    model = clinic.predict(a=3.0, b=2.0, c=1.0)
    assert clinic.next("ann", now=1.0) == "a"
    clinic.submit("a", 0.1, benefit=2.9, judge=model)
    assert clinic.next("bob", now=2.0) == "a"


def test_the_random_order_is_the_annotators_own_and_stays(clinic):
    several = [
        clinic.store.worklist.entries(clinic.dataset, WorklistOrder.FOREGROUND_RANDOM, who) for who in "abcdefgh"
    ]
    again = [clinic.store.worklist.entries(clinic.dataset, WorklistOrder.FOREGROUND_RANDOM, who) for who in "abcdefgh"]
    assert several == again
    assert len({tuple(entry.case for entry in entries) for entries in several}) > 1


def expected_next(clinic, servings, skip, who, now):
    """What `Worklist.serve` should choose, said in Python: the first place in the list of who asks."""

    def place(entry):
        mine = servings.get((entry.case, who))
        served = mine is not None and mine[0] == entry.model
        changed = clinic.store.cases.get(clinic.dataset, entry.case).updated
        lately = [
            time
            for (case, other), (_, time) in servings.items()
            if case == entry.case and other != who and now - time < RESERVED_SECONDS and changed <= time
        ]
        return bool(lately), mine[1] if served else 0.0, served

    left = [entry for entry in clinic.store.worklist.entries(clinic.dataset) if entry.case not in skip]
    return min(left, key=place, default=None)


@pytest.mark.parametrize("seed", range(6))
def test_any_number_of_servings_submissions_and_models(tmp_path, seed):
    chance = random.Random(seed)
    store = Store(tmp_path / "store.sqlite")
    clinic = Clinic(store, "abcdef")
    clinic.predict(**{name: chance.random() for name in "abcdef"})
    verified, last, servings, now = set(), {}, {}, time.time() - 1.5 * RESERVED_SECONDS
    for _ in range(40):
        now += 240
        act = chance.random()
        if act < 0.1:
            clinic.predict(**{name: chance.random() for name in "abcdef" if name not in verified})
        elif act < 0.2 and len(verified) < 4:
            case, fraction = chance.choice(sorted(set("abcdef") - verified)), chance.choice([0.5, 1.0])
            clinic.submit(case, fraction)
            verified |= {case} if fraction == 1 else set()
        else:
            who = chance.choice(["ann", "bob", "cleo"])
            skip = tuple(last.get(who, ()))
            expected = expected_next(clinic, servings, skip, who, now)
            request = NextRequest(annotator=who, skip=skip)
            served = store.worklist.serve(clinic.dataset, request, now)
            assert served == expected
            assert served.case not in verified
            assert served.case not in skip
            servings[served.case, who] = (served.model, now)
            last[who] = served.case
    store.close()


@pytest.mark.parametrize("order", list(WorklistOrder))
@pytest.mark.parametrize("size", [1, 3])
def test_pages_make_up_the_whole_whatever_is_equal_or_missing(tmp_path, order, size):
    store = Store(tmp_path / "store.sqlite")
    clinic = Clinic(store, "abcdef")
    clinic.predict(f=1.0, b=1.0, d=2.0, e=0.0, a=float("nan"))
    whole = store.worklist.entries(clinic.dataset, order, "ann")
    assert sorted(entry.case for entry in whole) == list("abcdef")
    found = []
    while page := store.worklist.entries(
        clinic.dataset, order, "ann", after=found[-1].case if found else "", limit=size
    ):
        found += page
    assert found == whole
    store.close()


def test_of_each_case_the_newest_prediction_counts_whatever_came_and_went(clinic):
    def told():
        return {entry.case: (entry.model, entry.benefit_ml) for entry in clinic.store.worklist.entries(clinic.dataset)}

    first, second = clinic.predict(a=1.0, b=2.0), clinic.predict(a=3.0)
    assert told() == {"a": (second, 3.0), "b": (first, 2.0), "c": (None, None)}
    summary = {"expected_error_ml": 9.0}
    late = [NewPrediction("a", "a" * 64, "1" * 64, "2" * 64, "3" * 64, summary)]
    clinic.store.predictions.record(first, late)
    assert told()["a"] == (second, 3.0), "a model that speaks late is no newer"
    clinic.store.erasures.model(second)
    assert told()["a"] == (first, 9.0)
    clinic.store.cases.put(clinic.dataset, "a", CheckedCase(CasePut(image="b" * 64), GRID, 0.0), 1)
    assert told()["a"] == (None, None), "a prediction of another image counts no more"
    clinic.store.erasures.case(clinic.dataset, "b", 1, uses=lambda job: False)
    with clinic.store._database.snapshot() as connection:
        assert connection.execute("SELECT * FROM newest").fetchall() == [], "nothing is left of what was erased"


def test_a_store_of_before_knows_the_newest_predictions(tmp_path):
    path = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in (line for step in MIGRATIONS[:7] for line in step):
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 7")
        connection.execute("INSERT INTO datasets VALUES ('d', 'livers', '[]', 0)")
        for name in "ab":
            revision = ("d", name, "a" * 64, GRID.model_dump_json())
            connection.execute(
                "INSERT INTO revisions (dataset, name, revision, image, geometry, verified_fraction, updated)"
                " VALUES (?, ?, 1, ?, ?, 0, 0)",
                revision,
            )
            connection.execute("INSERT INTO cases VALUES ('d', ?, 1)", (name,))
        for age, (model, error) in enumerate([("younger", 5), ("older", 7)]):
            connection.execute(f"INSERT INTO jobs VALUES ('{model}', 'd', '', NULL, 'succeeded', 1, 0, 0, NULL, NULL)")
            row = (model, "d", model, 10 - age, "[]", "{}", "f" * 64, None)
            connection.execute("INSERT INTO models VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
            summary = json.dumps({"expected_error_ml": error, "volume_ml": {"liver": 2}})
            said = ("d", "a", model, 0, "1" * 64, "2" * 64, "3" * 64, summary)
            connection.execute(f"INSERT INTO predictions VALUES ({', '.join('?' * 8)}, NULL, NULL)", said)
    store = Store(path)
    entries = store.worklist.entries("d", WorklistOrder.FOREGROUND_RANDOM)
    assert [(entry.case, entry.model, entry.benefit_ml) for entry in entries] == [
        ("a", "younger", 5.0),
        ("b", None, None),
    ]
    store.close()


def test_figures_that_are_no_numbers_take_no_case_out_of_the_list(clinic):
    clinic.predict(a=float("nan"), b=1.0)
    entries = clinic.store.worklist.entries(clinic.dataset)
    assert [(entry.case, entry.benefit_ml) for entry in entries] == [("b", 1.0), ("a", None), ("c", None)]
