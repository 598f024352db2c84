"""Where predictions may be written: never in the place of a scan or of somebody's label."""

from __future__ import annotations

from pathlib import Path

import pytest

from dualnetssl.contract.errors import Conflict
from dualnetssl.files.pairing import Scan
from dualnetssl.intake.places import TABLE, check_place


def scan(folder: Path, name: str = "a") -> Scan:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.nii.gz").touch()
    return Scan(name, name, (folder / f"{name}.nii.gz",))


@pytest.mark.parametrize("way", ["scans", "scans/../scans", "link"])
def test_predictions_are_not_written_among_the_scans_whose_names_they_would_take(tmp_path, way):
    one = scan(tmp_path / "scans")
    (tmp_path / "link").symlink_to("scans")
    with pytest.raises(Conflict, match="where the scans lie"):
        check_place(tmp_path / way, [one])
    check_place(tmp_path / "scans" / "predictions", [one])
    assert not (tmp_path / "scans" / "predictions").exists()


@pytest.mark.parametrize("name", ["a.nii.gz", "a.seg.nrrd"])
def test_labels_that_predict_did_not_write_are_not_replaced(tmp_path, name):
    one, labels = scan(tmp_path / "scans"), tmp_path / "labels"
    labels.mkdir()
    (labels / "b.seg.nrrd").touch()
    check_place(labels, [one])
    (labels / name).touch()
    with pytest.raises(Conflict, match=f"with {name}, which predict did not write"):
        check_place(labels, [one])


@pytest.mark.parametrize("kept", [TABLE, ".a.0123.json"])
def test_predictions_made_before_or_broken_off_are_gone_on_with(tmp_path, kept):
    one, output = scan(tmp_path / "scans"), tmp_path / "predictions"
    output.mkdir()
    (output / "a.seg.nrrd").touch()
    (output / kept).touch()
    check_place(output, [one])
