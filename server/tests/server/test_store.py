"""The database by itself: states that the HTTP tests do not reach."""

import sqlite3
import threading
from dataclasses import replace

import pytest

from dualnetssl.contract.errors import Conflict, DiskFull, InvalidRequest, NotFound, RevisionConflict
from dualnetssl.contract.schema import (
    CasePut,
    DatasetCreate,
    Geometry,
    JobCreate,
    JobState,
    LabelDefinition,
    Problem,
    Role,
)
from dualnetssl.server.store import NewPrediction, Store
from dualnetssl.server.store.cases import CheckedCase
from dualnetssl.server.store.database import Database
from dualnetssl.server.store.migrations import MIGRATIONS

GRID = Geometry(size=(4, 5, 6), spacing=(1, 1, 2), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
LABELS = (LabelDefinition(value=1, name="liver", colour=(1, 2, 3), terminology="T~^liver"),)
QUEUED, RUNNING = [JobState.QUEUED], [JobState.RUNNING]


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "store.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def dataset(store):
    return store.datasets.create(DatasetCreate(name="livers", labels=LABELS)).id


def content(image="a", label=None, verified=None, fraction=0.0):
    digests = {"image": image * 64, "label": label and label * 64, "verified": verified and verified * 64}
    return CheckedCase(CasePut(**digests), GRID, fraction)


def train(store, dataset, key=None, **fields):
    return store.jobs.create(JobCreate(kind="train", dataset=dataset, **fields), key)[0].id


def test_everything_survives_closing(store, dataset, tmp_path):
    case = store.cases.put(dataset, "a", content(), None)
    job = store.jobs.get(train(store, dataset, config={"steps": 3}, cases=("a",)))
    found, again = store.datasets.get(dataset), Store(tmp_path / "store.sqlite")
    try:
        assert again.datasets.get(dataset) == found
        assert again.cases.get(dataset, "a") == case
        assert again.jobs.get(job.id) == job
    finally:
        again.close()
    assert found.labels == LABELS


def test_a_newer_database_is_refused(tmp_path):
    connection = sqlite3.connect(tmp_path / "store.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(Conflict, match=r"version 99.*Update the server"):
        Store(tmp_path / "store.sqlite")


def test_commits_are_on_the_disk(tmp_path):
    database = Database(tmp_path / "store.sqlite")
    with database.transaction() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    database.close()


def test_a_block_that_raises_changes_nothing(tmp_path):
    database = Database(tmp_path / "store.sqlite")
    insert = "INSERT INTO datasets VALUES ('d', 'n', '[]', 0)"

    def insert_and_fail():
        with database.transaction() as connection:
            connection.execute(insert)
            raise KeyError

    with pytest.raises(KeyError):
        insert_and_fail()
    assert database.row("SELECT * FROM datasets") is None
    with database.transaction() as connection:
        connection.execute(insert)
    assert database.row("SELECT * FROM datasets") is not None
    database.close()


def test_a_full_disk_is_said_and_changes_nothing(store, dataset):
    with store._database.transaction() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFull, match="Free some space"):
        train(store, dataset, config={"x": "y" * 100_000})
    assert store.jobs.find() == []
    with store._database.transaction() as connection:
        connection.execute("PRAGMA max_page_count = 100000")
    assert train(store, dataset)


def test_jobs_need_their_data_set(store):
    with pytest.raises(NotFound, match="ds_unknown"):
        train(store, "ds_unknown")


def test_cases_need_their_data_set(store):
    with pytest.raises(NotFound, match="ds_unknown"):
        store.cases.put("ds_unknown", "a", content(), None)


def test_only_one_of_many_writers_wins(store, dataset):
    store.cases.put(dataset, "a", content(), None)
    outcomes = []

    def change(letter):
        try:
            outcomes.append(store.cases.put(dataset, "a", content(label=letter), 1).revision)
        except RevisionConflict:
            outcomes.append("conflict")

    writers = [threading.Thread(target=change, args=(letter,)) for letter in "bcdef"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(map(str, outcomes)) == ["2", *["conflict"] * 4]
    assert len(store.cases.revisions(dataset, "a")) == 2


def test_concurrent_orders_under_one_key_make_one_job(store, dataset):
    found = []
    orders = [threading.Thread(target=lambda: found.append(train(store, dataset, "k"))) for _ in range(6)]
    for order in orders:
        order.start()
    for order in orders:
        order.join()
    assert len(found) == 6
    assert len(set(found)) == 1
    assert len(store.jobs.find()) == 1


def test_orders_without_a_key_are_all_new(store, dataset):
    assert train(store, dataset) != train(store, dataset)


def test_transitions_compare_and_set(store, dataset):
    job = train(store, dataset)
    assert store.jobs.transition(job, QUEUED, JobState.RUNNING, attempt=1)
    assert not store.jobs.transition(job, QUEUED, JobState.RUNNING, attempt=9)
    assert not store.jobs.transition("job_unknown", QUEUED, JobState.RUNNING)
    problem = Problem(type="t", title="t", status=500, detail="d")
    assert store.jobs.transition(job, RUNNING, JobState.FAILED, problem=problem, result_model="m")
    failed = store.jobs.get(job)
    assert (failed.state, failed.attempt, failed.problem, failed.result_model) == ("failed", 1, problem, "m")
    assert store.jobs.transition(job, [JobState.FAILED, JobState.CANCELLED], JobState.QUEUED)
    queued = store.jobs.get(job)
    assert (queued.problem, queued.result_model, queued.attempt) == (None, "m", 1)
    assert queued.updated >= failed.updated > queued.created


def test_jobs_are_found_by_state(store, dataset):
    first, second = train(store, dataset), train(store, dataset)
    store.jobs.transition(second, QUEUED, JobState.RUNNING)
    assert [job.id for job in store.jobs.find(states=QUEUED)] == [first]
    assert [job.id for job in store.jobs.find(dataset=dataset)] == [first, second]
    assert store.jobs.find(states=[]) == []


def test_models_are_recorded_once_per_bundle(store, dataset):
    parent = store.models.record(train(store, dataset), LABELS, {}, "b" * 64)
    job = train(store, dataset, model=parent.id)
    model = store.models.record(job, LABELS, {"dice": 0.5}, "c" * 64)
    assert store.models.record(job, LABELS, {}, "c" * 64) == model
    assert (model.parent, model.job, model.dataset, model.metrics) == (parent.id, job, dataset, {"dice": 0.5})
    assert store.jobs.get(job).result_model == model.id
    resumed = store.models.record(job, LABELS, {}, "d" * 64)
    assert resumed.id != model.id
    assert store.jobs.get(job).result_model == resumed.id
    assert [found.id for found in store.models.find(dataset)] == [resumed.id, model.id, parent.id]
    with pytest.raises(NotFound, match="job_unknown"):
        store.models.record("job_unknown", LABELS, {}, "c" * 64)


def prediction(case="a", image="a", **summary):
    return NewPrediction(case, image * 64, "1" * 64, "2" * 64, "3" * 64, summary)


def test_predictions_are_replaced_not_doubled(store, dataset):
    store.cases.put(dataset, "a", content(), None)
    model = store.models.record(train(store, dataset), LABELS, {}, "b" * 64).id
    assert store.predictions.record(model, [prediction(mean_uncertainty=0.1)]) == 1
    assert store.predictions.record(model, [prediction(mean_uncertainty=0.2)]) == 1
    assert [found.summary for found in store.predictions.find(dataset, "a")] == [{"mean_uncertainty": 0.2}]


def test_predictions_of_before_have_no_opinions_and_no_sheet_and_go_on(tmp_path):
    path = tmp_path / "old.sqlite"
    with sqlite3.connect(path) as connection:
        for statement in (line for step in MIGRATIONS[:4] for line in step):
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 4")
    connection.close()
    old = Store(path)
    dataset = old.datasets.create(DatasetCreate(name="liver", labels=LABELS)).id
    old.cases.put(dataset, "a", content(), None)
    model = old.models.record(train(old, dataset), LABELS, {}, "b" * 64).id
    old.predictions.record(model, [prediction()])
    assert [(found.opinions, found.sheet) for found in old.predictions.find(dataset, "a")] == [(None, None)]
    files = {"4" * 64, "5" * 64}
    old.predictions.record(model, [replace(prediction(), opinions="4" * 64, sheet="5" * 64)])
    assert [{found.opinions, found.sheet} for found in old.predictions.find(dataset, "a")] == [files]
    assert files <= set(old.referenced_digests())
    old.erasures.model(model)
    assert files <= {left.name for left in old.erasures.leftovers()}
    old.close()


def test_predictions_of_what_is_gone_are_dropped(store, dataset):
    store.cases.put(dataset, "a", content(), None)
    model = store.models.record(train(store, dataset), LABELS, {}, "b" * 64).id
    assert store.predictions.record(model, [prediction(case="gone"), prediction(image="f")]) == 0
    assert store.predictions.record("model_gone", [prediction()]) == 0
    assert store.predictions.find(dataset, "a") == []


def test_predictions_stay_with_their_image(store, dataset):
    store.cases.put(dataset, "a", content(), None)
    model = store.models.record(train(store, dataset), LABELS, {}, "b" * 64).id
    store.predictions.record(model, [prediction()])
    store.cases.put(dataset, "a", content(label="c"), 1)
    assert len(store.predictions.find(dataset, "a")) == 1
    store.cases.put(dataset, "a", content(image="f"), 2)
    assert store.predictions.find(dataset, "a") == []


def test_every_digest_in_use_is_named(store, dataset):
    store.cases.put(dataset, "a", content("a", "b", "c", 0.5), None)
    store.cases.put(dataset, "a", content("a", "d"), 1)
    model = store.models.record(train(store, dataset), LABELS, {}, "e" * 64).id
    store.predictions.record(model, [prediction()])
    assert store.referenced_digests() == {letter * 64 for letter in "abcde123"}
    store.erasures.model(model)
    assert store.referenced_digests() == {letter * 64 for letter in "abcd"}
    for job in store.jobs.find():
        store.jobs.transition(job.id, QUEUED, JobState.CANCELLED)
    store.erasures.dataset(dataset)
    assert store.referenced_digests() == set()


def test_revisions_of_a_case_that_never_was(store, dataset):
    with pytest.raises(NotFound, match="'a'"):
        store.cases.revisions(dataset, "a")


def test_a_case_that_is_gone_cannot_be_deleted(store, dataset):
    with pytest.raises(NotFound, match="'a'"):
        store.erasures.case(dataset, "a", 1)


def test_a_token_of_nobody_cannot_be_revoked(store):
    store.accounts.add("anna", Role.ANNOTATOR, 1)
    with pytest.raises(NotFound, match="tok_0"):
        store.accounts.revoke("anna", "tok_0")


def test_a_store_that_is_up_to_date_is_opened_without_a_write(tmp_path):
    Store(tmp_path / "own.sqlite").close()
    other = sqlite3.connect(tmp_path / "own.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # nobody else can write now, as on a full disk
    started = Store(tmp_path / "own.sqlite")
    assert started.datasets.find() == []
    other.execute("ROLLBACK")
    other.close()
    started.close()


@pytest.mark.parametrize("days", [0, -1, 10**9, float("nan")])
def test_a_token_has_an_end_that_a_calendar_knows(store, days):
    with pytest.raises(InvalidRequest, match="days"):
        store.accounts.add("anna", Role.ANNOTATOR, days)
    assert not store.accounts.exists("anna")
