"""Connecting says which of address, name, port, TLS, token and version is wrong, and trusts nothing by itself."""

from __future__ import annotations

import shutil
import socket

import pytest
from doubleserver import INFO, TOKEN, Fault, answering, double, self_signed

from DualNetSSLLib.client import errors
from DualNetSSLLib.client.transport import Timeouts
from DualNetSSLLib.tasks import connection
from DualNetSSLLib.tasks.connection import in_groups, shown_fingerprint, try_server

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")


@pytest.fixture
def server():
    with double() as (address, state):
        answering(state)
        yield address, state


def test_a_server_is_known_by_its_clean_address(server):
    found, info = try_server(f"  {server[0].removeprefix('http://')}/v1/ ", TOKEN)
    assert (found.address, info.version) == (server[0], "1")
    assert TOKEN not in repr(found)


def test_what_the_server_printed_may_be_pasted_whole(server):
    found, _ = try_server(f"Paste into 3D Slicer:    address   {server[0]}    token     {TOKEN}", TOKEN)
    assert found.address == server[0]


def test_somebody_elses_answer_is_recognised(server):
    server[1].faults(Fault(status=200, body=b"<html>welcome</html>"))
    with pytest.raises(errors.NotADualNetSSLServer, match="no DualNetSSL server"):
        try_server(server[0], TOKEN)


def test_another_version_of_the_interface_is_recognised(server):
    answering(server[1], {**INFO, "api": "v9"})
    with pytest.raises(errors.VersionMismatch, match="v9"):
        try_server(server[0], TOKEN)


def test_a_server_that_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr(connection, "PATIENCE", Timeouts(connect=0.3, read=0.3))
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(errors.TimedOut):
        try_server(f"127.0.0.1:{listener.getsockname()[1]}", TOKEN)


@needs_openssl
def test_a_certificate_of_its_own_making_is_shown_to_be_compared_and_then_trusted(tmp_path):
    context, fingerprint = self_signed(tmp_path / "a")
    with double(context) as (address, state):
        answering(state)
        with pytest.raises(errors.UntrustedCertificate) as caught:
            try_server(address, TOKEN)
        assert state.requests == []
        assert fingerprint in caught.value.cause
        assert in_groups(caught.value.fingerprint) == fingerprint
        assert try_server(address, TOKEN, caught.value.fingerprint)[0].fingerprint == caught.value.fingerprint


@needs_openssl
def test_a_certificate_that_has_changed_is_refused_loudly(tmp_path):
    (_, trusted), (context, shown) = self_signed(tmp_path / "a"), self_signed(tmp_path / "b")
    with double(context) as (address, state):
        answering(state)
        with pytest.raises(errors.UntrustedCertificate, match="Danger") as caught:
            try_server(address, TOKEN, trusted)
        assert (shown in caught.value.cause, trusted in caught.value.cause) == (True, True)
        assert "do not go on" in caught.value.remedy
        assert state.requests == []


def test_a_server_without_tls_shows_no_fingerprint(server):
    address = server[0].replace("http:", "https:")
    assert shown_fingerprint(address) is None
    with pytest.raises(errors.UntrustedCertificate, match="does not speak TLS"):
        try_server(address, TOKEN)
