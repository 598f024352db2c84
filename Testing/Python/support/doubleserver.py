"""A small double of the server's byte store that follows the wire contract and fails as it is told to."""

from __future__ import annotations

import hashlib
import json
import ssl
import subprocess
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "let-me-in"
PIECE = 1000
INFO = {"version": "1", "api": "v1", "devices": [], "train_config": {}}
INFO |= {"limits": {"blob_bytes": 1, "voxels": 1, "chunk_bytes": 1}}


@dataclass
class Fault:
    """What goes wrong in one request: an answer instead of the right one, or a cut after some bytes of the body."""

    status: int | None = None
    content_type: str = "text/html"
    body: bytes = b"<html>"
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    cut_before_answer: bool = False


@dataclass
class State:
    """What the double holds and was asked."""

    blobs: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, bytearray] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    received_bytes: int = 0
    sent_bytes: int = 0
    fault: Callable[[str, str], Fault | None] = lambda method, path: None
    answers: dict[tuple[str, str], Callable[[Any], tuple[int, Any]]] = field(default_factory=dict)
    ignore_range: bool = False

    def faults(self, *given: Fault | None, method: str = "") -> None:
        """Let the next requests of a method fail in turn; None is a request that goes well."""
        waiting = list(given)

        def next_fault(verb: str, path: str) -> Fault | None:
            return waiting.pop(0) if waiting and method in ("", verb) else None

        self.fault = next_fault


class Cut(Exception):
    """The connection ends here."""


def problem(kind: str, status: int, title: str = "No") -> tuple[int, Any]:
    return status, {"type": f"urn:dualnetssl:problem:{kind}", "title": title, "status": status, "detail": "d"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: State

    def log_message(self, *_):
        pass

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (Cut, ConnectionError):
            self.close_connection = True

    def do_HEAD(self):
        self.serve()

    do_GET = do_PATCH = do_PUT = do_POST = do_DELETE = do_HEAD

    def serve(self):
        path = self.path.partition("?")[0].removeprefix("/v1")
        self.state.requests.append((self.command, self.path.removeprefix("/v1")))
        self.flaw = self.state.fault(self.command, path) or Fault()
        if self.flaw.status:
            self.close_connection = True
            headers = {"Content-Type": self.flaw.content_type, "Connection": "close"}
            return self.answer(self.flaw.status, self.flaw.body, headers | self.flaw.headers)
        if self.headers["Authorization"] != f"Bearer {TOKEN}" and path != "/health":
            return self.answer_json(*problem("unauthorized", 401))
        if path.startswith("/blobs/"):
            return getattr(self, f"{self.command.lower()}_blob")(path.split("/")[-1])
        make = self.state.answers.get((self.command, path))
        return self.answer_json(*(make(self) if make else problem("not-found", 404)))

    def answer(self, status, body=b"", headers=None):
        if self.flaw.cut_before_answer:
            raise Cut
        self.send_response(status)
        for name, value in ({"X-Request-Id": "r", "Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            limit = len(body) if self.flaw.cut_after is None else self.flaw.cut_after
            self.wfile.write(body[:limit])
            self.state.sent_bytes += len(body[:limit])
            if limit < len(body):
                raise Cut

    def answer_json(self, status, data, headers=None):
        form = "application/problem+json" if status >= 400 else "application/json"
        self.answer(status, json.dumps(data).encode(), {"Content-Type": form} | (headers or {}))

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def offset_headers(self, digest):
        whole = digest in self.state.blobs
        held = len(self.state.blobs[digest] if whole else self.state.parts.get(digest, b""))
        return {"Upload-Offset": str(held), "Upload-Complete": "?1" if whole else "?0"}

    def head_blob(self, digest):
        known = digest in self.state.blobs or digest in self.state.parts
        self.answer(200 if known else 404, headers=self.offset_headers(digest) if known else None)

    def patch_blob(self, digest):
        part = self.state.parts.setdefault(digest, bytearray())
        if int(self.headers["Upload-Offset"]) != len(part) or digest in self.state.blobs:
            self.body()
            return self.answer_json(*problem("offset-conflict", 409), self.offset_headers(digest))
        self.receive(part)
        if len(part) < int(self.headers["Upload-Length"]):
            return self.answer(204, headers=self.offset_headers(digest))
        del self.state.parts[digest]
        if hashlib.sha256(part).hexdigest() != digest:
            return self.answer_json(*problem("digest-mismatch", 422))
        self.state.blobs[digest] = bytes(part)
        return self.answer(201, headers=self.offset_headers(digest))

    def receive(self, part):
        left = int(self.headers["Content-Length"])
        allowed = left if self.flaw.cut_after is None else min(left, self.flaw.cut_after)
        while allowed:
            piece = self.rfile.read(min(PIECE, allowed))
            part += piece
            self.state.received_bytes += len(piece)
            allowed, left = allowed - len(piece), left - len(piece)
            if not piece:
                raise Cut
        if left:
            raise Cut

    def get_blob(self, digest):
        data, wanted = self.state.blobs[digest], self.headers.get("Range")
        if not wanted or self.state.ignore_range:
            return self.answer(200, data)
        start = int(wanted.removeprefix("bytes=").rstrip("-"))
        if start >= len(data):
            return self.answer(416, headers={"Content-Range": f"bytes */{len(data)}"})
        return self.answer(206, data[start:], {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"})


@contextmanager
def double(tls=None):
    """Run the double on a free port of this computer; yields its address and its state."""
    state = State()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("BoundHandler", (Handler,), {"state": state}))
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}", state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answering(state, info=INFO):
    """Let the double say that it is a server, as `info` describes it."""
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
