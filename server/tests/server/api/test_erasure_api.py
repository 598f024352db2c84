"""Erasing over HTTP: what goes, what stays because others use it, what is tried again."""

import json
import os
from pathlib import Path

import pytest

from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.jobspec import JobCase, JobSpec
from dualnetssl.contract.schema import JobCreate, JobState, LabelDefinition
from dualnetssl.contract.seals import SEALS, write_seals
from dualnetssl.server.datafolder import tidy
from dualnetssl.server.store import NewPrediction

LABELS = (LabelDefinition(value=1, name="liver"),)


@pytest.fixture
def dataset(rig):
    return rig.dataset()


def everything_on_disk(rig):
    """The bytes of all files in the data folder but the store."""
    folder = rig.services.settings.data_folder
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "store" not in path.name}


def holds(rig, *pieces):
    return [piece for piece in pieces if any(piece in data for data in everything_on_disk(rig).values())]


def erase(rig, dataset, case, revision):
    url = f"/v1/datasets/{dataset}/cases/{case}"
    return rig.client.delete(url, headers={"If-Match": f'"{revision}"'})


def draft(rig, dataset, case, label, generation):
    digest = rig.upload(label)
    condition = {"If-Match": f'"{generation}"'} if generation else {"If-None-Match": "*"}
    body = {"label": digest, "verified": digest, "base_revision": 1}
    answer = rig.client.put(f"/v1/datasets/{dataset}/cases/{case}/drafts/ann", json=body, headers=condition)
    assert answer.status_code in (200, 201), answer.text


def trained(rig, dataset, *cases, parent=None):
    """A training that ended, with a model and predictions in its folder."""
    store = rig.services.store
    job, _ = store.jobs.create(JobCreate(kind="train", dataset=dataset, model=parent))
    store.jobs.transition(job.id, [JobState.QUEUED], JobState.SUCCEEDED)
    directory = JobDirectory(rig.services.settings.jobs_root / job.id)
    ordered = tuple(JobCase(case=case, image=f"/blobs/{case}") for case in cases)
    directory.create(JobSpec(kind="evaluate", labels=LABELS, cases=ordered, model="m"))
    directory.predictions_path.mkdir()
    for case in cases:
        for ending in ("seg.nrrd", "sheet.svg"):
            (directory.predictions_path / f"{case}.{ending}").write_bytes(b"copy of " + case.encode() + b";")
    table = {"model": "m", "cases": [{"case": case} for case in cases]}
    (directory.predictions_path / "predictions.json").write_text(json.dumps(table))
    write_seals(directory.predictions_path, [f"{case}.seg.nrrd" for case in cases])
    model = store.models.record(job.id, LABELS, {}, rig.upload(b"bundle of " + job.id.encode())).id
    return model, directory


def predict(rig, dataset, case, model, text):
    image = rig.services.store.cases.get(dataset, case).image
    digest, opinions, sheet = (rig.upload(text + more) for more in (b"", b", opinions", b", sheet"))
    new = NewPrediction(case, image, digest, digest, digest, {}, opinions, sheet)
    assert rig.services.store.predictions.record(model, [new]) == 1


def test_a_case_goes_with_all_that_it_ever_was(rig, dataset):
    rig.case(dataset, "a", b"SCAN", label=b"LABEL-1")
    rig.case(dataset, "ab", b"OTHER")
    body = {"image": rig.upload(b"SCAN-2"), "label": rig.upload(b"LABEL-2")}
    rig.client.put(f"/v1/datasets/{dataset}/cases/a", json=body, headers={"If-Match": '"1"'})
    draft(rig, dataset, "a", b"DRAFT-1", 0)
    draft(rig, dataset, "a", b"DRAFT-2", 1)
    model, directory = trained(rig, dataset, "a", "a.1", "ab")
    predict(rig, dataset, "a", model, b"OLD-MAP")
    predict(rig, dataset, "a", model, b"NEW-MAP")
    answer = erase(rig, dataset, "a", 2)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["cases"], found["revisions"], found["drafts"], found["predictions"]) == (1, 2, 1, 1)
    assert (found["files"], found["shared"], found["leftovers"]) == (12, [], [])
    assert found["learnt"] == [model]
    gone = (b"SCAN", b"LABEL-1", b"LABEL-2", b"DRAFT-1", b"DRAFT-2", b"OLD-MAP", b"NEW-MAP", b"copy of a;")
    gone = (*gone, b"OLD-MAP, opinions", b"NEW-MAP, opinions", b"OLD-MAP, sheet", b"NEW-MAP, sheet")
    assert holds(rig, *gone) == []
    assert holds(rig, b"OTHER", b"copy of a.1;", b"copy of ab;") == [b"OTHER", b"copy of a.1;", b"copy of ab;"]
    assert [case.case for case in directory.read_spec().cases] == ["a.1", "ab"]
    assert not (directory.predictions_path / SEALS).exists(), "it names files of the case"
    assert rig.services.store.erasures.leftovers() == []


def test_what_others_use_stays_and_is_named(rig, dataset):
    other = rig.dataset("other")
    image = rig.case(dataset, "a", b"SCAN", label=b"LABEL")["image"]
    rig.case(other, "b", b"SCAN")
    found = erase(rig, dataset, "a", 1).json()
    assert (found["files"], found["shared"]) == (1, [image])
    assert holds(rig, b"SCAN", b"LABEL") == [b"SCAN"]
    found = rig.client.delete(f"/v1/datasets/{other}").json()
    assert (found["cases"], found["files"], found["shared"]) == (1, 1, [])
    assert holds(rig, b"SCAN") == []


def test_models_that_learnt_from_it_are_named_with_their_heirs(rig, dataset):
    for name in "abc":
        rig.case(dataset, name, name.encode() * 9)
    first, _ = trained(rig, dataset, "a", "b")
    heir, _ = trained(rig, dataset, "b", "c", parent=first)
    other, _ = trained(rig, dataset, "b", "c")
    assert erase(rig, dataset, "a", 1).json()["learnt"] == sorted([first, heir])
    assert erase(rig, dataset, "c", 1).json()["learnt"] == sorted([heir, other])


def test_folders_of_jobs_that_were_ordered_for_other_cases_are_not_read(rig, dataset, monkeypatch):
    for name in "ab":
        rig.case(dataset, name, name.encode() * 9)
    jobs, folders = rig.services.store.jobs, {}
    for name in ("a", "b", None):
        job, _ = jobs.create(JobCreate(kind="train", dataset=dataset, cases=name and (name,)))
        jobs.transition(job.id, [JobState.QUEUED], JobState.SUCCEEDED)
        folders[job.id] = JobDirectory(rig.services.settings.jobs_root / job.id)
        ordered = tuple(JobCase(case=case, image=f"/blobs/{case}") for case in name or "ab")
        folders[job.id].create(JobSpec(kind="evaluate", labels=LABELS, cases=ordered, model="m"))
        rig.services.store.models.record(job.id, LABELS, {}, rig.upload(job.id.encode()))
    of_a, _, of_all = folders
    read, plain = [], Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path.parent.name) or plain(path))
    learnt = erase(rig, dataset, "a", 1).json()["learnt"]
    assert {rig.services.store.models.get(model).job for model in learnt} == {of_a, of_all}
    assert {job for job in read if job in folders} == {of_a, of_all}
    assert not folders[of_a].spec_path.exists()
    assert [case.case for case in folders[of_all].read_spec().cases] == ["b"]


def test_a_case_that_a_job_uses_is_not_erased(rig, dataset, expect):
    for name in "ab":
        rig.case(dataset, name)
    job, _ = rig.services.store.jobs.create(JobCreate(kind="train", dataset=dataset, cases=("a",)))
    assert "Cancel the job" in expect(erase(rig, dataset, "a", 1), 409, "conflict")["remedy"]
    assert erase(rig, dataset, "b", 1).status_code == 200
    rig.services.store.jobs.transition(job.id, [JobState.QUEUED], JobState.CANCELLED)
    assert erase(rig, dataset, "a", 1).status_code == 200


def test_a_job_of_the_whole_data_set_uses_the_cases_that_it_began_with(rig, dataset, expect):
    for name in "ab":
        rig.case(dataset, name)
    jobs = rig.services.store.jobs
    job, _ = jobs.create(JobCreate(kind="train", dataset=dataset))
    assert job.id in expect(erase(rig, dataset, "b", 1), 409, "conflict")["received"]
    jobs.transition(job.id, [JobState.QUEUED], JobState.RUNNING)
    spec = JobSpec(kind="evaluate", labels=LABELS, cases=(JobCase(case="a", image="/blobs/a"),), model="m")
    JobDirectory(rig.services.settings.jobs_root / job.id).create(spec)
    assert job.id in expect(erase(rig, dataset, "a", 1), 409, "conflict")["received"]
    assert erase(rig, dataset, "b", 1).status_code == 200


def test_a_job_without_a_list_uses_all(rig, dataset, expect):
    rig.case(dataset, "a")
    rig.services.store.jobs.create(JobCreate(kind="train", dataset=dataset))
    expect(erase(rig, dataset, "a", 1), 409, "conflict")


def test_what_cannot_be_removed_is_told_and_tried_again(rig, dataset, monkeypatch):
    rig.case(dataset, "a", b"SCAN")
    _, directory = trained(rig, dataset, "a")

    def held(*_, **__):
        raise PermissionError(13, "somebody reads it")

    with monkeypatch.context() as patched:
        patched.setattr("dualnetssl.server.datafolder.upkeep.shutil.rmtree", held)
        patched.setattr(rig.services.blobs, "erase", held)
        found = rig.client.delete(f"/v1/datasets/{dataset}").json()
        assert found["files"] == 0
        assert len(found["leftovers"]) == 3
        assert f"the folder of {directory.path.name}" in found["leftovers"]
        tidy(rig.services.settings, rig.services.store, rig.services.blobs)
        assert directory.path.exists()
        assert len(rig.services.store.erasures.leftovers()) == 3
    tidy(rig.services.settings, rig.services.store, rig.services.blobs)
    assert rig.services.store.erasures.leftovers() == []
    assert not directory.path.exists()
    assert holds(rig, b"SCAN") == []


def test_a_server_that_died_between_rows_and_files_goes_on_at_its_next_start(rig, dataset):
    rig.case(dataset, "a", b"SCAN")
    rig.services.store.erasures.case(dataset, "a", 1)
    assert holds(rig, b"SCAN") == [b"SCAN"]
    with rig.client:
        rig.client.get("/v1/health")
    assert holds(rig, b"SCAN") == []


def test_a_file_that_is_erased_while_a_case_is_checked_is_not_named_by_it(rig, dataset, expect, monkeypatch):
    image = rig.case(dataset, "a", b"SCAN")["image"]
    real = rig.services.store.cases.put

    def put(*values):
        assert erase(rig, dataset, "a", 1).status_code == 200
        return real(*values)

    monkeypatch.setattr(rig.services.store.cases, "put", put)
    url = f"/v1/datasets/{dataset}/cases/b"
    assert "erased meanwhile" in expect(rig.client.put(url, json={"image": image}), 404, "not-found")["received"]


def test_with_days_of_trash_the_files_are_kept_for_so_long(make_rig):
    rig = make_rig(trash_days=3)
    dataset = rig.dataset()
    rig.case(dataset, "a", b"SCAN")
    assert erase(rig, dataset, "a", 1).json()["trash_days"] == 3
    kept, record = rig.services.blobs.trash.files()
    assert kept.read_bytes() == b"SCAN"
    (revision,) = json.loads(record.read_bytes())["revisions"]
    assert (revision["name"], revision["image"]) == ("a", kept.name)
    tidy(rig.services.settings, rig.services.store, rig.services.blobs)
    assert kept.exists()
    kept.parent.rename(kept.parent.with_name("2020-01-01"))
    tidy(rig.services.settings, rig.services.store, rig.services.blobs)
    assert holds(rig, b"SCAN", b"revisions") == []


def test_a_model_is_kept_with_what_it_said(make_rig):
    rig = make_rig(trash_days=3)
    dataset = rig.dataset()
    rig.case(dataset, "a", b"SCAN")
    model, _ = trained(rig, dataset, "a")
    assert rig.client.delete(f"/v1/models/{model}").status_code == 200
    (record,) = [path for path in rig.services.blobs.trash.files() if path.suffix == ".json"]
    assert [row["id"] for row in json.loads(record.read_bytes())["models"]] == [model]
    assert holds(rig, b"bundle of") == [b"bundle of"]


def test_rows_that_cannot_be_kept_are_not_erased(make_rig, monkeypatch):
    rig = make_rig(trash_days=3)
    dataset = rig.dataset()
    rig.case(dataset, "a", b"SCAN")
    rig.services.blobs.trash.root.write_bytes(b"a file in its place")
    assert erase(rig, dataset, "a", 1).status_code == 500
    assert len(rig.client.get(f"/v1/datasets/{dataset}/cases").json()) == 1
    assert holds(rig, b"SCAN") == [b"SCAN"]


def test_numbers_go_on_after_an_erasure(rig, dataset):
    rig.case(dataset, "a")
    for generation in range(3):
        draft(rig, dataset, "a", b"draft", generation)
    assert erase(rig, dataset, "a", 1).json()["drafts"] == 1
    assert rig.case(dataset, "a")["revision"] > 1
    draft(rig, dataset, "a", b"draft", 0)
    assert rig.client.get(f"/v1/datasets/{dataset}/cases/a/drafts").json()[0]["generation"] == 4


def test_garbage_that_was_a_draft_goes_with_its_case(rig, dataset):
    rig.case(dataset, "a")
    draft(rig, dataset, "a", b"DRAFT-1", 0)
    draft(rig, dataset, "a", b"DRAFT-2", 1)
    for path in rig.services.blobs.files():
        os.utime(path, (0, 0))
    tidy(rig.services.settings, rig.services.store, rig.services.blobs)
    assert [path.read_bytes() for path in rig.services.blobs.trash.files()] == [b"DRAFT-1"]
    erase(rig, dataset, "a", 1)
    assert holds(rig, b"DRAFT-1", b"DRAFT-2") == []
