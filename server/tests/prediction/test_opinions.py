"""What each network says where they doubt: written by the worker, read by the library."""

from __future__ import annotations

import math
import zipfile

import numpy as np
import pytest
import SimpleITK as sitk
import torch
from method_support import blob, loud_model, write

from dualnetssl import volumes
from dualnetssl.contract.jobspec import JobCase, PredictConfig
from dualnetssl.prediction.opinions import FLOOR, STEP, OpinionKeeper
from dualnetssl.prediction.predict import load_predictor, predict_cases, read_scan
from dualnetssl.prediction.uncertainty import combine
from DualNetSSLLib.scans.opinions import read_opinions

CPU = torch.device("cpu")
CONFIG = PredictConfig(overlap=0.5)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return loud_model(tmp_path_factory.mktemp("opinions") / "model")


TURNS = {
    "as it is": lambda image: image,
    "mirrored": lambda image: image[::-1, :, ::-1],
    "permuted and mirrored": lambda image: sitk.PermuteAxes(image, (1, 2, 0))[:, ::-1, :],
}


@pytest.mark.parametrize("turn", TURNS)
def test_the_library_reads_what_the_networks_said_on_the_scan_s_own_grid(tmp_path, model, turn):
    write(tmp_path / "plain.nrrd", blob((22, 20, 38))[0])
    path = tmp_path / "scan.nrrd"
    sitk.WriteImage(TURNS[turn](sitk.ReadImage(str(tmp_path / "plain.nrrd"))), str(path))
    predict_cases(model, [JobCase(case="scan", image=str(path))], tmp_path, CONFIG, CPU)
    native = volumes.probe(path).geometry
    found = read_opinions(tmp_path / "scan.opinions.npz", native.size)
    predictor = load_predictor(model, CONFIG, CPU)
    both = predictor.probabilities(read_scan(path, predictor.card.recipe).prepared)
    beliefs = combine(*both)
    doubt = np.maximum(beliefs.total.numpy(), beliefs.disagreement.numpy())
    np.testing.assert_array_equal(found.where, np.flatnonzero(volumes.from_canonical(doubt, native) > FLOOR))
    assert len(found.where) > 1000
    assert found.values == (0, 3, 7)
    said = found.at(found.where, np.zeros(len(found.where), np.uint8))
    for network, probabilities in zip(said, both, strict=True):
        for share, of_class in zip(network, probabilities, strict=True):
            wanted = volumes.from_canonical(of_class.numpy(), native).reshape(-1)[found.where]
            np.testing.assert_allclose(share, wanted, atol=STEP / 2)


def slab(generator, certain=0.0):
    """Probabilities of three classes in a slab, some voxels certain."""
    sure = torch.rand(2, 8, 8, generator=generator) < certain
    scores = 3 * torch.randn(2, 3, 2, 8, 8, generator=generator)
    scores[:, 1] += 40.0 * sure
    return scores.softmax(dim=1)


def doubts(first, second):
    beliefs = combine(first, second)
    return torch.maximum(beliefs.total, beliefs.disagreement)


def test_where_there_is_too_much_the_most_doubtful_stay():
    generator = torch.Generator().manual_seed(0)
    slabs = [slab(generator, 0.3) for _ in range(6)]
    doubt = torch.cat([doubts(*both) for both in slabs])
    keeper, whole = OpinionKeeper(most_bytes=6 * 100), OpinionKeeper()
    for both in slabs:
        keeper.add(*both, doubts(*both))
        whole.add(*both, doubts(*both))
    found, everything = keeper.opinions(), whole.opinions()
    assert len(everything.where) > 300
    assert len(found.where) == 100
    assert torch.equal(found.where, (doubt.flatten() > found.floor).nonzero()[:, 0])
    assert found.floor > FLOOR == everything.floor
    kept = torch.isin(everything.where, found.where)
    assert torch.equal(found.odds, everything.odds[..., kept])


def test_the_file_is_small_and_has_no_pickle(tmp_path, model):
    path = tmp_path / "scan.nrrd"
    write(path, blob((18, 18, 30))[0])
    predict_cases(model, [JobCase(case="scan", image=str(path))], tmp_path, CONFIG, CPU)
    file = tmp_path / "scan.opinions.npz"
    with np.load(file, allow_pickle=False) as parts:
        shapes = {name: (parts[name].dtype.name, parts[name].shape) for name in parts.files}
    voxels = shapes["gaps"][1][0]
    assert shapes["odds"] == ("uint8", (2, 3, voxels))
    assert voxels <= math.prod((18, 18, 30))
    assert file.stat().st_size < 6 * voxels + 4 * voxels + 2048
    assert {entry.date_time for entry in zipfile.ZipFile(file).infolist()} == {(1980, 1, 1, 0, 0, 0)}
