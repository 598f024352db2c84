"""Strangers who open connections and say nothing, or half of what they should: they shut out nobody but themselves."""

import contextlib
import hashlib
import socket
import sys
from dataclasses import dataclass

import httpx
import pytest
from server_process import running

from dualnetssl.server.serving import connection, guard
from dualnetssl.server.serving.guard import Guard, connections_for

HALF_A_HEADER = b"GET /v1/server HTTP/1.1\r\nHost: 127.0.0.1\r\nX-a: "
FILES = 128
STRANGERS = 150
LARGE = 32 << 20


@contextlib.contextmanager
def strangers(port: int, count: int):
    """Open connections to this computer that say half a header and no more; all are closed at the end."""
    with contextlib.ExitStack() as stack:
        opened = []
        for _ in range(count):
            stranger = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            with contextlib.suppress(OSError):
                stranger.sendall(HALF_A_HEADER)
            opened.append(stranger)
        yield opened


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of files there")
def test_more_silent_strangers_than_files_stop_nobody(tmp_path):
    import resource

    def few_files():
        resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))

    with running(tmp_path / "data", preexec_fn=few_files) as server, strangers(server.port, STRANGERS):
        data = bytes(100_000)
        for _ in range(5):
            assert httpx.get(f"{server.url}/server", headers=server.headers, timeout=10).status_code == 200
        digest = "0" * 64
        length = {**server.headers, "Upload-Offset": "0", "Upload-Length": str(len(data))}
        answer = httpx.patch(f"{server.url}/blobs/{digest}", content=data, headers=length, timeout=10)
        assert answer.json()["type"].endswith("digest-mismatch")
        log = (tmp_path / "data" / "server.log").read_text()
        assert "Too many open files" not in log
        assert "asyncio" not in log


def half_an_upload(server) -> bytes:
    announced = "Upload-Offset: 0\r\nUpload-Length: 100\r\nContent-Length: 100\r\n"
    return f"PATCH /v1/blobs/{'0' * 64} HTTP/1.1\r\n{announced}".encode()


def a_download_that_is_not_read(server) -> bytes:
    data = bytes(LARGE)
    name = hashlib.sha256(data).hexdigest()
    headers = {**server.headers, "Upload-Offset": "0", "Upload-Length": str(LARGE)}
    assert httpx.patch(f"{server.url}/blobs/{name}", content=data, headers=headers, timeout=60).status_code == 201
    return f"GET /v1/blobs/{name} HTTP/1.1\r\n".encode()


@pytest.mark.skipif(sys.platform == "win32", reason="there a server cannot be asked to stop")
@pytest.mark.parametrize("request_to", [half_an_upload, a_download_that_is_not_read])
def test_a_request_that_has_not_ended_when_the_server_stops_is_a_sentence_in_its_log(request_to, tmp_path):
    with running(tmp_path / "data") as server:
        begun = request_to(server)
        name_and_token = f"Host: 127.0.0.1\r\nAuthorization: Bearer {server.token}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
            client.sendall(begun + name_and_token.encode() + b"a part")
            client.recv(1, socket.MSG_PEEK) if begun.startswith(b"GET") else until_attended(server)
            server.end()
    log = (tmp_path / "data" / "server.log").read_text()
    assert f"a {begun.split()[0].decode()} request had not ended" in log
    assert "Traceback" not in log
    assert "ASGI" not in log


def until_attended(server) -> None:
    """A second client is answered only after the first one's request was taken."""
    assert httpx.get(f"{server.url}/server", headers=server.headers, timeout=10).status_code == 200


@dataclass(eq=False)
class Peer:
    address: str = "10.0.0.1"
    waiting: bool = True
    late: bool = False
    dropped: bool = False

    def overdue(self, now: float) -> bool:
        return self.late

    def drop(self) -> None:
        self.dropped = True


def test_the_place_is_taken_from_the_oldest_of_the_largest_crowd():
    watch = Guard(most=4, each=4)
    lonely, first, second, third, newcomer = Peer("10.0.0.2"), Peer(), Peer(), Peer(), Peer("10.0.0.3")
    assert all(watch.admit(one) for one in (lonely, first, second, third, newcomer))
    assert [one.dropped for one in (lonely, first, second, third, newcomer)] == [False, True, False, False, False]
    assert (len(watch), watch.dropped) == (4, 1)


def test_a_request_that_is_answered_keeps_its_place():
    watch = Guard(most=2, each=2)
    busy, idle = Peer(waiting=False), Peer()
    assert [watch.admit(one) for one in (busy, idle, Peer())] == [True, True, True]
    assert (busy.dropped, idle.dropped) == (False, True)


def test_without_a_place_to_take_the_newcomer_is_turned_away():
    watch = Guard(most=2, each=2)
    busy = [Peer(waiting=False), Peer(waiting=False)]
    assert [watch.admit(one) for one in (*busy, Peer())] == [True, True, False]
    watch.release(busy[0])
    assert watch.admit(Peer())


def test_one_address_has_a_share_and_a_proxy_all():
    watch = Guard(most=4, each=2, shared={"10.0.0.9"})
    ours = [Peer() for _ in range(3)]
    assert all(watch.admit(one) for one in ours)
    assert [one.dropped for one in ours] == [True, False, False]
    watch = Guard(most=4, each=2, shared={"10.0.0.9"})
    assert not any(one.dropped for one in [Peer("10.0.0.9") for _ in range(4)] if watch.admit(one))
    assert len(watch) == 4


def test_who_keeps_the_server_waiting_goes():
    watch = Guard(most=4, each=4)
    late, quick = Peer(late=True), Peer()
    watch.admit(late)
    watch.admit(quick)
    watch.sweep(0.0)
    assert (late.dropped, quick.dropped, len(watch)) == (True, False, 1)


@pytest.mark.parametrize(("files", "expected"), [(None, 500), (1024, 480), (128, 32), (70, 8)])
def test_file_descriptors_remain_for_the_servers_own_files(monkeypatch, files, expected):
    monkeypatch.setattr(guard, "_files_allowed", lambda: files)
    assert connections_for(500) == expected


@pytest.mark.parametrize(("seconds", "late"), [(1.0, False), (connection.HEADER_SECONDS + 1, True)])
def test_a_header_has_limited_time_however_often_a_byte_comes(seconds, late):
    watched = connection.Watched(connection.Connections(Guard(1, 1), lambda: None))
    began = watched._since
    watched.data_received(b"x")
    assert watched.overdue(began + seconds) is late
    watched.begin()
    assert not watched.overdue(began + seconds)


def test_a_client_that_reads_nothing_has_limited_time():
    watched = connection.Watched(connection.Connections(Guard(1, 1), lambda: None))
    watched.begin()
    watched.pause_writing()
    began = watched._unread_since
    assert not watched.overdue(began + connection.READER_SECONDS - 1)
    assert watched.overdue(began + connection.READER_SECONDS + 1)
    watched.resume_writing()
    assert not watched.overdue(began + connection.READER_SECONDS + 1)
