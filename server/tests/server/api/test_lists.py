"""Lists: in pages, and not computed again while nothing has changed."""

import time

import pytest


@pytest.fixture
def dataset(rig):
    made = rig.dataset()
    for name in "dbaec":
        rig.case(made, name)
    return made


def test_cases_come_in_pages(rig, dataset):
    def names(**asked):
        return [case["case"] for case in rig.client.get(f"/v1/datasets/{dataset}/cases", params=asked).json()]

    assert names() == list("abcde")
    assert names(limit=2) == ["a", "b"]
    assert names(limit=2, after="b") == ["c", "d"]
    assert names(limit=2, after="d") == ["e"]
    assert names(after="bb") == ["c", "d", "e"]


@pytest.mark.parametrize("order", ["name", "foreground-random"])
@pytest.mark.parametrize("size", [1, 2, 5, 6])
def test_pages_of_the_worklist_make_up_the_whole(rig, dataset, order, size):
    def page(**asked):
        answer = rig.client.get(f"/v1/datasets/{dataset}/worklist", params={"order": order, **asked})
        return answer.json(), answer.headers["ETag"]

    whole, tag = page()
    found = []
    while len(entries := page(after=found[-1]["case"] if found else "", limit=size)[0]) == size:
        found += entries
    assert found + entries == whole
    assert len(whole) == 5
    assert page(limit=1)[1] == tag


def test_a_page_after_a_case_that_left_the_worklist_is_refused(rig, expect, dataset):
    said = expect(rig.client.get(f"/v1/datasets/{dataset}/worklist", params={"after": "gone"}), 409, "conflict")
    assert "'gone'" in said["received"]


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 10**9}, {"after": "x" * 200}])
@pytest.mark.parametrize("part", ["cases", "worklist"])
def test_pages_have_bounds(rig, expect, dataset, part, asked):
    expect(rig.client.get(f"/v1/datasets/{dataset}/{part}", params=asked), 422, "invalid-request")


def test_what_the_audit_notes_of_a_read_outdates_no_list(rig, dataset):
    with rig.client:
        url = f"/v1/datasets/{dataset}/cases"
        known = {"If-None-Match": rig.client.get(url).headers["ETag"]}
        before = rig.services.store.anchor.read()
        assert rig.client.get(f"{url}/a").status_code == 200
        while rig.services.store.anchor.read() == before:
            time.sleep(0.01)
        assert rig.client.get(url, headers=known).status_code == 304


LISTS = ["/datasets", "/datasets/{}/cases", "/datasets/{}/worklist", "/jobs?dataset={}", "/models?dataset={}"]


@pytest.mark.parametrize("address", LISTS)
def test_a_list_that_has_not_changed_is_not_computed(rig, dataset, address, monkeypatch):
    url = "/v1" + address.format(dataset)
    first = rig.client.get(url)
    known = {"If-None-Match": first.headers["ETag"]}
    with monkeypatch.context() as patch:
        for table in ("cases", "datasets", "jobs", "models"):
            patch.setattr(getattr(rig.services.store, table), "find", None)
        again = rig.client.get(url, headers=known)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    rig.case(dataset, "new")
    changed = rig.client.get(url, headers=known)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_a_restart_is_a_change(make_rig):
    first, second = make_rig(), make_rig()
    assert first.services.store.version() != second.services.store.version()
