"""What stands before the handlers: token, host, caps, request identifier, audit log, problems for every error."""

import logging
import os

import pytest

from dualnetssl.server.api.gate.middleware import JSON_BYTES
from dualnetssl.server.settings import Settings

JSON = {"Content-Type": "application/json"}


def test_health_needs_no_token(rig):
    answer = rig.client.get("/v1/health", headers={"Authorization": ""})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic a-token-of-the-tests", "Bearer ü"])
def test_everything_else_does(rig, expect, header):
    answer = rig.client.get("/v1/server", headers={"Authorization": header.encode("utf-8")})
    found = expect(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "a-token-of-the-tests" not in str(found)


def test_an_unknown_address_also_does(rig, expect):
    expect(rig.client.get("/v1/nothing", headers={"Authorization": ""}), 401, "unauthorized")


def test_401_comes_before_the_body_is_read(rig, expect):
    def endless():
        raise AssertionError("the body was read")
        yield b""

    answer = rig.client.post(
        "/v1/datasets", content=endless(), headers={"Authorization": "Bearer wrong", "Content-Length": "10"}
    )
    expect(answer, 401, "unauthorized")


def test_without_a_token_everybody_on_this_computer_may(make_rig):
    assert make_rig(token=None).client.get("/v1/server", headers={"Authorization": ""}).status_code == 200


def test_loopback_refuses_foreign_host_names(rig, expect):
    answer = rig.client.get("/v1/health", headers={"Host": "evil.example:8765"})
    assert "evil.example" in expect(answer, 422, "invalid-request")["received"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8765", "localhost:1", "LOCALHOST", "[::1]:8765", "[::1]"])
def test_loopback_knows_its_own_names(rig, host):
    assert rig.client.get("/v1/health", headers={"Host": host}).status_code == 200


def test_an_exposed_server_goes_by_any_name(make_rig):
    rig = make_rig(host="0.0.0.0")
    assert rig.client.get("/v1/health", headers={"Host": "gpu.hospital.example"}).status_code == 200


def test_large_json_is_refused_by_its_announcement(rig, expect):
    answer = rig.client.post("/v1/datasets", content=b" " * (JSON_BYTES + 1))
    expect(answer, 413, "body-too-large")


def test_large_json_is_refused_without_an_announcement(rig, expect):
    chunks = (b" " * (1 << 18) for _ in range(5))
    expect(rig.client.post("/v1/datasets", content=chunks), 413, "body-too-large")


def test_json_at_the_cap_is_read(rig):
    body = b'{"name": "x", "labels": [{"value": 1, "name": "l"}]}'
    answer = rig.client.post("/v1/datasets", content=body + b" " * (JSON_BYTES - len(body)), headers=JSON)
    assert answer.status_code == 201


def test_unknown_addresses_and_methods_are_problems(rig, expect):
    expect(rig.client.get("/v1/nothing"), 404, "not-found")
    expect(rig.client.get("/elsewhere"), 404, "not-found")
    answer = rig.client.put("/v1/health")
    expect(answer, 405, "method-not-allowed")
    assert answer.headers["Allow"]


def test_an_unexpected_error_tells_nothing_but_its_identifier(rig, expect, monkeypatch, caplog):
    def broken():
        raise RuntimeError("secret of the disk")

    monkeypatch.setattr(rig.services.store.datasets, "find", broken)
    answer = rig.client.get("/v1/datasets")
    found = expect(answer, 500, "internal")
    assert "secret" not in answer.text
    logged = [record for record in caplog.records if found["request_id"] in record.getMessage()]
    assert any(record.exc_info for record in logged)


def test_an_error_after_the_answer_began_breaks_it_off(rig, monkeypatch):
    digest = rig.upload(b"x" * 10)

    def broken(path, wanted):
        yield b"x"
        raise OSError("disk gone")

    monkeypatch.setattr("dualnetssl.server.api.resources.ranges._read", broken)
    with rig.client.stream("GET", f"/v1/blobs/{digest}") as answer:
        assert answer.status_code == 200
        assert answer.read() == b"x"


def test_the_audit_log_names_no_case(rig, caplog):
    caplog.set_level(logging.DEBUG, logger="dualnetssl.server.audit")
    dataset = rig.dataset()
    rig.case(dataset, "Jane_Doe_1950")
    rig.client.get(f"/v1/datasets/{dataset}/cases/Jane_Doe_1950")
    lines = [record.getMessage() for record in caplog.records if record.name == "dualnetssl.server.audit"]
    assert any("PUT" in line and "/cases/{case}" in line and dataset in line and " 201 " in line for line in lines)
    assert not any("Jane" in line for line in lines)
    levels = {record.getMessage().split()[1]: record.levelno for record in caplog.records if "{" in record.getMessage()}
    assert levels["GET"] == logging.DEBUG
    assert levels["PUT"] == logging.INFO


def test_request_identifiers_differ(rig):
    first, second = (rig.client.get("/v1/health").headers["X-Request-Id"] for _ in range(2))
    assert first != second


def test_server_tells_limits_devices_and_config(make_rig):
    info = make_rig(blob_bytes=1000, voxels=2000, chunk_bytes=300).client.get("/v1/server").json()
    assert info["limits"] == {"blob_bytes": 1000, "voxels": 2000, "chunk_bytes": 300}
    assert info["devices"] == [{"name": "cpu", "title": "CPU", "memory_bytes": 1}]
    assert "steps" in info["train_config"]["properties"]
    assert info["api"] == "v1"


@pytest.mark.parametrize(
    ("body", "received", "allowed"),
    [
        ({"labels": [{"value": 1, "name": "l"}]}, "no name", "must be there"),
        ({"name": "x", "labels": []}, "labels = []", "at least 1"),
        ({"name": "x", "labels": [{"value": 0, "name": "l"}]}, "labels.0.value = 0", "at least 1"),
        ({"name": "x", "labels": [{"value": 1, "name": "l"}], "nme": 1}, "unknown field nme", "nothing in nme"),
        ({"name": "x", "labels": [{"value": 1, "name": n} for n in "ab"]}, "labels", "used twice"),
    ],
)
def test_a_wrong_body_is_told_field_by_field(rig, expect, body, received, allowed):
    found = expect(rig.client.post("/v1/datasets", json=body), 422, "invalid-request")
    assert received in found["received"]
    assert allowed in found["allowed"]


def test_a_body_that_is_no_json(rig, expect):
    answer = rig.client.post("/v1/datasets", content=b"{", headers={"Content-Type": "application/json"})
    assert expect(answer, 422, "invalid-request")["received"] == "a body that is no JSON"


def test_the_lifespan_starts_and_stops_the_supervisor_and_collects_garbage(make_rig, monkeypatch):
    rig = make_rig()
    seen = []
    monkeypatch.setattr(rig.services.blobs, "collect", lambda referenced: seen.append(referenced()))
    with rig.client:
        assert rig.client.get("/v1/health").status_code == 200
        assert rig.services.supervisor.calls == ["start"]
    assert rig.services.supervisor.calls == ["start", "stop"]
    assert seen == [set()]


def test_nothing_is_collected_while_the_store_is_in_doubt(make_rig, caplog):
    rig = make_rig()
    path = rig.services.blobs.path(rig.upload(b"not named yet"))
    os.utime(path, (0, 0))
    mark = rig.services.settings.blobs_root / "identity"
    ours = mark.read_bytes()
    mark.write_bytes(b"f" * 32 + ours[32:])
    with rig.client:
        assert rig.client.get("/v1/health").status_code == 200
    assert path.exists()
    assert "until then nothing is collected" in caplog.text
    mark.write_bytes(ours)
    with rig.client:
        assert rig.client.get("/v1/health").status_code == 200
    assert not path.exists()
    assert [found.name for found in rig.services.blobs.trash.files()] == [path.name]


def test_garbage_that_cannot_be_collected_stops_nothing(make_rig, monkeypatch, caplog):
    rig = make_rig()

    def broken(referenced):
        raise OSError("no such disk")

    monkeypatch.setattr(rig.services.blobs, "collect", broken)
    with rig.client:
        assert rig.client.get("/v1/health").status_code == 200
    assert "garbage was not collected" in caplog.text


def test_the_defaults_are_loopback(tmp_path):
    assert Settings(data_folder=tmp_path).loopback


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:3000"},
    {"Origin": "https://127.0.0.1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize(
    ("method", "address"), [("POST", "/jobs/job_1/cancel"), ("DELETE", "/models/m"), ("PUT", "/x")]
)
def test_without_a_token_no_web_page_changes_anything(make_rig, expect, headers, method, address):
    rig = make_rig(token=None)
    answer = rig.client.request(method, f"/v1{address}", headers={"Authorization": "", **headers})
    assert "web page" in expect(answer, 403, "forbidden")["received"]
    assert "account" not in answer.json()["title"]
    assert rig.client.get("/v1/jobs", headers={"Authorization": "", **headers}).status_code == 200


def test_each_of_several_origins_is_looked_at(make_rig, expect):
    sent = [("Authorization", ""), ("Origin", "http://127.0.0.1"), ("Origin", "https://evil.example")]
    answer = make_rig(token=None).client.post("/v1/jobs/job_1/cancel", headers=sent)
    assert "evil.example" in expect(answer, 403, "forbidden")["received"]


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://127.0.0.1"}, {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}]
)
def test_without_a_token_programs_of_this_computer_do(make_rig, headers):
    rig = make_rig(token=None)
    body = {"name": "x", "labels": [{"value": 1, "name": "l"}]}
    assert rig.client.post("/v1/datasets", json=body, headers={"Authorization": "", **headers}).status_code == 201


def test_with_a_token_an_origin_does_not_matter(rig):
    body = {"name": "x", "labels": [{"value": 1, "name": "l"}]}
    answer = rig.client.post("/v1/datasets", json=body, headers={"Origin": "https://viewer.example"})
    assert answer.status_code == 201


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_is_not_said_to_be_json(rig, expect, kind):
    headers = {} if kind is None else {"Content-Type": kind}
    answer = rig.client.post("/v1/datasets", content=b'{"name": "x"}', headers=headers)
    found = expect(answer, 422, "invalid-request")
    assert (kind or "without the header Content-Type") in found["received"]
    assert found["allowed"] == "Content-Type: application/json"


@pytest.mark.parametrize(
    ("body", "received"),
    [(b"", "a request without a body"), (b"[]", "the body = []"), (b"{", "a body that is no JSON")],
)
def test_a_body_that_is_no_object(rig, expect, body, received):
    found = expect(rig.client.post("/v1/datasets", content=body, headers=JSON), 422, "invalid-request")
    assert (found["received"], found["allowed"], found["remedy"]) == (
        received,
        "an object of JSON as the body",
        "Correct the body.",
    )
