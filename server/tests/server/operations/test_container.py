"""The Containerfile does what scripts/setup.sh does, as a user of its own, and its health check tells the truth."""

from __future__ import annotations

import http.server
import importlib.util
import json
import re
import ssl
import subprocess
import sys
import threading

import pytest
from codebase import ROOT

from dualnetssl.cli.main import COMMANDS, build_parser
from dualnetssl_bench.servers.local_server import LocalServer

FILE = ROOT / "server" / "deploy" / "Containerfile"
CHECK = ROOT / "server" / "deploy" / "healthy.py"


def steps() -> list[tuple[str, str]]:
    """The instructions with their arguments, continued lines joined."""
    text = re.sub(r"^#.*\n", "", FILE.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line)]


def test_the_packages_come_by_the_script_that_every_other_way_uses():
    runs = [rest for word, rest in steps() if word == "RUN"]
    assert runs[-1] == "scripts/setup.sh runtime"
    assert not any("pip " in run for run in runs)


def test_all_that_the_script_reads_is_copied_before():
    names = [word for word, _ in steps()]
    copied = [rest.split() for word, rest in steps() if word == "COPY"]
    assert all((ROOT / source).exists() for *sources, _ in copied for source in sources)
    script = (ROOT / "scripts" / "setup.sh").read_text()
    read = {place for place in ("requirements", "server", "scripts") if f"{place}/" in script}
    assert read <= {target for *_, target in copied}
    assert names.index("COPY") < len(names) - 1 - names[::-1].index("RUN")


def test_the_server_does_not_run_as_root_and_owns_its_volume():
    words = [word for word, _ in steps()]
    assert words.index("USER") < words.index("VOLUME") < words.index("ENTRYPOINT")
    assert dict(steps())["USER"] == "dualnetssl"
    assert any("--mode 0700" in rest and dict(steps())["VOLUME"] in rest for word, rest in steps() if word == "RUN")


@pytest.mark.parametrize("run", [rest for word, rest in steps() if word == "RUN"])
def test_every_step_is_a_script_that_bash_can_read(run):
    assert subprocess.run(["bash", "-n", "-c", run], capture_output=True, text=True).stderr == ""


def test_the_command_is_one_that_the_program_has():
    found = dict(steps())
    assert json.loads(found["ENTRYPOINT"]) == ["dualnetssl"]
    words = json.loads(found["CMD"])
    assert build_parser(COMMANDS, words).parse_args(words).host == "0.0.0.0"


def healthy(port: int) -> int:
    return subprocess.run([sys.executable, str(CHECK), str(port)], timeout=60).returncode


def test_the_health_check_is_in_the_image_and_tells_the_truth(tmp_path):
    check = dict(steps())["HEALTHCHECK"].partition("CMD ")[2]
    assert json.loads(check) == ["python", f"{dict(steps())['WORKDIR']}/server/deploy/healthy.py"]
    with LocalServer(tmp_path / "data") as server:
        port = int(server.address.rpartition(":")[2])
        assert healthy(port) == 0
    assert healthy(port) == 1


class Answer(http.server.BaseHTTPRequestHandler):
    """Some web server: ``/v1/health`` says what it is told to say."""

    says = b'{"status": "ok"}'

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.says)

    def log_message(self, format, *arguments):
        pass


@pytest.mark.parametrize(("says", "well"), [(b'{"status": "ok"}', True), (b"[]", False), (b"hello", False)])
def test_another_program_is_not_taken_for_the_server(says, well):
    specification = importlib.util.spec_from_file_location("healthy", CHECK)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    handler = type("Says", (Answer,), {"says": says})
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        assert module.is_well(server.server_port) is well
        server.shutdown()
        thread.join()


def test_the_health_check_speaks_tls_too(tmp_path):
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=x"]
    try:
        subprocess.run([*words, "-keyout", "key", "-out", "cert"], cwd=tmp_path, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.handle_error = lambda *_: None  # the attempt without TLS
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        assert healthy(server.server_port) == 0
        server.shutdown()
        thread.join()
