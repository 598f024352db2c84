"""What an order for few of many cases costs: these few, and no checked record of any case."""

from __future__ import annotations

import json
import zipfile

import pytest
from supervisor_support import GRID, new_place, upload

from dualnetssl.contract.errors import InvalidDataset, NotFound
from dualnetssl.contract.schema import CasePut, JobCreate, JobKind, JobState
from dualnetssl.server.api.resources.orders import check_order
from dualnetssl.server.store import cases
from dualnetssl.server.store.cases import CheckedCase
from dualnetssl.server.store.database import Database
from dualnetssl.server.supervisor.orders import prepare

NAMED = ("scan07", "one")


@pytest.fixture
def place(tmp_path):
    place = new_place(tmp_path, None)
    for number in range(30):
        place.put(f"scan{number:02}")
    yield place
    place.store.close()


@pytest.fixture
def records(monkeypatch):
    """The names of cases that were made checked records."""
    made, plain = [], cases._case

    def noted(row):
        made.append(row["name"])
        return plain(row)

    monkeypatch.setattr(cases, "_case", noted)
    return made


@pytest.fixture
def rows(monkeypatch):
    """How many rows each query returned."""
    counts, plain = [], Database.rows

    def counted(self, query, parameters=()):
        found = plain(self, query, parameters)
        counts.append(len(found))
        return found

    monkeypatch.setattr(Database, "rows", counted)
    return counts


def frozen(place, job):
    directory = place.directory(job.id)
    prepare(place.store, place.blobs, job, directory)
    return directory.read_spec()


def test_an_order_for_two_of_many_cases_reads_these_two(place, records, rows):
    order = JobCreate(kind=JobKind.TRAIN, dataset=place.dataset, cases=NAMED)
    check_order(place.store, order, 1000)
    spec = frozen(place, place.order(cases=NAMED))
    assert [case.case for case in spec.cases] == ["one", "scan07"]
    assert max(rows) == 2
    assert records == []


def test_an_order_for_all_cases_makes_no_record_of_any(place, records, rows):
    check_order(place.store, JobCreate(kind=JobKind.TRAIN, dataset=place.dataset), 1000)
    spec = frozen(place, place.order())
    assert [case.case for case in spec.cases] == ["one", *(f"scan{number:02}" for number in range(30)), "two"]
    assert {case.case for case in spec.cases if case.label} == {"one"}
    assert max(rows) == 32
    assert records == []


def test_taking_in_predictions_makes_no_record_of_a_case(place, records):
    model = place.ended(place.order(predict_after=False)).result_model
    job = place.order(JobKind.PREDICT, model=model, cases=NAMED)
    assert place.ended(job).state is JobState.SUCCEEDED
    assert [prediction.model for prediction in place.store.predictions.find(place.dataset, "one")] == [model]
    assert records == []


def test_counting_jobs_reads_none_of_them(place, rows):
    first = place.order(cases=NAMED)
    place.order(cases=NAMED)
    place.store.jobs.transition(first.id, [JobState.QUEUED], JobState.CANCELLED)
    rows.clear()
    assert place.store.jobs.tally() == {JobState.QUEUED: 1, JobState.CANCELLED: 1}
    assert rows == [2]


def test_an_outline_says_what_the_record_says(place):
    content = {
        "image": upload(place.blobs, b"i"),
        "label": upload(place.blobs, b"l"),
        "verified": upload(place.blobs, b"v"),
    }
    grid = place.store.cases.get(place.dataset, "one").geometry
    checked = CheckedCase(CasePut(**content), grid, 0.25, channels=3)
    place.store.cases.put(place.dataset, "whole", checked, None)
    (outline,) = place.store.cases.outlines(place.dataset, ("whole", "unknown"))
    record = place.store.cases.get(place.dataset, "whole")
    for field in ("case", "revision", "image", "label", "verified", "verified_fraction", "channels", "geometry"):
        assert getattr(outline, field) == getattr(record, field)


@pytest.mark.parametrize(("named", "error"), [(("one", "gone", "lost"), NotFound), ((), InvalidDataset)])
def test_an_order_for_cases_that_are_not_there_is_refused(place, named, error):
    with pytest.raises(error) as caught:
        check_order(place.store, JobCreate(kind=JobKind.TRAIN, dataset=place.dataset, cases=named), 1000)
    assert ("gone, lost" in str(caught.value)) == bool(named)


@pytest.mark.parametrize(("takes", "left"), [(2, ["odd"]), (1, None), (None, None), (3, [])])
def test_scans_of_a_data_set_that_a_model_does_not_take_cost_no_other_its_prediction(place, takes, left):
    add_odd(place)
    model = place.ended(place.order(predict_after=False, cases=NAMED)).result_model
    if takes:
        add_card(place, model, takes)
    every = [case.case for case in place.store.cases.outlines(place.dataset) if case.case != "odd"]
    check_order(place.store, JobCreate(kind=JobKind.PREDICT, dataset=place.dataset, model=model), 1000)
    job = place.order(JobKind.PREDICT, model=model)
    if left == []:
        with pytest.raises(InvalidDataset, match="none of which its model takes"):
            frozen(place, job)
    else:
        order = frozen(place, job)
        assert [case.case for case in order.cases] == (left or every)
        assert order.left_out == (tuple(every) if left else ("odd",)), "nothing is left out silently"


def test_scans_of_other_channels_that_came_after_the_order_are_left_out_of_a_training(place):
    job = place.order()
    add_odd(place)
    assert "odd" not in {case.case for case in frozen(place, job).cases}


def add_odd(place):
    content = CasePut(image=upload(place.blobs, b"of two channels"))
    place.store.cases.put(place.dataset, "odd", CheckedCase(content, GRID, 0.0, channels=2), None)


def add_card(place, model, channels):
    """Let a model say how many channels it takes."""
    bundle = place.blobs.path(place.store.models.get(model).bundle)
    with zipfile.ZipFile(bundle, "a") as archive:
        archive.writestr("training.json", json.dumps({"recipe": {"windows": [None] * channels}}))
