"""What watches over the server asks: is it ready, and what are its figures."""

import shutil
import sqlite3
import time

import pytest

from dualnetssl.contract.errors import DiskFull
from dualnetssl.server.api.app import create_app
from dualnetssl.server.api.resources import readiness
from dualnetssl.server.audit import Audit, accept

NO_TOKEN = {"Authorization": ""}


def reach(rig, address, **headers):
    """Ask without a token from an address."""
    from starlette.testclient import TestClient

    client = TestClient(rig.client.app, base_url="http://127.0.0.1", client=(address, 4000))
    return [client.get(f"/v1/{path}", headers=headers).status_code for path in ("health", "ready", "metrics", "server")]


def test_this_computer_needs_no_token_to_watch(rig):
    assert reach(rig, "127.0.0.1") == [200, 200, 200, 401]
    assert reach(rig, "10.0.0.5") == [200, 401, 401, 401]


PROXIED = ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Client-IP"]
PROXIED += ["CF-Connecting-IP", "True-Client-IP", "X-Cluster-Client-IP", "X-Original-Forwarded-For", "CF-Ray"]
PROXIED += ["X-Forwarded", "X-ProxyUser-Ip", "CDN-Loop", "X-ARR-LOG-ID", "X-Original-Host", "X-Varnish", "X-Azure-Ref"]
PROXIED += ["Fly-Region", "X-Scheme", "Surrogate-Capability", "X-Of-Nobody"]


@pytest.mark.parametrize("header", PROXIED)
def test_whom_a_proxy_passes_on_is_not_of_this_computer(rig, header):
    assert reach(rig, "127.0.0.1", **{header: "10.0.0.5"}) == [200, 401, 401, 401]


def test_a_server_that_works_is_ready(rig):
    answer = rig.client.get("/v1/ready")
    assert (answer.status_code, answer.json()) == (
        200,
        {"ready": True, "disk": "ok", "store": "ok", "supervisor": "ok", "audit": "ok"},
    )


def test_a_supervisor_that_stopped(rig):
    rig.services.supervisor.alive = False
    answer = rig.client.get("/v1/ready")
    assert (answer.status_code, answer.json()["ready"], answer.json()["store"]) == (503, False, "ok")
    assert "restart" in answer.json()["supervisor"]


def test_a_disk_without_room(rig, monkeypatch):
    monkeypatch.setattr(readiness, "RESERVE", 1 << 62)
    answer = rig.client.get("/v1/ready")
    assert answer.status_code == 503
    assert "MiB free" in answer.json()["disk"]


@pytest.mark.parametrize(
    "error", [sqlite3.DatabaseError("/secret is malformed"), OSError(5, "/secret"), DiskFull("a", "b", "c")]
)
def test_a_store_that_cannot_be_used(rig, monkeypatch, error):
    def broken():
        raise error

    monkeypatch.setattr(rig.services.store, "probe", broken)
    answer = rig.client.get("/v1/ready")
    assert (answer.status_code, answer.json()["disk"]) == (503, "ok")
    assert answer.json()["store"] != "ok"
    assert "secret" not in answer.text


def test_a_store_that_was_cut_off_is_not_ready(rig):
    rig.dataset()
    rig.services.store._database._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with rig.services.settings.store_path.open("r+b") as file:
        file.truncate(100)
    assert rig.client.get("/v1/health").status_code == 200
    assert rig.client.get("/v1/ready").status_code == 503
    answer = rig.client.get("/v1/datasets")
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("store-unusable")
    assert "check" in answer.json()["remedy"]


def audit_word(rig):
    answer = rig.client.get("/v1/ready")
    assert answer.status_code == (200 if answer.json()["audit"] == "ok" else 503)
    return answer.json()["audit"]


def test_an_audit_that_is_removed_while_the_server_runs_is_not_ready_until_it_is_accepted(rig):
    for name in ("one", "two"):
        rig.dataset(name)
    folder, store = rig.services.settings.audit_root, rig.services.store
    shutil.rmtree(folder)
    assert "audit verify" in audit_word(rig)
    rig.dataset("the server goes on")
    watch = rig.client.app.state.watch
    assert "lines are missing" in audit_word(rig)
    watch.look_if_due()
    assert "not as it was written" in audit_word(rig)
    accept(Audit(folder, store.anchor), {"reason": "a disk was lost"})
    assert "not as it was written" in audit_word(rig)
    watch.look_if_due()
    assert audit_word(rig) == "ok"


def test_an_audit_in_whose_place_is_a_folder_is_not_ready_and_refuses_writes(rig):
    rig.dataset()
    path = rig.services.settings.audit_root / "audit.jsonl"
    path.unlink()
    path.mkdir()
    assert "not a file" in audit_word(rig)
    answer = rig.client.post("/v1/datasets", json={"name": "x", "labels": []})
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (503, "audit-failed")
    assert "'audit.jsonl' in it a file" in answer.json()["remedy"]
    assert "cannot be written" in audit_word(rig)
    rig.client.app.state.watch.look_if_due()
    assert "cannot be read (it is not a file)" in audit_word(rig)


def test_a_damaged_last_line_is_no_unexpected_error_for_who_writes(rig):
    rig.dataset()
    with (rig.services.settings.audit_root / "audit.jsonl").open("ab") as file:
        file.write(b"[" * 100_000 + b"\n")
    rig.dataset("the server goes on")
    rig.client.app.state.watch._next = 0.0
    rig.client.app.state.watch.look_if_due()
    assert "not as it was written" in audit_word(rig)


def test_a_record_that_was_rewritten_before_an_accepted_gap_is_not_ready(rig):
    rig.dataset()
    rig.dataset()
    path, watch = rig.services.settings.audit_root / "audit.jsonl", rig.client.app.state.watch
    path.write_bytes(path.read_bytes().replace(b"201", b"200", 1))
    accept(Audit(path.parent, rig.services.store.anchor), {"reason": "a disk that flips bits"})
    watch.look_if_due()
    assert audit_word(rig) == "ok"
    path.write_bytes(path.read_bytes().replace(b"200", b"299", 1))
    watch._next = 0.0
    watch.look_if_due()
    assert "not as it was written" in audit_word(rig)


def test_an_audit_that_was_changed_is_found_at_the_start_and_once_a_day(rig, monkeypatch, caplog):
    rig.dataset()
    rig.dataset()
    path, watch = rig.services.settings.audit_root / "audit.jsonl", rig.client.app.state.watch
    watch.look_if_due()
    path.write_bytes(path.read_bytes().replace(b"201", b"200", 1))
    watch.look_if_due()
    assert audit_word(rig) == "ok"
    now = time.monotonic()
    monkeypatch.setattr("dualnetssl.server.audit.watch.time.monotonic", lambda: now + 25 * 3600)
    watch.look_if_due()
    watch.look_if_due()
    assert "audit verify" in audit_word(rig)
    assert caplog.text.count("the audit is not as it was written") == 1


def test_the_server_reads_the_audit_when_it_starts(make_rig, caplog):
    rig = make_rig()
    rig.dataset()
    rig.dataset()
    path = rig.services.settings.audit_root / "audit.jsonl"
    path.write_bytes(path.read_bytes().replace(b"201", b"200", 1))
    with rig.client:
        for _ in range(200):
            if audit_word(rig) != "ok":
                break
            time.sleep(0.05)
        assert "audit verify" in audit_word(rig)


def test_an_audit_that_cannot_be_looked_through_ends_no_server(make_rig, monkeypatch, caplog):
    rig = make_rig()

    def broken(_):
        raise sqlite3.DatabaseError("malformed")

    monkeypatch.setattr("dualnetssl.server.audit.watch.looked_through", broken)
    with rig.client:
        for _ in range(200):
            if "could not be looked through" in caplog.text:
                break
            time.sleep(0.05)
        assert rig.client.get("/v1/health").status_code == 200
    assert "could not be looked through" in caplog.text


def test_looking_changes_nothing(rig):
    dataset = rig.dataset()
    before = rig.client.get(f"/v1/datasets/{dataset}").json()
    rig.client.get("/v1/ready")
    assert rig.client.get(f"/v1/datasets/{dataset}").json() == before


def test_figures_name_routes_and_no_cases(rig):
    dataset = rig.dataset()
    rig.case(dataset, "Jane", image=b"x" * 100)
    rig.client.post("/v1/jobs", json={"kind": "train", "dataset": dataset})
    rig.client.request("SPAM", "/v1/datasets")
    text = rig.client.get("/v1/metrics").text
    put = 'dualnetssl_requests_total{method="PUT",route="/datasets/{dataset}/cases/{case}",status="201"} 1.0'
    for line in (put, "dualnetssl_blob_bytes 100.0", "dualnetssl_inspection_seconds_count 1.0", 'method="other"'):
        assert line in text
    assert 'dualnetssl_jobs{state="queued"} 0.0' in text
    assert "dualnetssl_disk_free_bytes" in text
    assert "Jane" not in text
    assert "SPAM" not in text


def test_jobs_and_connections_are_counted(rig):
    dataset = rig.dataset()
    rig.case(dataset, "a", label=b"label")
    assert rig.client.post("/v1/jobs", json={"kind": "train", "dataset": dataset}).status_code == 201
    assert 'dualnetssl_jobs{state="queued"} 1.0' in rig.client.get("/v1/metrics").text
    other = create_app(rig.services, connections=lambda: 7)
    assert "dualnetssl_connections 7.0" in text_of(other)


def text_of(app):
    from prometheus_client import generate_latest

    return generate_latest(app.state.metrics.registry).decode()
