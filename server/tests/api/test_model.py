"""A model says the same of a volume in whatever form it is given, and of its file."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
import torch
from method_support import loud_model
from monai.data import MetaTensor

import dualnetssl
from dualnetssl import volumes
from dualnetssl.api.grids import geometry_of_affine, taken
from dualnetssl.contract.jobspec import JobCase, PredictConfig
from dualnetssl.prediction.predict import predict_cases


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return loud_model(tmp_path_factory.mktemp("api") / "model")


@pytest.fixture(scope="module")
def scan():
    """A scan on a grid that is turned and mirrored."""
    image = sitk.GetImageFromArray(np.random.default_rng(0).normal(size=(18, 30, 20)).astype(np.float32))
    image.SetSpacing((1.0, 0.9, 1.2))
    image.SetOrigin((5.0, -7.0, 11.0))
    image.SetDirection((0, -1, 0, 1, 0, 0, 0, 0, -1))
    return image


@pytest.fixture(scope="module")
def said(folder, scan):
    return dualnetssl.load_model(folder)(scan)


def affine_of(image):
    matrix = np.eye(4)
    matrix[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) * image.GetSpacing()
    matrix[:3, 3] = image.GetOrigin()
    return np.diag([-1.0, -1.0, 1.0, 1.0]) @ matrix


def as_array(image):
    return sitk.GetArrayFromImage(image).transpose(2, 1, 0)


def test_an_image_gives_images_on_its_grid_that_are_those_of_its_file(folder, scan, said, tmp_path):
    found = (said.segmentation, said.uncertainty, said.disagreement)
    grid = (scan.GetSize(), scan.GetDirection(), scan.GetOrigin())
    assert all((one.GetSize(), one.GetDirection(), one.GetOrigin()) == grid for one in found)
    sitk.WriteImage(scan, str(tmp_path / "a.nrrd"))
    case = JobCase(case="a", image=str(tmp_path / "a.nrrd"))
    table = predict_cases(folder, [case], tmp_path, PredictConfig(maps="float32"), torch.device("cpu"))
    label, _ = volumes.read_label(tmp_path / "a.seg.nrrd")
    np.testing.assert_array_equal(sitk.GetArrayFromImage(said.segmentation), label)
    doubt, _ = volumes.read_image(tmp_path / "a.uncertainty.nrrd")
    np.testing.assert_allclose(sitk.GetArrayFromImage(said.uncertainty), doubt, atol=1e-6)
    assert said.summary["volume_ml"] == table["cases"][0]["summary"]["volume_ml"]
    assert len(np.unique(label)) == 3, "else this would show little"


def test_probabilities_are_those_of_all_classes_and_lead_to_the_segmentation(said):
    shares = sitk.GetArrayFromImage(said.probabilities)
    np.testing.assert_allclose(shares.sum(axis=-1), 1, atol=1e-5)
    values = np.array([0, 3, 7])[shares.argmax(axis=-1)]
    np.testing.assert_array_equal(values, sitk.GetArrayFromImage(said.segmentation))


def test_an_array_with_its_affine_gives_arrays(folder, scan, said):
    found = dualnetssl.load_model(folder)(as_array(scan), affine_of(scan))
    np.testing.assert_array_equal(found.segmentation, as_array(said.segmentation))
    assert found.probabilities.shape == (3, *scan.GetSize())


def test_a_metatensor_gives_metatensors_with_a_channel(folder, scan, said):
    affine = torch.from_numpy(affine_of(scan))
    given = MetaTensor(torch.from_numpy(as_array(scan)[None].copy()), affine=affine)
    found = dualnetssl.load_model(folder)(given)
    assert isinstance(found.uncertainty, MetaTensor)
    assert found.segmentation.shape == given.shape
    assert found.probabilities.shape == (3, *given.shape[1:])
    torch.testing.assert_close(found.uncertainty.affine, affine)
    np.testing.assert_array_equal(found.segmentation[0].numpy(), as_array(said.segmentation))


def test_an_affine_is_the_grid_that_simpleitk_has(scan):
    of_image, of_array = taken(scan).geometry, geometry_of_affine(affine_of(scan), scan.GetSize())
    assert volumes.same_geometry(of_image, of_array)


SHEARED = np.array([[1, 0.3, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]])


@pytest.mark.parametrize(
    ("volume", "affine", "words"),
    [
        (np.zeros((4, 5, 6)), None, "without an affine"),
        (np.zeros((4, 5)), np.eye(4), "2 axes"),
        (np.zeros((4, 5, 6)), np.eye(3), r"shape \(3, 3\)"),
        (np.zeros((4, 5, 6)), SHEARED, "sheared"),
        (np.zeros((4, 5, 6)), np.zeros((4, 4)), "vanishing"),
        (np.full((4, 5, 6), np.nan), np.eye(4), "not finite"),
        (np.zeros((2, 4, 5, 6)), np.eye(4), "channel"),
        (sitk.Image(4, 4, sitk.sitkFloat32), None, "2 dimensions"),
        ("scan.nii.gz", None, "a str without"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(folder, volume, affine, words):
    with pytest.raises(dualnetssl.ProblemError, match=words):
        dualnetssl.load_model(folder)(volume, affine)
