"""An output folder is taken up again by the same training, whichever way leads to its files."""

from __future__ import annotations

import os

import pytest

from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.errors import Conflict
from dualnetssl.contract.jobdir import JobDirectory, JobResult
from dualnetssl.contract.jobspec import JobCase, JobSpec
from dualnetssl.contract.schema import JobKind, LabelDefinition
from dualnetssl.worker.claim import claim


def order(folder, name="scan.nii"):
    case = JobCase(case="a", image=str(folder / name), label=str(folder / "label.nii"))
    labels = (LabelDefinition(value=1, name="liver"),)
    return JobSpec(kind=JobKind.TRAIN, labels=labels, cases=(case,), train=TrainConfig(steps=4))


def test_a_training_goes_on_whether_its_files_are_named_by_a_link_or_not(tmp_path):
    for name in ("scan.nii", "other.nii", "label.nii"):
        (tmp_path / "store" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "store" / name).write_bytes(name.encode())
    (tmp_path / "linked").symlink_to(tmp_path / "store")
    directory, told = JobDirectory(tmp_path / "run"), []
    assert claim(directory, order(tmp_path / "store"), told.append)
    directory.checkpoint_path.write_bytes(b"begun")
    assert claim(directory, order(tmp_path / "linked"), told.append)
    assert told == [f"Going on with the unfinished training in {directory.path}."]
    assert directory.read_spec() == order(tmp_path / "store")
    with pytest.raises(Conflict, match="scans or labels"):
        claim(directory, order(tmp_path / "linked", "other.nii"), told.append)


@pytest.mark.parametrize("finished", [True, False])
def test_a_label_that_was_changed_since_is_told_of(tmp_path, finished):
    for name in ("scan.nii", "label.nii"):
        (tmp_path / name).write_bytes(name.encode())
        os.utime(tmp_path / name, (1, 1))
    directory, told = JobDirectory(tmp_path / "run"), []
    assert claim(directory, order(tmp_path), told.append)
    directory.checkpoint_path.write_bytes(b"begun")
    if finished:
        directory.write_result(JobResult(outcome="succeeded", step=4, model=True))
    assert claim(directory, order(tmp_path), told.append) is not finished
    assert not any("Written since" in line for line in told)
    ordered = directory.spec_path.stat().st_mtime
    os.utime(tmp_path / "label.nii", (ordered + 10, ordered + 10))
    assert claim(directory, order(tmp_path), told.append) is not finished
    (line,) = (line for line in told if line.startswith("Written since this training was ordered: label.nii."))
    assert ("has not learnt that" in line, "learns what is in there now" in line) == (finished, not finished)


def test_labels_that_a_training_made_for_itself_are_no_change(tmp_path):
    directory = JobDirectory(tmp_path / "run")
    (directory.path / "labels").mkdir(parents=True)
    spec, told = order(directory.path / "labels"), []
    assert claim(directory, spec, told.append)
    directory.checkpoint_path.write_bytes(b"begun")
    for name in ("scan.nii", "label.nii"):
        (directory.path / "labels" / name).write_bytes(b"made")
        os.utime(directory.path / "labels" / name, (4e9, 4e9))
    assert claim(directory, spec, told.append)
    assert len(told) == 1
