"""Every way in which a server cannot be reached has its own error, and nothing unsafe is tried twice."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess

import pytest
from doubleserver import TOKEN, Fault, double

from DualNetSSLLib.client import errors
from DualNetSSLLib.client.address import normalise_address, normalise_fingerprint
from DualNetSSLLib.client.cancel import CancelToken
from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.translate import translate
from DualNetSSLLib.client.transport import Backoff, Timeouts, Transport

QUICK = Backoff(attempts=3, first=0.001, longest=0.002)
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl")


@pytest.fixture
def server():
    with double() as (address, state):
        state.answers["GET", "/health"] = lambda _: (200, {"status": "ok"})
        state.answers["POST", "/jobs"] = lambda _: (201, {})
        yield address, state


@pytest.fixture
def state(server):
    return server[1]


@pytest.fixture
def transport(server):
    transport = Transport(server[0], TOKEN, backoff=QUICK, timeouts=Timeouts(connect=2, read=2))
    yield transport
    transport.close()


def fails(address, error, match, **arguments):
    transport = Transport(address, "t", backoff=QUICK, timeouts=Timeouts(connect=0.5, read=0.2), **arguments)
    try:
        with pytest.raises(error, match=match) as caught:
            transport.json("GET", "/health")
    finally:
        transport.close()
    assert caught.value.cause
    assert caught.value.remedy


@pytest.mark.parametrize(
    "text",
    ["", "http://", "ftp://host", "http://user:secret@host", "host:port", "host:99999", "http://a b", "h?token=1"],
)
def test_an_address_that_cannot_work_is_refused_at_once(text):
    with pytest.raises(errors.InvalidAddress, match="cannot be used"):
        normalise_address(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("gpu:8750", "http://gpu:8750"),
        ("http://gpu:8750//", "http://gpu:8750"),
        ("https://[::1]:8750/v1", "https://[::1]:8750"),
        ("gpu_2.example.org", "http://gpu_2.example.org"),
    ],
)
def test_an_address_is_forgiven_what_does_not_matter(text, address):
    assert normalise_address(text) == address


def test_a_fingerprint_must_be_one_and_needs_tls():
    with pytest.raises(errors.InvalidAddress, match="not a SHA-256"):
        normalise_fingerprint("ab:cd")
    with pytest.raises(errors.InvalidAddress, match="not encrypted"):
        Transport("http://host", certificate_fingerprint="ab" * 32)


def test_nothing_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        fails(f"127.0.0.1:{free.getsockname()[1]}", errors.ConnectionRefused, "No server listens")


def test_no_such_computer():
    fails("http://no-such-computer.invalid", errors.ServerNotFound, "No computer is known")


def test_no_answer():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        fails(f"127.0.0.1:{silent.getsockname()[1]}", errors.TimedOut, "did not answer in time")


def test_the_client_does_not_look_like_a_web_page(transport, monkeypatch):
    """A server without tokens refuses changes that a browser sends for a page."""
    import requests

    sent, send = [], requests.Session.send
    monkeypatch.setattr(
        requests.Session, "send", lambda self, one, **how: (sent.append(one), send(self, one, **how))[1]
    )
    transport.json("POST", "/jobs", json={})
    names = {name.lower() for request in sent for name in request.headers}
    assert sent
    assert not names & {"origin", "sec-fetch-site"}


def test_a_wrong_token(server):
    transport = Transport(server[0], "wrong", backoff=QUICK)
    with pytest.raises(errors.Unauthorized):
        transport.json("GET", "/datasets")
    with pytest.raises(errors.Unauthorized, match="does not accept the token"):
        transport.send("HEAD", "/blobs/x")
    transport.close()
    assert len(server[1].requests) == 2


def test_a_token_with_strange_characters():
    with pytest.raises(errors.Unauthorized, match="no token has"):
        Transport("http://host", "pass\u2013word")


def test_somebody_else_answers(transport, state):
    state.faults(Fault(status=404), Fault(status=200, body=b"<html>welcome"))
    for _ in range(2):
        with pytest.raises(errors.NotADualNetSSLServer):
            transport.json("GET", "/health")


def test_a_server_of_another_version(server):
    server[1].answers["GET", "/server"] = lambda _: (200, {"version": "9", "api": "v9"})
    with Client(server[0], TOKEN) as client, pytest.raises(errors.VersionMismatch, match="'v9'"):
        client.server()


def test_a_redirect_is_refused_and_the_token_stays_here(transport, state):
    with double() as (elsewhere, other):
        state.faults(Fault(status=307, headers={"Location": f"{elsewhere}/v1/health"}))
        with pytest.raises(errors.RedirectRefused, match="points to"):
            transport.json("GET", "/health")
    assert other.requests == []


@pytest.mark.parametrize(
    "fault", [Fault(status=503), Fault(status=502), Fault(cut_before_answer=True), Fault(cut_after=2)]
)
def test_what_may_pass_is_tried_again_where_that_is_safe(transport, state, fault):
    state.faults(fault, fault)
    assert transport.json("GET", "/health") == {"status": "ok"}
    assert len(state.requests) == 3


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(cut_before_answer=True)])
def test_what_is_not_safe_is_sent_once(transport, state, fault):
    state.faults(fault)
    with pytest.raises((errors.ServerUnavailable, errors.ConnectionLost)):
        transport.json("POST", "/jobs", json={})
    assert len(state.requests) == 1


def test_it_is_not_tried_for_ever(transport, state):
    state.fault = lambda method, path: Fault(status=503)
    with pytest.raises(errors.ServerUnavailable, match="503"):
        transport.json("GET", "/health")
    assert len(state.requests) == QUICK.attempts


@pytest.mark.parametrize("status", [400, 404, 409, 422, 429, 500, 507])
def test_a_refusal_is_not_tried_again(transport, state, status):
    state.fault = lambda method, path: Fault(
        status=status,
        content_type="application/problem+json",
        body=b'{"type": "urn:dualnetssl:problem:x", "title": "X"}',
    )
    with pytest.raises(errors.ServerProblem, match="X"):
        transport.json("GET", "/health")
    assert len(state.requests) == 1


def test_the_pauses_can_be_cancelled(server):
    token = CancelToken()
    token.cancel()
    transport = Transport(server[0], TOKEN, backoff=Backoff(attempts=3, first=1000, longest=1000))
    server[1].fault = lambda method, path: Fault(status=503)
    with pytest.raises(errors.Cancelled):
        transport.send("GET", "/health", cancel=token)
    transport.close()


def test_the_proxy_is_left_out_on_this_computer_and_used_beyond(server, monkeypatch):
    monkeypatch.setenv("http_proxy", server[0])
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    near = Transport(server[0].replace("127.0.0.1", "localhost"), TOKEN, backoff=QUICK)
    far = Transport("http://gpu.invalid", TOKEN, backoff=QUICK)
    assert near.json("GET", "/health") == {"status": "ok"}
    with pytest.raises(errors.NotFound):
        far.json("GET", "/health")
    assert [path.startswith("http://gpu.invalid") for _, path in server[1].requests] == [False, True]
    near.close()
    far.close()


def test_a_proxy_that_is_not_there(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free.getsockname()[1]}")
        fails("http://gpu.invalid", errors.ServerUnavailable, "proxy did not let us through")


def test_a_network_without_a_way_there():
    import requests
    from urllib3.exceptions import NewConnectionError

    refused = requests.ConnectionError(NewConnectionError(None, "No route to host"))
    error = translate(refused, "http://gpu")
    assert isinstance(error, errors.ServerNotFound)
    assert "cannot be reached" in error.cause


def test_a_refusal_without_words_still_has_its_number(transport, state):
    state.faults(Fault(status=405))
    with pytest.raises(errors.ServerProblem, match="answered 405"):
        transport.send("HEAD", "/blobs/x")


def test_a_server_that_is_not_well(server):
    server[1].answers["GET", "/health"] = lambda _: (200, {"status": "starting"})
    with Client(server[0], TOKEN) as client, pytest.raises(errors.NotADualNetSSLServer, match="'starting'"):
        client.health()


def test_a_netrc_entry_does_not_replace_the_token(server, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine gpu.invalid login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", server[0])
    seen = []
    server[1].fault = lambda method, path: Fault(status=503)
    transport = Transport("http://gpu.invalid", TOKEN, backoff=Backoff(attempts=1))
    transport._session.hooks["response"].append(lambda response, **_: seen.append(response.request.headers))
    with pytest.raises(errors.ServerUnavailable):
        transport.json("GET", "/datasets")
    assert seen[0]["Authorization"] == f"Bearer {TOKEN}"
    transport.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    key, path = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return key, path


@pytest.fixture
def encrypted(certificate):
    key, path = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key)
    with double(context) as (address, state):
        state.answers["GET", "/health"] = lambda _: (200, {"status": "ok"})
        yield address


def fingerprint(certificate):
    command = ["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", str(certificate[1])]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("=")[1]


@needs_openssl
def test_a_certificate_of_the_servers_own_making_is_refused(encrypted):
    fails(encrypted, errors.UntrustedCertificate, "not vouched for")


@needs_openssl
def test_it_is_accepted_when_its_fingerprint_is_given(encrypted, certificate):
    transport = Transport(encrypted, TOKEN, certificate_fingerprint=fingerprint(certificate))
    assert transport.json("GET", "/health") == {"status": "ok"}
    transport.close()


@needs_openssl
def test_another_fingerprint_is_refused(encrypted):
    fails(encrypted, errors.UntrustedCertificate, "whose fingerprint", certificate_fingerprint="ab" * 32)


def test_a_plain_server_addressed_as_an_encrypted_one(server):
    fails(server[0].replace("http:", "https:"), errors.UntrustedCertificate, "does not speak TLS")
