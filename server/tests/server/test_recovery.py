"""Real trainings, tiny, in real processes that are killed."""

from __future__ import annotations

import os
import signal
import sys
import zipfile

import pytest
from supervisor_support import close, open_place

from dualnetssl.contract.schema import CasePut, DatasetCreate, JobState
from dualnetssl.server.engines.local import WORKER
from dualnetssl.server.store.cases import CheckedCase
from dualnetssl.volumes import probe
from dualnetssl.volumes.phantoms import LABELS, case_name, write_sample_data

CONFIG = {"steps": 12, "width": 2, "checkpoint_every": 4, "report_every": 1, "patch": (16, 16, 32)}


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    write_sample_data(folder, 3, 0, "small")
    return folder


@pytest.fixture
def place(tmp_path, samples, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    place = open_place(tmp_path, WORKER)
    place.dataset = place.store.datasets.create(DatasetCreate(name="samples", labels=LABELS)).id
    for number in range(1, 4):
        put(place, samples, case_name(number), labelled=number < 3)
    yield place
    close(place)


def put(place, samples, name, labelled):
    image = samples / "images" / f"{name}.nrrd"
    label = place.blobs.import_file(samples / "labels" / f"{name}.nrrd") if labelled else None
    content = CasePut(image=place.blobs.import_file(image), label=label)
    checked = CheckedCase(content, probe(image).geometry, float(labelled))
    place.store.cases.put(place.dataset, name, checked, None)


def progress(place, job):
    return [event.step for event in place.directory(job.id).read_events() if event.kind == "progress"]


def reach(place, job, step):
    place.until(lambda: len(progress(place, job)) >= step)


def check_history(place, job):
    events = place.directory(job.id).read_events()
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert progress(place, job) == list(range(1, CONFIG["steps"] + 1))


@pytest.mark.long
def test_killed_worker_goes_on_from_its_checkpoint(place):
    job = place.order(config=CONFIG, predict_after=False)
    reach(place, job, 6)
    os.kill(int((place.directory(job.id).path / "worker.pid").read_text()), signal.SIGKILL)
    done = place.ended(job)
    assert (done.state, done.attempt) == (JobState.SUCCEEDED, 2)
    (resumed,) = (event for event in place.directory(job.id).read_events() if event.kind == "resumed")
    assert resumed.step >= 4
    check_history(place, job)


@pytest.mark.long
def test_training_goes_on_without_a_server_and_is_taken_up_by_the_next(place):
    job = place.order(config=CONFIG, predict_after=False)
    reach(place, job, 2)
    again = open_place(place.root, WORKER, place.dataset)
    done = again.ended(job)
    assert (done.state, done.attempt) == (JobState.SUCCEEDED, 1)
    check_history(again, job)
    close(again)


@pytest.mark.long
def test_cancelled_training_leaves_a_usable_model_that_predicts(place):
    job = place.order(config={**CONFIG, "steps": 500})
    reach(place, job, 2)
    place.supervisor.cancel(job.id)
    done = place.ended(job)
    assert done.state is JobState.CANCELLED
    bundle = place.blobs.path(place.store.models.get(done.result_model).bundle)
    assert {"configs/metadata.json", "models/model.pt"} <= set(zipfile.ZipFile(bundle).namelist())
    (follow_up,) = place.store.jobs.find(states=[JobState.QUEUED, JobState.RUNNING])
    assert place.ended(follow_up).state is JobState.SUCCEEDED
    (prediction,) = place.store.predictions.find(place.dataset, case_name(3))
    assert 0 <= prediction.summary["mean_uncertainty"] <= 1
    grid = place.store.cases.get(place.dataset, case_name(3)).geometry
    copy = place.root / "a.seg.nrrd"
    copy.write_bytes(place.blobs.path(prediction.segmentation).read_bytes())
    assert probe(copy).geometry == grid


@pytest.mark.skipif(sys.platform == "win32", reason="sessions are of POSIX")
def test_worker_has_a_session_of_its_own(place):
    job = place.order(config=CONFIG, predict_after=False)
    place.supervisor.reconcile()
    pid = int((place.directory(job.id).path / "worker.pid").read_text())
    assert os.getsid(pid) == pid != os.getsid(0)
