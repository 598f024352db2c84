"""Opening a data folder: what belongs together is opened, what is in doubt is refused and left as it is."""

import hashlib
import os
import shutil
import sqlite3
import sys
import types

import pytest

from dualnetssl.cli import main
from dualnetssl.contract.errors import DiskFull, UnusableDataFolder
from dualnetssl.contract.schema import CasePut, DatasetCreate, Geometry, LabelDefinition
from dualnetssl.server import settings as chosen_settings
from dualnetssl.server.datafolder import opened
from dualnetssl.server.settings import Settings
from dualnetssl.server.store import Store
from dualnetssl.server.store.cases import CheckedCase
from dualnetssl.server.store.migrations import MIGRATIONS

GRID = Geometry(size=(4, 5, 6), spacing=(1, 1, 2), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    return Settings(data_folder=folder)


def add_case(place, name="a", data=b"scan"):
    digest = hashlib.sha256(data).hexdigest()
    with opened(place) as (store, blobs):
        found = store.datasets.find()
        dataset = found[0] if found else store.datasets.create(DatasetCreate(name="x", labels=labels()))
        blobs.append(digest, 0, len(data), data)
        store.cases.put(dataset.id, name, CheckedCase(CasePut(image=digest), GRID, 0), None)


def labels():
    return (LabelDefinition(value=1, name="liver"),)


def snapshot(place):
    return {path: path.read_bytes() for path in sorted(place.data_folder.rglob("*")) if path.is_file()}


def refused(place, match):
    before = snapshot(place)
    with pytest.raises(UnusableDataFolder, match=match), opened(place):
        pass
    assert snapshot(place) == before


def test_what_was_kept_is_found_again(place):
    add_case(place)
    with opened(place) as (store, blobs):
        case = store.cases.find(store.datasets.find()[0].id)[0]
        assert blobs.path(case.image).read_bytes() == b"scan"


def test_after_the_end_the_store_is_one_whole_file(place, tmp_path):
    add_case(place)
    assert not place.store_path.with_name("store.sqlite-wal").exists()
    shutil.copy(place.store_path, tmp_path / "alone.sqlite")
    alone = Store(tmp_path / "alone.sqlite")
    assert alone.datasets.find()[0].case_count == 1
    alone.close()


def test_an_error_inside_closes_it_too(place):
    with pytest.raises(KeyError), opened(place):
        raise KeyError
    assert not place.store_path.with_name("store.sqlite-wal").exists()


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(b"")])
def test_a_missing_or_empty_store(place, harm):
    add_case(place)
    harm(place.store_path)
    refused(place, r"without the store that knows them.*restore a backup")


def test_a_store_without_tables(place):
    add_case(place)
    place.store_path.unlink()
    with sqlite3.connect(place.store_path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    refused(place, "without the store that knows them")


def test_a_store_that_is_lost_beside_its_log(place):
    add_case(place)
    place.store_path.with_name("store.sqlite-wal").write_bytes(b"x" * 4096)
    place.store_path.write_bytes(b"")
    refused(place, r"store.sqlite-wal is there")


def test_a_store_older_than_its_blobs(place, tmp_path):
    add_case(place)
    shutil.copy(place.store_path, tmp_path / "old")
    add_case(place, "b", b"other scan")
    shutil.copy(tmp_path / "old", place.store_path)
    refused(place, r"older, by 1 changes.*check --adopt")


def test_a_store_that_lost_its_log(place, tmp_path):
    add_case(place)
    with opened(place) as (store, _):
        store.datasets.create(DatasetCreate(name="y", labels=labels()))
        shutil.copy(place.store_path, tmp_path / "without-log")
    shutil.copy(tmp_path / "without-log", place.store_path)
    refused(place, "older, by 1 changes")


def test_the_store_of_another_server(place, tmp_path):
    add_case(place)
    other = Settings(data_folder=tmp_path / "other")
    other.data_folder.mkdir()
    for name in ("a", "b", "c"):
        add_case(other, name)
    shutil.copy(other.store_path, place.store_path)
    refused(place, "the store of another server")


def test_blobs_that_lost_their_mark(place):
    add_case(place)
    (place.blobs_root / "identity").unlink()
    refused(place, "without the mark of their store")


def test_blobs_that_are_not_mounted(place):
    add_case(place)
    shutil.rmtree(place.blobs_root)
    with pytest.raises(UnusableDataFolder, match="not mounted"), opened(place):
        pass


@pytest.mark.parametrize("harm", [100, 5000, 20_000])
def test_a_store_that_was_cut(place, harm):
    add_case(place)
    assert place.store_path.stat().st_size > harm
    os.truncate(place.store_path, harm)
    refused(place, "store.sqlite that cannot be used")


def test_a_store_of_random_bytes(place):
    add_case(place)
    place.store_path.write_bytes(bytes(range(256)) * 100)
    refused(place, "store.sqlite that cannot be used")


def test_a_page_of_random_bytes(place):
    add_case(place)
    with place.store_path.open("r+b") as file:
        file.seek(4096)
        file.write(bytes(range(256)) * 16)
    refused(place, "store.sqlite that cannot be used")


def test_a_folder_of_the_version_before_is_taken_over(place):
    blob = place.blobs_root / "aa" / ("a" * 64)
    blob.parent.mkdir(parents=True)
    blob.write_bytes(b"scan")
    with sqlite3.connect(place.store_path) as connection:
        for statement in (line for step in MIGRATIONS[:2] for line in step):
            connection.execute(statement)
        connection.execute("INSERT INTO datasets VALUES ('d', 'x', '[{\"value\":1,\"name\":\"liver\"}]', 0)")
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    for _ in range(2):
        with opened(place) as (store, _blobs):
            assert len(store.datasets.find()) == 1
            store.datasets.create(DatasetCreate(name="y", labels=labels()))
            store.erasures.dataset(store.datasets.find()[-1].id)
    assert blob.exists()


def test_a_crash_between_the_new_tables_and_the_mark(place, monkeypatch):
    blob = place.blobs_root / "aa" / ("a" * 64)
    blob.parent.mkdir(parents=True)
    blob.write_bytes(b"scan")
    Store(place.store_path).close()
    with opened(place):
        assert blob.exists()


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
def test_everything_is_made_private_at_every_start(place):
    add_case(place)
    place.data_folder.chmod(0o755)
    (place.jobs_root / "job_1").mkdir(parents=True, mode=0o755)
    blob = next(place.blobs_root.glob("??/*"))
    for path in (blob, place.store_path):
        path.chmod(0o644)
    with opened(place):
        assert chosen_settings.open_to_others(place.data_folder) == []
        assert (place.data_folder.stat().st_mode & 0o777, blob.stat().st_mode & 0o777) == (0o700, 0o600)


def serve(capsys, folder):
    status = main.main(["serve", "--port", "0", "--data-folder", str(folder)])
    return status, capsys.readouterr().err


@pytest.mark.parametrize(("free", "kind"), [(0, DiskFull), (1 << 30, UnusableDataFolder)])
def test_a_disk_without_room_for_the_index_of_the_log_is_full_and_not_broken(place, monkeypatch, free, kind):
    add_case(place)

    def broken(*_, **__):
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("dualnetssl.server.datafolder.admission.sqlite3.connect", broken)
    monkeypatch.setattr("shutil.disk_usage", lambda _: types.SimpleNamespace(free=free))
    with pytest.raises(kind), opened(place):
        pass


def test_a_file_in_place_of_the_folder(tmp_path, capsys):
    (tmp_path / "data").write_bytes(b"")
    status, said = serve(capsys, tmp_path / "data")
    assert status == 2
    assert said.startswith("The data folder cannot be used: a data folder that cannot be read and written (")
    assert "Traceback" not in said


def test_a_disk_that_cannot_be_written_to(tmp_path, capsys, monkeypatch):
    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")

    (tmp_path / "token").write_text("a-token-of-its-own")
    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    status, said = serve(capsys, tmp_path)
    assert status == 2
    assert "(Read-only file system)" in said
    assert "chown" in said


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_damaged_store_is_said_in_three_lines(tmp_path, capsys):
    (tmp_path / "store.sqlite").write_bytes(b"nothing of a database" * 50)
    status, said = serve(capsys, tmp_path)
    assert status == 2
    assert [line.split(":")[0] for line in said.splitlines()] == [
        "The data folder cannot be used",
        "  Allowed",
        "  What to do",
    ]
