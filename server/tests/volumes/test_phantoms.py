"""The sample scans: repeatable to the byte, varied as real ones are, and with organs where the truth says so."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from dualnetssl.contract.schema import DatasetCreate
from dualnetssl.volumes import phantoms


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("samples")
    phantoms.write_sample_data(path, cases=6, seed=3, size="small")
    return path


def test_same_seed_gives_the_same_bytes_and_fewer_cases_are_a_part(folder, tmp_path):
    phantoms.write_sample_data(tmp_path, cases=2, seed=3, size="small")
    again, all_six = digests(tmp_path), digests(folder)
    assert len(again) == 5
    assert again == {name: all_six[name] for name in again}
    phantoms.write_sample_data(tmp_path, cases=2, seed=4, size="small")
    assert digests(tmp_path)["images/phantom-01.nrrd"] != again["images/phantom-01.nrrd"]


def test_progress_is_told(tmp_path):
    told = []
    phantoms.write_sample_data(tmp_path, 2, 0, "small", lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


def test_labels_lie_on_the_images_and_hold_both_organs(folder):
    for path in sorted((folder / "images").iterdir()):
        image, label = sitk.ReadImage(str(path)), sitk.ReadImage(str(folder / "labels" / path.name))
        assert image.GetPixelID() == sitk.sitkInt16
        assert label.GetPixelID() == sitk.sitkUInt8
        for get in ("GetSize", "GetSpacing", "GetOrigin", "GetDirection"):
            assert getattr(image, get)() == getattr(label, get)()
        assert np.linalg.det(np.reshape(image.GetDirection(), (3, 3))) == pytest.approx(1, abs=1e-6)
        assert set(np.unique(sitk.GetArrayFromImage(label))) == {0, 1, 2}


def test_protocols_differ_between_scans(folder):
    images = [sitk.ReadImage(str(path)) for path in sorted((folder / "images").iterdir())]
    assert len({image.GetSpacing() for image in images}) == 6
    assert len({image.GetDirection() for image in images}) >= 4
    axes = {int(np.abs(np.reshape(image.GetDirection(), (3, 3)))[:, 2].argmax()) for image in images}
    assert len(axes) >= 2
    brightest = [float(np.percentile(sitk.GetArrayFromImage(image), 99)) for image in images]
    assert max(brightest) > 1.3 * min(brightest)


def test_standard_scans_have_the_promised_spacing_and_about_the_promised_size():
    for number in range(1, 9):
        grid = phantoms.draw_grid(np.random.default_rng([0, number]))
        assert 0.8 <= grid.spacing[0] == grid.spacing[1] <= 1.5
        assert grid.spacing[0] <= grid.spacing[2] <= 3
        assert 60_000 < np.prod(grid.size) < 500_000


def test_organs_stand_out_but_not_alone():
    # The liver must be brighter than the muscle around it, yet thresholding must not be enough to find it.
    image, label = (sitk.GetArrayFromImage(volume) for volume in phantoms.sample_case(0, 1))
    liver, kidney = image[label == 1], image[label == 2]
    assert kidney.mean() > liver.mean() > 0.3 * kidney.mean()
    low, high = np.percentile(liver, [10, 90])
    elsewhere = ((image >= low) & (image <= high) & (label == 0)).sum()
    assert elsewhere > 0.3 * liver.size


def test_the_middle_of_the_grid_is_the_middle_of_the_patient():
    grid = phantoms.draw_grid(np.random.default_rng([0, 5]), "small")
    points = grid.points()
    assert points.shape == (3, *reversed(grid.size))
    assert points.reshape(3, -1).mean(axis=1) == pytest.approx(np.zeros(3), abs=1e-9)
    volume = phantoms._volume(np.zeros(points.shape[1:], np.uint8), grid)
    assert volume.TransformIndexToPhysicalPoint((1, 2, 3)) == pytest.approx(points[:, 3, 2, 1])


def test_labels_file_is_a_label_set_the_server_takes(folder):
    labels = json.loads((folder / "labels.json").read_text())
    assert DatasetCreate(name="samples", labels=labels).labels == phantoms.LABELS
