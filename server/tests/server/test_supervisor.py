from __future__ import annotations

import os
import signal
import time
import zipfile
from pathlib import Path

import fake_worker
import pytest
from supervisor_support import GRID, close, end_workers, new_place, open_place, upload

from dualnetssl.contract.errors import Conflict, InvalidVolume, NotFound
from dualnetssl.contract.jobdir import JobResult
from dualnetssl.contract.schema import AT_WORK, CasePut, Device, JobKind, JobState
from dualnetssl.server.engines.local import LocalEngine
from dualnetssl.server.inspection import CaseFacts
from dualnetssl.server.store.cases import CheckedCase
from dualnetssl.server.supervisor import outcomes, slots_on

LONG = {"steps": 3000, "checkpoint_every": 1}


@pytest.fixture
def inline(tmp_path):
    """A place whose workers run to their end as they are started."""
    place = new_place(tmp_path, None)
    yield place
    place.store.close()


@pytest.fixture
def place(tmp_path):
    """A place whose workers are processes."""
    place = new_place(tmp_path)
    yield place
    close(place)


def kill(place, job):
    """Kill the worker as the kernel does when memory runs out."""
    os.kill(int((place.directory(job.id).path / "worker.pid").read_text()), signal.SIGKILL)


def started(place, job, step=2):
    place.until(lambda: len(steps(place, job)) >= step)


def steps(place, job):
    return [event for event in place.directory(job.id).read_events() if event.kind == "progress"]


def state(place, job):
    return place.store.jobs.get(job.id).state


def trained(place, **fields):
    return place.ended(place.order(**fields))


def test_training_becomes_a_model_and_then_predictions_of_all_cases(inline):
    job = trained(inline)
    assert (job.state, job.attempt, job.problem) == (JobState.SUCCEEDED, 1, None)
    model = inline.store.models.get(job.result_model)
    assert model.metrics == {"step": 3}
    assert zipfile.ZipFile(inline.blobs.path(model.bundle)).read("model.pt") == b"weights after 3 steps"
    (follow_up,) = (job for job in inline.store.jobs.find() if job.kind is JobKind.PREDICT)
    assert inline.ended(follow_up).state is JobState.SUCCEEDED
    for case in ("one", "two"):
        (prediction,) = inline.store.predictions.find(inline.dataset, case)
        assert inline.blobs.path(prediction.uncertainty).read_text() == f"uncertainty of {case}"
        assert inline.blobs.path(prediction.opinions).read_text() == f"opinions of {case}"
        assert inline.blobs.path(prediction.sheet).read_text() == f"sheet of {case}"
        assert prediction.summary["mean_uncertainty"] == 0.25


def verify(place, case, mask, image=None):
    """Submit a label of which this mask is verified; returns its revision."""
    content = CasePut(image=upload(place.blobs, image or case.encode()), label=upload(place.blobs, b"l"), verified=mask)
    revision = place.store.cases.get(place.dataset, case).revision
    return place.store.cases.put(place.dataset, case, CheckedCase(content, GRID, 0.5), revision).revision


@pytest.mark.parametrize("error", [None, InvalidVolume("a crash", "a volume", "Send it again.")])
def test_what_is_verified_while_a_worker_predicts_is_counted_again(inline, monkeypatch, error):
    model = trained(inline, predict_after=False).result_model
    before, meanwhile = (upload(inline.blobs, data) for data in (b"before", b"meanwhile"))
    verify(inline, "one", before)
    verify(inline, "two", before)
    asked, start = [], inline.engine.start

    def start_late(directory, device):
        verify(inline, "two", meanwhile)
        start(directory, device)

    def inspect(*files, **limits):
        asked.append([path.name for path in files])
        if error is not None:
            raise error
        return CaseFacts(GRID, 0.5, 0.125)

    monkeypatch.setattr(inline.engine, "start", start_late)
    monkeypatch.setattr(outcomes, "inspect_case", inspect)
    assert inline.ended(inline.order(JobKind.PREDICT, model=model)).state is JobState.SUCCEEDED
    prediction = inline.store.predictions.find(inline.dataset, "two")[0]
    assert [names[2:] for names in asked] == [[meanwhile, prediction.uncertainty]]
    benefits = {entry.case: entry.benefit_ml for entry in inline.store.worklist.entries(inline.dataset)}
    summary = prediction.summary.get("expected_error_ml")
    assert benefits["two"] == (0.125 if error is None else summary)
    assert summary != 0.125


def test_a_case_with_another_image_meanwhile_is_not_counted_again(inline, monkeypatch):
    model = trained(inline, predict_after=False).result_model
    job = inline.order(JobKind.PREDICT, model=model)
    inline.supervisor.reconcile()
    verify(inline, "two", upload(inline.blobs, b"meanwhile"), image=b"another scan")
    monkeypatch.setattr(outcomes, "inspect_case", lambda *_, **__: pytest.fail("there is no prediction to count"))
    assert inline.ended(job).state is JobState.SUCCEEDED


def test_order_is_frozen_with_the_files_of_its_cases(inline):
    spec = inline.directory(trained(inline, predict_after=False).id).read_spec()
    assert [case.case for case in spec.cases] == ["one", "two"]
    assert Path(spec.cases[0].image).read_bytes() == b"one"
    assert Path(spec.cases[0].label).read_bytes() == b"a label"
    assert (spec.cases[1].label, spec.train.steps, spec.model) == (None, 3, None)
    assert len(inline.store.jobs.find()) == 1


def test_prediction_sees_no_labels_and_evaluation_only_labelled_cases(inline):
    model = trained(inline, predict_after=False).result_model
    predict = inline.ended(inline.order(JobKind.PREDICT, model=model, config={"overlap": 0.25}, cases=("one",)))
    spec = inline.directory(predict.id).read_spec()
    assert ([case.label for case in spec.cases], spec.predict.overlap) == ([None], 0.25)
    evaluate = inline.ended(inline.order(JobKind.EVALUATE, model=model))
    spec = inline.directory(evaluate.id).read_spec()
    assert [case.case for case in spec.cases] == ["one"]
    assert Path(spec.model, "model.pt").read_text() == "weights after 3 steps"


def test_what_was_queued_before_a_bound_was_drawn_is_carried_out(inline):
    config = {"steps": 3, "learning_rate": 50.0, "flip_axes": [1, 1]}
    job = inline.ended(inline.order(config=config, predict_after=False))
    assert inline.directory(job.id).read_spec().train.learning_rate == 50.0
    predict = inline.ended(inline.order(JobKind.PREDICT, model=job.result_model, config={"overlap": 0.99}))
    assert (predict.state, inline.directory(predict.id).read_spec().predict.overlap) == (JobState.SUCCEEDED, 0.99)


def test_warm_start_names_its_parent(inline):
    first = trained(inline, predict_after=False).result_model
    second = trained(inline, predict_after=False, model=first).result_model
    assert inline.store.models.get(second).parent == first


def lose_case(place, name):
    """Take a case out while a job wants it, which nobody can order."""
    with place.store._database.transaction() as connection:
        connection.execute("DELETE FROM cases WHERE name = ?", (name,))


def test_job_without_a_case_fails_with_the_reason(inline):
    lose_case(inline, "two")
    job = trained(inline, cases=("two",))
    assert (job.state, job.problem.type) == (JobState.FAILED, "urn:dualnetssl:problem:invalid-dataset")


def test_one_slot_runs_one_job_at_a_time_oldest_first(place):
    first, second = place.order(config=LONG), place.order()
    started(place, first)
    assert (state(place, first), state(place, second)) == (JobState.RUNNING, JobState.QUEUED)
    place.supervisor.cancel(first.id)
    assert place.ended(second).state is JobState.SUCCEEDED
    place.until(lambda: None not in [child.returncode for child in place.engine._children.values()], 60)  # no zombies


def test_every_slot_runs_a_job_and_shows_it_its_device(tmp_path):
    place = new_place(tmp_path, slots=("cuda:0", "cuda:1"))
    jobs = [place.order(config=LONG) for _ in range(3)]
    place.supervisor.reconcile()
    assert [state(place, job) for job in jobs] == [JobState.RUNNING, JobState.RUNNING, JobState.QUEUED]
    assert [(place.directory(job.id).path / "slot").read_text() for job in jobs[:2]] == ["cuda:0", "cuda:1"]
    fewer = open_place(tmp_path, dataset=place.dataset, slots=("cpu",))
    fewer.supervisor.reconcile()
    assert state(fewer, jobs[2]) is JobState.QUEUED
    close(place)
    close(fewer)


def test_a_thousand_jobs_that_wait_are_not_looked_at_while_no_slot_is_free(tmp_path, monkeypatch):
    place = new_place(tmp_path)
    jobs, asked = [place.order(config=LONG) for _ in range(4)], []
    place.supervisor.reconcile()
    find = place.store.jobs.find
    monkeypatch.setattr(type(place.store.jobs), "find", lambda self, **given: asked.append(given) or find(**given))
    place.supervisor.reconcile()
    assert all(given["states"] == AT_WORK for given in asked)
    assert [state(place, job) for job in jobs] == [JobState.RUNNING, *[JobState.QUEUED] * 3]
    close(place)


def test_workers_share_the_cores_and_wait_briefly(tmp_path, monkeypatch):
    [monkeypatch.delenv(name, raising=False) for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")]
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    script = tmp_path / "show.py"
    script.write_text("import os; print(os.environ['OMP_NUM_THREADS'], os.environ['GOMP_SPINCOUNT'])")
    assert log_of(LocalEngine((fake_worker.sys.executable, str(script))), tmp_path, "cpu") == "7 700\n"


@pytest.mark.parametrize(("device", "visible"), [("cuda:1", "1"), ("cpu", "")])
def test_worker_sees_its_device_alone(tmp_path, monkeypatch, device, visible):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    script = tmp_path / "show.py"
    script.write_text("import os; print(repr(os.environ['CUDA_VISIBLE_DEVICES']))")
    assert log_of(LocalEngine((fake_worker.sys.executable, str(script))), tmp_path, device) == f"{visible!r}\n"


def log_of(engine, directory, device):
    engine.start(directory, device)
    while engine.alive(directory):
        time.sleep(0.01)
    assert engine.exit_status(directory) == 0
    return (directory / "worker.log").read_text()


def test_slots_are_gpus_or_else_the_cpu():
    gpus = [Device(name=f"cuda:{index}", title="", memory_bytes=0) for index in range(2)]
    cpu = Device(name="cpu", title="", memory_bytes=0)
    assert slots_on([*gpus, cpu], 2) == ("cuda:0", "cuda:0", "cuda:1", "cuda:1")
    assert slots_on([cpu]) == ("cpu",)


def test_killed_worker_is_replaced_and_goes_on_without_losing_or_repeating_a_step(place):
    job = place.order(config={"steps": 60, "checkpoint_every": 5}, predict_after=False)
    started(place, job, 12)
    kill(place, job)
    done = place.ended(job)
    assert (done.state, done.attempt) == (JobState.SUCCEEDED, 2)
    check_history(place, job, 60)
    assert any(event.kind == "resumed" for event in place.directory(job.id).read_events())


def check_history(place, job, count):
    events = place.directory(job.id).read_events()
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.step for event in steps(place, job)] == list(range(1, count + 1))


def test_worker_that_always_dies_fails_after_three_attempts_and_can_be_resumed(inline):
    job = trained(inline, config={"steps": 5, "seed": fake_worker.CRASHES})
    assert (job.state, job.attempt) == (JobState.FAILED, 3)
    assert "3 workers" in job.problem.received
    assert "the last one ended with status 3" in job.problem.received
    assert str(inline.root) not in job.problem.model_dump_json()
    resumed = inline.supervisor.resume(job.id)
    assert (resumed.state, resumed.attempt, resumed.problem) == (JobState.QUEUED, 0, None)


def test_signal_of_the_last_worker_is_told(place):
    job = place.order(config=LONG)
    for attempt in (1, 2, 3):
        place.until(lambda: place.engine.alive(place.directory(job.id).path))
        assert place.store.jobs.get(job.id).attempt == attempt
        kill(place, job)
        while place.engine.alive(place.directory(job.id).path):
            time.sleep(0.01)
    assert "ended by signal 9" in place.ended(job).problem.received


def test_restarted_server_takes_up_a_running_worker(place):
    job = place.order(config={"steps": 60, "checkpoint_every": 5}, predict_after=False)
    started(place, job, 3)
    again = open_place(place.root, dataset=place.dataset)
    done = again.ended(job)
    assert (done.state, done.attempt) == (JobState.SUCCEEDED, 1)
    check_history(again, job, 60)
    close(again)


def test_restarted_server_finds_a_worker_that_died_meanwhile(place):
    job = place.order(config={"steps": 30, "checkpoint_every": 5}, predict_after=False)
    started(place, job, 7)
    end_workers(place)
    again = open_place(place.root, dataset=place.dataset, start_grace=0.0)
    assert (again.ended(job).state, again.ended(job).attempt) == (JobState.SUCCEEDED, 2)
    check_history(again, job, 30)
    close(again)


def test_a_worker_that_died_before_the_clock_was_set_back_is_not_waited_for(place):
    job = place.order(config={"steps": 30, "checkpoint_every": 5}, predict_after=False)
    started(place, job, 7)
    end_workers(place)
    tomorrow = time.time() + 24 * 3600
    os.utime(place.directory(job.id).path / "slot", (tomorrow, tomorrow))
    again = open_place(place.root, dataset=place.dataset)
    assert (again.ended(job).state, again.ended(job).attempt) == (JobState.SUCCEEDED, 2)
    close(again)


def test_restarted_server_takes_in_what_a_worker_finished_meanwhile(place):
    job = place.order()
    place.supervisor.reconcile()
    while place.engine.alive(place.directory(job.id).path):
        time.sleep(0.01)
    again = open_place(place.root, dataset=place.dataset)
    again.supervisor.reconcile()
    assert (again.ended(job).state, again.ended(job).attempt) == (JobState.SUCCEEDED, 1)
    close(again)


def test_worker_that_disappeared_under_a_restarted_server_is_told(place):
    job = place.order(config=LONG)
    place.supervisor.reconcile()
    place.store.jobs.transition(job.id, [JobState.RUNNING], JobState.RUNNING, attempt=3)
    end_workers(place)
    again = open_place(place.root, dataset=place.dataset, start_grace=0.0)
    assert "the last one disappeared" in again.ended(job).problem.received
    close(again)


def test_lock_is_left_alone_while_a_worker_may_be_starting(place, monkeypatch):
    job = place.order(config=LONG)
    monkeypatch.setattr(place.engine, "start", lambda *args: None)
    place.supervisor.reconcile()

    def touched(self):
        raise AssertionError("the lock was tried")

    monkeypatch.setattr("dualnetssl.contract.jobdir.JobDirectory.worker_alive", touched)
    place.supervisor.reconcile()
    assert state(place, job) is JobState.RUNNING


def test_no_second_worker_while_the_first_still_holds_the_job(place):
    job = place.order(config=LONG)
    started(place, job)
    place.store.jobs.transition(job.id, [JobState.RUNNING], JobState.QUEUED)
    again = open_place(place.root, dataset=place.dataset)  # it sees the lock alone
    again.supervisor.reconcile()
    assert state(place, job) is JobState.QUEUED
    again.store.close()


def test_queued_job_is_cancelled_at_once(inline):
    job = inline.order()
    assert inline.supervisor.cancel(job.id).state is JobState.CANCELLED
    assert not inline.directory(job.id).path.exists()


def test_cancelled_training_keeps_a_usable_model_and_goes_on_when_resumed(place):
    job = place.order(config={"steps": 200, "checkpoint_every": 50}, predict_after=False)
    started(place, job)
    place.supervisor.cancel(job.id)
    cancelled = place.ended(job)
    assert cancelled.state is JobState.CANCELLED
    step = place.store.models.get(cancelled.result_model).metrics["step"]
    assert 2 <= step < 200
    place.supervisor.resume(job.id)
    done = place.ended(job)
    assert done.state is JobState.SUCCEEDED
    assert place.store.models.get(done.result_model).metrics == {"step": 200}
    check_history(place, job, 200)


def test_ended_job_stays_as_it_is(inline):
    job = trained(inline, predict_after=False)
    assert inline.supervisor.cancel(job.id) == job
    with pytest.raises(Conflict, match="resume a job that is succeeded"):
        inline.supervisor.resume(job.id)
    assert state(inline, job) is JobState.SUCCEEDED
    for verb in (inline.supervisor.cancel, inline.supervisor.resume):
        with pytest.raises(NotFound):
            verb("job_none")


def test_worker_that_does_not_stop_is_ended(tmp_path):
    place = new_place(tmp_path, cancel_grace=0.1)
    job = place.order(config={**LONG, "seed": fake_worker.DEAF})
    started(place, job)
    place.supervisor.cancel(job.id)
    done = place.ended(job)
    assert (done.state, done.attempt) == (JobState.CANCELLED, 1)
    assert not place.directory(job.id).worker_alive()
    close(place)


def test_worker_killed_after_a_cancel_is_not_replaced(place):
    job = place.order(config={**LONG, "seed": fake_worker.DEAF})
    started(place, job)
    place.supervisor.cancel(job.id)
    kill(place, job)
    assert (place.ended(job).state, place.ended(job).attempt) == (JobState.CANCELLED, 1)


class Killed(BaseException):
    """The server dies here."""


STEPS = ("import_file", "import_files", "models.record", "jobs.create", "predictions.record", "jobs.transition")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_server_killed_at_any_step_stores_everything_exactly_once(inline, monkeypatch, step, after):
    *path, name = step.split(".")
    owner = inline.store if path else inline.blobs
    for attribute in path:
        owner = getattr(owner, attribute)
    job = inline.order()
    real, deaths = getattr(owner, name), []

    def dies_once(*args, **kwargs):
        if after:
            real(*args, **kwargs)
        if not deaths:
            deaths.append(args)
            raise Killed
        return None if after else real(*args, **kwargs)

    def reconcile():
        try:
            inline.supervisor.reconcile()
        except Killed:
            monkeypatch.setattr(owner, name, real)

    inline.supervisor.reconcile()
    monkeypatch.setattr(owner, name, dies_once)
    deadline = time.monotonic() + 120
    while len(inline.store.jobs.find(states=[JobState.SUCCEEDED])) != 2:
        assert time.monotonic() < deadline
        reconcile()
        time.sleep(0.01)
    assert len(deaths) == 1
    assert len(inline.store.jobs.find()) == 2
    assert [model.job for model in inline.store.models.find()] == [job.id]
    assert [len(inline.store.predictions.find(inline.dataset, case)) for case in ("one", "two")] == [1, 1]


def test_unforeseen_error_fails_one_job_and_no_other(inline, monkeypatch):
    bad, good = inline.order(predict_after=False), inline.order(predict_after=False)
    real = inline.engine.start

    def start(directory, device):
        if directory.name == bad.id:
            raise OSError("no such interpreter")
        real(directory, device)

    monkeypatch.setattr(inline.engine, "start", start)
    assert "nobody foresaw" in inline.ended(bad).problem.received
    assert inline.ended(good).state is JobState.SUCCEEDED


def test_failure_that_the_worker_reports_is_passed_on(place, monkeypatch):
    job = place.order(config=LONG)
    started(place, job)
    problem = {"type": "urn:dualnetssl:problem:out-of-memory", "title": "t", "status": 507, "detail": "d"}
    place.directory(job.id).write_result(JobResult.model_validate({"outcome": "failed", "problem": problem}))
    assert place.ended(job).problem.type == "urn:dualnetssl:problem:out-of-memory"


def test_prediction_of_an_image_that_changed_meanwhile_is_dropped(inline):
    model = trained(inline, predict_after=False).result_model
    job = inline.order(JobKind.PREDICT, model=model)
    inline.supervisor.reconcile()
    lose_case(inline, "two")
    inline.put("two", image=b"another scan")
    inline.ended(job)
    assert [len(inline.store.predictions.find(inline.dataset, case)) for case in ("one", "two")] == [1, 0]


def test_thread_works_by_itself_and_survives_an_error(inline, monkeypatch):
    real, failures = inline.store.jobs.find, []

    def fails_once(**fields):
        if not failures:
            failures.append(fields)
            raise OSError("the disk hiccups")
        return real(**fields)

    monkeypatch.setattr(inline.store.jobs, "find", fails_once)
    assert not inline.supervisor.alive
    inline.supervisor.start()
    assert inline.supervisor.alive
    job = inline.order(predict_after=False)
    deadline = time.monotonic() + 120
    while not state(inline, job).ended:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    inline.supervisor.stop()
    assert (state(inline, job), len(failures)) == (JobState.SUCCEEDED, 1)


def test_same_order_under_a_key_is_one_job(inline):
    assert inline.order(key="k") == inline.order(key="k")


def test_supervisor_that_never_started_can_be_stopped(inline):
    inline.supervisor.stop()
    assert inline.store.jobs.find() == []
