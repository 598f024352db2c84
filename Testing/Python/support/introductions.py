"""A double that introduces itself as a server does, and certificates of its own making."""

from __future__ import annotations

import shutil
import ssl
import subprocess

import pytest

INFO = {"version": "1", "api": "v1", "devices": [], "train_config": {}}
INFO |= {"limits": {"blob_bytes": 1, "voxels": 1, "chunk_bytes": 1}}
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")


def answering(state, info=INFO):
    state.answers["GET", "/health"] = lambda _: (200, {"status": "ok"})
    state.answers["GET", "/server"] = lambda _: (200, info)


def self_signed(folder):
    """A server's TLS context with a certificate of its own making, and that certificate's SHA-256."""
    folder.mkdir()
    key, path = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key)
    command = ["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", str(path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return context, said.split("=")[1].strip()
