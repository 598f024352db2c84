"""Two models compared in the background process, against the real server and models whose predictions are known."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from agentprocess import AgentProcess
from panelfixtures import client, server
from panelserver import GEOMETRY, LABELS, image, phantom
from plantedmodel import Planted, plant

from DualNetSSLLib.client.errors import NotFound
from DualNetSSLLib.client.volumes import geometry_of, volume_from_array
from DualNetSSLLib.comparison.compare_labels import GAINED, LOST, voxel_ml

__all__ = ["client", "server"]

SHAPE = GEOMETRY.size[::-1]
LIVER = 7


def volume(folder, name, voxels):
    path = folder / f"{name}.nrrd"
    sitk.WriteImage(volume_from_array(voxels, GEOMETRY), str(path))
    return path


def doubt(*places):
    """A map that is unsure in cubes of 3 voxels at these places (k, j, i)."""
    values = np.zeros(SHAPE, np.float32)
    for k, j, i in places:
        values[k : k + 3, j : j + 3, i : i + 3] = 0.9
    return values


def said(folder, case, segmentation, map_of):
    made = volume(folder, f"{case}-map", map_of)
    return Planted(case, volume(folder, f"{case}-seg", segmentation), made, made)


def worse(truth):
    """The truth with a part of the liver lost, and a bit of it where there is none."""
    voxels = truth.copy()
    voxels[: SHAPE[0] // 2][truth[: SHAPE[0] // 2] == LIVER] = 0
    voxels[13:15, 15:17, 15:18] = LIVER
    return voxels


@pytest.fixture(scope="module")
def agent(server, tmp_path_factory):
    with AgentProcess(tmp_path_factory.mktemp("agent")) as agent:
        agent.call("connect", address=server.address, token=server.token)
        yield agent


@pytest.fixture(scope="module")
def compared(server, client, tmp_path_factory):
    """A data set with two models, of which the second is right; scan-1 was learnt from, scan-2 verified later."""
    dataset = client.create_dataset("compared", LABELS)
    truths = {f"scan-{seed}": phantom(seed)[1] for seed in (1, 2, 3)}
    for seed in (1, 2, 3):
        client.upload_case(dataset.id, f"scan-{seed}", image(seed))
    client.upload_case(dataset.id, "scan-1", image(1), volume_from_array(truths["scan-1"], GEOMETRY))
    models = []
    for number, change in enumerate((worse, np.copy)):
        folder = tmp_path_factory.mktemp(f"model-{number}")
        places = ((1, 1, 15), (10, 10, 3)) if number == 0 else ((1, 1, 15),)
        sayings = [
            said(folder, case, change(truth), doubt(*places))
            for case, truth in truths.items()
            if number or case != "scan-3"
        ]
        models.append(plant(server.data_folder, client, dataset, sayings))
    verified = np.zeros(SHAPE, np.uint8)
    verified[:10, :, :12] = 1
    truth = volume_from_array(truths["scan-2"], GEOMETRY)
    client.upload_case(dataset.id, "scan-2", image(2), truth, volume_from_array(verified, GEOMETRY))
    return dataset, models, truths, verified


def test_dice_is_measured_on_verified_voxels_before_and_after(agent, compared):
    dataset, (before, after), truths, verified = compared
    answer = agent.call("compare_models", dataset=dataset.id, before=before, after=after)
    assert [case.case for case in answer.cases] == ["scan-1", "scan-2"]
    assert answer.missing == ("scan-3",)
    one, two = answer.cases
    assert (one.verified_voxels, two.verified_voxels) == (truths["scan-1"].size, verified.sum())
    for case, mask in ((one, np.ones(SHAPE, bool)), (two, verified != 0)):
        truth = truths[case.case]
        old = worse(truth)
        liver = case.labels[1]
        assert liver.name == "liver"
        common = ((truth == LIVER) & (old == LIVER) & mask).sum()
        both = ((truth == LIVER) & mask).sum() + ((old == LIVER) & mask).sum()
        assert liver.dice_before == pytest.approx(2 * common / both)
        assert liver.dice_after == 1.0
        assert liver.ml_before == pytest.approx(voxel_ml(GEOMETRY) * (old == LIVER).sum())
        assert liver.ml_after == pytest.approx(voxel_ml(GEOMETRY) * (truth == LIVER).sum())
        assert case.changed_ml == pytest.approx(voxel_ml(GEOMETRY) * (truth != old).sum())


def test_what_a_model_learnt_from_is_told_apart(agent, compared):
    dataset, (before, after), *_ = compared
    answer = agent.call("compare_models", dataset=dataset.id, before=before, after=after)
    learnt = {case.case: (case.learnt_before, case.learnt_after) for case in answer.cases}
    assert learnt == {"scan-1": (True, True), "scan-2": (False, False)}


def test_what_a_training_wrote_down_is_believed(server, client, agent, tmp_path):
    dataset = client.create_dataset("written down", LABELS)
    sayings = []
    for seed in (1, 2):
        client.upload_case(dataset.id, f"scan-{seed}", image(seed), volume_from_array(phantom(seed)[1], GEOMETRY))
        sayings.append(said(tmp_path, f"scan-{seed}", phantom(seed)[1], doubt()))
    taught = (["scan-1"], ["scan-1", "scan-2"])
    models = [plant(server.data_folder, client, dataset, sayings, {"training_cases": names}) for names in taught]
    cases = agent.call("compare_models", dataset=dataset.id, before=models[0], after=models[1]).cases
    assert [(case.learnt_before, case.learnt_after) for case in cases] == [(True, True), (False, True)]


def test_regions_are_counted_where_nobody_has_verified(agent, compared):
    dataset, (before, after), *_ = compared
    one, two = agent.call("compare_models", dataset=dataset.id, before=before, after=after).cases
    assert (one.regions_before, one.regions_after) == (0, 0)
    assert (two.regions_before, two.regions_after) == (2, 1)
    high = agent.call("compare_models", dataset=dataset.id, before=before, after=after, threshold=0.95).cases
    assert [case.regions_before for case in high] == [0, 0]


def test_certain_models_leave_no_region(server, client, agent, tmp_path):
    dataset = client.create_dataset("certain", LABELS)
    client.upload_case(dataset.id, "scan-1", image(1))
    certain = [said(tmp_path, "scan-1", phantom(1)[1], doubt())]
    before, after = (plant(server.data_folder, client, dataset, certain) for _ in range(2))
    (case,) = agent.call("compare_models", dataset=dataset.id, before=before, after=after).cases
    assert (case.regions_before, case.regions_after, case.changed_ml) == (0, 0, 0.0)
    assert case.verified_voxels == 0
    assert [label.dice_before for label in case.labels] == [None, None]


def test_changes_lie_on_their_part_of_the_scan(agent, compared):
    dataset, (before, after), truths, _ = compared
    truth = truths["scan-2"]
    found = agent.call("find_changes", dataset=dataset.id, case="scan-2", before=before, after=after)
    kinds = np.load(found.file)
    part = volume_from_array(kinds, found.geometry)
    whole = sitk.Resample(part, volume_from_array(truth, GEOMETRY), sitk.Transform(), sitk.sitkNearestNeighbor, 0)
    expected = np.where(truth == worse(truth), 0, np.where(truth == 0, LOST, GAINED))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(whole), expected)
    assert kinds.size < truth.size / 2
    assert geometry_of(part).spacing == pytest.approx(GEOMETRY.spacing, rel=1e-5)
    assert agent.call("find_changes", dataset=dataset.id, case="scan-3", before=before, after=after) is None


def test_a_model_that_is_not_there_is_said(agent, compared):
    dataset, (before, _), *_ = compared
    with pytest.raises(NotFound):
        agent.call("compare_models", dataset=dataset.id, before=before, after="none")


def test_each_labelled_scan_tests_the_last_model_that_had_not_learnt_from_it(agent, compared):
    dataset, models, _truths, verified = compared
    tried = agent.call("try_models", dataset=dataset.id)
    (scan,) = tried.scans
    assert (scan.case, scan.model) == ("scan-2", models[1]), "scan-1 had a label before any model was made"
    assert scan.measured == pytest.approx(verified.mean())
    assert scan.dice > 0.95, "the second model is right, and the rest counts as the model expects"
    assert (scan.regions, scan.as_predicted) == (0, 0)
    assert (tried.agreement, tried.untouched) == (None, 0), "one model has predicted no scan without a label"
