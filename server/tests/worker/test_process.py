from __future__ import annotations

import errno
import json

import pytest
import SimpleITK as sitk
import torch
from method_support import blob, predict_job, tiny_config, train_job, values_of, write, write_cases

from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.contract.jobdir import NO_ROOM_STATUS, PAUSED_STATUS, JobDirectory
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.contract.schema import JobKind
from dualnetssl.contract.seals import SEALS, read_seals
from dualnetssl.worker import jobs, preparing, process

ENDINGS = ("seg.nrrd", "uncertainty.nrrd", "disagreement.nrrd", "opinions.npz", "sheet.svg")


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    return write_cases(tmp_path_factory.mktemp("scans"))


@pytest.fixture(scope="module")
def trained(tmp_path_factory, cases):
    directory = train_job(tmp_path_factory.mktemp("trained"), cases, tiny_config(preset="supervised", steps=2))
    assert process.run(directory).model
    return directory


def test_a_prediction_writes_what_the_server_collects(tmp_path, cases, trained):
    directory = predict_job(tmp_path / "job", cases[2:], trained.model_path)
    result = process.run(directory)
    assert (result.outcome, result.predictions, result.problem) == ("succeeded", True, None)
    table = json.loads((directory.predictions_path / "predictions.json").read_text())
    assert [row["case"] for row in table["cases"]] == ["scan2", "scan3"]
    written = {path.name for path in directory.predictions_path.iterdir()} - {"predictions.json", SEALS}
    assert written == {f"{case.case}.{ending}" for case in cases[2:] for ending in ENDINGS}
    seals = read_seals(directory.predictions_path)
    assert seals.keys() == written
    assert all(seal.fits(directory.predictions_path / name) for name, seal in seals.items())
    predicted = [event for event in directory.read_events() if event.kind == "predicted"]
    assert [(event.case, event.done, event.total) for event in predicted] == [("scan2", 1, 2), ("scan3", 2, 2)]
    assert sitk.ReadImage(str(directory.predictions_path / "scan2.seg.nrrd")).GetSize() == (34, 18, 20)


def test_an_evaluation_measures_the_labelled_cases(tmp_path, cases, trained):
    directory = predict_job(tmp_path / "job", cases[:2], trained.model_path, JobKind.EVALUATE)
    result = process.run(directory)
    assert (result.outcome, result.predictions) == ("succeeded", True)
    assert result.metrics
    assert "scan0" in json.dumps(result.metrics)


def test_a_cancelled_prediction_is_no_whole_one(tmp_path, cases, trained):
    directory = predict_job(tmp_path / "job", cases[1:], trained.model_path)
    result = process.run(directory, lambda event: event.kind == "predicted" and directory.request_cancel())
    assert (result.outcome, result.predictions) == ("cancelled", False)
    directory.withdraw_cancel()
    assert process.run(directory).predictions


def test_a_worker_whose_time_is_up_ends_without_an_outcome_and_the_next_goes_on(tmp_path, cases, trained):
    directory = predict_job(tmp_path / "job", cases[1:], trained.model_path)
    real = JobDirectory.stop_requested

    def asked(self):  # as the script of a job at a cluster asks
        self.request_pause()
        return real(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JobDirectory, "stop_requested", asked)
        assert process.main([str(directory.path)]) == PAUSED_STATUS
    assert (directory.read_result(), directory.held_result()) == (None, None)
    assert "finished" not in [event.kind for event in directory.read_events()]
    assert process.main([str(directory.path)]) == 0
    assert directory.read_result().outcome == "succeeded"
    assert not directory.pause_path.exists()


class Kill(BaseException):
    """The worker dies here; nothing in it can hold that up."""


def test_scans_that_were_predicted_before_a_crash_are_told_of_once(tmp_path, cases, trained):
    directory = predict_job(tmp_path / "job", cases, trained.model_path)

    def kill(event):
        if event.kind == "predicted" and event.done == 2:
            raise Kill

    with pytest.raises(Kill):
        process.run(directory, kill)
    assert process.run(directory).predictions
    told = [(event.case, event.done) for event in directory.read_events() if event.kind == "predicted"]
    assert told == [(case.case, done) for done, case in enumerate(cases, start=1)]


@pytest.mark.parametrize("moment", ["hold_result", "finished", "release_result"])
def test_a_job_ends_once_however_its_worker_dies(tmp_path, cases, trained, monkeypatch, moment):
    """Killed before the outcome is safe, after the history ended, or before the outcome is declared."""
    directory = predict_job(tmp_path / "job", cases[3:], trained.model_path)

    def die(*arguments):
        raise Kill

    with monkeypatch.context() as patch:
        if moment != "finished":
            patch.setattr(JobDirectory, moment, die)
        with pytest.raises(Kill):
            process.run(directory, lambda event: event.kind == moment and die())
    assert directory.read_result() is None
    assert process.run(directory).predictions
    kinds = [event.kind for event in directory.read_events()]
    assert kinds.count("finished") == 1
    assert kinds[-1] == "finished"
    assert kinds.count("started") == (2 if moment == "hold_result" else 1), "what was done is not done again"
    assert directory.read_result() == process.run(directory)
    assert not directory.next_result_path.exists()


def test_a_resumed_job_ends_a_second_time(tmp_path, cases):
    directory = train_job(tmp_path / "job", cases[2:], tiny_config())
    for ended in (1, 2):
        process.run(directory)
        assert [event.kind for event in directory.read_events()].count("finished") == ended
        directory.withdraw_cancel()


def test_one_job_has_one_worker(tmp_path, cases):
    directory = train_job(tmp_path / "job", cases, tiny_config())
    with directory.worker_lock():
        assert process.main([str(directory.path)]) == 75
    assert directory.read_events() == []
    assert directory.read_result() is None


def test_the_exit_status_is_0_whenever_there_is_an_outcome(tmp_path, cases):
    directory = train_job(tmp_path / "job", cases[2:], tiny_config())
    assert process.main([str(directory.path)]) == 0
    assert directory.read_result().outcome == "failed"
    assert not directory.worker_alive()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_the_exit_status_tells_of_a_disk_without_room_for_the_outcome(tmp_path, cases, monkeypatch, code):
    def full(path, data):
        raise OSError(code, "not written")

    directory = train_job(tmp_path / "job", cases[2:], tiny_config())
    with monkeypatch.context() as patch:
        patch.setattr("dualnetssl.contract.jobdir.write_atomic", full)
        assert process.main([str(directory.path)]) == NO_ROOM_STATUS
    assert directory.read_result() is None
    assert process.main([str(directory.path)]) == 0


def test_another_error_of_the_disk_is_not_taken_for_a_full_one(tmp_path, cases, monkeypatch):
    def broken(path, data):
        raise OSError(errno.EIO, "not written")

    directory = train_job(tmp_path / "job", cases[2:], tiny_config())
    monkeypatch.setattr("dualnetssl.contract.jobdir.write_atomic", broken)
    with pytest.raises(OSError, match="not written"):
        process.main([str(directory.path)])


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda cases: cases[2:], "invalid-dataset"),
        (lambda cases: [cases[0].model_copy(update={"image": "nowhere.nrrd"})], "invalid-volume"),
    ],
    ids=["no label", "no file"],
)
def test_what_cannot_be_trained_on_says_so(tmp_path, cases, change, kind):
    directory = train_job(tmp_path / "job", tuple(change(cases)), tiny_config())
    result = process.run(directory)
    assert (result.outcome, result.model) == ("failed", False)
    assert result.problem.type == f"urn:dualnetssl:problem:{kind}"
    assert result.problem.remedy
    assert directory.read_events()[-1].outcome == "failed"


def test_a_damaged_model_fails_the_prediction(tmp_path, cases):
    directory = predict_job(tmp_path / "job", cases, tmp_path / "no model")
    assert process.run(directory).problem.type == "urn:dualnetssl:problem:invalid-request"


@pytest.mark.parametrize(
    ("error", "kind"),
    [(torch.OutOfMemoryError("CUDA out of memory"), "out-of-memory"), (ZeroDivisionError(), "training-failed")],
)
def test_every_error_becomes_an_outcome(tmp_path, cases, monkeypatch, error, kind):
    def fail(*arguments):
        raise error

    monkeypatch.setattr(jobs, "train", fail)
    result = process.run(train_job(tmp_path / "job", cases, tiny_config()))
    assert (result.outcome, result.problem.type) == ("failed", f"urn:dualnetssl:problem:{kind}")
    assert "/" not in result.problem.detail


def test_all_scans_labelled_trains_with_a_warning(tmp_path, cases):
    directory = train_job(tmp_path / "job", cases[:2], tiny_config(steps=1))
    assert process.run(directory).model
    (warning,) = [event for event in directory.read_events() if event.kind == "warning"]
    assert "every scan is labelled" in warning.message


def test_one_scan_verified_in_part_is_enough(tmp_path, monkeypatch):
    monkeypatch.setattr(preparing, "_SECONDS_BETWEEN", 0.0)
    image, label = blob()
    mask = (label * 0).astype("uint8")
    mask[8:14, 6:12, 10:24] = 1
    case = JobCase(
        case="scan",
        image=write(tmp_path / "scan.nrrd", image),
        label=write(tmp_path / "label.nrrd", values_of(label)),
        verified=write(tmp_path / "mask.nrrd", mask),
    )
    directory = train_job(tmp_path / "job", (case,), tiny_config(steps=2))
    assert process.run(directory).model
    (data,) = [event for event in directory.read_events() if event.kind == "data"]
    assert (data.cases, data.labelled, data.unlabelled) == (1, 1, 1)
    ready = [event for event in directory.read_events() if event.kind == "preparing"]
    assert [(event.done, event.total, event.seq < data.seq) for event in ready] == [(1, 1, True)] * 2  # seen, prepared
    last = [event for event in directory.read_events() if event.kind == "progress"][-1]
    assert {kind: set(told) for kind, told in last.losses.items()} == {
        kind: {"supervised", "size", "pseudo", "consistency", "contrast"} for kind in ("vnet", "residual")
    }
    (warning,) = [event for event in directory.read_events() if event.kind == "warning"]
    assert "none of the 1 labelled scans tells where organs end" in warning.message


@pytest.mark.parametrize("name", ["cuda:99", "quantum"])
def test_devices_that_are_not_there_are_refused(name):
    with pytest.raises(InvalidRequest, match=name):
        jobs.choose_device(name)


def test_devices():
    assert jobs.choose_device("cpu") == torch.device("cpu")
    assert jobs.choose_device("auto").type in ("cpu", "cuda")


def test_a_disk_that_fills_up_is_named(tmp_path, cases, trained, monkeypatch):
    def full(*_, **__):
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError:
            raise RuntimeError("the writer failed")  # noqa: B904 - as PyTorch does

    directory = predict_job(tmp_path / "job", cases[2:], trained.model_path)
    monkeypatch.setattr(jobs, "predict_cases", full)
    assert process.run(directory).problem.type == "urn:dualnetssl:problem:disk-full"
