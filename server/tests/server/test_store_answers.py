"""A write answers with what it wrote, whatever others write right after it."""

from contextlib import contextmanager

import pytest

from dualnetssl.contract.errors import NotFound
from dualnetssl.contract.schema import CasePut, DatasetCreate, DraftPut, Geometry, JobCreate, JobState, LabelDefinition
from dualnetssl.server.store import Store
from dualnetssl.server.store.cases import CheckedCase

GRID = Geometry(size=(4, 5, 6), spacing=(1, 1, 2), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "store.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def dataset(store):
    return store.datasets.create(DatasetCreate(name="livers", labels=(LabelDefinition(value=1, name="liver"),))).id


@pytest.fixture
def then(store, monkeypatch):
    """Let a rival write as soon as the next transaction is committed, before the writer can do anything else."""

    def arrange(rival):
        real, rivals = store._database.transaction, [rival]

        @contextmanager
        def transaction():
            with real() as connection:
                yield connection
            if rivals:
                rivals.pop()()

        monkeypatch.setattr(store._database, "transaction", transaction)

    return arrange


def put(store, dataset, annotator, expected):
    content = CasePut(image="a" * 64, label="b" * 64, annotator=annotator)
    return store.cases.put(dataset, "scan", CheckedCase(content, GRID, 1.0), expected)


def draft(store, dataset, letter, expected):
    content = DraftPut(base_revision=1, label=letter * 64, verified=letter * 64)
    return store.drafts.put(dataset, "scan", "ada", content, expected)


def test_a_case(store, dataset, then):
    put(store, dataset, "ada", None)
    then(lambda: put(store, dataset, "grace", 2))
    mine = put(store, dataset, "ada", 1)
    assert (mine.revision, mine.annotator) == (2, "ada")
    assert store.cases.get(dataset, "scan").annotator == "grace"


def test_a_case_that_is_erased_right_after(store, dataset, then):
    then(lambda: store.erasures.case(dataset, "scan", 1))
    assert put(store, dataset, "ada", None).revision == 1


def test_a_draft(store, dataset, then):
    put(store, dataset, "ada", None)
    draft(store, dataset, "c", None)
    then(lambda: draft(store, dataset, "e", 2))
    mine = draft(store, dataset, "d", 1)
    assert (mine.generation, mine.label) == (2, "d" * 64)


def test_a_data_set_that_is_erased_right_after(store, then):
    labels = (LabelDefinition(value=1, name="liver"),)
    then(lambda: store.erasures.dataset(store.datasets.find()[0].id))
    assert store.datasets.create(DatasetCreate(name="livers", labels=labels)).name == "livers"


def test_an_order(store, dataset, then):
    then(lambda: store.jobs.transition(store.jobs.find()[0].id, [JobState.QUEUED], JobState.RUNNING))
    job, new = store.jobs.create(JobCreate(kind="train", dataset=dataset), "key")
    assert (job.state, new) == (JobState.QUEUED, True)


def test_a_change_of_state(store, dataset, then):
    job, _ = store.jobs.create(JobCreate(kind="train", dataset=dataset))
    then(lambda: store.jobs.transition(job.id, [JobState.RUNNING], JobState.FAILED))
    assert store.jobs.transition(job.id, [JobState.QUEUED], JobState.RUNNING, attempt=1).state is JobState.RUNNING
    assert store.jobs.transition(job.id, [JobState.QUEUED], JobState.RUNNING) is None


def test_a_case_that_went_while_its_draft_was_checked_gets_none(store, dataset):
    content = DraftPut(base_revision=1, label="a" * 64, verified="a" * 64)
    with pytest.raises(NotFound, match="scan"):
        store.drafts.put(dataset, "scan", "ada", content, None)
