"""A certificate is renewed while the server runs; one that cannot be used changes nothing."""

import os
import signal
import socket
import ssl
import sys
import time

import pytest
import trustme
from server_process import running

from dualnetssl.server.serving.certificate import Certificate


def write(folder, authority, name="127.0.0.1"):
    leaf = authority.issue_cert(name)
    leaf.private_key_pem.write_to_path(folder / "key.pem")
    for index, blob in enumerate(leaf.cert_chain_pems):
        blob.write_to_path(folder / "cert.pem", append=index > 0)
    return folder / "cert.pem", folder / "key.pem"


def authority_in(folder, name):
    made = trustme.CA()
    made.cert_pem.write_to_path(folder / f"{name}.pem")
    return made, ssl.create_default_context(cafile=folder / f"{name}.pem")


def is_trusted(port, context):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
            context.wrap_socket(plain, server_hostname="127.0.0.1").close()
    except ssl.SSLCertVerificationError:
        return False
    return True


def becomes_trusted(port, context):
    deadline = time.monotonic() + 60
    while not (found := is_trusted(port, context)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


@pytest.mark.parametrize("by_signal", [False, True])
def test_a_running_server_takes_a_new_certificate(tmp_path, by_signal):
    if by_signal and sys.platform == "win32":
        pytest.skip("no SIGHUP there")
    (first, trusts_first), (second, trusts_second) = (authority_in(tmp_path, name) for name in ("a", "b"))
    certificate, key = write(tmp_path, first)
    with running(tmp_path / "data", "--tls-cert", str(certificate), "--tls-key", str(key)) as server:
        assert is_trusted(server.port, trusts_first)
        assert not is_trusted(server.port, trusts_second)
        write(tmp_path, second)
        if by_signal:
            os.kill(server.process.pid, signal.SIGHUP)
        assert becomes_trusted(server.port, trusts_second)
        assert server.process.poll() is None


def test_a_half_written_certificate_changes_nothing(tmp_path, caplog):
    authority, _ = authority_in(tmp_path, "a")
    certificate = Certificate(*write(tmp_path, authority))
    before = certificate.context()
    certificate.renew()
    assert certificate.context() is before
    certificate.path.write_text("half")
    certificate.renew()
    assert certificate.context() is before
    assert "was not renewed" in caplog.text
    certificate.path.unlink()
    certificate.renew()
    assert certificate.context() is before
    write(tmp_path, authority)
    certificate.renew()
    assert certificate.context() is not before


def test_a_signal_reads_what_looks_the_same(tmp_path):
    authority, _ = authority_in(tmp_path, "a")
    certificate = Certificate(*write(tmp_path, authority))
    before = certificate.context()
    certificate.renew(always=True)
    assert certificate.context() is not before
