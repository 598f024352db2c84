"""The server as a process of its own, on loopback, over real connections."""

import argparse
import hashlib
import http.client
import logging
import os
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time

import fake_slurm
import httpx
import pytest
from server_process import SECONDS_TO_START, Running, running

from dualnetssl.cli import main
from dualnetssl.cli.administration import engine, serve, token
from dualnetssl.contract.errors import AddressInUse, InvalidRequest, UnsafeExposure
from dualnetssl.contract.schema import Device
from dualnetssl.server.engines.local import LocalEngine
from dualnetssl.server.engines.slurm import SlurmEngine
from dualnetssl.server.settings import Settings, read_token
from dualnetssl.server.store.database import no_room

DATA = bytes(range(256)) * 20_000
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("server") / "data") as found:
        yield found


def start_upload(server, data):
    """Send the beginning of an upload and leave the connection open."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.putrequest("PATCH", f"/v1/blobs/{DIGEST}")
    for name, value in {
        **server.headers,
        "Upload-Offset": 0,
        "Upload-Length": len(DATA),
        "Content-Length": len(DATA),
    }.items():
        connection.putheader(name, str(value))
    connection.endheaders()
    connection.send(data)
    return connection


def offset(server):
    answer = httpx.head(f"{server.url}/blobs/{DIGEST}", headers=server.headers)
    return int(answer.headers.get("Upload-Offset", 0))


def wait_for_offset(server, least):
    deadline = time.monotonic() + 30
    while (found := offset(server)) < least and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def test_the_banner_says_what_to_paste(server):
    assert "Paste into 3D Slicer" in server.banner
    assert "CPU with" in server.banner
    assert httpx.get(f"{server.url}/server", headers=server.headers).status_code == 200


def labelled(server):
    body = {"name": "livers", "labels": [{"value": 1, "name": "liver"}]}
    answer = httpx.post(f"{server.url}/datasets", json=body, headers=server.headers)
    assert answer.status_code == 201


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_leaves_one_whole_store(tmp_path, number, status):
    with running(tmp_path) as server:
        labelled(server)
        server.process.send_signal(number)
        assert server.process.wait(SECONDS_TO_START) == status
    assert not (tmp_path / "store.sqlite-wal").exists()
    with sqlite3.connect(tmp_path / "store.sqlite") as connection:
        assert connection.execute("SELECT name FROM datasets").fetchall() == [("livers",)]
    connection.close()


def test_a_file_ends_the_server_in_order_where_there_is_no_signal_for_it(tmp_path):
    with running(tmp_path) as server:
        labelled(server)
        (tmp_path / "stop").touch()
        assert server.process.wait(SECONDS_TO_START) == 0
    assert not (tmp_path / "store.sqlite-wal").exists()
    assert not (tmp_path / "stop").exists()
    (tmp_path / "stop").touch()  # came when the server had ended by itself
    with running(tmp_path) as server:
        assert httpx.get(f"{server.url}/datasets", headers=server.headers).status_code == 200
        assert not (tmp_path / "stop").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_signal_before_the_server_listens(tmp_path):
    command = [sys.executable, "-m", "dualnetssl", "serve", "--port", "0", "--data-folder", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        while not (tmp_path / "server.lock").exists():
            time.sleep(0.001)
        process.terminate()
        assert process.wait(SECONDS_TO_START) in (0, -signal.SIGTERM)
    assert not (tmp_path / "store.sqlite-wal").exists()
    with running(tmp_path) as server:
        labelled(server)


def test_a_killed_server_is_taken_up_where_it_was(tmp_path):
    with running(tmp_path) as server:
        labelled(server)
        server.process.kill()
        server.process.wait()
    assert (tmp_path / "store.sqlite-wal").exists()
    with running(tmp_path) as server:
        found = httpx.get(f"{server.url}/datasets", headers=server.headers).json()
        assert [dataset["name"] for dataset in found] == ["livers"]


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_nobody_else_may_read_anything(tmp_path):
    tmp_path.chmod(0o755)
    before = os.umask(0o022)
    try:
        with running(tmp_path) as server:
            labelled(server)
            headers = {**server.headers, "Upload-Offset": "0", "Upload-Length": str(len(DATA))}
            assert httpx.patch(f"{server.url}/blobs/{DIGEST}", content=DATA, headers=headers).status_code == 201
            found = list(tmp_path.rglob("*"))
            assert {"store.sqlite", "store.sqlite-wal", DIGEST, "server.log", "identity"} <= {one.name for one in found}
            assert [one for one in (tmp_path, *found) if one.stat().st_mode & 0o077] == []
    finally:
        os.umask(before)


def test_a_broken_upload_goes_on_where_it_broke(server):
    connection = start_upload(server, DATA[:3_000_000])
    connection.close()
    assert wait_for_offset(server, 3_000_000) == 3_000_000
    rest = {**server.headers, "Upload-Offset": "3000000", "Upload-Length": str(len(DATA))}
    answer = httpx.patch(f"{server.url}/blobs/{DIGEST}", content=DATA[3_000_000:], headers=rest)
    assert answer.status_code == 201
    assert httpx.get(f"{server.url}/blobs/{DIGEST}", headers=server.headers).content == DATA


def test_a_killed_server_keeps_what_arrived(tmp_path):
    first = Running(tmp_path / "data")
    connection = start_upload(first, DATA[:2_500_000])
    kept = wait_for_offset(first, 2_000_000)
    first.end(kill=True)
    connection.close()
    with running(tmp_path / "data") as again:
        assert again.token == first.token
        assert offset(again) == kept >= 2_000_000
        rest = {**again.headers, "Upload-Offset": str(kept), "Upload-Length": str(len(DATA))}
        assert httpx.patch(f"{again.url}/blobs/{DIGEST}", content=DATA[kept:], headers=rest).status_code == 201


def test_a_wrong_token_is_refused_before_the_body_comes(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.putrequest("POST", "/v1/datasets")
    connection.putheader("Content-Length", "1000000")
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 401
    connection.close()


def test_a_refused_upload_gets_its_answer_through(server):
    wrong = {**server.headers, "Upload-Offset": "7", "Upload-Length": str(len(DATA))}
    answer = httpx.patch(f"{server.url}/blobs/{'0' * 64}", content=DATA, headers=wrong)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:dualnetssl:problem:offset-conflict")


def test_a_second_server_is_refused(server, tmp_path, capsys):
    folder = re.search(r"keeps data +(\S+)", server.banner)[1]
    assert main.main(["serve", "--port", "0", "--data-folder", folder]) == main.FAILED
    assert "a running server uses" in capsys.readouterr().err
    other = ["serve", "--port", str(server.port), "--data-folder", str(tmp_path)]
    assert main.main(other) == main.FAILED
    said = capsys.readouterr().err
    assert f"port {server.port} of 127.0.0.1" in said
    assert "--port" in said


def test_no_exposure_without_a_token(tmp_path, capsys):
    words = ["serve", "--host", "0.0.0.0", "--token", "none", "--data-folder", str(tmp_path)]
    assert main.main(words) == main.FAILED
    assert UnsafeExposure.title in capsys.readouterr().err


def test_https(tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    files = [str(tmp_path / name) for name in ("key.pem", "cert.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", files[0], "-out", files[1]]
    subprocess.run(command, check=True, capture_output=True)
    with running(tmp_path / "data", "--tls-key", files[0], "--tls-cert", files[1]) as server:
        trusted = ssl.create_default_context(cafile=files[1])
        assert httpx.get(f"https://127.0.0.1:{server.port}/v1/health", verify=trusted).status_code == 200


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_cannot_be_used(tmp_path, capsys, content):
    if content is not None:
        (tmp_path / "cert.pem").write_text(content)
    words = ["--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "cert.pem")]
    assert main.main(["serve", "--port", "0", "--data-folder", str(tmp_path / "data"), *words]) == main.FAILED
    assert "cannot be used" in capsys.readouterr().err


def test_a_record_that_is_missing_is_told_on_standard_error_and_by_ready(tmp_path, capfd):
    with running(tmp_path / "data") as server:
        create = {"name": "livers", "labels": [{"value": 1, "name": "liver"}]}
        assert httpx.post(f"{server.url}/datasets", json=create, headers=server.headers, timeout=60).is_success
    assert "Warning" not in capfd.readouterr().err
    shutil.rmtree(tmp_path / "data" / "audit")
    with running(tmp_path / "data") as server:
        answer = httpx.get(f"{server.url}/ready", timeout=60)
        assert (answer.status_code, answer.json()["ready"]) == (503, False)
        assert "audit verify" in answer.json()["audit"]
    assert "the record of who did what (the folder 'audit') is missing" in capfd.readouterr().err


def test_what_does_not_start_does_not_say_that_it_listens(tmp_path, capsys, monkeypatch):
    def full(*_, **__):
        raise no_room()

    monkeypatch.setattr("dualnetssl.server.store.accounts.Accounts.keep_owner", full)
    assert main.main(["serve", "--port", "0", "--data-folder", str(tmp_path / "data")]) == main.FAILED
    said = capsys.readouterr()
    assert "The disk is full" in said.err
    assert said.out == ""


def test_the_end_is_clean(tmp_path):
    server = Running(tmp_path / "data")
    waiting = httpx.get(f"{server.url}/health")
    assert waiting.status_code == 200
    server.end()
    assert server.process.returncode in (0, -15)
    assert "Traceback" not in (tmp_path / "data" / "server.log").read_text()


def test_the_token_command(tmp_path, capsys):
    words = ["token", "--data-folder", str(tmp_path)]
    assert main.main(words) == 0
    first = capsys.readouterr().out.strip()
    assert first == read_token(tmp_path)
    assert main.main([*words, "--new"]) == 0
    assert capsys.readouterr().out.strip() == read_token(tmp_path) != first
    assert token.__doc__


def test_addresses_that_this_computer_has_not(tmp_path):
    for choice in ({"host": "203.0.113.7"}, {"port": 70_000}):
        chosen = Settings(data_folder=tmp_path, token="t", **choice)
        with pytest.raises(InvalidRequest, match="cannot be listened on"), serve.listening(chosen):
            pass


def test_a_taken_port(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        chosen = Settings(data_folder=tmp_path, port=other.getsockname()[1])
        with pytest.raises(AddressInUse, match="another program listens"), serve.listening(chosen):
            pass


@pytest.mark.parametrize(
    ("choice", "address", "warned"),
    [
        ({}, "http://127.0.0.1:5", False),
        ({"host": "::1"}, "http://[::1]:5", False),
        ({"host": "0.0.0.0"}, f"http://{socket.gethostname()}:5", True),
        ({"host": "0.0.0.0", "tls_certificate": "c", "tls_key": "k"}, f"https://{socket.gethostname()}:5", False),
    ],
)
def test_banners(tmp_path, choice, address, warned):
    gpu = Device(name="cuda:0", title="NVIDIA X", memory_bytes=24 << 30)
    text = serve.banner(Settings(data_folder=tmp_path, token="t", **choice), 5, (gpu,))
    assert f"address   {address}\n" in text
    assert "NVIDIA X (25.8 GB)" in text
    assert ("Warning" in text) == warned


def test_a_server_without_a_token_says_so(tmp_path):
    assert "none needed" in serve.banner(Settings(data_folder=tmp_path), 5, ())


def test_the_log_goes_to_its_file(tmp_path):
    before = logging.getLogger().handlers[:]
    try:
        serve.log_to(tmp_path / "server.log")
        logging.getLogger("dualnetssl.server.audit").info("seen")
        for handler in logging.getLogger().handlers:
            handler.close()
    finally:
        logging.getLogger().handlers[:] = before
    assert "INFO dualnetssl.server.audit seen" in (tmp_path / "server.log").read_text()


def arguments_of(*words):
    parser = argparse.ArgumentParser()
    engine.configure(parser)
    return parser.parse_args(words)


def test_jobs_run_here_unless_a_cluster_is_chosen(tmp_path, monkeypatch):
    where, slots, devices = engine.engine_of(arguments_of(), 2)
    assert (type(where), len(slots)) == (LocalEngine, 2 * max(1, len(devices) - 1))
    with pytest.raises(InvalidRequest, match="with --engine slurm"):
        engine.engine_of(arguments_of("--slurm-gpus", "2"), 1)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    cluster = fake_slurm.install(tmp_path)
    words = ("--engine", "slurm", "--slurm-partition", "gpu", "--slurm-hours", "0.5", "--slurm-jobs", "3")
    where, slots, devices = engine.engine_of(arguments_of(*words, "--slurm-option", "account=radiology"), 1)
    assert (type(where), slots, devices[0].title) == (SlurmEngine, ("slurm",) * 3, "Slurm cluster, partition gpu")
    asked = (cluster / "calls").read_text()
    assert all(word in asked for word in ("--test-only", "--partition=gpu", "--time=30", "--account=radiology"))
    assert "Slurm cluster" in serve.banner(Settings(data_folder=tmp_path), 1, devices)


def test_a_cluster_that_refuses_ends_the_start_and_one_that_is_away_does_not(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    cluster = fake_slurm.install(tmp_path)
    (cluster / "refuse").write_text("invalid partition specified")
    with pytest.raises(InvalidRequest, match="invalid partition"):
        engine.engine_of(arguments_of("--engine", "slurm"), 1)
    (cluster / "away").touch()
    assert len(engine.engine_of(arguments_of("--engine", "slurm"), 1)[1]) == 16
    assert "does not answer yet" in capsys.readouterr().out
