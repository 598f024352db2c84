"""The engine for Slurm with a real slurmctld, slurmd and munge on this computer; skipped where there is none."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import fake_worker
import pytest
import slurm_cluster
from supervisor_support import new_place, open_place

from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.contract.schema import JobState
from dualnetssl.server.engines import Unavailable
from dualnetssl.server.engines.slurm import SlurmEngine, SlurmOptions, programs, queue

pytestmark = pytest.mark.skipif(slurm_cluster.missing() is not None, reason=str(slurm_cluster.missing()))
ONE = SlurmOptions(gpus=0, cpus=1, memory_gb=0.5, partition="scans")
WORKER = (sys.executable, str(Path(fake_worker.__file__)))
LONG = {"steps": 1_000_000, "checkpoint_every": 10}


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    (tmp_path / "slurm").mkdir(mode=0o755)
    found = slurm_cluster.Cluster(tmp_path / "slurm")
    monkeypatch.setenv("SLURM_CONF", str(found.conf))
    monkeypatch.setattr(queue, "EVERY", 0.5)
    monkeypatch.setattr(queue, "AWAY", 0.5)
    try:
        found.start()
        yield found
    finally:
        found.stop()


def at_the_cluster(root, opened=new_place, **fields):
    place = opened(root, slots=("slurm",) * 4, start_grace=1.0, **fields)
    place.engine = SlurmEngine(ONE, WORKER)
    place.supervisor._engine = place.engine
    return place


def steps(place, job):
    return [event.step for event in place.directory(job.id).read_events() if event.kind == "progress"]


def state(place, job):
    return place.store.jobs.get(job.id).state


def test_a_cluster_from_refusal_to_the_fall_of_its_controller(cluster, tmp_path):
    with pytest.raises(InvalidRequest, match="partition"):
        programs.try_out(["--partition=nowhere"])
    programs.try_out(ONE.arguments(None, 0))

    # more jobs than the node has cores: one waits at the cluster
    place = at_the_cluster(tmp_path)
    first, second, third = (place.order(config=LONG, predict_after=False) for _ in range(3))
    place.until(lambda: [state(place, job) for job in (first, second)] == [JobState.RUNNING] * 2)
    place.until(lambda: state(place, third) is JobState.PENDING)
    shown = cluster.ask("squeue", "--format=%j %k %T")
    assert programs.name_of(place.directory(third.id).path) in shown
    assert third.id not in shown

    # a graceful stop keeps the model and lets the third one run
    place.until(lambda: len(steps(place, second)) > 2)
    place.supervisor.cancel(second.id)
    assert place.ended(second).state is JobState.CANCELLED
    assert place.store.jobs.get(second.id).result_model is not None
    place.until(lambda: state(place, third) is JobState.RUNNING and steps(place, third))
    place.supervisor.cancel(third.id)
    assert place.ended(third).state is JobState.CANCELLED

    # the time of a job is nearly up: what Slurm sends then
    (job,) = (one for one in programs.present() if one.name == programs.name_of(place.directory(first.id).path))
    cluster.ask("scancel", "--signal=USR1", "--batch", job.number)
    place.until(lambda: any(event.kind == "resumed" for event in place.directory(first.id).read_events()))
    (again,) = (one for one in programs.present() if one.name == job.name)
    assert (again.number, place.store.jobs.get(first.id).attempt) == (job.number, 1)

    # the controller dies, and with it what the server knows; a new server on the same folder goes on
    cluster.kill_controller()
    with pytest.raises(Unavailable):
        programs.try_out(["--partition=scans"])
    later = at_the_cluster(tmp_path, open_place, dataset=place.dataset)
    waits = later.order(config={"steps": 5}, predict_after=False)
    for _ in range(3):
        later.supervisor.reconcile()
    assert (state(later, first), state(later, waits)) == (JobState.RUNNING, JobState.QUEUED)
    cluster.start_controller()
    assert later.ended(waits).state is JobState.SUCCEEDED

    # its worker is killed as when memory runs out: another one goes on
    before = len(steps(later, first))
    os.kill(int((later.directory(first.id).path / "pid").read_text()), signal.SIGKILL)
    later.until(lambda: len(steps(later, first)) > before + 20)
    done = later.store.jobs.get(first.id)
    assert (done.state, done.attempt) == (JobState.RUNNING, 2)
    later.supervisor.cancel(first.id)
    assert later.ended(first).state is JobState.CANCELLED
    assert steps(later, first) == list(range(1, len(steps(later, first)) + 1))
    deadline = time.monotonic() + 60
    while programs.present():
        assert time.monotonic() < deadline
        time.sleep(0.2)
    place.store.close()
    later.store.close()
