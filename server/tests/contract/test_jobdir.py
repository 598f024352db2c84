"""The job directory: frozen orders, a history without gaps or repeats, whole files only."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.jobdir import EventLog, JobDirectory, JobResult
from dualnetssl.contract.jobspec import JobCase, JobSpec
from dualnetssl.contract.schema import JobKind, LabelDefinition

LABELS = (LabelDefinition(value=1, name="organ"),)
CASES = (JobCase(case="scan", image="scan.nrrd"),)


def test_a_training_needs_its_config_and_a_prediction_its_model():
    with pytest.raises(ValidationError, match="needs its training config"):
        JobSpec(kind=JobKind.TRAIN, labels=LABELS, cases=CASES)
    with pytest.raises(ValidationError, match="of kind predict needs a model"):
        JobSpec(kind=JobKind.PREDICT, labels=LABELS, cases=CASES)


def test_an_order_comes_back_as_it_was_given(tmp_path):
    spec = JobSpec(kind=JobKind.TRAIN, labels=LABELS, cases=CASES, train=TrainConfig(steps=7))
    directory = JobDirectory(tmp_path / "job")
    directory.create(spec)
    assert directory.read_spec() == spec


def test_where_prepared_scans_are_kept_makes_no_other_order():
    spec = JobSpec(kind=JobKind.TRAIN, labels=LABELS, cases=CASES, train=TrainConfig(steps=7))
    assert spec.same_work(spec.model_copy(update={"prepared": "/elsewhere"}))
    assert not spec.same_work(spec.model_copy(update={"train": TrainConfig(steps=8)}))


def test_a_line_that_a_killed_worker_left_unfinished_is_cut_off(tmp_path):
    directory = JobDirectory(tmp_path)
    EventLog(directory).append("progress", step=1)
    with directory.events_path.open("ab") as file:
        file.write(b'{"seq": 2, "kind": "prog')
    assert [event.seq for event in directory.read_events()] == [1]
    EventLog(directory).append("progress", step=2)
    assert [(event.seq, event.step) for event in directory.read_events()] == [(1, 1), (2, 2)]


@contextlib.contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """Let this process write no file beyond a size, as on a disk that takes a part of a line and no more."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size there")
def test_a_line_that_the_disk_takes_in_part_is_taken_back(tmp_path):
    directory = JobDirectory(tmp_path)
    log = EventLog(directory)
    log.append("progress", step=1)
    whole = directory.events_path.read_bytes()
    with files_end_at(len(whole) + 10), pytest.raises(OSError, match="No space left"):
        log.append("progress", step=2)
    assert directory.events_path.read_bytes() == whole
    log.append("finished", outcome="failed")
    assert [(event.seq, event.kind) for event in directory.read_events()] == [(1, "progress"), (2, "finished")]


def test_a_step_that_is_run_twice_is_told_once(tmp_path):
    directory = JobDirectory(tmp_path)
    EventLog(directory).append("progress", step=1)
    log = EventLog(directory)
    assert log.append("progress", step=1) is None
    assert log.append("checkpoint", step=1) is not None
    assert [event.kind for event in directory.read_events()] == ["progress", "checkpoint"]


def test_events_are_read_after_a_cursor_and_up_to_a_limit(tmp_path):
    directory = JobDirectory(tmp_path)
    assert directory.read_events() == []
    log = EventLog(directory)
    for step in range(1, 6):
        log.append("progress", step=step)
    assert [event.seq for event in directory.read_events(after=2, limit=2)] == [3, 4]


class Counted:
    """A file that counts the bytes that are read from it."""

    def __init__(self, file):
        self.file, self.bytes = file, 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def seek(self, *place):
        return self.file.seek(*place)

    def tell(self):
        return self.file.tell()

    def readline(self):
        line = self.file.readline()
        self.bytes += len(line)
        return line

    def __iter__(self):
        return iter(self.readline, b"")


def long_history(directory, count):
    lines = (
        f'{{"seq":{seq},"time":1.0,"kind":"progress","step":{seq},"loss":{0.1 * seq}}}\n' for seq in range(1, count + 1)
    )
    directory.events_path.write_text("".join(lines) + '{"seq":0,"unfin')


def test_a_cursor_finds_its_place_without_reading_what_lies_before(tmp_path, monkeypatch):
    directory, opened = JobDirectory(tmp_path), []
    long_history(directory, 20_000)
    plain = Path.open

    def counted(path, *words):
        opened.append(Counted(plain(path, *words)))
        return opened[-1]

    monkeypatch.setattr(Path, "open", counted)
    for after in (0, 1, 2, 9_999, 15_000, 19_990, 19_999, 20_000, 20_001, 2**53):
        found = [event.seq for event in directory.read_events(after, 5)]
        assert found == list(range(after + 1, min(after + 6, 20_001)))
    size = directory.events_path.stat().st_size
    assert max(file.bytes for file in opened) < size / 50


def test_all_events_are_read_unless_a_limit_is_given(tmp_path):
    directory = JobDirectory(tmp_path)
    long_history(directory, 10_001)
    assert len(directory.read_events()) == 10_001


def test_a_worker_is_alive_as_long_as_it_holds_the_lock(tmp_path):
    directory = JobDirectory(tmp_path)
    assert not directory.worker_alive()
    with JobDirectory(tmp_path).worker_lock():
        assert directory.worker_alive()
    assert not directory.worker_alive()


def test_an_outcome_that_is_held_is_none_until_it_is_released(tmp_path):
    directory, result = JobDirectory(tmp_path), JobResult(outcome="succeeded", step=3, model=True)
    assert directory.held_result() is None
    directory.hold_result(result)
    assert (directory.held_result(), directory.read_result()) == (result, None)
    directory.release_result()
    assert (directory.held_result(), directory.read_result()) == (None, result)


def test_the_state_before_the_newest_lies_beside_it(tmp_path):
    directory = JobDirectory(tmp_path)
    names = [path.name for path in (directory.checkpoint_path, directory.previous_checkpoint_path)]
    assert names == ["checkpoint.pt", "checkpoint.prev.pt"]


def test_a_withdrawn_cancel_takes_the_outcome_along(tmp_path):
    directory = JobDirectory(tmp_path)
    assert directory.read_result() is None
    directory.request_cancel()
    directory.write_result(JobResult(outcome="cancelled", step=3))
    assert directory.cancel_requested()
    assert directory.read_result() == JobResult(outcome="cancelled", step=3)
    directory.withdraw_cancel()
    assert not directory.cancel_requested()
    assert directory.read_result() is None


BEYOND = {
    "learning_rate": 50.0,
    "weight_decay": 11,
    "seed": 2**64,
    "calibration_scans": 2_000_000,
    "gradient_clip": 1e9,
}
BEYOND |= {"spacing": [1.0, 1.0, 2000.0], "patch": [1024, 24, 16], "flip_axes": [1, 1, 7, 0]}


def test_an_order_from_before_a_bound_was_drawn_is_read_as_it_is(tmp_path):
    directory = JobDirectory(tmp_path)
    spec = JobSpec(kind=JobKind.TRAIN, labels=LABELS, cases=CASES, train=TrainConfig())
    old = json.loads(spec.model_dump_json())
    old["train"] |= BEYOND
    old["predict"] |= {"overlap": 0.99, "memory_gb": 1e7}
    directory.path.joinpath("job.json").write_text(json.dumps(old))
    read = directory.read_spec()
    assert json.loads(read.model_dump_json()) == old
    assert isinstance(read.train.patch, tuple)


def test_an_order_from_when_windows_could_be_chosen_is_read_and_none_is_given_any_more(tmp_path):
    spec = JobSpec(kind=JobKind.PREDICT, labels=LABELS, cases=CASES, model="model")
    old = json.loads(spec.model_dump_json())
    old["predict"]["windows"] = "doubtful"
    (tmp_path / "job.json").write_text(json.dumps(old))
    assert JobDirectory(tmp_path).read_spec() == spec
    with pytest.raises(ValidationError, match="windows"):
        JobSpec.model_validate(old)


@pytest.mark.parametrize("wrong", [{"steps": "many"}, {"patch": [16, 16]}, {"stepz": 1}, {"seed": True}])
def test_an_old_order_that_makes_no_sense_is_not_read(tmp_path, wrong):
    spec = JobSpec(kind=JobKind.TRAIN, labels=LABELS, cases=CASES, train=TrainConfig())
    old = json.loads(spec.model_dump_json())
    old["train"] |= wrong
    (tmp_path / "job.json").write_text(json.dumps(old))
    with pytest.raises(ValidationError):
        JobDirectory(tmp_path).read_spec()


@pytest.mark.parametrize(("field", "value"), BEYOND.items())
def test_what_is_ordered_now_keeps_to_the_bounds(field, value):
    with pytest.raises(ValidationError, match=field):
        TrainConfig.model_validate({field: value})


def test_a_worker_is_to_end_for_good_or_for_a_while(tmp_path):
    directory = JobDirectory(tmp_path)
    assert not directory.stop_requested()
    directory.request_pause()
    assert (directory.stop_requested(), directory.cancel_requested()) == (True, False)
    directory.pause_path.unlink()
    directory.request_cancel()
    assert directory.stop_requested()
