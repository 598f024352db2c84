"""Files that a worker sealed are taken in by a second name; whatever is not as its seal says is copied and read."""

import errno
import hashlib
import os
import threading
import time

import pytest
from supervisor_support import new_place

from dualnetssl.contract import seals
from dualnetssl.contract.schema import JobKind, JobState
from dualnetssl.contract.seals import Seal, read_seals, seal_of, write_seals
from dualnetssl.server.blobs import Blobs
from dualnetssl.server.supervisor.aside import Aside

DATA = bytes(range(256)) * 20


def digest(data):
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "worker" / "scan.seg.nrrd"
    path.parent.mkdir()
    path.write_bytes(DATA)
    return path


@pytest.fixture
def blobs(tmp_path):
    return Blobs(tmp_path / "blobs")


def same_file(blobs, source):
    return os.path.samefile(blobs.path(digest(DATA)), source)


def test_seals_are_written_and_read(source):
    folder = source.parent
    assert read_seals(folder) == {}
    write_seals(folder, [source.name])
    seal = read_seals(folder)[source.name]
    assert (seal.sha256, seal.bytes, seal.fits(source)) == (digest(DATA), len(DATA), True)
    assert not seal.fits(folder / "gone")
    (folder / seals.SEALS).write_text('{"a": {"sha256": "x"}}')
    assert read_seals(folder) == {}


def test_a_sealed_file_is_neither_read_nor_copied(blobs, source, monkeypatch):
    seal = seal_of(source)
    monkeypatch.setattr(blobs, "import_file", None)
    assert blobs.import_files([(source, seal)]) == [digest(DATA)]
    assert same_file(blobs, source)
    assert blobs.import_files([(source, seal)]) == [digest(DATA)], "again after a crash: the time is another now"
    source.unlink()
    assert blobs.path(digest(DATA)).read_bytes() == DATA


def test_all_are_on_the_disk_at_the_end_and_each_folder_is_synced_once(blobs, source, monkeypatch):
    sources, synced = [], []
    monkeypatch.setattr(seals.os, "fsync", lambda handle: None)
    for number in range(600):  # more than there are folders
        path = source.parent / str(number)
        path.write_text(str(number))
        sources.append((path, seal_of(path)))
    monkeypatch.setattr("dualnetssl.server.blobs._sync", synced.append)
    found = blobs.import_files(sources)
    assert found == [digest(str(number).encode()) for number in range(600)]
    assert len(synced) == len(set(synced)) <= 257
    assert {blobs.path(name).parent for name in found} < set(synced)


def changed(source, blobs, monkeypatch):
    source.write_bytes(DATA[::-1])
    os.utime(source, ns=(0, 0))


def shortened(source, blobs, monkeypatch):
    before = source.stat().st_mtime_ns
    source.write_bytes(DATA[:-1])
    os.utime(source, ns=(before, before))


def a_link(source, blobs, monkeypatch):
    moved = source.rename(source.with_suffix(".moved"))
    source.symlink_to(moved)
    found = moved.stat().st_mtime_ns
    os.utime(source, ns=(found, found), follow_symlinks=False)


def elsewhere(source, blobs, monkeypatch):
    def link(*_):
        raise OSError(errno.EXDEV, "another file system")

    monkeypatch.setattr("dualnetssl.server.blobs.os.link", link)


def another_of_that_digest(source, blobs, monkeypatch):
    path = blobs._path(digest(DATA))
    path.parent.mkdir()
    path.write_bytes(b"damaged")


@pytest.mark.parametrize("happens", [changed, shortened, a_link, elsewhere, another_of_that_digest])
def test_what_is_not_as_its_seal_says_is_copied_under_its_true_digest(blobs, source, monkeypatch, happens):
    seal = seal_of(source)
    happens(source, blobs, monkeypatch)
    (found,) = blobs.import_files([(source, seal)])
    assert found == digest(source.read_bytes())
    assert blobs.path(found).read_bytes() == source.read_bytes()
    assert not os.path.samefile(blobs.path(found), source)


def test_a_file_without_a_seal_is_copied(blobs, source):
    assert blobs.import_files([(source, None)]) == [digest(DATA)]
    assert not same_file(blobs, source)


def test_a_file_that_was_made_long_ago_is_not_garbage_when_it_is_taken_in(blobs, source):
    os.utime(source, (0, 0))
    blobs.import_files([(source, seal_of(source))])
    assert blobs.collect(set) == 0


def test_a_seal_of_something_else_is_no_seal():
    with pytest.raises(ValueError, match="sha256"):
        Seal(sha256="../../etc/passwd", bytes=1, modified_ns=1)


def predicted(place):
    training = place.ended(place.order(predict_after=False))
    return place.ended(place.order(JobKind.PREDICT, model=training.result_model))


def test_predictions_of_a_job_are_linked(tmp_path):
    place = new_place(tmp_path, None)
    job = predicted(place)
    assert job.state is JobState.SUCCEEDED
    (prediction,) = place.store.predictions.find(place.dataset, "one")
    for part in seals.PREDICTED:
        (own,) = place.directory(job.id).predictions_path.glob(f"one.{part}.*")
        assert os.path.samefile(place.blobs.path(getattr(prediction, part)), own)
    place.store.close()


def test_a_long_taking_in_keeps_no_other_job_waiting(tmp_path, monkeypatch):
    place = new_place(tmp_path, None, slots=("cpu", "cpu"))
    begun, go_on = threading.Event(), threading.Event()
    real = place.blobs.import_file

    def slow(path):
        begun.set()
        assert go_on.wait(60)
        return real(path)

    monkeypatch.setattr(place.blobs, "import_file", slow)
    first = place.order(predict_after=False)
    place.until(begun.is_set)
    second = place.order(predict_after=False)
    place.supervisor.reconcile()
    states = [place.store.jobs.get(job.id).state for job in (first, second)]
    assert states == [JobState.RUNNING, JobState.RUNNING], "the second was started"
    go_on.set()
    assert [place.ended(job).state for job in (first, second)] == [JobState.SUCCEEDED] * 2
    assert place.supervisor._wake.is_set(), "who looks at jobs is woken"
    place.supervisor.stop()
    place.store.close()


def waited(aside, name, work):
    deadline = time.monotonic() + 60
    while not aside.finished(name, work):
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_work_aside_is_begun_once_and_its_error_told_once():
    go_on, count = threading.Event(), []

    def fails():
        count.append(1)
        raise OSError("full")

    aside = Aside(lambda: None)
    assert not aside.finished("a", lambda: go_on.wait(60))
    assert not aside.finished("a", fails), "it is under way"
    assert not aside.finished("b", fails), "one after the other"
    assert count == []
    go_on.set()
    waited(aside, "a", fails)
    with pytest.raises(OSError, match="full"):
        waited(aside, "b", fails)
    assert count == [1]
    aside.close()
    waited(aside, "c", lambda: count.append(2))  # it can be used again
    assert count == [1, 2]
    aside.close()
