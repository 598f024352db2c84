"""Checks of volumes as clients meet them: nobody else waits for them, and what is kept is what the server wrote."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest
from hostile.corpus import META, NRRD, TAKEN

from dualnetssl.server.api.app import create_app
from dualnetssl.server.inspection import PARALLEL, CaseFacts, Inspectors

HANGING = 44


class Hanging:
    """An inspector whose checks hang until the test lets them go."""

    def __init__(self, grid):
        self.released, self.begun, self.lock = threading.Event(), threading.Semaphore(0), threading.Lock()
        self.grid, self.present, self.most = grid, 0, 0

    def __call__(self, *files, **limits):
        with self.lock:
            self.present += 1
            self.most = max(self.most, self.present)
        self.begun.release()
        assert self.released.wait(30)
        with self.lock:
            self.present -= 1
        return CaseFacts(self.grid, 0.0)

    def close(self):
        self.released.set()


@pytest.mark.parametrize("draft", [False, True], ids=["cases", "drafts"])
def test_while_checks_hang_everything_else_answers(rig, draft):
    dataset = rig.dataset()
    revision = rig.case(dataset, "a")["revision"]
    digest = rig.upload(b"scan")
    grid = rig.verdicts(rig.services.blobs.path(digest)).geometry
    hanging = Hanging(grid)
    app = create_app(replace(rig.services, inspect=hanging))

    def put(number):
        if draft:
            body = {"base_revision": revision, "label": digest, "verified": digest}
            path = f"cases/a/drafts/reader{number}"
        else:
            body, path = {"image": digest}, f"cases/c{number}"
        return client.put(f"/v1/datasets/{dataset}/{path}", json=body, headers={"If-None-Match": "*"}).status_code

    opened = type(rig.client)(app, base_url="http://127.0.0.1", headers=rig.client.headers)
    with opened as client, ThreadPoolExecutor(HANGING) as threads:
        answers = [threads.submit(put, number) for number in range(HANGING)]
        try:
            for _ in range(PARALLEL):
                assert hanging.begun.acquire(timeout=60)
            for path in ("server", "datasets", f"datasets/{dataset}/cases", f"datasets/{dataset}/cases/a"):
                assert client.get(f"/v1/{path}").status_code == 200
            assert not any(answer.done() for answer in answers)
        finally:
            hanging.released.set()
        assert {answer.result() for answer in answers} == {201}
    assert hanging.most == PARALLEL


def test_the_case_names_the_file_that_the_server_wrote(rig):
    dataset = rig.dataset()
    sent = rig.upload(b"scan with a name")

    def rewrite(image, label, verified, uncertainty, *, rewrite_to, **limits):
        (rewrite_to / "image.nrrd").write_bytes(b"scan")
        return replace(rig.verdicts(image, label), rewritten={"image": rewrite_to / "image.nrrd"})

    app = create_app(replace(rig.services, inspect=rewrite))
    client = type(rig.client)(app, base_url="http://127.0.0.1", headers=rig.client.headers)
    case = client.put(f"/v1/datasets/{dataset}/cases/a", json={"image": sent}).json()
    assert case["image"] == hashlib.sha256(b"scan").hexdigest()
    assert client.get(f"/v1/blobs/{case['image']}").content == b"scan"
    assert list(rig.services.settings.data_folder.glob("check-*")) == []


@pytest.fixture
def real(rig):
    with closing(Inspectors(1)) as inspectors:
        app = create_app(replace(rig.services, inspect=inspectors))
        yield replace(rig, client=type(rig.client)(app, base_url="http://127.0.0.1", headers=rig.client.headers))


@pytest.mark.parametrize(
    "bad",
    [NRRD["behind a lone CR"], NRRD["behind 70 kB"], META["two places, other file first"]],
    ids=["CR", "far", "two"],
)
@pytest.mark.parametrize("role", ["image", "label"])
def test_no_header_makes_the_server_read_another_file(real, expect, tmp_path, bad, role):
    (tmp_path / "secret").write_bytes(b"root:x:0")
    dataset = real.dataset()
    bad = bad.replace(b"{canary}", str(tmp_path / "secret").encode())
    body = {"image": real.upload(TAKEN["big endian"]), role: real.upload(bad)}
    answer = real.client.put(f"/v1/datasets/{dataset}/cases/a", json=body)
    assert "another file" in expect(answer, 422, "invalid-volume")["received"] or "control" in answer.json()["received"]


def test_names_of_patients_are_not_kept(real):
    dataset = real.dataset()
    sent = {role: real.upload(TAKEN[name]) for role, name in (("image", "a name in a text"), ("label", "big endian"))}
    case = real.client.put(f"/v1/datasets/{dataset}/cases/a", json=sent).json()
    for role in sent:
        assert case[role] != sent[role]
        assert b"DOE" not in real.client.get(f"/v1/blobs/{case[role]}").content
        assert real.client.get(f"/v1/blobs/{sent[role]}").status_code == 404
    label = real.upload(TAKEN["big endian"])
    draft = {"base_revision": 1, "label": label, "verified": label}
    kept = real.client.put(
        f"/v1/datasets/{dataset}/cases/a/drafts/me", json=draft, headers={"If-None-Match": "*"}
    ).json()
    assert kept["label"] == kept["verified"] == case["label"]
    assert real.client.get(f"/v1/blobs/{label}").status_code == 404


def test_what_a_killed_server_left_of_a_check_goes_at_the_next_start(rig):
    left = rig.services.settings.data_folder / "check-abc"
    left.mkdir()
    (left / "image.nrrd").write_bytes(b"a scan")
    with rig.client:
        assert not left.exists()


def test_stopping_the_server_ends_its_inspectors(rig):
    inspectors = Inspectors(1)
    inspectors.protection()
    (inspector,) = inspectors._all
    with type(rig.client)(create_app(replace(rig.services, inspect=inspectors)), base_url="http://127.0.0.1"):
        assert inspector._process.poll() is None
    assert inspector._process.poll() is not None
