"""Somebody who may write the files of the record: what was accepted stays as it was, and no damage counts as well."""

import json
import os

import pytest

from dualnetssl.contract.errors import AuditFailed
from dualnetssl.server.audit import Audit, Watch, accept, looked_through, verify
from dualnetssl.server.audit import watch as watching
from dualnetssl.server.audit.chain import LONGEST, NAME, START, decode, digest, encode
from dualnetssl.server.audit.verify import read
from dualnetssl.server.store import Store

DEEP = b"[" * 100_000


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


def write(audit, count):
    for number in range(count):
        audit.append({"what": "test", "number": number}, flush=True)


def still_open(audit):
    return [finding for finding in looked_through(audit)[1] if not finding.accepted]


def rewritten(lines, who):
    """Write lines anew under another name, each with the hash of the one before."""
    last, made = START, []
    for line in lines:
        made.append(encode({**json.loads(line), "prev": last, "who": who}))
        last = digest(made[-1])
    return made


def first_lines_forged(folder, count, who):
    """Forge the first lines of the record, in whatever files they lie."""
    paths = [*sorted(folder.glob("audit-*.jsonl")), folder / NAME]
    lines = [(path, line) for path in paths for line in path.read_bytes().splitlines()]
    made = rewritten([line for _, line in lines[:count]], who) + [line for _, line in lines[count:]]
    for path in paths:
        kept = [line for (place, _), line in zip(lines, made, strict=True) if place == path]
        path.write_bytes(b"".join(line + b"\n" for line in kept))


@pytest.mark.parametrize("file_bytes", [1 << 20, 600])
def test_what_came_before_an_accepted_gap_cannot_be_rewritten(folder, store, file_bytes):
    audit = Audit(folder, store.anchor, file_bytes)
    write(audit, 9)
    for path in folder.glob("*.jsonl"):
        path.write_bytes(path.read_bytes().replace(b'"number":4', b'"number":8'))
    audit = Audit(folder, store.anchor, file_bytes)
    assert accept(audit, {"reason": "a disk that flips bits"})
    write(audit, 9)
    assert still_open(audit) == []
    first_lines_forged(folder, 5, "somebody else")
    assert [finding.what for finding in still_open(audit)] != []
    assert accept(audit, {"reason": "that too"})
    assert still_open(audit) == []
    first_lines_forged(folder, 4, "a third")
    assert still_open(audit) != []


def test_a_finding_that_was_accepted_is_not_accepted_where_it_shows_up_again(audit, folder):
    write(audit, 2)
    with (folder / NAME).open("ab") as file:
        file.write(b"garbage\n")
    assert accept(audit, {"reason": "garbage"})
    assert still_open(audit) == []
    with (folder / NAME).open("ab") as file:
        file.write(b"garbage\n")
    assert [finding.what for finding in still_open(audit)] == ["is not a line of the audit"]


def test_a_missing_end_is_never_accepted_for_good(audit, folder):
    write(audit, 4)
    whole = (folder / NAME).read_bytes().splitlines(keepends=True)
    (folder / NAME).write_bytes(b"".join(whole[:2]))
    assert all(finding.mark for finding in accept(audit, {"reason": "cut"}))
    (folder / NAME).unlink()
    assert still_open(audit) != []


def test_many_findings_are_accepted_by_lines_that_are_not_too_long(audit, folder, monkeypatch):
    monkeypatch.setattr(watching, "_MARKS", 4)
    write(audit, 1)
    with (folder / NAME).open("ab") as file:
        file.writelines(b"garbage %d\n" % number for number in range(10))
    assert len(accept(audit, {"reason": "garbage"})) == 11
    assert still_open(audit) == []
    assert [len(line["accepted"]) for line in read(folder) if "accepted" in line] == [4, 4, 3]


@pytest.mark.parametrize(
    "line",
    [
        DEEP,
        b'{"n":' + b"9" * 5000 + b',"prev":"x"}',
        b'{"n":' + b"9" * 40 + b',"prev":"x"}',
        b'{"n":true,"prev":"x"}',
        b'{"n":0,"prev":"x"}',
        b'{"n":1,"prev":"' + b"x" * LONGEST + b'"}',
        b"\xff\xfe",
        b"x" * (3 * LONGEST),
    ],
)
def test_no_damaged_line_stops_the_record_and_each_is_found(audit, folder, store, line):
    assert decode(line) is None
    write(audit, 2)
    with (folder / NAME).open("ab") as file:
        file.write(line + b"\n")
    assert still_open(audit)[0].what == "is not a line of the audit"
    write(audit, 1)
    write(Audit(folder, store.anchor), 1)
    assert len(list(read(folder))) == 4
    accept(audit, {"reason": "damage"})
    assert still_open(audit) == []


def test_no_line_of_ours_is_too_long_to_be_read(audit):
    with pytest.raises(AuditFailed, match="an entry of more than"):
        audit.append({"what": "x" * LONGEST}, flush=True)
    write(audit, 1)
    assert still_open(audit) == []


@pytest.mark.parametrize("name", [NAME, "audit-00000000000000000000.jsonl"])
@pytest.mark.parametrize("make", [getattr(os, name) for name in ("mkdir", "mkfifo") if hasattr(os, name)])
def test_a_record_that_cannot_be_read_is_a_finding_and_cannot_be_accepted(audit, folder, name, make):
    write(audit, 2)
    (folder / name).unlink(missing_ok=True)
    make(folder / name)
    (finding,) = still_open(audit)
    assert (finding.file, finding.what) == (name, "cannot be read (it is not a file)")
    with pytest.raises(AuditFailed, match="cannot be read"):
        accept(audit, {"reason": "no"})
    with pytest.raises(AuditFailed, match="it is not a file"):
        list(read(folder))
    watch = Watch(audit)
    watch.look_if_due()
    assert "cannot be read (it is not a file)" in watch.word()
    os.rmdir(folder / name) if make is os.mkdir else (folder / name).unlink()
    if name != NAME:
        watch.look_if_due()
        assert watch.word() == "ok"


FAILURES = [OSError(5, "I/O error", "/secret"), MemoryError(), RecursionError(), ValueError("x")]


@pytest.mark.parametrize("error", FAILURES)
def test_a_look_that_fails_is_not_ok_and_says_why(audit, monkeypatch, error):
    write(audit, 1)
    watch = Watch(audit)

    def broken(*_):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(watching, "looked_through", broken)
        with pytest.raises(type(error)):
            watch.look_if_due()
    assert ("I/O error" if isinstance(error, OSError) else type(error).__name__) in watch.word()
    assert "secret" not in watch.word()
    watch.look_if_due()
    assert watch.word() == "ok"


@pytest.mark.parametrize("error", FAILURES)
def test_whatever_keeps_an_entry_from_being_written_is_told(audit, monkeypatch, error):
    write(audit, 1)
    watch = Watch(audit)

    def broken(*_):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(Audit, "_find_end", broken)
        with pytest.raises(AuditFailed, match=r"'audit\.jsonl' in it a file"):
            write(audit, 1)
    assert "cannot be written" in watch.word()
    write(audit, 1)
    assert watch.word() == "ok"


def test_a_record_that_can_be_read_but_not_written_is_not_ok(audit, monkeypatch):
    write(audit, 1)
    monkeypatch.setattr(os, "access", lambda *_: False)
    watch = Watch(audit)
    with pytest.raises(PermissionError):
        watch.look_if_due()
    assert "Permission denied" in watch.word()


def test_findings_stay_where_nobody_can_lock_the_record(audit, folder):
    write(audit, 2)
    (folder / NAME).write_bytes(b"{}\n")
    (folder / "audit.lock").unlink(missing_ok=True)
    (folder / "audit.lock").mkdir()
    assert looked_through(audit) == verify(folder, audit.anchors.read())
    assert still_open(audit) != []


def test_no_full_file_is_written_over_by_one_whose_first_line_was_changed(folder, store):
    audit = Audit(folder, store.anchor, file_bytes=600)
    write(audit, 6)
    (full,) = folder.glob("audit-*.jsonl")
    before = full.read_bytes()
    first = json.loads((folder / NAME).read_bytes().splitlines()[0])["n"]
    (folder / NAME).write_bytes((folder / NAME).read_bytes().replace(b'"n":%d' % first, b'"n":1', 1))
    write(audit, 6)
    assert full.read_bytes() == before
    assert len(list(folder.glob("audit-*.jsonl"))) > 1


def test_a_line_torn_at_the_end_of_a_full_file_is_no_damage(folder, store):
    write(Audit(folder, store.anchor), 5)
    with (folder / NAME).open("ab") as file:
        file.write(b'{"n":6,')
    write(Audit(folder, store.anchor, file_bytes=600), 6)
    assert verify(folder, store.anchor.read()) == (12, [])
