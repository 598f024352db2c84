"""Regions of a case, of all scans and of one kind: in the background process, with maps on the real server."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from agentprocess import AgentProcess
from panelfixtures import client, server
from panelserver import GEOMETRY, LABELS, image, phantom
from plantedmodel import Planted, plant

from DualNetSSLLib.client.errors import InvalidRequest, LocalFileError, NotFound, UnusableVolume
from DualNetSSLLib.client.volumes import volume_from_array

__all__ = ["client", "server"]

SHAPE = GEOMETRY.size[::-1]


def maps(seed=0):
    """Doubt about two places of a phantom: a large one, and a small one on which the networks disagree more."""
    label = phantom(seed)[1]
    doubt, apart = np.zeros(SHAPE, np.float32), np.zeros(SHAPE, np.float32)
    doubt[6:9, 8:12, 10:15], doubt[3:5, 3:5, 3:6] = 0.6, 0.5
    apart[6:9, 8:12, 10:15], apart[3:5, 3:5, 3:6] = 0.1, 0.4
    return label, doubt, apart


@pytest.fixture(scope="module")
def dataset(server, client, tmp_path_factory):
    made = client.create_dataset("regions", LABELS)
    folder = tmp_path_factory.mktemp("said")
    for name in ("scan", "unpredicted"):
        client.upload_case(made.id, name, image())
    files = [folder / f"{part}.nrrd" for part in ("label", "doubt", "apart")]
    for file, voxels in zip(files, maps(), strict=True):
        sitk.WriteImage(volume_from_array(voxels, GEOMETRY), str(file))
    summary = {"volume_ml": {"liver": 1.0, "spleen": 2.0}}
    model = plant(server.data_folder, client, made, [Planted("scan", *files, summary)])
    return made.id, model


@pytest.fixture(scope="module")
def agent(server, tmp_path_factory):
    with AgentProcess(tmp_path_factory.mktemp("agent")) as agent:
        agent.call("connect", address=server.address, token=server.token)
        yield agent


def test_the_regions_of_a_case_and_their_voxels(agent, dataset):
    found = agent.call("find_regions", dataset=dataset[0], case="scan", reach_mm=6.0, minimum_mm3=5.0)
    voxels = np.load(found.voxels_file, mmap_mode="r")
    large, small = found.regions
    np.testing.assert_array_equal(
        np.sort(voxels[large.start : large.start + large.voxels]),
        np.flatnonzero(maps()[1].reshape(-1) == np.float32(0.6)),
    )
    assert voxels.dtype == np.int64
    assert (large.label, small.label) == (7, 2)
    assert large.volume_mm3 == pytest.approx(60 * 2.5)
    assert found.model == dataset[1]
    assert found.expected_error_mm3 == pytest.approx(large.expected_error_mm3 + small.expected_error_mm3)
    assert [one.rank for one in found.regions] == [1, 2]


def test_nothing_is_asked_of_the_server_if_the_prediction_is_given(agent, dataset, tmp_path):
    said = agent.call("open_case", dataset=dataset[0], case="scan").prediction
    with AgentProcess(tmp_path) as offline:
        found = offline.call(
            "find_regions", dataset="gone", case="gone", prediction=said, reach_mm=6.0, minimum_mm3=5.0
        )
        assert len(found.regions) == 2
        assert found.regions[0].expected_error_mm3 > 0


def test_the_classes_of_the_model_scale_the_expected_errors(agent, dataset):
    from DualNetSSLLib.regions.uncertain_voxels import expected_error

    found = agent.call("find_regions", dataset=dataset[0], case="scan", minimum_mm3=5.0)
    assert found.regions[0].expected_error_mm3 / 150 == pytest.approx(expected_error(0.6, 3), rel=2e-3)


def test_another_map_and_another_threshold(agent, dataset):
    apart = agent.call("find_regions", dataset=dataset[0], case="scan", kind="disagreement", minimum_mm3=5.0)
    assert [one.label for one in apart.regions] == [2]
    strict = agent.call("find_regions", dataset=dataset[0], case="scan", threshold=0.55, minimum_mm3=5.0)
    assert [one.label for one in strict.regions] == [7]
    assert strict.threshold == 0.55
    assert agent.call("find_regions", dataset=dataset[0], case="scan", threshold=0.9).regions == ()
    assert agent.call("find_regions", dataset=dataset[0], case="scan", threshold=0.0).threshold == 0.02


def test_a_mask_counts_as_it_is_now_and_not_as_it_was(agent, dataset, tmp_path):
    mask = np.zeros(SHAPE, np.uint8)
    file = tmp_path / "verified.npy"
    options = {"dataset": dataset[0], "case": "scan", "minimum_mm3": 5.0, "verified_file": str(file)}
    np.save(file, mask)
    untouched = agent.call("find_regions", **options)
    assert untouched.remaining_error_mm3 == untouched.expected_error_mm3
    mask[maps()[1] == np.float32(0.6)] = 1
    np.save(tmp_path / "next.npy", mask)
    (tmp_path / "next.npy").replace(file)
    done = agent.call("find_regions", **options)
    assert [one.label for one in done.regions] == [2, 7]
    assert done.regions[1].verified_voxels == done.regions[1].voxels
    assert done.remaining_error_mm3 == pytest.approx(done.regions[0].expected_error_mm3)


def test_files_of_old_answers_go_and_the_last_ones_stay(agent, dataset):
    files = [Path(agent.call("find_regions", dataset=dataset[0], case="scan").voxels_file) for _ in range(10)]
    assert {file.name for file in files[0].parent.iterdir()} == {file.name for file in files[2:]}


def test_what_cannot_be_is_refused_in_words(agent, dataset, tmp_path):
    with pytest.raises(NotFound, match="unpredicted"):
        agent.call("find_regions", dataset=dataset[0], case="unpredicted")
    with pytest.raises(InvalidRequest, match="entropy"):
        agent.call("find_regions", dataset=dataset[0], case="scan", kind="entropy")
    with pytest.raises(LocalFileError):
        agent.call("find_regions", dataset=dataset[0], case="scan", verified_file=str(tmp_path / "none.npy"))
    np.save(tmp_path / "small.npy", np.zeros((2, 2, 2), np.uint8))
    with pytest.raises(UnusableVolume, match=r"small\.npy"):
        agent.call("find_regions", dataset=dataset[0], case="scan", verified_file=str(tmp_path / "small.npy"))


PHANTOM = phantom(0)[1]
LARGE, SMALL = np.s_[6:9, 8:12, 10:15], np.s_[3:5, 3:5, 3:6]


def written(folder, name, voxels):
    sitk.WriteImage(volume_from_array(voxels, GEOMETRY), str(folder / f"{name}.nrrd"))
    return folder / f"{name}.nrrd"


@pytest.fixture(scope="module")
def doubted(server, client, tmp_path_factory):
    """Scan ``a`` doubts much, ``b`` little, ``hopeless`` everything; ``whole`` is verified, ``new`` not predicted."""
    made, folder = client.create_dataset("all", LABELS), tmp_path_factory.mktemp("said")
    label = written(folder, "label", PHANTOM)
    for name in ("a", "b", "hopeless", "new"):
        client.upload_case(made.id, name, image())
    client.upload_case(made.id, "whole", image(), label=label)
    doubts = {name: np.zeros(SHAPE, np.float32) for name in ("a", "b", "hopeless")}
    doubts["a"][LARGE], doubts["a"][SMALL], doubts["b"][LARGE] = 0.8, 0.5, 0.6
    doubts["hopeless"][:] = 0.9
    calm = written(folder, "calm", np.zeros(SHAPE, np.float32))
    planted = [Planted(name, label, written(folder, name, doubts[name]), calm) for name in doubts]
    planted.append(Planted("whole", label, written(folder, "w", doubts["a"]), calm))
    plant(server.data_folder, client, made, planted)
    return made.id


def test_the_list_goes_over_all_scans_that_a_walk_is_worth(agent, doubted, client, tmp_path):
    dealt = agent.call("deal_regions", dataset=doubted, number=9)
    assert [(one.case, one.label) for one in dealt.regions] == [("a", 7), ("a", 2), ("b", 7)]
    assert (dealt.too_little, dealt.unpredicted, dealt.looked_at, dealt.left) == (("hopeless",), 1, 3, 0)
    found = agent.call("find_regions", dataset=doubted, case="a")
    told = {(one.centre_ras, one.label) for one in dealt.regions if one.case == "a"}
    assert told == {(one.centre_ras, one.label) for one in found.regions}, "the review knows them again"
    short = agent.call("deal_regions", dataset=doubted, number=9, limit=2)
    assert (len(short.regions), short.left) == (2, 1)
    mask = np.zeros(SHAPE, np.uint8)
    mask[LARGE] = 1
    label, verified = written(tmp_path, "label", PHANTOM), written(tmp_path, "mask", mask)
    client.upload_case(doubted, "a", image(), label=label, verified=verified)
    left = agent.call("deal_regions", dataset=doubted, number=9)
    assert [(one.case, one.label) for one in left.regions] == [("a", 2), ("b", 7)], "what is verified is not dealt"


def test_alike_is_told_by_the_voxels_of_the_walk(agent, doubted):
    prediction = agent.call("open_case", dataset=doubted, case="a").prediction
    found = agent.call("find_regions", dataset=doubted, case="a", prediction=prediction)
    asked = {"voxels_file": found.voxels_file, "prediction": prediction, "among": [0, 1]}
    alike = agent.call("find_alike", regions=found.regions, like=1, **asked)
    assert (alike.members, alike.sample) == ((1,), (1,)), "the other one is of another class"
