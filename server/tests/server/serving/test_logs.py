"""What strangers cause is kept apart from the log, and the log can be read by a program."""

import json
import logging

import httpx
import pytest
from server_process import running

from dualnetssl.server.serving.logs import JsonLines, of_a_stranger


def record(name="dualnetssl.server.audit", level=logging.INFO, **extra):
    made = logging.LogRecord(name, level, "", 0, "%s said", ("who",), None)
    made.__dict__.update(extra)
    return made


@pytest.mark.parametrize(
    ("one", "stranger"),
    [
        (record(), False),
        (record(stranger=False), False),
        (record(stranger=True), True),
        (record("asyncio", logging.ERROR), True),
        (record("uvicorn.error", logging.WARNING), True),
        (record("uvicorn.error", logging.ERROR), False),
    ],
)
def test_who_caused_a_record(one, stranger):
    assert of_a_stranger(one) is stranger


def test_json_lines():
    found = json.loads(JsonLines().format(record()))
    assert (found["level"], found["logger"], found["message"]) == ("INFO", "dualnetssl.server.audit", "who said")
    assert found["time"].endswith("Z")


def test_an_error_is_told_in_json():
    try:
        raise ValueError("this")
    except ValueError as error:
        one = record(exc_info=(ValueError, error, error.__traceback__))
    assert "ValueError: this" in json.loads(JsonLines().format(one))["error"]


def test_strangers_and_forged_addresses(tmp_path):
    forged = {"X-Forwarded-For": "6.6.6.6"}
    body = {"name": "x", "labels": [{"value": 1, "name": "l"}]}
    with running(tmp_path / "data", "--log-format", "json") as server:
        httpx.get(f"{server.url}/server", headers=forged)
        httpx.put(f"{server.url}/health")
        httpx.post(f"{server.url}/datasets", json=body, headers={**server.headers, **forged})
        assert httpx.get(f"{server.url}/health", headers={"Host": "scans.example"}).status_code == 422
    log, strangers = ((tmp_path / "data" / name).read_text() for name in ("server.log", "strangers.log"))
    assert "6.6.6.6" not in log + strangers
    (line,) = [json.loads(line)["message"] for line in log.splitlines() if "audit" in line]
    assert line.startswith("127.0.0.1 POST ")
    assert all(status in strangers for status in (" 401 ", " 422 "))


def test_a_named_proxy_is_believed_and_its_name_known(tmp_path):
    options = ("--trusted-proxy", "127.0.0.1", "--allowed-host", "scans.example")
    passed_on = {"X-Forwarded-For": "10.1.2.3", "Host": "scans.example"}
    body = {"name": "x", "labels": [{"value": 1, "name": "l"}]}
    with running(tmp_path / "data", *options) as server:
        answer = httpx.post(f"{server.url}/datasets", json=body, headers={**server.headers, **passed_on})
        assert answer.status_code == 201
    assert "10.1.2.3 POST" in (tmp_path / "data" / "server.log").read_text()
