"""Files arrive whole and right, whatever the connection does."""

from __future__ import annotations

import hashlib
import random

import pytest
from doubleserver import TOKEN, Fault, double

from DualNetSSLLib.client import errors
from DualNetSSLLib.client.transfer import CancelToken, download_file, hash_file, upload_file
from DualNetSSLLib.client.transport import Backoff, Timeouts, Transport

CHUNK = 10_000


@pytest.fixture
def server():
    with double() as (address, state):
        yield address, state


@pytest.fixture
def state(server):
    return server[1]


@pytest.fixture
def transport(server):
    transport = Transport(
        server[0], TOKEN, backoff=Backoff(first=0.001, longest=0.002), timeouts=Timeouts(read=5, transfer=5)
    )
    yield transport
    transport.close()


@pytest.fixture
def scan(tmp_path):
    path = tmp_path / "scan.nrrd"
    path.write_bytes(random.Random(0).randbytes(64_321))
    return path


def digest_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def patches(state):
    return sum(method == "PATCH" for method, _ in state.requests)


def random_faults(seed, chance):
    rng = random.Random(seed)

    def fault(method, path):
        if rng.random() > chance:
            return None
        return rng.choice(
            [
                Fault(cut_after=rng.randrange(40_000)),
                Fault(cut_before_answer=True),
                Fault(status=503),
                Fault(status=502, content_type="application/problem+json", body=b'{"title": "away"}'),
            ]
        )

    return fault


def test_a_file_is_hashed_with_progress(scan):
    seen = []
    assert hash_file(scan, lambda done, total: seen.append((done, total))) == digest_of(scan)
    assert seen[-1] == (64_321, 64_321)


def test_upload_sends_every_byte_once(transport, state, scan):
    seen = []
    digest = upload_file(transport, scan, chunk_bytes=CHUNK, progress=lambda done, total: seen.append((done, total)))
    assert state.blobs[digest] == scan.read_bytes()
    assert state.received_bytes == 64_321
    assert patches(state) == 7
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (64_321, 64_321)


def test_what_the_server_has_is_not_sent_again(transport, state, scan):
    upload_file(transport, scan)
    upload_file(transport, scan)
    assert patches(state) == 1


def test_an_empty_file_is_a_file_too(transport, state, tmp_path):
    empty = tmp_path / "empty"
    empty.touch()
    digest = upload_file(transport, empty)
    assert state.blobs[digest] == b""
    assert download_file(transport, f"/blobs/{digest}", tmp_path / "back", digest=digest).read_bytes() == b""


@pytest.mark.parametrize("seed", range(12))
def test_no_fault_of_the_connection_loses_or_doubles_a_byte_of_an_upload(transport, state, scan, seed):
    state.fault = random_faults(seed, 0.3)
    digest = upload_file(transport, scan, chunk_bytes=CHUNK)
    assert state.blobs == {digest: scan.read_bytes()}
    assert state.received_bytes == 64_321


@pytest.mark.parametrize("seed", range(12))
def test_no_fault_of_the_connection_loses_or_doubles_a_byte_of_a_download(transport, state, scan, tmp_path, seed):
    digest = digest_of(scan)
    state.blobs[digest] = scan.read_bytes()
    state.fault = random_faults(seed, 0.5)
    target = download_file(transport, f"/blobs/{digest}", tmp_path / "out" / "back.nrrd", digest=digest)
    assert target.read_bytes() == scan.read_bytes()
    assert [path.name for path in target.parent.iterdir()] == ["back.nrrd"]


def test_an_upload_goes_on_where_the_server_says_after_a_conflict(transport, state, scan):
    digest = digest_of(scan)

    def somebody_else_sends_too(method, path):
        if method == "PATCH" and patches(state) == 1:
            state.parts[digest] = bytearray(scan.read_bytes()[:30_000])
        return None

    state.fault = somebody_else_sends_too
    upload_file(transport, scan, chunk_bytes=CHUNK)
    assert state.blobs[digest] == scan.read_bytes()
    assert state.received_bytes == 34_321


def test_an_upload_does_not_try_for_ever(transport, state, scan):
    state.fault = lambda method, path: Fault(cut_after=0) if method == "PATCH" else None
    with pytest.raises(errors.ConnectionLost):
        upload_file(transport, scan)
    assert patches(state) == transport.backoff.attempts + 1


def test_a_refusal_in_the_middle_of_a_chunk_is_understood(transport, state, scan):
    scan.write_bytes(bytes(8_000_000))
    full = b'{"type": "urn:dualnetssl:problem:disk-full", "title": "The disk is full", "status": 507}'
    state.fault = lambda method, path: (
        Fault(status=507, content_type="application/problem+json", body=full) if method == "PATCH" else None
    )
    with pytest.raises(errors.DiskFull, match="The disk is full"):
        upload_file(transport, scan)
    assert patches(state) == 1


def test_a_cancelled_upload_goes_on_later(transport, state, scan):
    token = CancelToken()
    with pytest.raises(errors.Cancelled):
        upload_file(
            transport,
            scan,
            chunk_bytes=CHUNK,
            cancel=token,
            progress=lambda done, total: token.cancel() if done >= 3 * CHUNK else None,
        )
    digest = digest_of(scan)
    held = len(state.parts[digest])
    assert 2 * CHUNK <= held <= 3 * CHUNK
    before = state.received_bytes
    upload_file(transport, scan, chunk_bytes=CHUNK)
    assert state.blobs[digest] == scan.read_bytes()
    assert state.received_bytes - before <= 64_321 - 2 * CHUNK


def test_bytes_damaged_on_their_way_are_told(transport, state, scan):
    digest = digest_of(scan)
    state.parts[digest] = bytearray(b"damaged part of an earlier try")
    with pytest.raises(errors.DigestMismatch):
        upload_file(transport, scan)
    assert digest not in state.parts
    assert upload_file(transport, scan) in state.blobs


def test_a_file_that_changes_while_it_is_sent_is_told(transport, state, scan):
    def overwrite(done, total):
        if done == 0:
            scan.write_bytes(bytes(64_321))

    with pytest.raises(errors.FileChanged, match=r"scan\.nrrd changed"):
        upload_file(transport, scan, progress=overwrite, chunk_bytes=CHUNK)
    assert state.blobs == {}


def test_a_file_that_shrinks_while_it_is_sent_is_told(transport, scan):
    def truncate(done, total):
        if done == 0:
            scan.write_bytes(b"short")

    with pytest.raises(errors.FileChanged):
        upload_file(transport, scan, progress=truncate)


def test_a_missing_file_is_told(transport, tmp_path):
    with pytest.raises(errors.LocalFileError, match=r"nothing\.nrrd: no such file"):
        upload_file(transport, tmp_path / "nothing.nrrd")


def test_a_cancelled_download_goes_on_later(transport, state, scan, tmp_path):
    scan.write_bytes(random.Random(1).randbytes(400_000))
    digest = digest_of(scan)
    state.blobs[digest] = scan.read_bytes()
    token = CancelToken()
    with pytest.raises(errors.Cancelled):
        download_file(
            transport,
            f"/blobs/{digest}",
            tmp_path / "back",
            digest=digest,
            cancel=token,
            progress=lambda done, total: token.cancel() if done else None,
        )
    assert not (tmp_path / "back").exists()
    kept = next(tmp_path.glob("back.*.part")).stat().st_size
    assert 0 < kept < 400_000
    seen = []
    download_file(
        transport,
        f"/blobs/{digest}",
        tmp_path / "back",
        digest=digest,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert (tmp_path / "back").read_bytes() == scan.read_bytes()
    assert seen[0] == (kept, 400_000)


def test_a_download_that_is_there_already_is_not_fetched(transport, state, scan):
    digest = digest_of(scan)
    assert download_file(transport, f"/blobs/{digest}", scan, digest=digest) == scan
    assert state.requests == []


def test_a_part_that_is_whole_already_only_gets_its_name(transport, state, scan, tmp_path):
    digest = digest_of(scan)
    state.blobs[digest] = scan.read_bytes()
    (tmp_path / f"back.{digest[:16]}.part").write_bytes(scan.read_bytes())
    download_file(transport, f"/blobs/{digest}", tmp_path / "back", digest=digest)
    assert (tmp_path / "back").read_bytes() == scan.read_bytes()
    assert state.sent_bytes == 0


def test_a_server_that_ignores_the_range_costs_time_but_no_bytes(transport, state, scan, tmp_path):
    digest = digest_of(scan)
    state.blobs[digest], state.ignore_range = scan.read_bytes(), True
    (tmp_path / f"back.{digest[:16]}.part").write_bytes(scan.read_bytes()[:1000])
    download_file(transport, f"/blobs/{digest}", tmp_path / "back", digest=digest)
    assert (tmp_path / "back").read_bytes() == scan.read_bytes()


@pytest.mark.parametrize("start", [b"", b"rubbish", bytes(70_000)])
def test_a_damaged_download_never_gets_the_name(transport, state, scan, tmp_path, start):
    digest = digest_of(scan)
    state.blobs[digest] = scan.read_bytes() if start else b"other bytes"
    (tmp_path / f"back.{digest[:16]}.part").write_bytes(start)
    with pytest.raises(errors.DamagedDownload):
        download_file(transport, f"/blobs/{digest}", tmp_path / "back", digest=digest)
    assert [path.name for path in tmp_path.iterdir()] == ["scan.nrrd"]


def test_a_download_that_cannot_be_written_is_told(transport, state, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(errors.LocalFileError):
        download_file(transport, "/blobs/x", tmp_path / "file" / "below", digest="0" * 64)


def test_bytes_from_another_place_are_refused(transport, state, scan, tmp_path):
    digest = digest_of(scan)
    (tmp_path / f"back.{digest[:16]}.part").write_bytes(scan.read_bytes()[:1000])
    state.faults(Fault(status=206, headers={"Content-Range": "bytes 5-9/64321"}))
    with pytest.raises(errors.UnexpectedAnswer, match="from 1000 on"):
        download_file(transport, f"/blobs/{digest}", tmp_path / "back", digest=digest)


def test_a_download_does_not_try_for_ever(transport, state, scan, tmp_path):
    digest = digest_of(scan)
    state.blobs[digest] = scan.read_bytes()
    state.fault = lambda method, path: Fault(cut_before_answer=True)
    with pytest.raises(errors.ConnectionLost):
        download_file(transport, f"/blobs/{digest}", tmp_path / "back", digest=digest)
    assert len(state.requests) == transport.backoff.attempts + 1


def test_a_server_that_has_more_than_the_file_is_told(transport, state, scan):
    state.parts[digest_of(scan)] = bytearray(70_000)
    with pytest.raises(errors.FileChanged):
        upload_file(transport, scan)


def test_an_answer_without_its_offset_is_told(transport, state, scan):
    state.faults(Fault(status=200))
    with pytest.raises(errors.UnexpectedAnswer, match="Upload-Offset"):
        upload_file(transport, scan)
