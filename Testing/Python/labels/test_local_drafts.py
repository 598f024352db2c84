"""Drafts: a label that was begun is there again, whole, whatever happened while it was written."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from DualNetSSLLib.client.errors import LocalFileError
from DualNetSSLLib.labels.local_drafts import SENDING, Draft, Drafts


@pytest.fixture
def drafts(tmp_path):
    return Drafts(tmp_path / "drafts")


def kept(drafts, value, case="scan-1"):
    file = drafts.new_file("d1", case)
    np.save(file, np.full((2, 2, 2), value, np.uint8))
    draft = Draft(file=file.name, revision=3, model="m", whole=False, saved=1.0)
    drafts.keep("d1", case, draft)
    return draft


def value_of(drafts, draft, case="scan-1"):
    return int(np.load(drafts.folder("d1", case) / draft.file)[0, 0, 0])


def test_the_newest_draft_is_found_and_the_one_before_is_gone(drafts):
    first = kept(drafts, 1)
    second = kept(drafts, 2)
    assert drafts.find("d1", "scan-1") == second
    assert value_of(drafts, second) == 2
    assert not (drafts.folder("d1", "scan-1") / first.file).exists()


def test_cases_that_differ_in_capitals_have_drafts_of_their_own(drafts):
    kept(drafts, 1, "Scan")
    kept(drafts, 2, "scan")
    assert value_of(drafts, drafts.find("d1", "Scan"), "Scan") == 1
    names = [drafts.folder("d1", case).name.lower() for case in ("Scan", "scan")]
    assert names[0] != names[1]


def test_a_draft_that_was_not_written_to_its_end_leaves_the_one_before(drafts):
    draft = kept(drafts, 1)
    np.save(drafts.new_file("d1", "scan-1"), np.zeros(3))
    assert drafts.find("d1", "scan-1") == draft


def test_a_damaged_note_or_a_missing_file_is_no_draft(drafts):
    draft = kept(drafts, 1)
    (drafts.folder("d1", "scan-1") / draft.file).unlink()
    assert drafts.find("d1", "scan-1") is None
    (drafts.folder("d1", "scan-1") / "draft.json").write_text("{")
    assert drafts.find("d1", "scan-1") is None


def test_what_is_being_handed_over_outlives_a_new_draft_but_not_the_end(drafts):
    sending = drafts.new_file("d1", "scan-1", SENDING)
    np.save(sending, np.ones(2))
    kept(drafts, 1)
    assert sending.exists()
    drafts.discard("d1", "scan-1")
    assert not sending.exists()
    assert drafts.find("d1", "scan-1") is None


def test_edits_set_aside_do_not_come_back_but_are_not_lost(drafts):
    draft = kept(drafts, 5)
    file = drafts.set_aside("d1", "scan-1")
    assert drafts.find("d1", "scan-1") is None
    assert int(np.load(file)[0, 0, 0]) == 5
    kept(drafts, 6)
    drafts.discard("d1", "scan-1")
    assert file.exists()
    assert drafts.set_aside("d1", "scan-1") is None
    assert file.name == draft.file


def test_a_disk_that_cannot_be_written_on_is_told_and_keeps_the_draft(drafts, monkeypatch):
    draft = kept(drafts, 1)

    def full(*_arguments, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", full)
    with pytest.raises(LocalFileError, match="no space left"):
        drafts.keep("d1", "scan-1", dataclasses.replace(draft, revision=4))
    monkeypatch.undo()
    assert drafts.find("d1", "scan-1") == draft
