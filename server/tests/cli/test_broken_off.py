"""Commands that are ended halfway: what they leave is told as what it is, and gone on with where it is the same."""

from __future__ import annotations

import json

import numpy as np
import pytest
from method_support import LABELS, blob, loud_model, tiny_config, tiny_model, tiny_recipe, write

import dualnetssl.prediction.predict
from dualnetssl import volumes
from dualnetssl.bundle import export
from dualnetssl.bundle.model_card import ModelCard
from dualnetssl.cli import main, outputs
from dualnetssl.cli.outputs import Before, Withdrawal, read_before


class Kill(BaseException):
    """Ends a command at once."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DUALNETSSL_PREPARED", "none")
    loud_model(tmp_path / "one")
    config = tiny_config()
    card = ModelCard(labels=LABELS, recipe=tiny_recipe(), config=config, step=1)
    export.export(tiny_model(config, seed=5), card, tmp_path / "other")
    (tmp_path / "scans").mkdir()
    for number in range(3):
        write(tmp_path / "scans" / f"s{number}.nrrd", blob((10, 12, 16), seed=number)[0])
    return tmp_path


def predict(folder, model, output="out"):
    words = ["--model", str(folder / model), "--images", str(folder / "scans"), "--output", str(folder / output)]
    return main.main(["predict", *words, "--device", "cpu"])


def dies_after(count, monkeypatch):
    """Let a command end at once when it has written so many scans, before it notes the last one down."""
    plain, written = dualnetssl.prediction.predict.write_case, []

    def dying(*given):
        row = plain(*given)
        written.append(row)
        if len(written) == count:
            raise Kill
        return row

    monkeypatch.setattr(dualnetssl.prediction.predict, "write_case", dying)


def segmented(folder, number, output="out"):
    return volumes.read_label(folder / output / f"s{number}.seg.nrrd")[0]


def cases_of(folder):
    return [row["case"] for row in json.loads((folder / "out" / "predictions.json").read_bytes())["cases"]]


def test_another_model_that_is_ended_halfway_leaves_nothing_under_the_first_ones_name(folder, monkeypatch):
    assert predict(folder, "one") == 0
    first = [segmented(folder, number) for number in range(3)]
    with monkeypatch.context() as patch:
        dies_after(2, patch)
        with pytest.raises(Kill):
            predict(folder, "other")
    assert cases_of(folder) == ["s2"]  # the others' files are the new model's, or may be
    assert predict(folder, "one") == 0
    assert cases_of(folder) == ["s0", "s1", "s2"]
    assert all(np.array_equal(segmented(folder, number), first[number]) for number in range(3))
    assert "withdrawn" not in json.loads((folder / "out" / "predictions.json").read_bytes())


def test_a_scan_that_was_replaced_under_its_name_is_predicted_anew(folder, monkeypatch):
    with monkeypatch.context() as patch:
        dies_after(3, patch)
        with pytest.raises(Kill):
            predict(folder, "one")
    write(folder / "scans" / "s0.nrrd", blob((10, 12, 16), centre=(3, 3, 3), seed=9)[0])
    done, believe = [], dualnetssl.prediction.predict.believe_scan
    monkeypatch.setattr(dualnetssl.prediction.predict, "believe_scan", lambda *given: done.append(1) or believe(*given))
    assert predict(folder, "one") == 0
    assert len(done) == 2  # the replaced one, and the one that was not noted down
    assert predict(folder, "one", "fresh") == 0
    assert all(np.array_equal(segmented(folder, n), segmented(folder, n, "fresh")) for n in range(3))


def test_files_of_a_withdrawn_prediction_go_when_a_new_one_has_other_names(folder):
    assert predict(folder, "one") == 0
    Withdrawal(folder / "out", read_before(folder / "out")).of("s0")
    words = ["--images", str(folder / "scans"), "--output", str(folder / "out"), "--device", "cpu"]
    assert main.main(["predict", "--model", str(folder / "other"), *words, "--format", "nifti"]) == 0
    assert {path.name for path in (folder / "out").glob("s?.seg.nrrd")} == set()
    assert cases_of(folder) == ["s0", "s1", "s2"]


def test_what_is_withdrawn_stays_so_until_it_is_made_anew():
    rows = tuple({"case": name} for name in "abc")
    before = Before(rows[:2], rows[2:])
    assert before.without({"a"}) == Before(rows[1:2], (rows[0], rows[2]))
    assert before.without({"c"}) == Before(rows[:2], rows[2:])


def test_what_is_kept_of_a_scan_is_not_that_of_another_whose_name_goes_on(folder, monkeypatch):
    write(folder / "scans" / "s0.2.nrrd", blob((10, 12, 16), seed=7)[0])
    with monkeypatch.context() as patch:
        dies_after(4, patch)
        with pytest.raises(Kill):
            predict(folder, "one")
    kept = {path.name for path in (folder / "out").glob(".*.json")}
    assert any(name.startswith(".s0.2.") for name in kept)
    alone = ["--images", str(folder / "scans" / "s0.nrrd"), "--output", str(folder / "out"), "--device", "cpu"]
    assert main.main(["predict", "--model", str(folder / "one"), *alone]) == 0
    left = {path.name for path in (folder / "out").glob(".*.json")}
    assert left == {name for name in kept if name.startswith((".s0.2.", ".s1.", ".s2."))}


def test_files_of_before_are_known_until_the_new_ones_have_their_names(folder, monkeypatch):
    words = ["--images", str(folder / "scans"), "--output", str(folder / "out"), "--device", "cpu"]
    assert main.main(["predict", "--model", str(folder / "one"), *words, "--format", "nifti"]) == 0

    def dies(*given):
        raise Kill

    with monkeypatch.context() as patch:
        patch.setattr(outputs, "_named", dies)
        with pytest.raises(Kill):
            predict(folder, "other")
    assert cases_of(folder) == []
    assert predict(folder, "other") == 0
    assert cases_of(folder) == ["s0", "s1", "s2"]
    assert list((folder / "out").glob("*.nii.gz")) == []  # the first model's, which nobody is to take for the other's
    assert list((folder / "out").glob(".*")) == []
