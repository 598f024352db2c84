"""The engine for Slurm, with a cluster that is a folder."""

from __future__ import annotations

import sys
import time

import fake_slurm
import fake_worker
import pytest
from supervisor_support import FAKE, new_place, open_place

from dualnetssl import processes
from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.contract.jobdir import PAUSED_STATUS, JobDirectory
from dualnetssl.contract.jobspec import JobCase, JobSpec
from dualnetssl.contract.schema import JobKind, JobState, LabelDefinition
from dualnetssl.server.engines import Unavailable
from dualnetssl.server.engines.slurm import SlurmEngine, SlurmOptions, programs, queue
from dualnetssl.server.engines.slurm import engine as slurm_engine
from dualnetssl.server.engines.slurm.queue import Queue
from dualnetssl.server.engines.slurm.script import exit_status

OPTIONS = SlurmOptions(gpus=0, cpus=1, memory_gb=1.0)


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    with fake_slurm.running(tmp_path / "bin with a space", monkeypatch) as found:
        yield found


@pytest.fixture
def clock():
    """Seconds that pass when the test says so."""
    return [0.0]


@pytest.fixture
def engine(cluster, clock):
    return SlurmEngine(OPTIONS, FAKE, queue=Queue(now=lambda: clock[0]))


def directory_of(tmp_path, name="job; $(touch broken)", kind=JobKind.PREDICT):
    directory = JobDirectory(tmp_path / name)
    case = JobCase(case="one", image="/nowhere.nrrd")
    labels = (LabelDefinition(value=1, name="organ"),)
    directory.create(JobSpec(kind=kind, labels=labels, cases=(case,), model="/model", train=TrainConfig()))
    return directory.path


def away(cluster, yes=True):
    (cluster / "away").touch() if yes else (cluster / "away").unlink()


def test_a_job_is_handed_in_with_all_that_it_needs_and_nothing_of_the_patient(cluster, engine, tmp_path, monkeypatch):
    monkeypatch.setenv("API_TOKEN", "secret")
    monkeypatch.setenv("SBATCH_PARTITION", "elsewhere")
    directory = directory_of(tmp_path, "Müller Hans; $(touch broken)")
    engine.start(directory, "slurm")
    (job,) = fake_slurm.jobs(cluster)
    assert job["name"] == programs.name_of(directory)
    assert "ller" not in job["name"]
    told = {name: job["options"][name] for name in ("time", "mem", "cpus-per-task", "signal", "chdir", "requeue")}
    assert told == {
        "time": "480",
        "mem": "954M",
        "cpus-per-task": "1",
        "signal": "B:USR1@300",
        "chdir": str(directory),
        "requeue": "",
    }
    assert "gpus" not in job["options"]
    assert "comment" not in job["options"]
    assert job["command"] == [str(directory / "worker.sh"), *FAKE, "."]
    assert not {"API_TOKEN", "SBATCH_PARTITION"} & job["environment"].keys()
    assert job["environment"]["GOMP_SPINCOUNT"] == "700"
    assert not (tmp_path / "broken").exists()


def test_a_training_takes_the_gpus_and_a_prediction_one(cluster, tmp_path):
    options = SlurmOptions(gpus=2, partition="gpu,long", hours=0.1, extra=("account=a/b", "gres=shard:2"))
    asked = []
    engine = SlurmEngine(options, FAKE, lambda directory, on_gpu: asked.append(on_gpu) or 3 << 30)
    engine.start(directory_of(tmp_path), "slurm")
    (job,) = fake_slurm.jobs(cluster)
    told = {name: job["options"][name] for name in ("gpus", "mem", "partition", "account", "gres", "time", "signal")}
    assert told == {
        "gpus": "1",
        "mem": "3072M",
        "partition": "gpu,long",
        "account": "a/b",
        "gres": "shard:2",
        "time": "6",
        "signal": "B:USR1@180",
    }
    assert asked == [True]


def test_a_training_on_several_gpus_is_started_by_torchrun(cluster, tmp_path):
    engine = SlurmEngine(SlurmOptions(gpus=2, memory_gb=1.0), FAKE)
    directory = directory_of(tmp_path, "training", JobKind.TRAIN)
    engine.start(directory, "slurm")
    (job,) = fake_slurm.jobs(cluster)
    assert job["options"]["gpus"] == "2"
    assert job["command"][1:5] == [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    assert "--nproc-per-node=2" in job["command"]


def test_a_status_that_is_none_is_not_told():
    assert (exit_status("no number"), exit_status("143\n")) == (None, -15)


@pytest.mark.parametrize(
    "fields",
    [
        {"partition": "gpu --uid=root"},
        {"partition": "-gpu"},
        {"partition": ""},
        {"extra": ("wrap=rm -rf /",)},
        {"extra": ("export=ALL",)},
        {"extra": ("account",)},
        {"extra": ("account=",)},
        {"extra": ("account=a b",)},
        {"extra": ("account=a\n",)},
        {"extra": ("comment=Müller",)},
    ],
)
def test_what_is_no_name_and_no_option_of_place_is_refused(fields):
    with pytest.raises(InvalidRequest, match="--slurm-"):
        SlurmOptions(**fields)


def test_one_look_for_all_jobs_every_few_seconds(cluster, engine, clock, tmp_path):
    directories = [directory_of(tmp_path, name) for name in ("a", "b", "c")]
    for directory in directories:
        clock[0] += 1
        engine.start(directory, "slurm")
    before = len((cluster / "looks").read_text())
    clock[0] += queue.EVERY
    for _ in range(20):
        assert all(engine.waiting(directory) and engine.alive(directory) for directory in directories)
        assert engine.ready()
        assert not engine.alive(tmp_path / "unknown")
    assert len((cluster / "looks").read_text()) == before + 1
    job = fake_slurm.jobs(cluster)[0]
    fake_slurm.keep(cluster, job | {"state": "RUNNING"})
    assert engine.waiting(directories[0])
    clock[0] += queue.EVERY
    assert [engine.waiting(directory) for directory in directories] == [False, True, True]


def test_a_job_that_was_just_handed_in_waits_though_the_last_answer_does_not_know_it(engine, clock, tmp_path):
    assert engine.ready()
    directory = directory_of(tmp_path)
    engine.start(directory, "slurm")
    assert (engine.alive(directory), engine.waiting(directory)) == (True, True)


def test_a_job_is_never_handed_in_twice(cluster, engine, clock, tmp_path):
    directory = directory_of(tmp_path)
    engine.start(directory, "slurm")
    clock[0] += 1
    again = SlurmEngine(OPTIONS, FAKE)
    again.start(directory, "slurm")
    assert len(fake_slurm.jobs(cluster)) == 1
    assert (again.alive(directory), again.waiting(directory)) == (True, True)


def test_a_cluster_that_does_not_answer_keeps_its_jobs(cluster, engine, clock, tmp_path, caplog):
    directory, other = directory_of(tmp_path, "a"), directory_of(tmp_path, "b")
    engine.start(directory, "slurm")
    clock[0] += queue.EVERY
    assert engine.waiting(directory)
    away(cluster)
    clock[0] += queue.EVERY
    assert not engine.ready()
    assert (engine.alive(directory), engine.waiting(directory)) == (True, True)
    engine.stop(directory)
    with pytest.raises(Unavailable, match="does not answer"):
        engine.start(other, "slurm")
    away(cluster, False)
    assert not engine.ready()  # it is left alone for a while
    clock[0] += queue.AWAY
    assert engine.ready()
    assert engine.alive(directory)
    assert [record.message[:30] for record in caplog.records if record.levelname == "WARNING"] == [
        "the cluster does not answer, i"
    ]


def test_of_a_cluster_that_never_answered_all_jobs_are_taken_to_be_there(cluster, engine, tmp_path):
    away(cluster)
    assert engine.alive(tmp_path / "some job")
    assert not engine.waiting(tmp_path / "some job")


def test_what_slurm_refuses_is_told_in_its_words(cluster, engine, tmp_path):
    (cluster / "refuse").write_text("sbatch: error: invalid partition specified: gpux")
    with pytest.raises(InvalidRequest, match="invalid partition specified: gpux"):
        engine.start(directory_of(tmp_path), "slurm")
    with pytest.raises(InvalidRequest, match="invalid partition"):
        programs.try_out(["--partition=gpux"])
    (cluster / "refuse").write_text("sbatch: error: Batch job submission failed: Socket timed out on send/recv")
    with pytest.raises(Unavailable, match="Socket timed out"):
        engine.start(directory_of(tmp_path), "slurm")
    assert not engine.ready()


def test_an_answer_that_is_no_number_is_refused(monkeypatch, engine, tmp_path):
    monkeypatch.setattr(programs, "_ask", lambda command: "Submitted batch job 12")
    with pytest.raises(InvalidRequest, match="without a number"):
        programs.submit(directory_of(tmp_path), ["true"], [])


def test_without_slurm_it_is_said_where_it_would_be(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InvalidRequest, match="login node"):
        programs.try_out([])
    with pytest.raises(Unavailable):
        programs.present()
    with pytest.raises(Unavailable):
        programs.cancel(["1"])


def test_programs_that_hang_are_not_waited_for(cluster, monkeypatch):
    monkeypatch.setattr(programs, "_SECONDS", 0.3)
    (cluster / "slow").touch()
    with pytest.raises(Unavailable, match=r"squeue did not answer within 0\.3 seconds"):
        programs.present()


def test_a_job_is_taken_from_the_cluster_once(cluster, engine, clock, tmp_path):
    directory = directory_of(tmp_path)
    engine.start(directory, "slurm")
    engine.stop(directory)  # nobody knows its number yet
    clock[0] += queue.EVERY
    away(cluster)
    assert engine.alive(directory) is True
    away(cluster, False)
    clock[0] += queue.AWAY
    assert engine.alive(directory)
    away(cluster)
    engine.stop(directory)
    away(cluster, False)
    assert len(fake_slurm.jobs(cluster)) == 1
    clock[0] += queue.AWAY
    assert engine.ready()
    engine.stop(directory)
    engine.stop(directory)
    assert fake_slurm.jobs(cluster) == []
    clock[0] += queue.EVERY
    assert (engine.alive(directory), engine.exit_status(directory)) == (False, None)


def test_what_a_job_needs_is_estimated_in_a_process_of_its_own(tmp_path, monkeypatch, caplog):
    shown = tmp_path / "show.py"
    shown.write_text("import sys; print(len(sys.argv))")
    monkeypatch.setattr(slurm_engine, "_NEEDS", (sys.executable, str(shown)))
    assert [slurm_engine.estimated_bytes(tmp_path, on_gpu) for on_gpu in (False, True)] == [2, 3]
    shown.write_text("raise SystemExit('no such scan')")
    assert slurm_engine.estimated_bytes(tmp_path, False) is None
    assert "could not be estimated" in caplog.text

    def hangs(*command, **limits):
        raise processes.TooLong(["python"], 1.0)

    monkeypatch.setattr(slurm_engine.processes, "run", hangs)
    assert slurm_engine.estimated_bytes(tmp_path, False) is None


def script(cluster, tmp_path, code):
    """Run one job at the cluster to its end, whose worker is this Python code."""
    worker = tmp_path / "worker.py"
    worker.write_text(code)
    (cluster / "run").touch()
    directory = directory_of(tmp_path, "job")
    engine = SlurmEngine(OPTIONS, (sys.executable, str(worker)))
    engine.start(directory, "slurm")
    deadline = time.monotonic() + 60
    while fake_slurm.jobs(cluster):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return engine, directory


@pytest.mark.parametrize(
    ("end", "status"),
    [("raise SystemExit(3)", 3), ("raise SystemExit(0)", 0), ("os.kill(os.getpid(), 9)", -9)],
)
def test_how_a_worker_ended_is_written_down(cluster, tmp_path, end, status):
    code = f"import os, sys; print(sys.argv[1:], os.getcwd(), os.environ['OMP_NUM_THREADS'], flush=True); {end}"
    engine, directory = script(cluster, tmp_path, code)
    assert engine.exit_status(directory) == status
    assert (directory / "worker.log").read_text().startswith(f"['.'] {directory} ")


PAUSING = """
import os, pathlib, signal, time
pause = pathlib.Path("pause")
if pause.exists():
    pause.unlink()
    raise SystemExit(0)
os.kill(os.getppid(), signal.SIGUSR1)  # as Slurm does to the script when time is nearly up
while not pause.exists():
    time.sleep(0.01)
"""


def test_a_worker_whose_time_is_up_pauses_and_goes_on_in_the_same_job(cluster, tmp_path):
    engine, directory = script(cluster, tmp_path, PAUSING)
    assert engine.exit_status(directory) == 0
    assert (cluster / "count").read_text() == "."


def test_a_pause_is_told_where_the_cluster_does_not_requeue(cluster, tmp_path):
    (cluster.parent / "scontrol").write_text("#!/bin/sh\nexit 1\n")
    engine, directory = script(cluster, tmp_path, PAUSING)
    assert engine.exit_status(directory) == PAUSED_STATUS


def at_the_cluster(root, **options):
    place = options.pop("opened", new_place)(root, FAKE, start_grace=0.0, **options)
    place.engine = SlurmEngine(OPTIONS, FAKE, queue=Queue())
    place.supervisor._engine = place.engine
    return place


def told(place, job):
    return place.store.jobs.get(job.id)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(queue, "EVERY", 0.05)
    monkeypatch.setattr(queue, "AWAY", 0.05)


def test_a_training_waits_runs_and_outlives_server_and_controller(cluster, tmp_path, quick):
    place = at_the_cluster(tmp_path, slots=("slurm",) * 4)
    waits = place.order(config={"steps": 3}, predict_after=False)
    place.until(lambda: told(place, waits).state is JobState.PENDING)
    place.supervisor.cancel(waits.id)
    assert (place.ended(waits).state, fake_slurm.jobs(cluster)) == (JobState.CANCELLED, [])
    (cluster / "run").touch()
    job = place.order(config={"steps": 1_000_000, "checkpoint_every": 50}, predict_after=False)
    place.until(lambda: told(place, job).state is JobState.RUNNING and len(steps(place, job)) > 3)
    away(cluster)
    again = at_the_cluster(tmp_path, opened=open_place, dataset=place.dataset, slots=("slurm",) * 4)
    later = again.order(config={"steps": 3}, predict_after=False)
    for _ in range(3):
        again.supervisor.reconcile()
    assert (told(again, job).state, told(again, later).state) == (JobState.RUNNING, JobState.QUEUED)
    away(cluster, False)
    again.supervisor.cancel(job.id)
    assert (again.ended(job).state, again.ended(job).attempt) == (JobState.CANCELLED, 1)
    assert again.ended(job).result_model is not None
    assert (again.ended(later).state, again.ended(later).attempt) == (JobState.SUCCEEDED, 1)
    place.store.close()
    again.store.close()


def steps(place, job):
    return [event for event in place.directory(job.id).read_events() if event.kind == "progress"]


def test_a_job_that_was_handed_in_unseen_is_found(cluster, tmp_path, quick, monkeypatch):
    place = at_the_cluster(tmp_path)
    job = place.order(predict_after=False)
    real = programs.submit

    def unheard(*given, **fields):
        real(*given, **fields)
        raise Unavailable("sbatch did not answer within 30 seconds")

    monkeypatch.setattr(programs, "submit", unheard)
    place.supervisor.reconcile()
    assert (told(place, job).state, told(place, job).attempt) == (JobState.QUEUED, 0)
    place.until(lambda: told(place, job).state is JobState.PENDING)
    assert len(fake_slurm.jobs(cluster)) == 1
    place.store.close()


def test_a_pause_is_no_failed_attempt(cluster, tmp_path, quick):
    (cluster / "run").touch()
    (cluster.parent / "scontrol").write_text("#!/bin/sh\nexit 1\n")
    place = at_the_cluster(tmp_path)
    place.engine._command = (sys.executable, "-c", "open('pause', 'w').close()")
    job = place.order(predict_after=False)
    calls = cluster / "calls"
    place.until(lambda: calls.exists() and len(calls.read_text().splitlines()) > 1)
    assert told(place, job).attempt <= 1
    place.engine._command = FAKE
    assert place.ended(job).state is JobState.SUCCEEDED
    place.store.close()


def test_a_worker_that_dies_at_the_cluster_fails_after_three_attempts(cluster, tmp_path, quick):
    (cluster / "run").touch()
    place = at_the_cluster(tmp_path)
    job = place.ended(place.order(config={"steps": 5, "seed": fake_worker.CRASHES}))
    assert (job.state, job.attempt) == (JobState.FAILED, 3)
    assert "the last one ended with status 3" in job.problem.received
    place.store.close()
