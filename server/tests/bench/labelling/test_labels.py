"""The labels bench: what painting from nothing costs, what each way vouches for, and a book that is only added to."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dualnetssl import volumes
from dualnetssl.cli import main
from dualnetssl.contract.errors import TrainingFailed
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.contract.schema import Geometry
from dualnetssl_bench.experiments import experiments, protocols
from dualnetssl_bench.experiments.protocols import Material
from dualnetssl_bench.labelling import labels, prices, report, sets, ways
from dualnetssl_bench.labelling.book import Book
from dualnetssl_bench.labelling.prices import Work
from dualnetssl_bench.labelling.ways import WAYS, Scan

SHAPE = (30, 40, 36)


def scan() -> Scan:
    """Two classes beside each other, 18 slices long, wider in the middle."""
    truth = np.zeros(SHAPE, np.uint8)
    truth[6:24, 14:24, 10:18] = 1
    truth[6:24, 14:24, 18:24] = 2
    truth[12:18, 12:26, 8:26] = np.maximum(truth[12:18, 12:26, 8:26], 1)
    return Scan(truth, (2.0, 1.0, 1.0))


def paint(way: str) -> ways.Painted:
    return WAYS[way](scan(), np.random.default_rng(0))


def test_the_command_and_the_report_know_the_same_ways():
    assert tuple(WAYS) == labels.WAYS == tuple(report.IN_WORDS)


@pytest.mark.parametrize("way", WAYS)
def test_no_way_says_what_is_not_so(way):
    truth, label = scan().truth, paint(way).label
    known = label != 255
    assert np.array_equal(label[known], truth[known])
    assert {1, 2} <= set(np.unique(label))


def test_each_way_vouches_for_what_it_says():
    truth = scan().truth
    assert np.array_equal(paint("whole").label, truth)
    known = paint("slices").label != 255
    assert np.flatnonzero(known.any(axis=(1, 2))).tolist() == [9, 15, 21]
    assert known[9].all()
    bounded = paint("slices-bounds").label
    assert (bounded[:6] == 0).all()
    assert (bounded[24:] == 0).all()
    assert (bounded[10, :, 34:] == 0).all(), "outside the box that was fitted"
    assert (bounded[10, 14:24, 10:24] == 255).all(), "the organ between painted slices is not known"
    assert (paint("boxes").label != 255).sum() == 20**3
    around = paint("boxes-bounds").label
    assert (around[:4] == 0).all()
    assert np.array_equal(around[4:26, 10:28, 6:28] == 255, paint("boxes").label[4:26, 10:28, 6:28] == 255)


def test_a_drawn_box_holds_what_was_seen_and_slices_lie_evenly_in_it():
    truth, label = scan().truth, paint("slices-box").label
    known = label != 255
    box, looked_at = ways.seen_box(scan())
    assert box == {"k": (4, 25), "j": (10, 27), "i": (6, 27)}
    assert looked_at == 8 + 8
    assert np.flatnonzero(known[:, 20, 15]).tolist() == [*range(4), 7, 15, 22, *range(26, 30)]
    assert np.array_equal(label[known], truth[known])


def test_slices_lie_where_the_first_scan_had_them_and_nobody_looks_for_the_ends():
    first, moved = scan(), Scan(np.roll(scan().truth, 5, axis=0), (2.0, 1.0, 1.0), scan().shares())
    rng = np.random.default_rng(0)
    assert np.array_equal(WAYS["slices-habit"](first, rng).label, WAYS["slices-bounds"](first, rng).label)
    later = WAYS["slices-habit"](moved, rng)
    known = later.label != 255
    assert np.flatnonzero(known.all(axis=(1, 2))).tolist() == [9, 15, 21]
    assert not later.label[9].any(), "the organ is not where it was: the slice is empty, and that is said"
    assert np.array_equal(later.label[known], moved.truth[known])
    assert later.work.seconds < WAYS["slices"](moved, rng).work.seconds - 18 * 0.28


def test_a_fitted_box_may_be_wrong_and_that_is_counted(tmp_path):
    truth = np.zeros(SHAPE, np.uint8)
    truth[6:24, 14:24, 10:18] = 1
    truth[12, 14:24, 10:34] = 1  # a spike that no painted slice shows
    grid = Geometry(size=SHAPE[::-1], spacing=(1, 1, 1), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
    volumes.write_volume(tmp_path / "truth.nrrd", truth, grid)
    case = JobCase(case="a", image="never read", label=str(tmp_path / "truth.nrrd"))
    made = sets.make(Material((case,), (), ()), "slices-bounds", 1, 0, tmp_path / "made")
    assert made.wrong == 10 * (34 - 20)
    assert made.drawn == 3 * 10 * 8


def test_prices_are_those_of_corrections_and_the_outline_goes_by_its_length():
    small, large = np.zeros((48, 48), np.uint8), np.zeros((48, 48), np.uint8)
    small[10:16, 10:16], large[10:34, 10:34] = 1, 1
    little, much = prices.drawn(small, 0.5), prices.drawn(large, 0.5)
    assert (little.way_mm, much.way_mm) == (10.0, 46.0)
    assert (little.clicks, little.keys) == (2, 1)
    assert much.seconds > little.seconds
    assert prices.drawn(np.zeros((48, 48), np.uint8), 0.5) == prices.passed(1) == Work(keys=1, looks=1)
    two = small.copy()
    two[30:33, 30:33] = 2
    assert (prices.drawn(two, 0.5).clicks, prices.drawn(two, 0.5).keys) == (4, 2)


def test_a_part_of_a_slice_costs_less_and_its_cut_is_no_outline():
    shown = np.zeros((40, 40), np.uint8)
    shown[10:30, 10:30] = 1
    inside = np.zeros(shown.shape, bool)
    inside[:20, :20] = True
    assert prices.drawn(shown, 1.0, inside).way_mm == 19.0


def test_slices_cost_little_and_bounds_next_to_nothing():
    cost = {way: paint(way).work.seconds for way in WAYS}
    assert cost["slices"] < cost["boxes"] < cost["whole"]
    assert cost["slices-bounds"] - cost["slices"] == pytest.approx(3 * 1.3)


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    data = protocols.quick_data(tmp_path_factory.mktemp("phantoms"))
    return protocols.gather(protocols.QUICK, data, tmp_path_factory.mktemp("unused"))


def test_the_time_is_spent_as_nearly_as_whole_scans_allow(material, tmp_path):
    alone = sets.make(material, "slices", 0, 0, tmp_path / "one")
    assert alone.scans == 1, "at least one scan"
    minutes = alone.work.seconds / 60
    more = sets.make(material, "slices", 3 * minutes, 0, tmp_path / "more")
    assert abs(more.work.seconds / 60 - 3 * minutes) <= minutes
    every = sets.make(material, "slices", 1e6, 0, tmp_path / "all")
    assert every.scans == len(material.train)
    assert [case.case for case in every.material.train] == [case.case for case in material.train]


def test_labels_are_the_same_for_the_same_seed_and_lie_on_their_scans(material, tmp_path):
    made = [sets.make(material, "boxes", 1e6, seed, tmp_path / name) for seed, name in ((0, "a"), (0, "b"), (1, "c"))]
    first, again, other = ([volumes.read_label(Path(case.label)) for case in one.material.train] for one in made)
    assert [np.array_equal(one[0], two[0]) for one, two in zip(first, again, strict=True)] == [True] * len(first)
    assert [np.array_equal(one[0], two[0]) for one, two in zip(first, other, strict=True)] != [True] * len(first)
    assert volumes.same_geometry(first[0][1], volumes.probe(Path(material.train[0].image)).geometry)
    assert made[0].verified == sum(int((label != 255).sum()) for label, _ in first)


ROW = {"protocol": "p", "way": "whole", "minutes": 5, "preset": "default", "seed": 0, "fields": {"steps": 4}}


def test_the_newest_result_of_a_kind_counts_and_no_line_is_lost(tmp_path):
    book = Book(tmp_path / "book.jsonl")
    assert book.rows() == []
    book.add({**ROW, "dice": 0.5})
    with book.path.open("a") as file:
        file.write('{"protocol": "p", "wa')  # a power cut
    book.add({**ROW, "seed": 1, "dice": 0.6})
    book.add({**ROW, "dice": 0.7})
    assert [(row["seed"], row["dice"]) for row in book.rows()] == [(0, 0.7), (1, 0.6)]
    assert book.find(ROW)["dice"] == 0.7
    assert book.find({**ROW, "fields": {"steps": 5}}) is None
    assert len(book.path.read_text().splitlines()) == 4


def result(way: str, preset: str, minutes: int, dice: float | None, spent: float = 5.0) -> dict:
    own = {"way": way, "preset": preset, "minutes": minutes, "dice": dice, "spent_minutes": spent}
    return {**ROW, **own, "scans": 4, "verified": 10, "wrong": 0, "hd95_mm": None, "sources": "s"}


def test_table_and_picture_tell_dice_by_minutes_spent():
    rows = [result("whole", "supervised", 5, 0.6, 5.5), result("whole", "supervised", 10, 0.8, 9.5)]
    rows += [result("slices", "default", 5, None), result("boxes", "supervised", 5, 0.7)]
    found = report.findings(rows, "p", ("one failed",))
    assert [line[:4] for line in found.rows] == [
        ["whole scans", "supervised", "5", "5.5"],
        ["whole scans", "supervised", "10", "9.5"],
        ["slices", "default", "5", "5.0"],
        ["boxes", "supervised", "5", "5.0"],
    ]
    assert found.rows[2][-2:] == ["-", "-"]
    assert found.notes == ("one failed",)
    assert report.curve(rows, ("whole", "supervised")) == [(5.5, 0.6), (9.5, 0.8)]
    assert "whole scans" in found.picture
    assert "boxes" not in found.picture
    single = report.picture([*rows, result("slices-habit", "supervised", 5, 0.7)])
    assert "slices" in single, "a way with one point is a mark beside the lines"
    assert report.picture(rows[2:]) is None
    mixed = report.findings([rows[0], {**rows[1], "sources": "t"}], "p")
    assert "2 versions" in mixed.notes[0]


def run(output: Path, *more: str) -> int:
    words = ["bench", "labels", "--quick", "--seeds", "0", "--only", "slices-bounds", "--device", "cpu"]
    return main.main([*words, "--presets", "supervised", "--output", str(output), *more])


def lines(output: Path) -> list[dict]:
    return [json.loads(line) for line in (output / "labels.jsonl").read_text().splitlines()]


def test_the_bench_writes_each_result_at_once_and_does_nothing_twice(tmp_path, monkeypatch, capsys):
    assert run(tmp_path, "--minutes", "1") == 0
    (row,) = lines(tmp_path)
    assert (row["way"], row["minutes"], row["preset"], row["seed"]) == ("slices-bounds", 1, "supervised", 0)
    assert 0 <= row["dice"] <= 1
    assert row["scans"] >= 1
    assert "slices with bounds" in (tmp_path / "labels.txt").read_text()
    assert not list(tmp_path.rglob("runs/**/labels/*.nrrd")), "labels of finished runs are not kept"

    def refuse(*_):
        raise TrainingFailed("a run", "none", "Do not.")

    monkeypatch.setattr(experiments, "perform", refuse)
    assert run(tmp_path, "--minutes", "1") == 0
    assert run(tmp_path, "--minutes", "1", "2") == 1, "one failed, and what is done stays"
    assert "2 minutes, supervised, seed 0 failed" in capsys.readouterr().out
    monkeypatch.undo()
    assert run(tmp_path, "--minutes", "1", "--again") == 0
    assert len(lines(tmp_path)) == 2
