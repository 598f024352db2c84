"""Checks of volumes that never end, in a real server: they hold up nobody but themselves, and not for ever."""

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import httpx
import pytest
from server_process import running

from dualnetssl_bench.servers.memory import PROC, processes_about

HANGING = 64
"""Many more than the server has threads, of which there are 40."""
SECONDS = 0.3
"""Time of a check in these tests."""
FEW = 10
"""Checks that may end while one question is answered; without a thread, it would wait for twice as many."""
MARK = "an-inspector-that-hangs"
PATIENCE = 120

INSPECTOR = f"""
import json, os, socket, struct, sys, time
channel = socket.socket(fileno=0)
def say(message): data = json.dumps(message).encode(); channel.sendall(struct.pack("!I", len(data)) + data)
say({{"confined": []}})
channel.recv(1 << 16)
if os.getpid() % 2: say({{"declared": 1}})  # some hang at once, some after the headers
time.sleep({PATIENCE})  # {MARK}
"""
SERVER = """
import sys
from functools import partial
from dualnetssl.cli import main
from dualnetssl.cli.administration import serve
command = (sys.executable, "-c", {inspector!r})
serve.Inspectors = partial(serve.Inspectors, seconds={seconds}, command=command)
sys.exit(main.main(sys.argv[1:]))
"""


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="no inspectors that are kept there")
def test_while_checks_hang_the_server_answers_and_each_ends_at_its_limit(tmp_path):
    program = ("-c", SERVER.format(inspector=INSPECTOR, seconds=SECONDS))
    with running(tmp_path / "data", program=program) as server:
        client = httpx.Client(base_url=server.url, headers=server.headers, timeout=PATIENCE)
        body = {"name": "scans", "labels": [{"value": 1, "name": "liver"}]}
        dataset = client.post("/datasets", json=body).json()["id"]
        scan = b"a scan"
        digest = hashlib.sha256(scan).hexdigest()
        offsets = {"Upload-Offset": "0", "Upload-Length": str(len(scan))}
        assert client.patch(f"/blobs/{digest}", content=scan, headers=offsets).status_code == 201

        def put(number):
            url = f"{server.url}/datasets/{dataset}/cases/c{number}"
            return httpx.put(url, json={"image": digest}, headers=server.headers, timeout=PATIENCE)

        with ThreadPoolExecutor(HANGING) as threads:
            checks = [threads.submit(put, number) for number in range(HANGING)]
            ended = [0]
            while ended[-1] < HANGING:
                for path in ("/server", "/datasets", f"/datasets/{dataset}/cases"):
                    assert client.get(path, timeout=PATIENCE).status_code == 200
                    ended.append(sum(check.done() for check in checks))
        answers = [check.result() for check in checks]
        assert max(after - before for before, after in pairwise(ended)) <= FEW
        assert {answer.status_code for answer in answers} == {422}
        assert {answer.json()["type"].rsplit(":", 1)[1] for answer in answers} == {"invalid-volume"}
        assert all(f"did not end within {SECONDS:g} seconds" in answer.json()["received"] for answer in answers)
        assert client.get(f"/datasets/{dataset}/cases").json() == []
        if PROC.exists():
            assert processes_about(MARK) == [server.process.pid]  # its command has the mark, too
        client.close()
