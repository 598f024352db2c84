"""Backup, restore and check: what comes back, what is refused, and what a kill in the middle leaves."""

import errno
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from dualnetssl.cli import main
from dualnetssl.contract.errors import DiskFull, InvalidRequest, NotFound, UnusableDataFolder
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.jobspec import JobCase, JobSpec
from dualnetssl.contract.schema import CasePut, DatasetCreate, Geometry, JobCreate, JobState, LabelDefinition
from dualnetssl.server import settings
from dualnetssl.server.audit import Audit, accept
from dualnetssl.server.datafolder import opened
from dualnetssl.server.datafolder.backup import back_up
from dualnetssl.server.datafolder.check import look_through
from dualnetssl.server.datafolder.restore import restore
from dualnetssl.server.settings import Settings
from dualnetssl.server.store.cases import CheckedCase

GRID = Geometry(size=(4, 5, 6), spacing=(1, 1, 2), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
LABELS = (LabelDefinition(value=1, name="liver"),)
CASES = 6


def at(folder):
    folder.mkdir(exist_ok=True)
    return Settings(data_folder=folder)


@pytest.fixture
def place(tmp_path):
    """A data folder with cases, a job that waits for its end and one that succeeded."""
    os.umask(0o077)
    chosen = at(tmp_path / "data")
    chosen.data_folder.chmod(0o700)
    with opened(chosen) as (store, blobs):
        dataset = store.datasets.create(DatasetCreate(name="livers", labels=LABELS)).id
        for number in range(CASES):
            add_case(store, blobs, dataset, f"case{number}", b"scan %d" % number)
        for state in (JobState.RUNNING, JobState.SUCCEEDED):
            add_job(store, blobs, chosen, dataset, state)
    (chosen.data_folder / "token").write_text("word\n")
    return chosen


@pytest.fixture(autouse=True)
def same_umask():
    before = os.umask(0o077)
    yield
    os.umask(before)


def add_case(store, blobs, dataset, name, data):
    digest = hashlib.sha256(data).hexdigest()
    blobs.append(digest, 0, len(data), data)
    store.cases.put(dataset, name, CheckedCase(CasePut(image=digest), GRID, 0), None)


def add_job(store, blobs, chosen, dataset, state):
    job, _ = store.jobs.create(JobCreate(kind="predict", dataset=dataset, model="m"))
    directory = JobDirectory(chosen.jobs_root / job.id)
    image = blobs.path(store.cases.get(dataset, "case0").image)
    case = JobCase(case="case0", image=str(image.resolve()))
    start = directory.path / "start" / "m"
    kept = str(blobs.prepared.resolve())
    directory.create(JobSpec(kind="predict", labels=LABELS, cases=(case,), model=str(start.resolve()), prepared=kept))
    start.mkdir(parents=True)
    for name in ("start/m/weights", "slot", "events.jsonl", "checkpoint.pt", "worker.pid", "worker.lock", "x.part"):
        (directory.path / name).write_bytes(name.encode())
    store.jobs.transition(job.id, [JobState.QUEUED], state)


def content(chosen):
    """All that a client can see, and what the folders of jobs hold."""
    with opened(chosen) as (store, blobs):
        (dataset,) = store.datasets.find()
        cases = store.cases.find(dataset.id)
        jobs = {job.id: job for job in store.jobs.find()}
        return dataset, cases, [blobs.path(case.image).read_bytes() for case in cases], jobs


def wrong(chosen):
    return [finding.text for finding in look_through(chosen) if finding.wrong]


def test_what_is_restored_is_what_was(place, tmp_path):
    (place.data_folder / "prepared" / "entry").mkdir(parents=True)
    (place.data_folder / "prepared" / "entry" / "image.raw").touch()
    made = back_up(place, tmp_path / "backup")
    assert (made.missing, made.damaged) == ((), ())
    assert not (tmp_path / "backup" / "prepared").exists()
    new = at(tmp_path / "new")
    restore(tmp_path / "backup", new)
    assert content(new) == content(place)
    assert (new.data_folder / "token").read_text() == "word\n"
    assert wrong(new) == []
    running, done = (JobDirectory(new.jobs_root / job) for job in content(new)[3])
    spec = running.read_spec()
    assert Path(spec.cases[0].image).read_bytes() == b"scan 0"
    assert Path(spec.cases[0].image).is_relative_to(new.data_folder.resolve())
    assert Path(spec.model, "weights").read_bytes() == b"start/m/weights"
    assert spec.prepared == str(new.data_folder.resolve() / "prepared")
    assert {path.name for path in running.path.iterdir()} == {
        "job.json",
        "start",
        "slot",
        "events.jsonl",
        "checkpoint.pt",
    }
    assert {path.name for path in done.path.iterdir()} == {"job.json", "events.jsonl"}


def test_a_backup_is_made_while_the_server_writes(place, tmp_path):
    with opened(place) as (store, blobs):
        dataset = store.datasets.find()[0].id
        add_case(store, blobs, dataset, "late", b"late scan")
        back_up(place, tmp_path / "backup")
        add_case(store, blobs, dataset, "later", b"later scan")
    restore(tmp_path / "backup", at(tmp_path / "new"))
    assert [case.case for case in content(at(tmp_path / "new"))[1]][-1] == "late"


def test_what_is_erased_while_the_backup_is_made_is_not_missed_in_it(place, tmp_path, monkeypatch):
    with opened(place) as (store, blobs):
        dataset = store.datasets.find()[0].id
        for job in store.jobs.find(states=[JobState.RUNNING]):
            store.jobs.transition(job.id, [JobState.RUNNING], JobState.CANCELLED)
        victims = ["case1"]

        def link(source, target):
            if victims:
                case = store.cases.get(dataset, victims.pop())
                store.erasures.case(dataset, case.case, 1)
                blobs.erase(case.image)
            raise OSError(errno.EXDEV, "another disk")

        monkeypatch.setattr("dualnetssl.server.datafolder.copying.os.link", link)
        made = back_up(place, tmp_path / "backup")
    assert made.missing == ()
    restore(tmp_path / "backup", at(tmp_path / "new"))
    assert len(content(at(tmp_path / "new"))[1]) == CASES - 1


KILLED = """
import os, signal, sys
from pathlib import Path
from dualnetssl.server.datafolder import copying
from dualnetssl.contract import jobdir
from dualnetssl.server import settings
from dualnetssl.cli import main
left = int(sys.argv[1])
real = os.fsync
def fsync(handle):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    real(handle)
os.fsync = fsync
os.link = lambda *_: (_ for _ in ()).throw(OSError())
sys.exit(main.main(sys.argv[2:]))
"""


def killed_after(writes, *words):
    """Run a command that is killed when it has put so many files on the disk; return its exit status."""
    command = [sys.executable, "-c", KILLED, str(writes), *map(str, words)]
    return subprocess.run(command, capture_output=True, check=False).returncode


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_backup_that_was_killed_is_never_taken_for_a_whole_one(place, tmp_path):
    before, whole = content(place), False
    for writes in range(0, 40, 5):
        backup, new = tmp_path / f"backup{writes}", at(tmp_path / f"new{writes}")
        status = killed_after(writes, "backup", backup, "--data-folder", place.data_folder)
        if status == -signal.SIGKILL:
            with pytest.raises(UnusableDataFolder, match=r"without a manifest"):
                restore(backup, new)
            assert list(new.data_folder.iterdir()) == []
        else:
            assert status == 0
            restore(backup, new)
            assert content(new) == before
            whole = True
    assert whole
    assert content(place) == before


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_restore_that_was_killed_opens_nowhere_and_begins_anew(place, tmp_path):
    back_up(place, tmp_path / "backup")
    before, whole = content(place), False
    for writes in range(1, 40, 5):
        new = at(tmp_path / f"new{writes}")
        words = ("restore", tmp_path / "backup", "--data-folder", new.data_folder)
        if killed_after(writes, *words) == -signal.SIGKILL:
            with pytest.raises(UnusableDataFolder, match="in part only"), opened(new):
                pass
            assert main.main(list(map(str, words))) == 0
        else:
            whole = True
        assert content(new) == before
        assert wrong(new) == []
    assert whole


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("copying.os.fsync", OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))),
        ("copying.os.fsync", OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))),
        ("backup._snapshot", sqlite3.OperationalError("database or disk is full")),
    ],
)
def test_a_full_disk_is_named_and_leaves_no_whole_backup(where, error, place, tmp_path, monkeypatch):
    def full(*words):
        raise error

    monkeypatch.setattr(f"dualnetssl.server.datafolder.{where}", full)
    with pytest.raises(DiskFull, match=r"a backup for which its disk has no room.*choose a folder on another disk"):
        back_up(place, tmp_path / "backup")
    with pytest.raises(UnusableDataFolder):
        restore(tmp_path / "backup", at(tmp_path / "new"))


def test_a_backup_needs_a_folder_of_its_own(place, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    for folder in (tmp_path / "full", place.data_folder / "inside"):
        with pytest.raises(InvalidRequest):
            back_up(place, folder)
    with pytest.raises(NotFound):
        back_up(at(tmp_path / "empty"), tmp_path / "backup")


def test_restoring_overwrites_nothing(place, tmp_path):
    back_up(place, tmp_path / "backup")
    before = content(place)
    with pytest.raises(InvalidRequest, match="something in it already"):
        restore(tmp_path / "backup", place)
    assert content(place) == before


def test_a_backup_that_rotted_is_refused(place, tmp_path):
    back_up(place, tmp_path / "backup")
    blob = next((tmp_path / "backup" / "blobs").glob("*/*"))
    blob.unlink()
    blob.write_bytes(b"other")
    new = at(tmp_path / "new")
    with pytest.raises(UnusableDataFolder, match="not what it was"):
        restore(tmp_path / "backup", new)
    with pytest.raises(UnusableDataFolder, match="in part only"), opened(new):
        pass


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "a\\..\\..\\outside", "c:/outside"])
def test_a_manifest_leads_nowhere_else(place, tmp_path, name):
    back_up(place, tmp_path / "backup")
    path = tmp_path / "backup" / "manifest.json"
    manifest = json.loads(path.read_bytes())
    manifest["files"][name] = "a" * 64
    path.write_text(json.dumps(manifest))
    with pytest.raises(UnusableDataFolder, match="leads out of the backup"):
        restore(tmp_path / "backup", at(tmp_path / "new"))


def test_a_damaged_scan_does_not_prevent_a_backup_and_is_told(place, tmp_path, capsys):
    blob = next(place.blobs_root.glob("??/*"))
    blob.write_bytes(b"rotten")
    words = ["backup", str(tmp_path / "backup"), "--data-folder", str(place.data_folder)]
    assert main.main(words) == 1
    assert f"the file {blob.name} is damaged" in capsys.readouterr().out
    restore(tmp_path / "backup", at(tmp_path / "new"))


def test_a_sound_folder_passes_and_is_not_changed(place, capsys):
    def stamps():
        return {path: path.stat().st_mtime_ns for path in place.data_folder.rglob("*")}

    before = stamps()
    assert main.main(["check", "--data-folder", str(place.data_folder)]) == 0
    assert capsys.readouterr().out.endswith("Nothing is wrong.\n")
    assert stamps() == before


HARMS = {
    "is damaged (the image of case case": lambda place, blob: blob.write_bytes(b"rotten"),
    "is missing (the image of case case": lambda place, blob: blob.unlink(),
    "jobs/stranger belongs to no job": lambda place, blob: (place.jobs_root / "stranger").mkdir(),
    "of the running job job_": lambda place, blob: shutil.rmtree(place.jobs_root),
    "other users can read": lambda place, blob: blob.chmod(0o644),
    "without the mark": lambda place, blob: (place.blobs_root / "identity").unlink(),
}


@pytest.mark.parametrize("words", sorted(HARMS))
def test_whatever_is_wrong_is_found(place, words, capsys):
    HARMS[words](place, sorted(place.blobs_root.glob("??/*"))[0])
    assert main.main(["check", "--data-folder", str(place.data_folder)]) == 1
    assert words in capsys.readouterr().out


def audited(place, count=3):
    with opened(place) as (store, _):
        audit = Audit(place.audit_root, store.anchor)
        for number in range(count):
            audit.append({"what": "test", "number": number}, flush=True)


def test_a_record_that_is_missing_or_changed_is_found_by_check(place, capsys):
    os.umask(0o077)
    assert wrong(place) == []
    audited(place)
    assert wrong(place) == []
    path = place.audit_root / "audit.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0].replace(b"test", b"tent") + b"{}\n" + lines[2])
    assert "the audit is not as it was written: audit.jsonl, line 2" in wrong(place)[0]
    assert "and 1 more" in wrong(place)[0]
    shutil.rmtree(place.audit_root)
    assert "ends after line 0, but had 3" in wrong(place)[0]
    with opened(place) as (store, _):
        accept(Audit(place.audit_root, store.anchor), {"reason": "a disk was lost"})
    assert wrong(place) == []
    assert main.main(["check", "--data-folder", str(place.data_folder)]) == 0
    assert "note   1 gaps or changes of the audit that were accepted" in capsys.readouterr().out


def test_what_could_not_be_erased_is_found(place):
    with opened(place) as (store, _):
        for job in store.jobs.find(states=[JobState.RUNNING]):
            store.jobs.transition(job.id, [JobState.RUNNING], JobState.CANCELLED)
        store.erasures.case(store.datasets.find()[0].id, "case1", 1)
    assert any("was to be erased" in text and text.startswith("blob") for text in wrong(place))


def test_an_older_store_is_adopted_on_order_alone(place, tmp_path, capsys):
    shutil.copy(place.store_path, tmp_path / "old")
    with opened(place) as (store, _):
        store.datasets.create(DatasetCreate(name="lost", labels=LABELS))
    shutil.copy(tmp_path / "old", place.store_path)
    words = ["check", "--data-folder", str(place.data_folder)]
    assert main.main(words) == 1
    assert "check --adopt" in capsys.readouterr().out
    assert main.main([*words, "--adopt"]) == 0
    assert len(content(place)[1]) == CASES


def test_a_missing_store_cannot_be_adopted(place, capsys):
    place.store_path.unlink()
    assert main.main(["check", "--adopt", "--data-folder", str(place.data_folder)]) == 2
    assert main.main(["check", "--data-folder", str(place.data_folder)]) == 1
    assert "without the store that knows them" in capsys.readouterr().out


@pytest.fixture
def not_root(monkeypatch):
    """Let the system refuse what is marked, as it does to those who are not its administrator."""
    real, refused = os.open, set()

    def guarded(path, *words, **more):
        if any(str(path).startswith(str(place)) for place in refused):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path, *words, **more)

    monkeypatch.setattr(os, "open", guarded)
    return refused


def test_a_folder_that_no_backup_can_be_written_to_is_blamed_and_not_the_data(place, tmp_path, not_root):
    not_root.add(tmp_path / "backup")
    with pytest.raises(InvalidRequest, match=r"folder for the backup that cannot be read and written \(Permission den"):
        back_up(place, tmp_path / "backup")
    (tmp_path / "file").write_text("mine")
    for target in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InvalidRequest, match=r"folder for the backup that cannot.*Not a directory"):
            back_up(place, target)


def test_a_data_folder_that_cannot_be_read_is_blamed_and_not_the_backup(place, tmp_path, monkeypatch):
    def refuse(source, target):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(source))

    monkeypatch.setattr("dualnetssl.server.datafolder.backup.link_or_copy", refuse)
    with pytest.raises(UnusableDataFolder, match="a data folder that cannot be read"):
        back_up(place, tmp_path / "backup")


@pytest.mark.parametrize("name", ["manifest.json", "token"])
def test_a_backup_that_cannot_be_read_is_blamed_and_not_the_data_folder(place, tmp_path, monkeypatch, name):
    back_up(place, tmp_path / "backup")
    real = Path.open

    def refuse(path, *words, **more):
        if path == tmp_path / "backup" / name:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path, *words, **more)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnusableDataFolder, match=r"a backup that cannot be read \(Permission denied\)"):
        restore(tmp_path / "backup", at(tmp_path / "new"))


def test_a_new_data_folder_that_cannot_be_written_is_blamed_and_not_the_backup(place, tmp_path, monkeypatch):
    back_up(place, tmp_path / "backup")

    def refuse(source, target):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))

    monkeypatch.setattr("dualnetssl.server.datafolder.restore.copy", refuse)
    with pytest.raises(UnusableDataFolder, match="a data folder that cannot be read"):
        restore(tmp_path / "backup", at(tmp_path / "new"))


def test_commands_that_need_a_stopped_server_say_so(place, tmp_path, capsys, monkeypatch):
    back_up(place, tmp_path / "backup")
    monkeypatch.setenv("DUALNETSSL_DATA", str(place.data_folder))
    lock = settings.lock_data_folder(place.data_folder)
    assert main.main(["restore", str(tmp_path / "backup")]) == main.FAILED
    said = capsys.readouterr().err
    assert "which has something in it already" in said
    assert "Choose another one with --data-folder; nothing was changed." in said
    assert main.main(["check", "--adopt"]) == main.FAILED
    said = capsys.readouterr().err
    assert "does not fit the present state" in said
    assert "Stop the server, then give the command again." in said
    lock.release()


def test_two_restores_into_one_folder_wait_for_nothing(place, tmp_path, capsys):
    back_up(place, tmp_path / "backup")
    lock = settings.lock_data_folder(at(tmp_path / "new").data_folder)
    assert main.main(["restore", str(tmp_path / "backup"), "--data-folder", str(tmp_path / "new")]) == main.FAILED
    assert "Choose another folder with --data-folder." in capsys.readouterr().err
    lock.release()
