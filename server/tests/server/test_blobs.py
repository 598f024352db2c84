"""Files under their digest: restarts, threads, full disks, garbage."""

import errno
import hashlib
import os
import threading
from datetime import date, timedelta

import pytest

from dualnetssl.contract.errors import DigestMismatch, DiskFull, NotFound, OffsetConflict
from dualnetssl.server.blobs import Blobs

DATA = bytes(range(256)) * 20
DIGEST = hashlib.sha256(DATA).hexdigest()
SIZE = len(DATA)


@pytest.fixture
def root(tmp_path):
    return tmp_path / "blobs"


@pytest.fixture
def blobs(root):
    return Blobs(root)


def files(root):
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def test_a_restart_goes_on_with_the_part(blobs, root):
    blobs.append(DIGEST, 0, SIZE, DATA[:1000])
    again = Blobs(root)
    status = again.status(DIGEST)
    assert (status.offset, status.length, status.complete) == (1000, SIZE, False)
    assert again.append(DIGEST, 1000, SIZE, DATA[1000:]).complete
    assert Blobs(root).path(DIGEST).read_bytes() == DATA
    assert files(root) == [DIGEST]


def test_a_restart_between_the_last_byte_and_the_proof(root):
    (root / "parts").mkdir(parents=True)
    (root / "parts" / f"{DIGEST}.{SIZE}").write_bytes(DATA)
    blobs = Blobs(root)
    assert not blobs.status(DIGEST).complete
    assert blobs.append(DIGEST, SIZE, SIZE, b"").complete


def test_a_part_that_rotted_on_the_disk_is_found_out(root):
    (root / "parts").mkdir(parents=True)
    (root / "parts" / f"{DIGEST}.{SIZE}").write_bytes(b"x" + DATA[1:1000])
    blobs = Blobs(root)
    with pytest.raises(DigestMismatch):
        blobs.append(DIGEST, 1000, SIZE, DATA[1000:])
    assert files(root) == []


def test_another_length_takes_nothing_from_the_part_of_somebody_else(blobs, root):
    blobs.append(DIGEST, 0, SIZE, DATA[:1000])
    assert blobs.append(DIGEST, 0, 77, DATA[:1]).offset == 1
    with pytest.raises(OffsetConflict, match="from 1 on of 77"):
        blobs.append(DIGEST, 0, 77, DATA[:1])
    assert blobs.status(DIGEST).offset == 1000
    assert blobs.status(DIGEST, 77).offset == 1
    assert blobs.append(DIGEST, 1000, SIZE, DATA[1000:]).complete
    assert files(root) == [DIGEST]


def test_nothing_is_made_by_a_refused_append(blobs, root):
    with pytest.raises(OffsetConflict):
        blobs.append(DIGEST, 10, SIZE, DATA[10:])
    assert files(root) == []


def test_threads_that_send_the_same_blob(blobs):
    def send():
        offset = 0
        while offset < SIZE:
            try:
                offset = blobs.append(DIGEST, offset, SIZE, DATA[offset : offset + 100]).offset
            except OffsetConflict:
                offset = blobs.status(DIGEST).offset

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert blobs.path(DIGEST).read_bytes() == DATA


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_write_that_fails_half_way_is_hashed_again(blobs, code, monkeypatch):
    blobs.append(DIGEST, 0, SIZE, DATA[:100])
    part = next(blobs._parts.glob("*"))
    real = type(part).open

    def open_and_fail(path, mode="r", *rest):
        if mode != "ab":
            return real(path, mode, *rest)
        with real(path, "ab") as file:
            file.write(DATA[100:130])
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patched:
        patched.setattr(type(part), "open", open_and_fail)
        with pytest.raises(DiskFull, match="what arrived is kept"):
            blobs.append(DIGEST, 100, SIZE, DATA[100:])
    assert blobs.status(DIGEST).offset == 130
    assert blobs.append(DIGEST, 130, SIZE, DATA[130:]).complete


def test_other_faults_of_the_disk_are_not_called_full(blobs, monkeypatch):
    def broken(path):
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr("dualnetssl.server.blobs.shutil.disk_usage", broken)
    with pytest.raises(OSError, match="broken"):
        blobs.append(DIGEST, 0, SIZE, DATA)


def test_import(blobs, root, tmp_path):
    source = tmp_path / "result.nrrd"
    source.write_bytes(DATA)
    assert blobs.import_file(source) == DIGEST
    assert blobs.import_file(source) == DIGEST
    source.write_bytes(b"changed later")
    assert blobs.path(DIGEST).read_bytes() == DATA
    assert files(root) == [DIGEST]


def test_an_import_that_finds_no_room_leaves_nothing(blobs, root, tmp_path, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    source = tmp_path / "result.nrrd"
    source.write_bytes(DATA)
    monkeypatch.setattr("dualnetssl.server.blobs.os.fsync", full)
    with pytest.raises(DiskFull):
        blobs.import_file(source)
    assert files(root) == []


def age(path, seconds=1000):
    stamp = path.stat().st_mtime - seconds
    os.utime(path, (stamp, stamp))


def make_old(blobs, data):
    digest = hashlib.sha256(data).hexdigest()
    blobs.append(digest, 0, len(data), data)
    age(blobs._path(digest))
    return digest


def test_garbage_is_collected(blobs, root):
    used, unused = make_old(blobs, b"used"), make_old(blobs, b"unused")
    blobs.append(DIGEST, 0, SIZE, DATA[:10])
    age(blobs._parts / f"{DIGEST}.{SIZE}")
    fresh = hashlib.sha256(b"fresh").hexdigest()
    blobs.append(fresh, 0, 5, b"fresh")
    assert blobs.collect(lambda: {used}, grace=100) == 2
    assert files(root) == sorted([used, fresh])
    with pytest.raises(NotFound):
        blobs.path(unused)
    assert [path.name for path in blobs.trash.files()] == sorted([unused, f"{DIGEST}.{SIZE}"])
    assert blobs.append(DIGEST, 0, SIZE, DATA).complete


def test_asking_for_a_blob_saves_it(blobs):
    digest = make_old(blobs, b"data")

    def ask_meanwhile():
        blobs.path(digest)
        return set()

    assert blobs.collect(ask_meanwhile, grace=100) == 0
    assert blobs.path(digest).read_bytes() == b"data"


def test_a_blob_that_vanishes_meanwhile_is_no_error(blobs):
    path = blobs._path(make_old(blobs, b"data"))

    def remove_meanwhile():
        path.unlink()
        return set()

    assert blobs.collect(remove_meanwhile, grace=100) == 0


def test_files_that_are_no_blobs_are_left_alone(blobs, root):
    stranger = root / "of" / "somebody-else.txt"
    stranger.parent.mkdir()
    stranger.write_bytes(b"?")
    age(stranger)
    assert blobs.collect(set, grace=100) == 0
    assert stranger.exists()


def test_an_erased_blob_is_in_no_trash_either(blobs, root):
    digest = make_old(blobs, b"scan")
    assert blobs.collect(set, grace=100) == 1
    blobs.append(digest, 0, 4, b"scan")
    blobs.erase(digest)
    assert files(root) == []
    assert blobs.trash.files() == []
    blobs.erase(digest)


def test_what_was_made_of_a_blob_goes_with_it(blobs, root):
    garbage, scan = make_old(blobs, b"garbage"), make_old(blobs, b"scan")
    made = [
        blobs.prepared / name for name in (f"{garbage}-1", f"{scan}-1", f"{scan}-2", f".part-{scan}-1-2", f"{DIGEST}-1")
    ]
    for folder in made:
        folder.mkdir(parents=True)
        (folder / "image.raw").touch()
    assert blobs.collect(lambda: {scan}, grace=100) == 1
    assert not made[0].exists()
    assert all(folder.exists() for folder in made[1:])
    blobs.erase(scan)
    assert [folder.name for folder in blobs.prepared.iterdir()] == [f"{DIGEST}-1"]


def test_an_erased_blob_may_be_kept_for_some_days(blobs, root):
    digest = make_old(blobs, b"scan")
    blobs.erase(digest, keep=True)
    assert files(root) == []
    assert [path.name for path in blobs.trash.files()] == [digest]


def test_the_trash_is_emptied_after_its_days(blobs):
    today = date(2026, 3, 1)
    for number in range(5):
        path = blobs._path(make_old(blobs, bytes([number])))
        blobs.trash.take(path, today=today - timedelta(days=number))
    (blobs.trash.root / "garbage" / "mine").mkdir()
    assert blobs.trash.empty("erased", 0, today) == 0
    assert blobs.trash.empty("garbage", 2, today) == 2
    assert len(blobs.trash.files()) == 3
