"""Lists: in pages, and not computed again while nothing has changed."""

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


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 10**9}, {"after": "x" * 200}])
def test_pages_have_bounds(rig, expect, dataset, asked):
    expect(rig.client.get(f"/v1/datasets/{dataset}/cases", params=asked), 422, "invalid-request")


@pytest.mark.parametrize("address", ["/datasets/{}/cases", "/datasets/{}/worklist", "/jobs?dataset={}"])
def test_a_list_that_has_not_changed_is_not_computed(rig, dataset, address, monkeypatch):
    url = "/v1" + address.format(dataset)
    first = rig.client.get(url)
    known = {"If-None-Match": first.headers["ETag"]}
    with monkeypatch.context() as patch:
        patch.setattr(rig.services.store.cases, "find", None)
        patch.setattr(rig.services.store.jobs, "find", None)
        again = rig.client.get(url, headers=known)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    rig.case(dataset, "new")
    changed = rig.client.get(url, headers=known)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_a_restart_is_a_change(make_rig):
    first, second = make_rig(), make_rig()
    assert first.services.store.version() != second.services.store.version()
