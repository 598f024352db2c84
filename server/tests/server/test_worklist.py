"""Which case comes next: the order, and who was served what."""

import random

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


@pytest.mark.parametrize("seed", range(10))
def test_any_number_of_servings_submissions_and_models(tmp_path, seed):
    chance = random.Random(seed)
    store = Store(tmp_path / "store.sqlite")
    clinic = Clinic(store, "abcdef")
    clinic.predict(**{name: chance.random() for name in "abcdef"})
    verified, last, now = set(), {}, 1.0
    for _ in range(40):
        now += 10
        act = chance.random()
        if act < 0.1:
            clinic.predict(**{name: chance.random() for name in "abcdef" if name not in verified})
        elif act < 0.2 and len(verified) < 5:
            case = chance.choice(sorted(set("abcdef") - verified))
            clinic.submit(case, 1.0)
            verified.add(case)
        else:
            who = chance.choice(["ann", "bob"])
            served = clinic.next(who, now, skip=tuple(last.get(who, ())))
            assert served is None or served not in verified
            assert served is None or served not in last.get(who, ())
            assert served is not None or len(verified) + len(set(last.get(who, ())) - verified) == 6
            last[who] = served or last.get(who, "")
    store.close()


def test_figures_that_are_no_numbers_take_no_case_out_of_the_list(clinic):
    clinic.predict(a=float("nan"), b=1.0)
    entries = clinic.store.worklist.entries(clinic.dataset)
    assert [(entry.case, entry.benefit_ml) for entry in entries] == [("b", 1.0), ("a", None), ("c", None)]
