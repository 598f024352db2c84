"""Upload and download over HTTP."""

import errno
import hashlib
import os
from types import SimpleNamespace

import anyio
import pytest

DATA = bytes(range(256)) * 40
DIGEST = hashlib.sha256(DATA).hexdigest()


def headers_of(answer):
    return {name: answer.headers.get(f"Upload-{name}") for name in ("Offset", "Length", "Complete")}


def test_nothing_was_received(rig):
    assert rig.client.head(f"/v1/blobs/{DIGEST}").status_code == 404


def test_upload_in_two_parts(rig):
    answer = rig.patch(DIGEST, 0, len(DATA), DATA[:100])
    assert answer.status_code == 204
    assert headers_of(answer) == {"Offset": "100", "Length": str(len(DATA)), "Complete": "?0"}
    answer = rig.client.head(f"/v1/blobs/{DIGEST}")
    assert (answer.status_code, headers_of(answer)["Offset"], headers_of(answer)["Complete"]) == (200, "100", "?0")
    answer = rig.patch(DIGEST, 100, len(DATA), DATA[100:])
    assert (answer.status_code, headers_of(answer)["Complete"]) == (201, "?1")
    assert headers_of(rig.client.head(f"/v1/blobs/{DIGEST}"))["Complete"] == "?1"
    assert rig.client.get(f"/v1/blobs/{DIGEST}").content == DATA


def test_many_writes_of_one_request(rig, monkeypatch):
    monkeypatch.setattr("dualnetssl.server.api.resources.blobs.WRITE_BYTES", 1000)
    chunks = (DATA[start : start + 300] for start in range(0, len(DATA), 300))
    assert rig.patch(DIGEST, 0, len(DATA), chunks).status_code == 201
    assert rig.client.get(f"/v1/blobs/{DIGEST}").content == DATA


def test_a_part_is_not_served(rig, expect):
    rig.patch(DIGEST, 0, len(DATA), DATA[:100])
    expect(rig.client.get(f"/v1/blobs/{DIGEST}"), 404, "not-found")


def test_the_wrong_place_is_answered_with_the_right_one(rig, expect):
    rig.patch(DIGEST, 0, len(DATA), DATA[:100])
    for offset in (0, 50, 200):
        answer = rig.patch(DIGEST, offset, len(DATA), DATA[offset:])
        expect(answer, 409, "offset-conflict")
        assert headers_of(answer)["Offset"] == "100"
    answer = rig.patch("0" * 64, 5, 10, b"12345")
    expect(answer, 409, "offset-conflict")
    assert headers_of(answer)["Offset"] == "0"


def test_two_clients_send_the_same_blob(rig, expect):
    assert rig.patch(DIGEST, 0, len(DATA), DATA[:1000]).status_code == 204
    answer = rig.patch(DIGEST, 0, len(DATA), DATA)
    expect(answer, 409, "offset-conflict")
    here = int(answer.headers["Upload-Offset"])
    assert rig.patch(DIGEST, here, len(DATA), DATA[here:]).status_code == 201
    late = rig.patch(DIGEST, 1000, len(DATA), DATA[1000:])
    assert (late.status_code, headers_of(late)["Complete"]) == (201, "?1")


def test_damaged_bytes_are_refused_and_forgotten(rig, expect):
    expect(rig.patch(DIGEST, 0, len(DATA), b"x" + DATA[1:]), 422, "digest-mismatch")
    assert rig.client.head(f"/v1/blobs/{DIGEST}").status_code == 404
    assert rig.upload(DATA) == DIGEST


def test_more_bytes_than_announced(rig, expect):
    expect(rig.patch(DIGEST, 0, 10, DATA), 422, "invalid-request")


def test_over_the_cap(make_rig, expect):
    rig = make_rig(blob_bytes=1000)
    expect(rig.patch(DIGEST, 0, 1001, DATA[:10]), 413, "volume-too-large")
    assert rig.client.head(f"/v1/blobs/{DIGEST}").status_code == 404


def test_an_empty_file(rig):
    digest = rig.upload(b"")
    assert rig.client.get(f"/v1/blobs/{digest}").content == b""


def test_a_full_disk_keeps_the_part(rig, expect, monkeypatch):
    rig.patch(DIGEST, 0, len(DATA), DATA[:100])
    with monkeypatch.context() as full:
        full.setattr("dualnetssl.server.blobs.RESERVE", 1 << 60)
        expect(rig.patch(DIGEST, 100, len(DATA), DATA[100:]), 507, "disk-full")
    assert headers_of(rig.client.head(f"/v1/blobs/{DIGEST}"))["Offset"] == "100"
    assert rig.patch(DIGEST, 100, len(DATA), DATA[100:]).status_code == 201


def test_a_disk_that_fills_at_the_last_moment(rig, expect, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        # theirs alone: the audit has room
        patched.setattr("dualnetssl.server.blobs.os", SimpleNamespace(**{**vars(os), "fsync": full}))
        expect(rig.patch(DIGEST, 0, len(DATA), DATA), 507, "disk-full")
    answer = rig.client.head(f"/v1/blobs/{DIGEST}")
    assert (headers_of(answer)["Offset"], headers_of(answer)["Complete"]) == (str(len(DATA)), "?0")
    assert rig.patch(DIGEST, len(DATA), len(DATA), b"").status_code == 201


def test_a_refused_upload_is_read_only_so_far(rig, expect, monkeypatch):
    monkeypatch.setattr("dualnetssl.server.api.resources.blobs.DRAINED_BYTES", 100)
    expect(rig.patch(DIGEST, 5, len(DATA), (b"x" * 80 for _ in range(3))), 409, "offset-conflict")


@pytest.mark.parametrize("digest", ["short", "A" * 64, "..%2f" + "a" * 59])
def test_only_digests_name_blobs(rig, digest):
    assert rig.client.get(f"/v1/blobs/{digest}").status_code in (404, 422)


@pytest.mark.parametrize("headers", [{"Upload-Offset": "0"}, {"Upload-Offset": "-1", "Upload-Length": "5"}])
def test_wrong_upload_headers(rig, expect, headers):
    answer = rig.client.patch(f"/v1/blobs/{DIGEST}", content=b"12345", headers=headers)
    assert "upload-" in expect(answer, 422, "invalid-request")["received"]


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=100-", 100, len(DATA)),
        ("bytes=-7", len(DATA) - 7, len(DATA)),
        ("bytes=5-999999", 5, len(DATA)),
    ],
)
def test_ranges(rig, wanted, start, stop):
    rig.upload(DATA)
    answer = rig.client.get(f"/v1/blobs/{DIGEST}", headers={"Range": wanted})
    assert (answer.status_code, answer.content) == (206, DATA[start:stop])
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(DATA)}"
    assert answer.headers["ETag"] == f'"{DIGEST}"'


@pytest.mark.parametrize("wanted", ["bytes=0-1,4-5", "bytes=-", "lines=1-2", "bytes=a-b"])
def test_ranges_that_are_not_understood_give_the_whole(rig, wanted):
    rig.upload(DATA)
    answer = rig.client.get(f"/v1/blobs/{DIGEST}", headers={"Range": wanted})
    assert (answer.status_code, answer.content) == (200, DATA)


def test_a_range_beyond_the_end(rig, expect):
    rig.upload(DATA)
    answer = rig.client.get(f"/v1/blobs/{DIGEST}", headers={"Range": f"bytes={len(DATA)}-"})
    expect(answer, 416, "range-not-satisfiable")
    assert answer.headers["Content-Range"] == f"bytes */{len(DATA)}"


def test_entity_tags(rig):
    rig.upload(DATA)
    url = f"/v1/blobs/{DIGEST}"
    assert rig.client.get(url, headers={"If-None-Match": f'"{DIGEST}"'}).status_code == 304
    assert rig.client.get(url, headers={"Range": "bytes=0-4", "If-Range": f'"{DIGEST}"'}).status_code == 206
    assert rig.client.get(url, headers={"Range": "bytes=0-4", "If-Range": '"other"'}).status_code == 200


def test_a_connection_that_breaks_keeps_what_arrived(rig):
    messages = [{"type": "http.request", "body": DATA[:777], "more_body": True}, {"type": "http.disconnect"}]
    sent = []

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    headers = {**rig.client.headers, "host": "127.0.0.1", "upload-offset": "0", "upload-length": str(len(DATA))}
    scope = {
        "type": "http",
        "method": "PATCH",
        "path": f"/v1/blobs/{DIGEST}",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    anyio.run(rig.client.app, scope, receive, send)
    assert sent[0]["status"] == 499
    assert headers_of(rig.client.head(f"/v1/blobs/{DIGEST}"))["Offset"] == "777"
