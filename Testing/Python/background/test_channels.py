"""Scans of two channels from a folder of nnU-Net to a model and its predictions, through the panel's process."""

from __future__ import annotations

import json

import numpy as np
import pytest
import SimpleITK as sitk
from agentprocess import AgentProcess
from tinyscans import LABELS, TINY, phantom

from dualnetssl_bench.servers.local_server import LocalServer
from DualNetSSLLib.client import errors


@pytest.fixture(scope="module")
def agent(tmp_path_factory):
    with (
        LocalServer(tmp_path_factory.mktemp("server") / "data") as server,
        AgentProcess(tmp_path_factory.mktemp("agent")) as agent,
    ):
        agent.call("connect", address=server.address, token=server.token)
        yield agent


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three scans of two channels, two of them labelled; the second channel is the first turned round."""
    folder = tmp_path_factory.mktemp("nnunet")
    for part in ("imagesTr", "labelsTr"):
        (folder / part).mkdir()
    for number, name in enumerate(("Müller", "Möller", "Anna Maier")):
        image, label = phantom(number)
        for channel, volume in enumerate((image, 900 - image)):
            sitk.WriteImage(volume, str(folder / "imagesTr" / f"{name}_{channel:04d}.nii.gz"))
        if number:
            sitk.WriteImage(label, str(folder / "labelsTr" / f"{name}.nii.gz"))
    content = {"channel_names": {"0": "T1", "1": "T2"}, "labels": {"background": 0, "liver": 1, "Spleen": 2}}
    (folder / "dataset.json").write_text(json.dumps(content))
    return folder


@pytest.mark.parametrize("numbered", [False, True])
def test_channels_and_the_files_own_names_arrive_and_stay_here(agent, folder, numbered):
    dataset = agent.call("create_dataset", name=f"brains {numbered}", labels=LABELS).id
    answer = agent.call("add_folder", dataset=dataset, folder=str(folder), numbered=numbered)
    cases = ["case-001", "case-002", "case-003"] if numbered else ["Anna_Maier", "Moller", "Muller"]
    assert (sorted(answer["added"]), answer["skipped"]) == (cases, [])
    called = dict(zip(cases, ("Anna Maier", "Möller", "Müller"), strict=True))
    assert agent.call("case_names", dataset=dataset) == called
    assert [case.channels for case in agent.call("cases", dataset=dataset)] == [2, 2, 2]
    again = agent.call("add_folder", dataset=dataset, folder=str(folder), numbered=numbered)
    assert (again["added"], sorted(again["present"])) == ([], cases)


@pytest.mark.long
def test_two_channels_are_trained_on_and_predicted(agent, folder, tmp_path):
    dataset = agent.call("create_dataset", name="brains", labels=LABELS).id
    agent.call("add_folder", dataset=dataset, folder=str(folder))
    job = agent.call("train", dataset=dataset, config=TINY | {"calibration_scans": 0})
    agent.end(agent.start("follow", job=job.id), seconds=300)
    (following,) = [other for other in agent.call("jobs", dataset=dataset) if other.kind == "predict"]
    agent.end(agent.start("follow", job=following.id), seconds=300)
    (model,) = agent.call("models", dataset=dataset)
    fetched = agent.call("fetch_predictions", dataset=dataset, model=model.id)
    assert [entry.prediction.case for entry in fetched] == ["Anna_Maier", "Moller", "Muller"]
    assert np.load(fetched[0].uncertainty.file, mmap_mode="r").shape == (16, 20, 24)
    one = tmp_path / "one"
    one.mkdir()
    sitk.WriteImage(phantom(0)[0], str(one / "single.nii.gz"))
    assert agent.call("add_folder", dataset=dataset, folder=str(one))["added"] == ["single"]
    with pytest.raises(errors.InvalidDataset, match=r"single \(1\); allowed: cases of 2 channels"):
        agent.call("train", dataset=dataset, config=TINY)
