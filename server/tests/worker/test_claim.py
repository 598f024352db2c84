"""An output folder is taken up again by the same training, whichever way leads to its files."""

from __future__ import annotations

import pytest

from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.errors import Conflict
from dualnetssl.contract.jobdir import JobDirectory
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
