"""Accounts, the owner's token and the audit on the command line, beside a server that has the folder open."""

import csv
import io
import json
import os
import warnings
from datetime import datetime
from pathlib import Path

import pytest

from dualnetssl.cli.main import main
from dualnetssl.server import settings
from dualnetssl.server.api.app import create_app
from dualnetssl.server.api.resources.services import Services
from dualnetssl.server.blobs import Blobs
from dualnetssl.server.settings import Settings
from dualnetssl.server.store import Store

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient


@pytest.fixture
def folder(tmp_path):
    return settings.make_data_folder(tmp_path / "data")


@pytest.fixture
def server(folder):
    """A server that holds the folder's lock and whose store is open."""
    chosen = Settings(data_folder=folder, token=settings.read_token(folder))
    lock, store = settings.lock_data_folder(folder), Store(chosen.store_path)
    services = Services(chosen, store, Blobs(chosen.blobs_root, 1000), None, None)
    with_app = TestClient(create_app(services), base_url="http://127.0.0.1")
    yield with_app
    with_app.close()
    store.close()
    lock.release()


@pytest.fixture
def command(folder, capsys):
    def run(*words):
        status = main([*words, "--data-folder", str(folder)])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def whoami(server, token):
    return server.get("/v1/whoami", headers={"Authorization": f"Bearer {token}"})


def test_an_account_from_its_first_token_to_its_last(server, command):
    first = command("user", "add", "Dr Weber", "--role", "annotator")[1].strip()
    assert whoami(server, first).json()["role"] == "annotator"
    command("user", "role", "Dr Weber", "trainer")
    assert whoami(server, first).json()["role"] == "trainer"
    second = command("user", "token", "Dr Weber", "--days", "7")[1].strip()
    listed = command("user", "list")[1]
    assert "Dr Weber  trainer" in listed
    assert first not in listed
    identifiers = [line.split()[0] for line in listed.split("Dr Weber")[1].splitlines()[1:3]]
    command("user", "revoke", "Dr Weber", "--token", identifiers[0])
    assert (whoami(server, first).status_code, whoami(server, second).status_code) == (401, 200)
    command("user", "revoke", "Dr Weber")
    assert "revoked" in whoami(server, second).json()["received"]


def test_a_token_comes_with_its_person_and_its_end_beside_it(server, command):
    for words in (("add", "Dr Weber", "--role", "annotator"), ("token", "Dr Weber")):
        _, token, beside = command("user", *words, "--days", "30")
        assert whoami(server, token.strip()).json()["name"] == "Dr Weber"
        until = datetime.fromtimestamp(whoami(server, token.strip()).json()["expires"]).strftime("%Y-%m-%d")
        assert beside.startswith(f"Token of Dr Weber, valid until {until}")
        assert token.strip() not in beside


def test_a_renewed_token_revokes_the_old_one_at_once(server, command):
    old = command("token")[1].strip()
    assert whoami(server, old).json()["name"] == "owner"
    new = command("token", "--new")[1].strip()
    assert (whoami(server, old).status_code, whoami(server, new).status_code) == (401, 200)


def test_the_token_of_an_older_data_folder_stays_valid(folder):
    (folder / "token").write_text("a-token-of-an-earlier-version\n")
    store = Store(folder / "store.sqlite")
    chosen = Settings(data_folder=folder, token=settings.read_token(folder))
    client = TestClient(create_app(Services(chosen, store, None, None, None)), base_url="http://127.0.0.1")
    assert whoami(client, "a-token-of-an-earlier-version").json()["owner"] is True
    client.close()
    store.close()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("user", "add", "owner", "--role", "admin"), "not owner"),
        (("user", "add", "Dr \u202eWeber", "--role", "admin"), "printable"),
        (("user", "add", " x", "--role", "admin"), "spaces"),
        (("user", "add", "Owner", "--role", "admin"), "not owner"),
        (("user", "add", "\u3164", "--role", "admin"), "printable"),
        (("user", "add", "\u0430nna", "--role", "admin"), "Cyrillic and Latin"),
        (("user", "token", "Nobody"), "user list"),
        (("user", "role", "owner", "annotator"), "token --new"),
        (("user", "revoke", "owner"), "token --new"),
        (("audit", "export", "--since", "yesterday"), "2026-01-31"),
    ],
)
def test_what_cannot_be_done_says_why(server, command, words, told):
    status, _, said = command(*words)
    assert status == 2
    assert told in said


def test_root_leaves_no_files_in_the_folder_of_another_user(command, folder, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    real = Path.stat

    def foreign(path, **kwargs):
        found = real(path, **kwargs)
        return os.stat_result([*found[:4], 1234, *found[5:10]])

    with monkeypatch.context() as patched:
        patched.setattr(Path, "stat", foreign)
        status, _, said = command("user", "list")
    assert (status, "sudo -u #1234" in said) == (2, True)
    assert not (folder / "store.sqlite").exists()


@pytest.mark.parametrize(
    "twin",
    ["DR WEBER", "Dr\u00a0Weber", "Dr  Weber", "\uff24r Weber", "Dr We\u200dber", "\u0414r Weber", "Dr W\u0435ber"],
)
def test_a_name_that_looks_the_same_is_refused(server, command, twin):
    command("user", "add", "Dr Weber", "--role", "annotator")
    assert command("user", "add", twin, "--role", "admin")[0] == 2
    assert command("user", "list")[1].count("annotator") == 1
    assert "admin" not in command("user", "list")[1].replace("owner  admin", "")


@pytest.mark.parametrize("twin", ["\u0421\u041e\u0421\u041e", "\u0441\u043e\u0441\u043e"])
def test_a_whole_name_of_letters_that_are_drawn_alike_is_refused(server, command, twin):
    command("user", "add", "Coco", "--role", "annotator")
    status, _, said = command("user", "add", twin, "--role", "annotator")
    assert (status, "looks like 'Coco'" in said) == (2, True)


@pytest.mark.parametrize(
    "name", ["Dr M\u00fcller", "\u0410\u043d\u043d\u0430", "Dr \u7530\u4e2d", "O\u02bcNeil", "Jos\u00e9"]
)
def test_names_of_every_alphabet_make_accounts(server, command, name):
    token = command("user", "add", name, "--role", "annotator")[1].strip()
    assert whoami(server, token).json()["name"] == name


def test_an_account_is_found_however_its_accents_are_typed(server, command):
    command("user", "add", "M\u00fcller", "--role", "annotator")
    assert command("user", "role", "Mu\u0308ller", "trainer")[0] == 0
    assert "M\u00fcller  trainer" in command("user", "list")[1]
    assert command("user", "revoke", "Mu\u0308ller")[1].startswith("1 token")


def test_days_that_are_none_make_no_account(server, command):
    assert command("user", "add", "Dr Weber", "--role", "annotator", "--days", "-1")[0] == 2
    assert "Weber" not in command("user", "list")[1]


def test_what_commands_do_is_in_the_audit(server, command, folder):
    token = command("user", "add", "Dr Weber", "--role", "annotator")[1].strip()
    status, text, _ = command("audit", "export", "--since", "2020-01-01")
    line = json.loads(text.splitlines()[0])
    assert (status, line["what"], line["user"], line["from"][:12]) == (0, "user add", "Dr Weber", "command line")
    assert token not in text
    (table,) = [command("audit", "export", "--since", "2020-01-01", "--format", "csv")[1]]
    assert next(csv.DictReader(io.StringIO(table)))["what"] == "user add"
    assert command("audit", "export", "--since", "2999-01-01")[1] == ""


def test_verify_says_whether_the_record_is_whole(server, command, folder):
    command("user", "add", "Dr Weber", "--role", "annotator")
    command("user", "revoke", "Dr Weber")
    assert command("audit", "verify")[:2] == (0, "2 lines: all as they were written.\n")
    path = folder / "audit" / "audit.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Dr Weber", b"Dr Weger", 1))
    status, told, where = command("audit", "verify")
    assert (status, "NOT" in told, "audit.jsonl, line 2" in where) == (1, True, True)


def test_a_gap_is_accepted_in_the_record_itself(server, command, folder):
    assert command("audit", "accept", "--reason", "none")[1] == "Nothing is wrong that was not accepted already.\n"
    command("user", "add", "Dr Weber", "--role", "annotator")
    (folder / "audit" / "audit.jsonl").unlink()
    assert command("audit", "verify")[0] == 1
    status, told, _ = command("audit", "accept", "--reason", "a disk was lost")
    assert (status, "does not follow line 0" in told) == (0, True)
    status, told, beside = command("audit", "verify")
    assert (status, "but for 1 findings that were accepted" in told, "(accepted)" in beside) == (0, True, True)
    assert "a disk was lost" in command("audit", "export", "--since", "2020-01-01")[1]


def test_what_was_before_an_accepted_gap_cannot_be_rewritten_unseen(server, command, folder):
    for name in ("a", "b", "c"):
        command("user", "add", name, "--role", "annotator")
    path = folder / "audit" / "audit.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"user":"b"', b'"user":"x"'))
    status, told, _ = command("audit", "accept", "--reason", "a disk that flips bits")
    assert (status, "/ready within 60 seconds" in told) == (0, True)
    assert command("audit", "verify")[0] == 0
    path.write_bytes(path.read_bytes().replace(b'"user":"x"', b'"user":"y"'))
    status, _, beside = command("audit", "verify")
    assert (status, "which was changed since" in beside) == (1, True)
    assert "the audit is not as it was written" in command("check")[1]


@pytest.mark.parametrize("reason", ["", " \t", "x" * 1001])
def test_a_gap_is_not_accepted_without_a_reason(server, command, folder, reason):
    command("user", "add", "Dr Weber", "--role", "annotator")
    (folder / "audit" / "audit.jsonl").unlink()
    status, _, told = command("audit", "accept", "--reason", reason)
    assert (status, "--reason" in told) == (2, True)
    assert not (folder / "audit" / "audit.jsonl").exists()


@pytest.mark.parametrize("name", ["audit.jsonl", "audit-00000000000000000000.jsonl"])
def test_a_record_that_cannot_be_read_gets_sentences(server, command, folder, name):
    command("user", "add", "Dr Weber", "--role", "annotator")
    place = folder / "audit" / name
    place.unlink(missing_ok=True)
    place.mkdir()
    status, told, beside = command("audit", "verify")
    assert (status, "NOT" in told, f"{name}, line 1: cannot be read" in beside) == (1, True, True)
    assert "cannot be read" in command("check")[1]
    for words in (("accept", "--reason", "x"), ("export", "--since", "2020-01-01")):
        status, _, beside = command("audit", *words)
        assert (status != 0, "it is not a file" in beside or "Is a directory" in beside) == (True, True)
        assert "hat to do: " in beside


def test_damaged_lines_are_taken_out_and_told(server, command, folder):
    command("user", "add", "Dr Weber", "--role", "annotator")
    lines = [{"n": 2}, {"n": 3, "time": 5}, {"n": 4, "time": "2026-01-01"}, {"n": 5, "time": "x", "who": "\ud800"}]
    with (folder / "audit" / "audit.jsonl").open("ab") as file:
        file.writelines(json.dumps({**line, "prev": ""}).encode() + b"\n" for line in lines)
        file.write(b"[" * 100_000 + b"\n")
    for form in ("jsonl", "csv"):
        status, told, beside = command("audit", "export", "--since", "2999-01-01", "--format", form)
        assert (status, len(told.splitlines())) == (0, 4 + (form == "csv"))
        assert "4 lines without a time, the first with number 2" in beside
    assert command("audit", "verify")[0] == 1
    assert command("audit", "accept", "--reason", "damage")[0] == 0
    assert command("audit", "verify")[0] == 0


def contents(folder):
    """What lies in a folder, but for the index that SQLite makes anew of a log."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".sqlite-shm"}


@pytest.mark.parametrize("words", [["user", "list"], ["user", "add", "x", "--role", "admin"], ["audit", "verify"]])
@pytest.mark.parametrize("store", [None, b"", b"random" * 1000])
def test_no_command_touches_a_store_in_doubt(tmp_path, capsys, words, store):
    (tmp_path / "blobs" / "ab").mkdir(parents=True)
    (tmp_path / "blobs" / "ab" / ("ab" * 32)).write_bytes(b"a scan")
    (tmp_path / "store.sqlite-wal").write_bytes(b"the only copy" * 1000)
    if store is not None:
        (tmp_path / "store.sqlite").write_bytes(store)
    before = contents(tmp_path)
    assert main([*words, "--data-folder", str(tmp_path)]) == 2
    assert contents(tmp_path) == before
    assert "Traceback" not in capsys.readouterr().err


def test_a_mistyped_folder_is_told_and_not_made(tmp_path, capsys):
    assert main(["audit", "verify", "--data-folder", str(tmp_path / "typo")]) == 2
    assert "no server has kept anything" in capsys.readouterr().err
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize("content", [b"", b"short", "ä".encode() * 20])
def test_a_token_file_without_a_token_is_told(tmp_path, capsys, content):
    (tmp_path / "token").write_bytes(content)
    assert main(["token", "--data-folder", str(tmp_path)]) == 2
    assert "token --new" in capsys.readouterr().err


SEEN_AS_ANNA = ["Anna\ufe0f", "Anna\u034f", "Anna\u3164", "Anna\u2800", "Anna\u1160", "Anna\uffa0", "Anna\U000e0100"]
SEEN_AS_ANNA += ["\ua4ee\ua4e0\ua4e0\ua4ee", "\u1d00\u0274\u0274\u1d00", "Ann\u0251", "owner\ufe0f"]


@pytest.mark.parametrize("name", SEEN_AS_ANNA, ids=ascii)
def test_what_is_drawn_like_a_name_makes_no_account(server, command, name):
    assert command("user", "add", "Anna", "--role", "annotator")[0] == 0
    status, _, said = command("user", "add", name, "--role", "annotator")
    assert (status, "account name" in said) == (2, True)


@pytest.mark.parametrize(("first", "second"), [("Dr Will", "Dr Wi\u4e28\u4e28"), ("AnnaI", "Annal"), ("B0b", "Bob")])
def test_single_strokes_and_rings_are_taken_for_one_another(server, command, first, second):
    assert command("user", "add", first, "--role", "annotator")[0] == 0
    status, _, said = command("user", "add", second, "--role", "annotator")
    assert (status, "looks like" in said) == (2, True)


def test_an_empty_folder_name_is_not_the_folder_one_is_in(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for words in (["serve"], ["token"], ["check"], ["doctor"], ["user", "list"], ["backup", "elsewhere"]):
        assert main([*words, "--data-folder", ""]) == 2
        assert "--data-folder without a name" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
