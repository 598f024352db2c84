"""Drafts over HTTP: kept for each annotator, and never taught."""

import sqlite3
from urllib.parse import quote

import pytest

from dualnetssl.contract.errors import InvalidLabelValue
from dualnetssl.contract.schema import CasePut
from dualnetssl.server.store import Store
from dualnetssl.server.store.migrations import MIGRATIONS

MODEL = "model_0123456789abcdef"


def put(rig, dataset, annotator, label=b"label", **headers):
    body = {"base_revision": 1, "label": rig.upload(label), "verified": rig.upload(b"mask"), "model": None}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return rig.client.put(f"/v1/datasets/{dataset}/cases/a/drafts/{annotator}", json=body, headers=named)


def test_a_draft_is_kept_and_the_case_stays(rig):
    dataset = rig.dataset()
    before = rig.case(dataset, "a")
    made = put(rig, dataset, "Dr.%20%C3%84rger", if_none_match="*")
    assert (made.status_code, made.headers["ETag"], made.json()["annotator"]) == (201, '"1"', "Dr. Ärger")
    assert rig.client.get(f"/v1/datasets/{dataset}/cases/a").json() == before
    changed = put(rig, dataset, "Dr.%20%C3%84rger", label=b"more", if_match='"1"')
    assert (changed.status_code, changed.json()["generation"]) == (200, 2)
    (listed,) = rig.client.get(f"/v1/datasets/{dataset}/cases/a/drafts").json()
    assert listed == changed.json()


def test_work_elsewhere_is_told_and_not_overwritten(rig, expect):
    dataset = rig.dataset()
    rig.case(dataset, "a")
    first = put(rig, dataset, "ann", if_none_match="*").json()
    told = expect(put(rig, dataset, "ann", label=b"other", if_none_match="*"), 412, "revision-conflict")
    assert "generation, 1" in told["allowed"]
    expect(put(rig, dataset, "ann", label=b"other", if_match='"7"'), 412, "revision-conflict")
    expect(put(rig, dataset, "ann", label=b"other"), 428, "precondition-required")
    assert rig.client.get(f"/v1/datasets/{dataset}/cases/a/drafts/ann").json() == first


def test_each_annotator_has_a_draft_of_their_own_and_may_forget_it(rig, expect):
    dataset = rig.dataset()
    rig.case(dataset, "a")
    put(rig, dataset, "ann", if_none_match="*")
    put(rig, dataset, "bob", if_none_match="*")
    url = f"/v1/datasets/{dataset}/cases/a/drafts/ann"
    expect(rig.client.delete(url, headers={"If-Match": '"2"'}), 412, "revision-conflict")
    assert rig.client.delete(url, headers={"If-Match": '"1"'}).status_code == 204
    expect(rig.client.get(url), 404, "not-found")
    expect(rig.client.delete(url, headers={"If-Match": '"1"'}), 404, "not-found")
    assert [one["annotator"] for one in rig.client.get(url.rpartition("/")[0]).json()] == ["bob"]


def test_an_old_draft_is_never_taken_for_one_made_after_it_was_deleted(rig, expect):
    dataset = rig.dataset()
    rig.case(dataset, "a")
    put(rig, dataset, "ann", if_none_match="*")
    url = f"/v1/datasets/{dataset}/cases/a/drafts"
    gone = rig.client.get(f"{url}/ann").json()["label"]
    rig.client.delete(f"{url}/ann", headers={"If-Match": '"1"'})
    assert (rig.client.get(url).json(), gone in rig.services.store.referenced_digests()) == ([], False)
    told = expect(put(rig, dataset, "ann", label=b"anew", if_match='"1"'), 412, "revision-conflict")
    assert ("not there" in told["received"], "If-None-Match" in told["remedy"]) == (True, True)
    assert put(rig, dataset, "ann", label=b"anew", if_none_match="*").json()["generation"] == 2
    expect(put(rig, dataset, "ann", label=b"old", if_match='"1"'), 412, "revision-conflict")


@pytest.mark.parametrize("name", ["Meier/Schulz", "a?b#c", "100 %", "\u4e2d\u6587"])
def test_an_annotators_name_may_be_any_text(rig, name):
    dataset = rig.dataset()
    rig.case(dataset, "a")
    assert put(rig, dataset, quote(name, ""), if_none_match="*").json()["annotator"] == name
    url = f"/v1/datasets/{dataset}/cases/a/drafts/{quote(name, '')}"
    assert rig.client.get(url).json()["annotator"] == name
    assert rig.client.delete(url, headers={"If-Match": '"1"'}).status_code == 204


def test_a_draft_is_checked_like_a_label(rig, expect):
    dataset = rig.dataset()
    rig.case(dataset, "a")
    rig.verdicts.error = InvalidLabelValue("7", "0, 1, 2", "Paint again.")
    expect(put(rig, dataset, "ann", if_none_match="*"), 422, "invalid-label-value")
    expect(put(rig, "nowhere", "ann", if_none_match="*"), 404, "not-found")
    assert rig.client.get(f"/v1/datasets/{dataset}/cases/a/drafts").json() == []


def test_a_draft_keeps_its_volumes_from_the_garbage(rig):
    dataset = rig.dataset()
    rig.case(dataset, "a")
    body = put(rig, dataset, "ann", if_none_match="*").json()
    assert {body["label"], body["verified"]} <= rig.services.store.referenced_digests()


def test_a_revision_says_which_model_it_began_with_and_what_is_left(rig):
    dataset = rig.dataset()
    image = rig.case(dataset, "a")["image"]
    digest = rig.upload(b"x")
    body = {"image": image, "label": digest, "verified": digest, "annotator": "ann", "model": MODEL}
    url = f"/v1/datasets/{dataset}/cases/a"
    assert rig.client.put(url, json=body, headers={"If-Match": '"1"'}).json()["model"] == MODEL
    assert [one["model"] for one in rig.client.get(f"{url}/revisions").json()] == [None, MODEL]
    assert rig.client.get(url).json()["model"] == MODEL


def test_a_conflict_says_who_was_faster(rig, expect):
    dataset = rig.dataset()
    image = rig.case(dataset, "a")["image"]
    url = f"/v1/datasets/{dataset}/cases/a"
    body = {"image": image, "annotator": "ann"}
    rig.client.put(url, json=body, headers={"If-Match": '"1"'})
    told = expect(rig.client.put(url, json=body, headers={"If-Match": '"1"'}), 412, "revision-conflict")
    assert "revision, 2, by ann on 20" in told["allowed"]


def test_the_next_case_over_http(rig, expect):
    dataset = rig.dataset()
    for name in "ab":
        rig.case(dataset, name)
    url = f"/v1/datasets/{dataset}/worklist/next"
    served = [rig.client.post(url, json={"annotator": "ann", "order": "name"}).json()["case"] for _ in range(3)]
    assert served == ["a", "b", "a"]
    assert rig.client.post(url, json={"skip": ["a", "b"]}).json() is None
    expect(rig.client.post(url, json={"order": "hunch"}), 422, "invalid-request")
    expect(rig.client.post("/v1/datasets/nowhere/worklist/next", json={}), 404, "not-found")


def test_a_data_folder_of_the_version_before_opens(tmp_path):
    path = tmp_path / "store.sqlite"
    connection = sqlite3.connect(path)
    for statement in MIGRATIONS[0]:
        connection.execute(statement)
    grid = '{"size":[4,5,6],"spacing":[1,1,2],"origin":[0,0,0],"direction":[1,0,0,0,1,0,0,0,1]}'
    connection.execute("INSERT INTO datasets VALUES ('d', 'livers', '[{\"value\":1,\"name\":\"liver\"}]', 1)")
    connection.execute(
        "INSERT INTO revisions VALUES ('d', 'a', 1, ?, ?, NULL, 'ann', ?, 1, 5)", ("a" * 64, "b" * 64, grid)
    )
    connection.execute("INSERT INTO cases VALUES ('d', 'a', 1)")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()
    store = Store(path)
    case = store.cases.get("d", "a")
    assert CasePut.model_validate({name: getattr(case, name) for name in CasePut.model_fields}) == CasePut(
        image="a" * 64, label="b" * 64, annotator="ann"
    )
    assert store.worklist.entries("d") == []
    store.close()


@pytest.mark.parametrize("name", ["x" * 101])
def test_an_annotators_name_has_a_limit(rig, expect, name):
    dataset = rig.dataset()
    rig.case(dataset, "a")
    expect(put(rig, dataset, name, if_none_match="*"), 422, "invalid-request")


def test_a_model_that_is_none_is_not_stored(rig, expect):
    dataset = rig.dataset()
    image = rig.case(dataset, "a")["image"]
    url, told = f"/v1/datasets/{dataset}/cases/a", {"model": "nonsense"}
    answer = rig.client.put(url, json={"image": image, **told}, headers={"If-Match": '"1"'})
    assert "model = 'nonsense'" in expect(answer, 422, "invalid-request")["received"]
    draft = {"base_revision": 1, "label": image, "verified": image, **told}
    answer = rig.client.put(f"{url}/drafts/me", json=draft, headers={"If-None-Match": "*"})
    assert "model_" in expect(answer, 422, "invalid-request")["allowed"]
