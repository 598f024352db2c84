"""Drafts on the server, the next case and two annotators' work in one: the background process and the real server."""

from __future__ import annotations

import numpy as np
import pytest
from agentprocess import AgentProcess
from panelfixtures import client, server
from panelserver import GEOMETRY, LABELS, image

from DualNetSSLLib.client.errors import RevisionConflict, UnusableVolume

__all__ = ["client", "server"]

SHAPE = GEOMETRY.size[::-1]


@pytest.fixture(scope="module")
def agent(server, tmp_path_factory):
    with AgentProcess(tmp_path_factory.mktemp("agent")) as agent:
        agent.call("connect", address=server.address, token=server.token)
        yield agent


@pytest.fixture
def case(client):
    """A data set with one new case, as arguments of the operations."""
    dataset = client.create_dataset("drafts", LABELS).id
    client.upload_case(dataset, "scan", image())
    return {"dataset": dataset, "case": "scan"}


MODEL = "model_0123456789abcdef"


def saved(folder, name, *changed):
    """A label, or a mask, in which voxels (flat index, value) differ from 0."""
    voxels = np.zeros(SHAPE, np.uint8)
    for place, value in changed:
        voxels.reshape(-1)[place] = value
    np.save(folder / f"{name}.npy", voxels)
    return str(folder / f"{name}.npy")


def work(folder, **voxels):
    """A label whose voxels ``v5=2`` (flat index 5, value 2) are verified, as arguments of the operations."""
    places = [(int(name[1:]), value) for name, value in voxels.items()]
    label = saved(folder, f"label-{len(list(folder.iterdir()))}", *places)
    mask = saved(folder, f"mask-{len(list(folder.iterdir()))}", *((place, 1) for place, _ in places))
    return {"label_file": label, "verified_file": mask}


def test_a_draft_goes_on_at_another_computer(agent, server, client, case, tmp_path):
    before = client.case(**case)
    label = work(tmp_path, v5=2, v9=7)
    made = agent.call("put_draft", **case, **label, base_revision=1, annotator="Dr. Ä/B", model=MODEL)
    assert (made.generation, made.base_revision, made.model) == (1, 1, MODEL)
    with AgentProcess(tmp_path / "..") as elsewhere:
        elsewhere.call("connect", address=server.address, token=server.token)
        opened = elsewhere.call("open_draft", **case, annotator="Dr. Ä/B")
    assert opened.draft == made
    for part in ("label", "verified"):
        np.testing.assert_array_equal(np.load(getattr(opened, part).file), np.load(label[f"{part}_file"]))
    assert client.case(**case) == before
    assert agent.call("drafts", **case) == [made]


def test_the_same_draft_again_is_no_conflict_but_another_one_is(agent, case, tmp_path):
    label, other = work(tmp_path, v5=2), work(tmp_path, v5=7)
    first = agent.call("put_draft", **case, **label, base_revision=1)
    assert first.annotator == "anonymous"
    assert agent.call("put_draft", **case, **label, base_revision=1) == first
    with pytest.raises(RevisionConflict):
        agent.call("put_draft", **case, **other, base_revision=1)
    assert agent.call("drafts", **case) == [first]
    assert agent.call("put_draft", **case, **other, base_revision=1, generation=1).generation == 2
    with pytest.raises(RevisionConflict):
        agent.call("delete_draft", **case, generation=1)
    for _ in range(2):
        agent.call("delete_draft", **case, generation=2)
    assert agent.call("open_draft", **case) is None


def test_the_next_case_is_another_one(agent, client, case):
    client.upload_case(case["dataset"], "other", image(1))
    served = [agent.call("next_case", dataset=case["dataset"], annotator="ann", order="name") for _ in range(2)]
    assert [entry.case for entry in served] == ["other", "scan"]
    assert agent.call("next_case", dataset=case["dataset"], skip=["scan", "other"]) is None
    listed = agent.call("worklist", dataset=case["dataset"], order="foreground-random", annotator="ann")
    assert {entry.case for entry in listed} == {"scan", "other"}


def submitted_by_two(agent, case, tmp_path, one, two):
    """Submit the work of ann, then that of bob, who began as early; returns bob's as arguments of the operations."""
    agent.call("submit", **case, **work(tmp_path, **one), base_revision=1, annotator="ann")
    with pytest.raises(RevisionConflict, match="ann submitted revision 2"):
        agent.call("submit", **case, **work(tmp_path, **two), base_revision=1, annotator="bob")
    (entry,) = agent.call("outbox")
    agent.call("resolve", entry=entry.id, keep="theirs")
    return {**work(tmp_path, **two), "base_revision": 1}


def test_work_of_two_becomes_one_where_nobody_contradicts(agent, case, tmp_path):
    mine = submitted_by_two(agent, case, tmp_path, {"v5": 2, "v6": 2}, {"v5": 2, "v9": 7})
    merged = agent.call("merge_revisions", **case, **mine)
    found = merged.compared
    assert (found.agreed, found.mine, found.theirs_alone, found.conflict) == (1, 1, 1, 0)
    assert (found.theirs.annotator, found.theirs.revision) == ("ann", 2)
    label, mask = np.load(merged.label_file).reshape(-1), np.load(merged.verified_file).reshape(-1)
    assert {int(place): int(label[place]) for place in np.flatnonzero(mask)} == {5: 2, 6: 2, 9: 7}


def test_a_contradiction_is_left_open_and_found(agent, case, tmp_path):
    mine = submitted_by_two(agent, case, tmp_path, {"v5": 2, "v6": 2}, {"v5": 7, "v9": 7})
    merged = agent.call("merge_revisions", **case, **mine)
    assert merged.compared.conflict == 1
    assert np.flatnonzero(np.load(merged.verified_file)).tolist() == [6, 9]
    assert np.load(merged.label_file).reshape(-1)[[5, 6, 9]].tolist() == [7, 2, 7]
    files = {"label_file": merged.label_file, "verified_file": merged.verified_file}
    left = agent.call("find_contested", **case, **files)
    assert [(one.label, one.voxels, one.lower) for one in left.regions] == [(7, 1, (5, 0, 0))]
    assert np.load(left.voxels_file).tolist() == [5]
    assert agent.call("find_contested", **case, **work(tmp_path, v5=2, v6=2)).regions == ()


def test_who_left_a_voxel_as_it_was_contradicts_nobody(agent, case, tmp_path):
    agent.call("submit", **case, **work(tmp_path, v5=2), base_revision=1)
    agent.call("submit", **case, **work(tmp_path, v5=7), base_revision=2)
    found = agent.call("merge_revisions", **case, **work(tmp_path, v5=2, v8=2), base_revision=2).compared
    assert (found.mine, found.theirs_alone, found.conflict) == (1, 1, 0)


def test_a_label_of_another_size_is_told(agent, case, tmp_path):
    np.save(tmp_path / "small.npy", np.zeros((2, 2, 2), np.uint8))
    with pytest.raises(UnusableVolume, match="open the case again"):
        agent.call("merge_revisions", **case, label_file=str(tmp_path / "small.npy"), base_revision=1)
