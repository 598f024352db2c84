"""What the audit says of requests, and that nothing is done that it cannot say."""

import json
import sqlite3

import pytest

from dualnetssl.contract.errors import DiskFull
from dualnetssl.contract.schema import Role
from dualnetssl.server.api import app
from dualnetssl.server.audit import Audit, verify
from dualnetssl.server.audit.chain import NAME


@pytest.fixture
def lines(rig):
    def read(**wanted):
        text = (rig.services.settings.audit_root / NAME).read_text()
        found = [json.loads(line) for line in text.splitlines()]
        return [line for line in found if all(line.get(key) == value for key, value in wanted.items())]

    return read


def test_a_submission_says_who_what_where_and_which_revision(rig, lines):
    token = rig.services.store.accounts.add("Dr Weber", Role.TRAINER, 1)
    dataset, image, label = rig.dataset(), rig.upload(b"image"), rig.upload(b"label")
    url = f"/v1/datasets/{dataset}/cases/c-1"
    answer = rig.client.put(url, json={"image": image, "label": label}, headers={"Authorization": f"Bearer {token}"})
    begun, done = lines(what="PUT /v1/datasets/{dataset}/cases/{case}")
    assert begun["outcome"] == "begun"
    assert {key: done[key] for key in ("who", "role", "dataset", "case", "revision", "outcome", "label", "from")} == {
        "who": "Dr Weber",
        "role": "trainer",
        "dataset": dataset,
        "case": "c-1",
        "revision": "1",
        "outcome": 201,
        "label": label,
        "from": "testclient",
    }
    assert begun["request"] == done["request"] == answer.headers["X-Request-Id"]
    assert lines(what="POST /v1/datasets", outcome=201)[0]["dataset"] == dataset


def test_reads_of_volumes_are_noted_and_lists_are_not(rig, lines):
    dataset = rig.dataset()
    made = rig.case(dataset, "c-1")
    rig.client.get(f"/v1/blobs/{made['image']}")
    rig.client.get(f"/v1/datasets/{dataset}/cases/c-1")
    rig.client.get(f"/v1/datasets/{dataset}/cases")
    assert [line["outcome"] for line in lines(what="GET /v1/blobs/{sha256}", sha256=made["image"])] == [200]
    assert lines(what="GET /v1/datasets/{dataset}/cases/{case}")[0]["revision"] == "1"
    assert lines(what="GET /v1/datasets/{dataset}/cases") == []


def test_no_token_and_no_voxel_gets_in(rig, lines):
    dataset = rig.dataset()
    rig.case(dataset, "c-1", image=b"voxels-of-a-patient")
    rig.client.get("/v1/server", headers={"Authorization": "Bearer wrong-but-secret"})
    text = json.dumps(lines())
    assert [word for word in ("voxels-of-a-patient", "wrong-but-secret", "a-token-of-the-tests") if word in text] == []


def test_strangers_cannot_fill_the_disk(rig, lines):
    for _ in range(50):
        rig.client.get("/v1/server", headers={"Authorization": "Bearer wrong"})
    assert len(lines()) == 1


def test_what_was_refused_to_somebody_known_is_noted(rig, lines):
    token = rig.services.store.accounts.add("Dr Weber", Role.ANNOTATOR, 1)
    rig.client.delete("/v1/models/m", headers={"Authorization": f"Bearer {token}"})
    assert [line["who"] for line in lines(outcome=403)] == ["Dr Weber"]


def _full(self, fields, *, flush):
    raise DiskFull("x", "y", "z")


def test_no_room_for_the_audit_refuses_a_write_before_it_is_done(rig, expect, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(Audit, "append", _full)
        answer = rig.client.post("/v1/datasets", json={"name": "x", "labels": [{"value": 1, "name": "l"}]})
        expect(answer, 507, "disk-full")
        assert rig.client.get("/v1/datasets").json() == []


def test_no_room_for_the_audit_shows_no_scan(rig, expect, monkeypatch):
    digest = rig.upload(b"image")
    monkeypatch.setattr(Audit, "append", _full)
    answer = rig.client.get(f"/v1/blobs/{digest}")
    expect(answer, 507, "disk-full")
    assert b"image" not in answer.content


def test_an_unexpected_error_is_noted_too(rig, lines, monkeypatch):
    def broken(body):
        raise RuntimeError

    monkeypatch.setattr(rig.services.store.datasets, "create", broken)
    rig.client.post("/v1/datasets", json={"name": "x", "labels": [{"value": 1, "name": "l"}]})
    assert [line["outcome"] for line in lines(what="POST /v1/datasets")] == ["begun", 500]


def test_the_record_of_a_whole_session_is_whole(rig):
    rig.case(rig.dataset(), "c-1")
    assert verify(rig.services.settings.audit_root, rig.services.store.anchor.read())[1] == []


def test_a_store_that_breaks_does_not_end_the_server_while_the_audit_settles(caplog):
    class Broken:
        def settle(self):
            raise sqlite3.DatabaseError("malformed")

    app._settle(Broken())
    assert "malformed" in caplog.text
