"""Jobs on a full disk: named as such, told once, and resumed when there is room."""

from __future__ import annotations

import errno
import os

import fake_worker
import pytest
from supervisor_support import new_place

from dualnetssl.contract.errors import DiskFull
from dualnetssl.contract.schema import JobState


@pytest.fixture
def inline(tmp_path):
    """A place whose workers run to their end as they are started."""
    place = new_place(tmp_path, None)
    yield place
    place.store.close()


def trained(place, **fields):
    return place.ended(place.order(**fields))


def test_full_disk_fails_the_job_and_resuming_takes_the_model_in(inline, monkeypatch):
    def full(path):
        raise DiskFull("a model", "room", "Free some space.")

    with monkeypatch.context() as patch:
        patch.setattr(inline.blobs, "import_file", full)
        job = trained(inline, predict_after=False)
    assert (job.state, job.problem.type) == (JobState.FAILED, "urn:dualnetssl:problem:disk-full")
    inline.supervisor.resume(job.id)
    assert inline.ended(job).result_model is not None


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_at_the_start_of_a_worker_says_so(inline, monkeypatch, code):
    def full(path, data):
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr("dualnetssl.server.supervisor.supervisor.write_atomic", full)
        job = trained(inline, predict_after=False)
    assert (job.state, job.problem.type) == (JobState.FAILED, "urn:dualnetssl:problem:disk-full")
    assert "resume the job" in job.problem.remedy
    inline.supervisor.resume(job.id)
    assert inline.ended(job).state is JobState.SUCCEEDED


def test_a_worker_that_found_no_room_for_its_outcome(inline, monkeypatch):
    monkeypatch.setattr("dualnetssl.server.supervisor.supervisor.SCARCE", 1 << 62)
    job = trained(inline, config={"steps": 5, "seed": fake_worker.CRASHES})
    assert (job.state, job.problem.type) == (JobState.FAILED, "urn:dualnetssl:problem:disk-full")


def test_a_worker_that_says_that_there_was_no_room_is_not_started_again_in_vain(inline):
    job = trained(inline, config={"steps": 5, "seed": fake_worker.NO_ROOM})
    assert (job.state, job.problem.type) == (JobState.FAILED, "urn:dualnetssl:problem:disk-full")
    assert job.attempt == 1


def test_a_store_without_room_is_told_once_and_the_job_says_so_once_there_is_room(inline, monkeypatch, caplog):
    job, failures = inline.order(config={"steps": 5, "seed": fake_worker.NO_ROOM}), []

    def full(*words, **fields):
        failures.append(words)
        raise DiskFull("a write", "room", "Free some space.")

    inline.supervisor.reconcile()
    with monkeypatch.context() as patch:
        patch.setattr(inline.store.jobs, "transition", full)
        trouble = ""
        for _ in range(5):
            trouble = inline.supervisor._look(trouble)
    assert len(failures) == 5
    assert [record.exc_info for record in caplog.records if "Free some space" in record.getMessage()] == [None]
    assert inline.ended(job).problem.type == "urn:dualnetssl:problem:disk-full"
