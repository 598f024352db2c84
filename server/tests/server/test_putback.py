"""Putting back what lies in the trash: whole, without overwriting anything, and told where it cannot be."""

import hashlib
import json
import os
import sqlite3
import time

import pytest

from dualnetssl.cli import main
from dualnetssl.contract.errors import Conflict, InvalidRequest, NotFound, UnusableDataFolder
from dualnetssl.contract.schema import CasePut, DatasetCreate, DraftPut, Geometry, JobCreate, JobState, LabelDefinition
from dualnetssl.server import settings
from dualnetssl.server.audit.verify import read
from dualnetssl.server.datafolder import opened, putback, remove_leftovers, tidy
from dualnetssl.server.datafolder.check import look_through
from dualnetssl.server.datafolder.putback import in_trash, put_back
from dualnetssl.server.settings import Settings
from dualnetssl.server.store import NewPrediction
from dualnetssl.server.store.cases import CheckedCase

GRID = Geometry(size=(4, 5, 6), spacing=(1, 1, 2), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
LABELS = (LabelDefinition(value=1, name="liver"),)


class Place:
    """A data folder of a server that keeps what is erased, and what a client could see of it."""

    def __init__(self, chosen, store, blobs):
        self.chosen, self.store, self.blobs = chosen, store, blobs
        self.dataset = store.datasets.create(DatasetCreate(name="livers", labels=LABELS)).id

    def blob(self, data):
        digest = hashlib.sha256(data).hexdigest()
        self.blobs.append(digest, 0, len(data), data)
        return digest

    def put(self, name, data, revision=None, label=None):
        content = CasePut(image=self.blob(data), label=label and self.blob(label))
        return self.store.cases.put(self.dataset, name, CheckedCase(content, GRID, 0), revision)

    def draft(self, name, data):
        digest = self.blob(data)
        self.store.drafts.put(self.dataset, name, "ann", DraftPut(label=digest, verified=digest, base_revision=1), None)

    def model(self, data, key=None):
        job, _ = self.store.jobs.create(JobCreate(kind="train", dataset=self.dataset), key)
        self.store.jobs.transition(job.id, [JobState.QUEUED], JobState.SUCCEEDED)
        return self.store.models.record(job.id, LABELS, {"dice": 0.5}, self.blob(data)).id

    def predict(self, model, name, data):
        parts = [self.blob(data + bytes([number])) for number in range(3)]
        image = self.store.cases.get(self.dataset, name).image
        assert self.store.predictions.record(model, [NewPrediction(name, image, *parts, {})]) == 1

    def erase(self, what, *words):
        def keep(record):
            self.blobs.trash.keep(f"erased-{time.time_ns()}.json", json.dumps(record).encode())

        erased = getattr(self.store.erasures, what)(*words, keep=keep)
        remove_leftovers(self.chosen, self.store, self.blobs, list(erased.leftovers))

    def orders(self):
        return [kept.name for kept in in_trash(self.chosen) if kept.name.startswith("erased-")]

    def back(self, name):
        return put_back(self.chosen, self.store, self.blobs, name)

    def seen(self):
        cases = self.store.cases.find(self.dataset)
        return {
            "data sets": self.store.datasets.find(),
            "cases": cases,
            "revisions": [self.store.cases.revisions(self.dataset, case.case) for case in cases],
            "drafts": [self.store.drafts.find(self.dataset, case.case) for case in cases],
            "predictions": [self.store.predictions.find(self.dataset, case.case) for case in cases],
            "models": self.store.models.find(self.dataset),
            "jobs": self.store.jobs.find(dataset=self.dataset),
            "files": sorted(path.name for path in self.blobs.files()),
        }


@pytest.fixture
def chosen(tmp_path):
    before = os.umask(0o077)
    yield Settings(data_folder=settings.make_data_folder(tmp_path / "data"), token="t", trash_days=7)
    os.umask(before)


@pytest.fixture
def place(chosen):
    with opened(chosen) as (store, blobs):
        yield Place(chosen, store, blobs)


def fill(place):
    place.put("a", b"scan a")
    place.put("a", b"scan a", 1, label=b"label a")
    place.put("b", b"scan b")
    place.draft("a", b"draft a")
    model = place.model(b"bundle")
    place.predict(model, "a", b"prediction a")
    return model


@pytest.mark.parametrize("what", ["case", "dataset", "model"])
def test_what_was_erased_comes_back_as_it_was(place, what):
    model = fill(place)
    before = place.seen()
    order = {"case": (place.dataset, "a", 2), "dataset": (place.dataset,), "model": (model,)}[what]
    place.erase(what, *order)
    assert place.seen() != before
    (name,) = place.orders()
    returned = place.back(name)
    assert place.seen() == before
    assert returned.left == ()
    assert in_trash(place.chosen) == []
    tidy(place.chosen, place.store, place.blobs)
    assert place.seen() == before
    assert place.store.erasures.leftovers() == []


def test_a_case_comes_back_into_the_data_set_that_came_back(place):
    fill(place)
    place.erase("case", place.dataset, "a", 2)
    place.erase("dataset", place.dataset)
    dataset, case = place.orders()
    with pytest.raises(NotFound, match=r"belongs to the data set .* no longer knows.*Put that back first"):
        place.back(case)
    place.back(dataset)
    place.back(case)
    assert [found.case for found in place.store.cases.find(place.dataset)] == ["a", "b"]
    assert len(place.store.cases.revisions(place.dataset, "a")) == 2


def test_nothing_is_overwritten(place):
    model = fill(place)
    place.erase("case", place.dataset, "a", 2)
    (name,) = place.orders()
    place.put("a", b"another scan")
    before = place.seen(), len(in_trash(place.chosen))
    with pytest.raises(Conflict, match=r"the case 'a', which is there again.*Keep the present one"):
        place.back(name)
    assert (place.seen(), len(in_trash(place.chosen))) == before
    place.erase("model", model)
    (name,) = set(place.orders()) - {name}
    place.store._database._writer.execute("UPDATE jobs SET id = 'other'")
    with pytest.raises(NotFound, match="belongs to the job"):
        place.back(name)


def test_predictions_come_back_only_to_what_they_were_of(place):
    model = fill(place)
    place.predict(model, "b", b"prediction b")
    place.put("c", b"scan c")
    place.predict(model, "c", b"prediction c")
    place.erase("model", model)
    place.put("a", b"another image", 2)
    place.erase("case", place.dataset, "b", 1)
    order = place.orders()[-1]
    returned = place.back(order)
    assert returned.left == ("2 predictions, whose model or case the store no longer knows",)
    assert [place.store.predictions.find(place.dataset, name) != [] for name in ("a", "c")] == [False, True]


def test_a_prediction_of_a_model_that_is_gone_stays_away(place):
    model = fill(place)
    place.erase("case", place.dataset, "a", 2)
    place.erase("model", model)
    returned = place.back(place.orders()[-1])
    assert "1 predictions" in returned.left[0]
    assert returned.rows == {"revisions": 2, "cases": 1, "drafts": 1}


def test_numbers_go_on_in_a_data_set_that_came_back(place):
    fill(place)
    place.erase("dataset", place.dataset)
    place.back(place.orders()[0])
    assert place.put("new", b"new scan").revision == 3


def test_a_key_that_was_used_again_stays_with_the_newer_order(place):
    place.model(b"bundle", key="key")
    place.erase("dataset", place.dataset)
    other = place.store.datasets.create(DatasetCreate(name="other", labels=LABELS)).id
    job, _ = place.store.jobs.create(JobCreate(kind="train", dataset=other), "key")
    place.back(place.orders()[0])
    assert place.store.jobs.create(JobCreate(kind="train", dataset=other), "key")[0].id == job.id


def test_files_that_are_gone_or_damaged_leave_everything_as_it_is(place):
    fill(place)
    place.erase("case", place.dataset, "a", 2)
    (name,) = place.orders()
    file = next(path for path in place.blobs.trash.files() if path.read_bytes() == b"label a")
    before = place.seen()
    file.write_bytes(b"LABEL a")
    with pytest.raises(UnusableDataFolder, match="not what they were"):
        place.back(name)
    file.unlink()
    assert "5 of its 6 files are here" in in_trash(place.chosen)[0].words
    with pytest.raises(NotFound, match="1 of the 6 files"):
        place.back(name)
    assert {**place.seen(), "files": before["files"]} == before
    assert place.orders() == [name]


@pytest.mark.parametrize(
    "record",
    [
        {"secrets": [{"id": "x"}]},
        {"datasets": [{"id": "x", "name": "y", "labels": "[]", "created": 1, "more": 1}]},
        {"datasets": [{"id": "x"}]},
        {"datasets": [{"id": ["x"], "name": "y", "labels": "[]", "created": 1}]},
        {"datasets) VALUES (1); --": [{}]},
    ],
)
def test_rows_of_another_version_are_refused(place, record):
    place.blobs.trash.keep("erased-1.json", json.dumps(record).encode())
    with pytest.raises(InvalidRequest, match="none of this version"):
        place.back("erased-1")
    assert len(place.store.datasets.find()) == 1


@pytest.mark.parametrize(
    "data", [b"{", b"[]", b'{"cases": 1}', b'{"cases": [1]}', b'{"revisions": [{"image": 5}]}', b"[" * 200_000]
)
def test_an_order_that_cannot_be_read_is_told(place, data):
    place.blobs.trash.keep("erased-1.json", data)
    assert "cannot be read" in in_trash(place.chosen)[0].words
    with pytest.raises(UnusableDataFolder, match="cannot be read"):
        place.back("erased-1.json")


def test_single_files_say_what_they_are_and_come_back(place):
    named, unnamed = place.put("a", b"scan a").image, place.blob(b"nobody's")
    lost = place.blob(b"erased long ago")
    place.blobs.append("ab" * 32, 0, 100, b"part")
    place.blobs.erase(lost, keep=True)
    place.blobs.collect(set, grace=-1)
    words = {kept.name: kept.words for kept in in_trash(place.chosen)}
    assert "the image of case a" in words[named]
    assert "it is missed, put it back" in words[named]
    assert "a file that nothing names" in words[unnamed]
    assert "kept until" in words[unnamed]
    assert "that was erased" in words[lost]
    assert "cannot be put back" in words[f"{'ab' * 32}.100"]
    assert any("missing" in finding.text for finding in look_through(place.chosen))
    assert "the image of case a" in place.back(named[:12]).words
    assert not any("missing" in finding.text for finding in look_through(place.chosen))
    for name, error in (("ab", InvalidRequest), ("zz", NotFound), ("", NotFound)):
        with pytest.raises(error):
            place.back(name)


def test_a_beginning_that_several_names_have_is_asked_again(place):
    for number in (1, 12):
        place.blobs.trash.keep(f"erased-{number}.json", b"{}")
    with pytest.raises(InvalidRequest, match="with which 2 names begin"):
        place.back("erased-1")


def test_a_file_that_was_thrown_away_twice_comes_back_from_its_last_day(place):
    digest = place.blob(b"scan")
    for day in ("2026-01-02", "2026-01-03"):
        folder = place.blobs.trash.root / "garbage" / day
        folder.mkdir(parents=True)
        (folder / digest).write_bytes(b"scan" if day > "2026-01-02" else b"old")
    assert place.back(digest).files == 1


def test_a_crash_between_files_and_rows_is_gone_on_with(place, monkeypatch):
    fill(place)
    before = place.seen()
    place.erase("case", place.dataset, "a", 2)
    (name,) = place.orders()
    with monkeypatch.context() as patched:
        patched.setattr(place.store.put_backs, "put_back", lambda record: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            place.back(name)
    assert place.orders() == [name]
    place.back(name)
    assert place.seen() == before


def test_the_command_lists_and_puts_back_and_the_audit_knows(chosen, capsys):
    folder = ["--data-folder", str(chosen.data_folder)]
    with opened(chosen) as (store, blobs):
        place = Place(chosen, store, blobs)
        fill(place)
        place.erase("case", place.dataset, "a", 2)
        place.erase("dataset", place.dataset)
        names = place.orders()
    assert main.main(["trash", "list", *folder]) == 0
    said = capsys.readouterr().out
    assert f"{names[1]}  case 'a' of {place.dataset}: 1 cases, 2 revisions, 1 drafts, 1 predictions; 6 of its 6" in said
    lock = settings.lock_data_folder(chosen.data_folder)
    assert main.main(["trash", "restore", *names, *folder]) == main.FAILED
    assert "Stop the server" in capsys.readouterr().err
    lock.release()
    assert main.main(["trash", "restore", "nothing", *folder]) == main.FAILED
    assert "trash list" in capsys.readouterr().err
    assert main.main(["trash", "restore", names[1], names[0], *folder]) == 0  # the data set first
    said = capsys.readouterr().out
    assert "Put back: data set 'livers'" in said
    assert "the folders of its jobs" in said
    assert main.main(["trash", "list", *folder]) == 0
    assert "The trash is empty." in capsys.readouterr().out
    assert main.main(["check", *folder]) == 0
    lines = [line for line in read(chosen.audit_root) if line["what"] == "trash restore"]
    assert [line["outcome"] for line in lines] == ["begun", "done"] * 2
    assert lines[3]["restored"].startswith("case 'a'")


def test_a_folder_in_doubt_is_left_alone(chosen, capsys):
    with opened(chosen) as (store, blobs):
        Place(chosen, store, blobs).put("a", b"scan")
    chosen.store_path.unlink()
    for words in (["list"], ["restore", "x"]):
        assert main.main(["trash", *words, "--data-folder", str(chosen.data_folder)]) == main.FAILED
        assert "without the store" in capsys.readouterr().err


def test_the_store_takes_all_or_nothing(place, monkeypatch):
    fill(place)
    place.erase("dataset", place.dataset)
    record = json.loads(next(path for path in place.blobs.trash.files() if path.suffix == ".json").read_bytes())
    record["cases"][0]["revision"] = 99
    with pytest.raises(sqlite3.IntegrityError):
        place.store.put_backs.put_back(record)
    assert place.store.datasets.find() == []


def test_one_odd_file_hides_nothing(place, capsys):
    digest = place.blob(b"scan")
    place.blobs.erase(digest, keep=True)
    odd = place.blobs.trash.root / "garbage" / "notadate"
    odd.mkdir(parents=True)
    (odd / ("ab" * 32)).write_bytes(b"x")
    (odd / "a\nb").write_bytes(b"x")
    (odd / "folder").mkdir()
    place.blobs.trash.keep("erased-1.json", json.dumps({"models": [{"id": "\ud800", "dataset": ["x"]}]}).encode())
    assert main.main(["trash", "list", "--data-folder", str(place.chosen.data_folder)]) == 0
    said = capsys.readouterr().out
    assert all(word in said for word in (digest, "named for no day", r"a\nb", "folder  a link", r"model \ud800 of"))


def test_a_file_that_vanishes_while_it_is_listed_is_told(place, monkeypatch):
    place.blobs.erase(place.blob(b"scan"), keep=True)
    monkeypatch.setattr(putback, "_file_words", lambda path, named: path.with_name("gone").stat())
    assert [kept.words for kept in in_trash(place.chosen)] == ["something that cannot be read; it cannot be put back"]


def test_no_link_is_put_back(place, tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    digest = hashlib.sha256(b"secret").hexdigest()
    folder = place.blobs.trash.root / "erased" / "2026-01-02"
    folder.mkdir(parents=True)
    (folder / digest).symlink_to(tmp_path / "secret")
    (folder / "erased-9.json").symlink_to(tmp_path / "secret")
    assert {kept.words[:6] for kept in in_trash(place.chosen)} == {"a link"}
    for name in (digest, "erased-9.json"):
        with pytest.raises(InvalidRequest, match="a link"):
            place.back(name)
    place.blobs.trash.keep("erased-8.json", json.dumps({"revisions": [{"image": digest}]}).encode())
    with pytest.raises((InvalidRequest, UnusableDataFolder)):
        place.back("erased-8.json")
    assert not place.blobs.has(digest)


def test_a_short_beginning_is_no_name(place):
    place.blobs.trash.keep("erased-1.json", b"{}")
    with pytest.raises(InvalidRequest, match="8 characters or more"):
        place.back("erased-")
