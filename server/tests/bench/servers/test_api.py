"""The bench measures what it says: answer times, throughput, memory; and leaves nothing behind."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile

import pytest

from dualnetssl.contract.errors import AddressInUse, InvalidRequest
from dualnetssl_bench.servers import api, find_library, local_server, memory
from dualnetssl_bench.servers.uploader import make_unique


@pytest.mark.long
def test_the_whole_bench_in_small(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(api, "QUIET_SECONDS", 0.3)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    parser = argparse.ArgumentParser()
    api.configure(parser)
    output = tmp_path / "figures.json"
    words = ["--clients", "2", "--files", "2", "--megabytes", "1", "--seconds", "20", "--output", str(output)]
    words += ["--cases", "5", "--pollers", "3", "--poll-seconds", "2"]
    assert api.run(parser.parse_args(words)) == 0
    figures = json.loads(output.read_text())["figures"]
    for phase in api.PHASES:
        for times in figures[phase].values():
            assert times["count"] > 0
            assert 0 < times["p50"] <= times["p99"] <= times["max"]
    plain, conditional = (figures["pollers"][kind] for kind in ("plain", "conditional"))
    assert plain["unchanged"] == 0 < plain["answers"]
    assert 0 < conditional["unchanged"] <= conditional["answers"] - 9  # the first look of each at each list
    assert figures["upload"]["files"] == 4
    assert figures["upload"]["ratio_to_copy"] > 0
    if memory.PROC.exists():
        assert 0 < figures["peak_bytes"]["api"] < figures["peak_bytes"]["worker"]
    assert "health, training and uploads" in capsys.readouterr().out
    assert memory.processes_about(str(tmp_path)) == []


def test_the_table_says_what_is_too_slow():
    row = {"count": 10, "p50": 5.0, "p99": 250.0, "max": 300.0}
    fast = row | {"p99": 20.0}
    phases = {"training": {"health": fast, "events": fast}, "training and uploads": {"health": fast, "events": row}}
    phases |= {"plain pollers": {"ready": row}, "conditional pollers": {"ready": fast}}
    phases["pollers"] = {"plain": {"clients": 2, "answers": 30, "unchanged": 0}}
    upload = {
        "bytes_per_second": 50 << 20,
        "copy_bytes_per_second": 100 << 20,
        "ratio_to_copy": 0.5,
        "clients": 4,
        "files": 8,
        "together_bytes_per_second": 70 << 20,
    }
    rest = {"upload": upload, "peak_bytes": {"api": 60 << 20, "worker": None}, "load": (1.25, 1, 1)}
    found = api.findings(phases | rest)
    assert [row[-1] for row in found.rows] == ["yes", "yes", "yes", "NO", "NO", "yes"]
    assert found.rows[3] == ["events, training and uploads", "10", "5.0", "250.0", "300.0", "NO"]
    polled, alone, together, memory_used, load = found.notes
    assert polled == "2 plain pollers had 30 answers, 0 of them 'unchanged'"
    assert alone == "upload 50 MiB/s, plain copy with SHA-256 100 MiB/s: ratio 0.50"
    assert together == "4 clients sent 8 files at 70 MiB/s together"
    assert memory_used == "peak memory, MiB: api 60"
    assert load.startswith("load of the machine at the end: 1.2 on ")


def test_what_clients_sent_together_counts_the_slowest():
    uploads = [{"files": 2, "seconds": 1.0}, {"files": 1, "seconds": 2.0}]
    together = api.together(uploads, megabytes=4)
    assert together == {"clients": 2, "files": 3, "together_bytes_per_second": 6 << 20}


def test_every_upload_is_of_new_bytes(tmp_path):
    first = make_unique(tmp_path / "file", 1).read_bytes()
    second = make_unique(tmp_path / "file", 1).read_bytes()
    assert len(first) == len(second) == 1 << 20
    assert first != second


def test_the_plain_copy_is_a_copy_with_its_digest(tmp_path):
    source = make_unique(tmp_path / "file", 2)
    digest = api.copy_with_digest(source, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == source.read_bytes()
    assert digest == hashlib.sha256(source.read_bytes()).hexdigest()


@pytest.mark.skipif(not memory.PROC.exists(), reason="reads Linux's /proc")
def test_memory_and_processes_are_found():
    code = "import sys; data = bytearray(80 << 20); print('here', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, "a-word-of-its-own"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        assert memory.processes_about("a-word-of-its-own") == [process.pid]
        assert 80 << 20 < memory.peak_bytes(process.pid) < 200 << 20
        process.stdin.close()
    assert memory.processes_about("a-word-of-its-own") == []
    assert memory.peak_bytes(process.pid) is None


def test_a_server_that_does_not_start_says_why(tmp_path):
    server = local_server.LocalServer(tmp_path / "data")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(server.address.rsplit(":", 1)[1])))
        taken.listen()
        with pytest.raises(AddressInUse, match="does not start"), server:
            pass
    assert server.process.poll() not in (None, 0)


def test_a_server_stops_with_its_block(tmp_path):
    with local_server.LocalServer(tmp_path / "data") as server:
        assert server.process.poll() is None
    assert server.process.returncode is not None
    assert os.path.exists(tmp_path / "data" / "token")


def test_a_missing_library_is_explained(monkeypatch, tmp_path):
    monkeypatch.setattr(find_library.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(find_library, "__file__", str(tmp_path / "a" / "b" / "c" / "d" / "find_library.py"))
    with pytest.raises(InvalidRequest, match="clone of the repository"):
        find_library.need_library()


def test_the_library_is_found_beside_the_server(monkeypatch):
    monkeypatch.setattr(find_library.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(sys, "path", [])
    find_library.need_library()
    assert os.path.isfile(os.path.join(sys.path[0], "DualNetSSLLib", "__init__.py"))
