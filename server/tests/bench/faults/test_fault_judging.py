"""The bench never says that somebody survived who did not: each judgement is shown what it must find."""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dualnetssl.contract.errors import InvalidRequest
from dualnetssl_bench.faults import catalogue, clocks, command, disks, folders, judging, outcome
from dualnetssl_bench.faults.catalogue import Fault
from dualnetssl_bench.faults.ledger import Ledger, missing_blobs, whole_blobs
from dualnetssl_bench.faults.outcome import Verdict
from dualnetssl_bench.faults.serving import Serving, run_command
from dualnetssl_bench.faults.writing import write_some
from dualnetssl_bench.servers.find_library import need_library
from dualnetssl_bench.servers.local_server import Refusal

need_library()


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> tuple[Path, Ledger]:
    folder = tmp_path_factory.mktemp("filled") / "data"
    return folder, judging.fill(folder)


@pytest.fixture
def data(filled, tmp_path) -> tuple[Path, Ledger]:
    """A data folder with a data set and a case of two revisions, and what was acknowledged of it."""
    return judging.copy(filled[0], tmp_path / "data"), filled[1]


def change(data: Path, statement: str) -> None:
    with closing(sqlite3.connect(data / "store.sqlite")) as connection, connection:
        connection.execute(statement)


def store_names(data: Path) -> set[str]:
    """Digests that revisions name; what was uploaded may lie beside them, replaced by what the server wrote anew."""
    with closing(sqlite3.connect(data / "store.sqlite")) as connection:
        return {digest for row in connection.execute("SELECT image, label FROM revisions") for digest in row if digest}


def test_a_folder_to_which_nothing_was_done_survives(data):
    found = judging.judge_start(*data)
    assert (found.verdict, found.figures) == (Verdict.SURVIVED, {"acknowledged": 3, "lost": 0})


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE datasets SET name = 'another'", "was acknowledged as 'faults-"),
        ("UPDATE revisions SET label = NULL WHERE label IS NOT NULL", "is None"),
        ("DELETE FROM revisions WHERE revision = 1", "not among the revisions [2]"),
    ],
)
def test_what_the_store_forgot_is_lost(data, statement, words):
    change(data[0], statement)
    found = judging.judge_start(*data)
    assert found.verdict is Verdict.LOST
    assert words in found.detail


def test_a_blob_with_other_bytes_is_lost(data):
    named = store_names(data[0])
    for blob in [path for path in (data[0] / "blobs").rglob("*") if path.name in named]:
        blob.write_bytes(blob.read_bytes()[:-1] + b"!")
    assert judging.judge_start(*data).verdict is Verdict.LOST


def test_a_case_that_fell_back_is_lost(data, monkeypatch):
    with Serving(data[0]) as serving:
        serving.start_or_raise()
        with serving.client() as client:
            honest = client.case
            monkeypatch.setattr(
                client, "case", lambda *words: type("Old", (), {"revision": honest(*words).revision - 1})
            )
            assert "fallen back" in data[1].losses(client)[0]


def test_a_server_that_is_gone_has_lost_everything(data):
    with Serving(data[0]) as serving:
        serving.start_or_raise()
        with serving.client() as client:
            serving.kill()
            assert len(data[1].losses(client)) == len(data[1]) == 3


def test_files_that_a_refusing_server_removed_are_lost(tmp_path):
    root = tmp_path / "blobs"
    root.mkdir()
    name = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    (root / name).touch()
    before = whole_blobs(root)
    assert before == {name}
    assert missing_blobs(before, root) == []
    (root / name).write_text("other bytes")
    refusal = Refusal(2, "It is foreign.\n  What to do: Restore a backup.")
    assert judging.judge_refusal(refusal, missing_blobs(before, root)).verdict is Verdict.LOST


@pytest.mark.parametrize(
    ("refusal", "verdict"),
    [
        (Refusal(2, "It is taken.\n  What to do: Stop the other."), Verdict.REFUSED),
        (Refusal(0, "It is taken.\n  What to do: Stop the other."), Verdict.CRASHED),
        (Refusal(None, "It is taken.\n  What to do: Stop the other."), Verdict.CRASHED),
        (Refusal(2, "It is taken.\n  What to do:  "), Verdict.CRASHED),
        (Refusal(2, "It is taken."), Verdict.CRASHED),
        (Refusal(1, "What to do: x\nTraceback (most recent call last):\nOSError: 30"), Verdict.CRASHED),
        (Refusal(-9, ""), Verdict.CRASHED),
    ],
)
def test_a_refusal_must_help(refusal, verdict):
    found = judging.judge_refusal(refusal)
    assert found.verdict is verdict
    assert found.detail


def test_a_traceback_in_the_log_is_no_survival(data):
    with (data[0] / "server.log").open("a") as log:
        log.write("Traceback (most recent call last):\n  File x\nValueError: of an earlier run\n")
    found = judging.judge_start(*data)
    assert found.verdict is Verdict.CRASHED
    assert "ValueError: of an earlier run" in found.detail


def test_the_writers_stop_with_the_server_and_remember_only_what_was_acknowledged(tmp_path):
    ledger = Ledger()
    with Serving(tmp_path / "data") as serving:
        serving.start_or_raise()
        with serving.client() as client:
            write_some(client, ledger, tmp_path / "files")
            assert ledger.counts() == {"data set": 1, "blob": 1, "revision": 2}
            assert ledger.losses(client) == []


def test_a_shifted_clock_is_seen_by_the_server(tmp_path, monkeypatch):
    monkeypatch.setattr(clocks, "clock_ahead", lambda folder, days: {})
    assert "nothing was tried" in clocks.set_back(tmp_path).detail


def test_a_small_disk_is_small_and_goes_away(tmp_path):
    with disks.small_disk(tmp_path / "disk", 1) as reason:
        if reason:
            assert reason == disks.NO_MOUNT
            return
        disks.fill_up(tmp_path / "disk" / "filler")
        with pytest.raises(OSError, match="No space left"):
            (tmp_path / "disk" / "more").write_bytes(bytes(8192))
    assert list((tmp_path / "disk").iterdir()) == []


def test_a_read_only_folder_can_be_written_afterwards(tmp_path):
    (tmp_path / "data").mkdir()
    with disks.read_only(tmp_path / "data") as reason:
        if not reason:
            with pytest.raises(OSError, match=r"Read-only|Permission"):
                (tmp_path / "data" / "x").touch()
    (tmp_path / "data" / "x").touch()


def test_a_folder_that_is_no_folder_is_never_survived(tmp_path):
    assert folders.a_file(tmp_path).verdict is not Verdict.SURVIVED


def test_commands_tell_status_and_words():
    assert run_command("--version").status == 0
    refusal = run_command("no-such-command")
    assert (refusal.status, refusal.spoken) == (2, True)


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return parser.parse_args(["--output", os.devnull, *words])


def test_every_kind_of_fault_is_in_the_list():
    names = " ".join(fault.name for fault in catalogue.catalogue(50))
    words = "50 rounds, worker, SIGTERM, full in an upload, commits, checkpoint, backup, cut, emptied, removed, random"
    words += ", another server, without its log, set back, two servers, read-only, is a file"
    assert [word for word in words.split(", ") if word not in names] == []


def test_rounds_and_names_can_be_chosen():
    assert "50 rounds" in command.chosen(parsed())[0].name
    assert "3 rounds" in command.chosen(parsed("--quick"))[0].name
    assert "7 rounds" in command.chosen(parsed("--quick", "--rounds", "7"))[0].name
    assert [fault.name for fault in command.chosen(parsed("--only", "two servers"))] == ["two servers on one folder"]
    for words in (["--only", "nothing of that name"], ["--rounds", "0"]):
        with pytest.raises(InvalidRequest):
            command.chosen(parsed(*words))


def fails(folder: Path) -> outcome.Outcome:
    raise KeyError("nobody foresaw this")


@pytest.mark.parametrize(
    ("run", "verdict", "status"),
    [
        (fails, "CRASHED", 1),
        (lambda folder: outcome.lost(["a blob", "another"]), "LOST", 1),
        (lambda folder: outcome.survived("all", lost=0), "survived", 0),
        (lambda folder: outcome.skipped("no root"), "skipped", 0),
    ],
)
def test_the_status_is_1_if_anything_is_bad(run, verdict, status, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(command, "catalogue", lambda rounds: (Fault("some fault", run),))
    assert command.run(parsed("--output", str(tmp_path / "faults"))) == status
    rows = json.loads((tmp_path / "faults" / "faults.json").read_text())["figures"]
    assert rows["some fault"]["verdict"] == verdict
    assert capsys.readouterr().out.splitlines()[1].split() == ["some", "fault", verdict]


@pytest.mark.long
def test_real_servers_in_quick(tmp_path):
    status = command.run(parsed("--quick", "--rounds", "1", "--output", str(tmp_path / "faults")))
    rows = json.loads((tmp_path / "faults" / "faults.json").read_text())["figures"]
    kills = rows["kill -9 of the server, 1 rounds"]
    assert kills["verdict"] == "survived"
    assert kills["figures"]["lost"] == 0
    assert kills["figures"]["revision"] > 0
    assert rows["two servers on one folder"]["verdict"] == "refused with a sentence"
    assert [(name, row["detail"]) for name, row in rows.items() if row["verdict"] in ("LOST", "CRASHED")] == []
    assert status == 0
    assert len(rows) == len(command.chosen(parsed("--quick")))
