"""The record of who did what: nothing of it can be changed, removed or lost without it being seen."""

import errno
import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time

import pytest

from dualnetssl.contract.errors import AuditFailed, DiskFull
from dualnetssl.server.audit import Audit, accept, looked_through, verify, watch
from dualnetssl.server.audit.chain import NAME, START
from dualnetssl.server.audit.verify import read
from dualnetssl.server.store import Store
from dualnetssl.server.store.database import no_room


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "store.sqlite")
    yield store
    store.close()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "audit"


@pytest.fixture
def audit(folder, store):
    return Audit(folder, store.anchor)


def write(audit, count, **fields):
    for number in range(count):
        audit.append({"what": "test", "number": number, **fields}, flush=True)


def findings(audit):
    return [finding.what for finding in verify(audit.folder, audit.anchors.read())[1]]


def test_each_line_vouches_for_those_before_it(audit, folder):
    write(audit, 3, case="a\nb", who="Dr Ärger")
    lines = [json.loads(line) for line in (folder / NAME).read_text().splitlines()]
    assert [line["n"] for line in lines] == [1, 2, 3]
    assert lines[0]["prev"] == START
    assert len({line["prev"] for line in lines}) == 3
    assert verify(folder, audit.anchors.read()) == (3, [])
    assert lines[0]["time"].endswith("+00:00")


def test_only_its_owner_can_read_it(audit, folder):
    write(audit, 1)
    assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_every_single_byte_that_is_changed_is_found(audit, folder):
    write(audit, 3)
    whole = (folder / NAME).read_bytes()
    missed = []
    for place in range(len(whole)):
        (folder / NAME).write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        missed += [] if findings(audit) else [place]
    assert missed == []


@pytest.mark.parametrize("removed", [0, 1, 2, 3])
def test_a_line_that_is_missing_is_found(audit, folder, removed):
    write(audit, 4)
    lines = (folder / NAME).read_bytes().splitlines(keepends=True)
    (folder / NAME).write_bytes(b"".join(lines[:removed] + lines[removed + 1 :]))
    assert findings(audit) != []


@pytest.mark.parametrize("left", [0, 1, 3])
def test_an_end_that_was_cut_off_stays_missing(audit, folder, store, left):
    write(audit, 4)
    lines = (folder / NAME).read_bytes().splitlines(keepends=True)
    (folder / NAME).write_bytes(b"".join(lines[:left]))
    assert "but had 4" in findings(audit)[0]
    write(audit, 2)
    assert findings(audit) != []
    write(Audit(folder, store.anchor), 2)
    assert findings(audit) != []


def test_a_record_that_was_removed_is_missed(audit, folder):
    write(audit, 2)
    (folder / NAME).unlink()
    assert findings(audit) == ["ends after line 0, but had 2"]
    write(audit, 1)
    assert findings(audit) != []


def test_full_files_stay_and_the_chain_goes_through_them(folder, store):
    audit = Audit(folder, store.anchor, file_bytes=600)
    write(audit, 20)
    files = sorted(path.name for path in folder.glob("audit-*.jsonl"))
    assert len(files) > 2
    assert verify(folder, store.anchor.read()) == (20, [])
    assert [line["number"] for line in read(folder)] == list(range(20))
    (folder / files[1]).unlink()
    assert findings(audit) != []


def test_a_crash_between_two_files_breaks_nothing(folder, store):
    write(Audit(folder, store.anchor), 2)
    (folder / NAME).rename(folder / f"audit-{1:020d}.jsonl")
    write(Audit(folder, store.anchor), 2)
    assert verify(folder, store.anchor.read()) == (4, [])


@pytest.mark.parametrize("kept", [1, 30, -1])
def test_a_line_torn_by_a_crash_is_kept_and_told(audit, folder, store, kept):
    write(audit, 2)
    audit.append({"what": "read"}, flush=False)
    *lines, last = (folder / NAME).read_bytes().splitlines(keepends=True)
    (folder / NAME).write_bytes(b"".join(lines) + last[:kept])
    write(Audit(folder, store.anchor), 2)
    assert verify(folder, store.anchor.read())[1] == []
    assert last[:kept] in (folder / NAME).read_bytes()
    assert [line["what"] for line in read(folder)] == ["test", "test", "repair", "test", "test"]


def test_two_processes_write_one_chain(audit, folder, store, tmp_path):
    second = Store(tmp_path / "store.sqlite")
    other = Audit(folder, second.anchor)
    threads = [threading.Thread(target=write, args=(one, 20)) for one in (audit, other, audit)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    second.close()
    assert verify(folder, store.anchor.read()) == (60, [])


def test_what_was_acknowledged_survives_kill_9(folder, store, tmp_path):
    code = (
        "import sys; from pathlib import Path; from dualnetssl.server.audit import Audit;"
        "from dualnetssl.server.store import Store\n"
        "root = Path(sys.argv[1]); audit = Audit(root / 'audit', Store(root / 'store.sqlite').anchor, 4000)\n"
        "number = 0\n"
        "while True:\n"
        "    number += 1; audit.append({'what': 'x', 'number': number}, flush=number % 2 == 0)\n"
        "    print(number, flush=True)\n"
    )
    acknowledged = 0
    for _ in range(5):
        command = [sys.executable, "-c", code, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            seen = [int(process.stdout.readline()) for _ in range(30)]
            process.send_signal(signal.SIGKILL)
            seen += [int(line) for line in process.stdout.read().split("\n")[:-1]]
        acknowledged += seen[-1]
    write(Audit(folder, store.anchor), 1)
    number, wrong = verify(folder, store.anchor.read())
    assert wrong == []
    assert number >= acknowledged + 1


def test_what_is_flushed_is_on_the_disk_before_append_returns(audit, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(file))
    audit.append({"what": "read"}, flush=False)
    audit._flushed = time.monotonic()
    synced.clear()
    audit.append({"what": "read"}, flush=False)
    assert synced == []
    audit.append({"what": "write"}, flush=True)
    assert len(synced) == 1


@pytest.mark.parametrize(("number", "error"), [(errno.ENOSPC, DiskFull), (errno.EACCES, AuditFailed)])
def test_a_record_that_cannot_be_written_says_so_and_goes_on_later(audit, folder, monkeypatch, number, error):
    write(audit, 1)
    real = os.write

    def broken(file, data):
        real(file, data[: len(data) // 2])
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", broken)
        with pytest.raises(error):
            write(audit, 1)
    write(audit, 1)
    assert findings(audit) == []


def test_lines_that_were_not_flushed_are_noted_when_it_settles(audit):
    write(audit, 1)
    for _ in range(5):
        audit.append({"what": "read"}, flush=False)
    before = audit.anchors.read()
    audit.settle()
    assert (before[0], audit.anchors.read()[0]) == (1, 6)
    assert findings(audit) == []


def test_a_read_for_whose_entry_the_store_has_no_room_is_not_called_a_write(audit, monkeypatch):
    def full(*_):
        raise no_room()

    monkeypatch.setattr(audit.anchors, "keep", full)
    with pytest.raises(DiskFull, match="a request that must be entered in the audit, for which the server's disk"):
        audit.append({"what": "read"}, flush=False)


def test_a_last_line_that_was_changed_shows_for_good(audit, folder, store):
    write(audit, 3)
    (folder / NAME).write_bytes((folder / NAME).read_bytes().replace(b'"number":2', b'"number":7'))
    assert findings(audit) == ["was changed at its end"]
    write(Audit(folder, store.anchor), 2)
    assert "does not follow line 3" in findings(audit)[0]


def open_findings(audit):
    return [finding.what for finding in looked_through(audit)[1] if not finding.accepted]


@pytest.mark.parametrize("harm", ["removed", "cut", "changed", "last changed", "garbage"])
def test_what_was_accepted_alarms_no_more_and_what_is_changed_later_does(audit, folder, store, harm):
    write(audit, 5)
    path = folder / NAME
    lines = path.read_bytes().splitlines(keepends=True)
    harmed = {
        "removed": [],
        "cut": lines[:3],
        "changed": [lines[0], lines[1].replace(b"test", b"tent"), *lines[2:]],
        "last changed": [*lines[:4], lines[4].replace(b"test", b"tent")],
        "garbage": [*lines[:2], b"{}\n", *lines[2:]],
    }
    path.write_bytes(b"".join(harmed[harm]))
    fresh = Audit(folder, store.anchor)
    assert open_findings(fresh)
    accepted = accept(fresh, {"reason": "the disk broke"})
    assert len(accepted) == len([finding for finding in looked_through(fresh)[1] if finding.accepted]) > 0
    assert open_findings(fresh) == []
    assert accept(fresh, {"reason": "again"}) == []
    write(fresh, 3)
    assert open_findings(fresh) == []
    assert list(read(folder))[-4]["accepted"] == [finding.mark for finding in accepted]
    path.write_bytes(path.read_bytes().replace(b"the disk broke", b"my cat did it!", 1))
    assert open_findings(fresh)


def test_an_acceptance_of_no_form_accepts_nothing(audit, folder):
    write(audit, 3)
    path = folder / NAME
    path.write_bytes(path.read_bytes().replace(b'"number":1', b'"number":7'))
    for form in ("all", None, [1, None]):
        before = hashlib.sha256(path.read_bytes()).hexdigest()
        audit.append({"what": "audit accept", "accepted": form, "before": before}, flush=True)
    assert len(open_findings(audit)) == 1


def test_an_acceptance_that_does_not_vouch_for_what_was_before_it_accepts_nothing(audit, folder):
    write(audit, 3)
    path = folder / NAME
    path.write_bytes(path.read_bytes().replace(b'"number":1', b'"number":7'))
    (finding,) = looked_through(audit)[1]
    audit.append({"what": "audit accept", "accepted": [finding.mark]}, flush=True)
    assert len(open_findings(audit)) == 2
    assert len(accept(audit, {"reason": "by an earlier version"})) == 2
    assert open_findings(audit) == []


def test_a_line_that_is_read_while_it_is_written_is_no_finding(audit, folder, monkeypatch):
    write(audit, 2)
    with (folder / NAME).open("ab") as file:
        file.write(b'{"n":3,')
    real = watch.verify

    def ended_meanwhile(*words):
        found = real(*words)
        (folder / NAME).write_bytes(b"".join((folder / NAME).read_bytes().splitlines(keepends=True)[:2]))
        return found

    monkeypatch.setattr(watch, "verify", ended_meanwhile)
    assert looked_through(audit) == (2, [])
