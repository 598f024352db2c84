"""The loop bench: what a correction costs, where strategies look, and how far each gets with how much work."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

from dualnetssl.cli import main
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.jobspec import JobCase
from dualnetssl_bench.correction import course, curves, effort, loop, strategies
from dualnetssl_bench.correction.corrections import Corrections, read_corrections, write_corrections
from dualnetssl_bench.correction.course import Plan, Start
from dualnetssl_bench.correction.effort import Effort
from dualnetssl_bench.correction.looking import Look, Proposal, uncertain_regions
from dualnetssl_bench.correction.loop import Told
from dualnetssl_bench.correction.strategies import View
from dualnetssl_bench.experiments import experiments, protocols
from dualnetssl_bench.showcase import reviewing

SHAPE, SPACING = (10, 12, 14), (1.0, 1.0, 2.0)


class Crash(BaseException):
    """A death that nobody handles, as by kill -9."""


def image(array):
    made = sitk.GetImageFromArray(array)
    made.SetSpacing(SPACING)
    return made


def write_scan(folder, name, doubt, size):
    """A scan whose prediction is one voxel thinner than its truth, unsure (``doubt``) in a box of ``size`` voxels."""
    truth, predicted = np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, np.uint8)
    truth[3:7, 3:9, 3:11], predicted[3:7, 3:9, 3:10] = 1, 1
    uncertainty = np.zeros(SHAPE, np.float32)
    uncertainty[4:6, 4 : 4 + size, 9:12] = doubt
    for part, array in (("seg", predicted), ("uncertainty", uncertainty), ("disagreement", uncertainty)):
        sitk.WriteImage(image(array), str(folder / f"{name}.{part}.nrrd"))
    sitk.WriteImage(image(truth), str(folder / f"{name}.truth.nrrd"))
    return JobCase(case=name, image="never read", label=str(folder / f"{name}.truth.nrrd"))


@pytest.fixture
def view(tmp_path):
    """Three scans: ``b`` promises most wrong voxels and is the least certain, then ``a``, then ``c``."""
    scans = (("a", 0.8, 4), ("b", 0.9, 6), ("c", 0.4, 3))
    cases = {name: write_scan(tmp_path, name, doubt, size) for name, doubt, size in scans}
    return View(tmp_path / "no model", cases, tmp_path, "cpu", {}, 2)


def rng():
    return np.random.default_rng(0)


def test_the_price_of_a_whole_scan_and_of_a_place():
    shown, wrong = np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, bool)
    shown[2:4, 2:8, 2:8] = 1
    wrong[2, 2:4, 2] = wrong[2, 8, 8] = wrong[3, 2, 2] = True
    whole = effort.effort_of(np.ones(SHAPE, bool), shown, wrong, opens=True)
    along = int(np.ceil(20 / (14 / 12)))
    assert whole == Effort(scans=1, places=1, clicks=2 + 2 + 3, slices=10, looks=2 * along + 8, voxels=4)
    place = np.zeros(SHAPE, bool)
    place[2:4, 2:4, 2:4] = True
    part = effort.effort_of(place, shown, wrong & place, opens=False)
    assert part == Effort(scans=0, places=1, clicks=2 + 2, slices=2, looks=2 * 3, voxels=3)
    assert whole + part == Effort(1, 2, 11, 12, 2 * along + 14, 7)
    assert whole.seconds == pytest.approx(10 + 7 * 1.3 + 10 * 0.28 + (2 * along + 8) * 0.4 + 4 * 0.15 / 9)
    assert effort.strokes(np.zeros(SHAPE, bool)) == 0


def test_outlines_lie_inside_organs_and_between_them_but_not_between_slices():
    shown = np.zeros((2, 5, 7), np.uint8)
    shown[0, 1:4, 1:4], shown[0, 1:4, 4:6] = 1, 2
    found = effort.outlines(shown)
    assert not found[1].any()
    assert found[0].sum() == 9 + 6 - 1  # all but the middle of the first organ
    assert not found[0, 2, 2]


def test_what_the_brush_bridges_is_one_stroke_and_slices_never_join():
    wrong = np.zeros((2, 4, 9), bool)
    wrong[0, 0, 0] = wrong[0, 1, 1] = wrong[1, 1, 1] = True
    assert effort.strokes(wrong) == 2
    wrong[0, 0, 3] = True
    assert effort.strokes(wrong) == 2, "a brush of three voxels bridges one"
    wrong[0, 0, 7] = True
    assert effort.strokes(wrong) == 3


def order_of(proposals):
    return list(dict.fromkeys(proposal.look.case for proposal in proposals))


def test_regions_go_where_most_is_expected_to_be_wrong_and_whole_scans_where_doubt_is_highest(view):
    found = list(strategies.regions(view, rng()))
    assert order_of(found) == ["b", "a", "c"]
    assert found[0].place[4:6, 4:9, 9:11].all()
    assert 0 < found[0].place.mean() < 0.5
    whole = list(strategies.uncertain_scan(view, rng()))
    assert order_of(whole) == ["b", "a", "c"]
    assert all(proposal.place.all() for proposal in whole)
    assert list(strategies.nothing(view, rng())) == []


def test_the_worklist_has_the_same_regions_each_once_and_a_scan_of_a_hand_in_one_go(view):
    def places(proposals):
        return sorted((proposal.look.case, proposal.place.tobytes()) for proposal in proposals)

    found = list(strategies.worklist(view, rng()))
    assert len(found) > 2
    assert places(found) == places(strategies.regions(view, rng()))
    names = [proposal.look.case for proposal in found]
    assert len(order_of(found)) == sum(one != before for one, before in zip(names, [None, *names], strict=False))
    late = replace(view, number=9)
    assert order_of(strategies.worklist(late, rng())) == ["b", "a", "c"], "by gain, once chance has calmed down"


def test_the_worklist_deals_a_region_amid_background_for_the_class_that_it_is_doubted_for(view, monkeypatch):
    from DualNetSSLLib.regions import dealing

    sitk.WriteImage(image(np.zeros(SHAPE, np.uint8)), str(view.folder / "b.seg.nrrd"))
    where = np.flatnonzero(sitk.GetArrayFromImage(view.look("b").uncertainty))
    parts = {"version": np.uint8(1), "size": np.array(SHAPE[::-1], np.uint32), "floor": np.float32(0.02)}
    odds = np.stack([np.zeros((2, len(where)), np.uint8), np.full((2, len(where)), 9, np.uint8)], axis=1)
    parts |= {"step": np.float32(0.05), "values": np.array([0, 1], np.uint8), "odds": odds}
    np.savez(view.folder / "b.opinions.npz", gaps=np.diff(where, prepend=0).astype(np.uint32), **parts)
    offered, deal = [], dealing.deal
    monkeypatch.setattr(dealing, "deal", lambda *told: (offered.extend(told[0]), deal(*told))[1])
    list(strategies.worklist(view, rng()))
    assert {(one.case, one.label) for one in offered} == {("a", 1), ("b", 1), ("c", 1)}


def test_a_border_in_doubt_is_looked_at_before_a_corner_that_is_doubted_more_far_from_all_that_was_predicted():
    labels, doubt = np.zeros((20, 40, 60), np.uint8), np.zeros((20, 40, 60), np.float32)
    labels[8:12, 8:14, 8:14], doubt[8:12, 8:14, 14:18] = 1, 0.65
    doubt[:, 30:, 46:] = 0.8  # more than 3 % of the scan
    found = uncertain_regions(Look("a", image(labels), image(doubt), np.zeros(labels.shape, bool)), 3, 1)
    assert found[0].mask()[9, 10, 15]


def test_what_was_verified_is_not_shown_again(view):
    done = np.ones(SHAPE, bool)
    later = View(view.model, view.cases, view.folder, "cpu", {"b": done}, 2)
    assert order_of(strategies.regions(later, rng())) == ["a", "c"]
    for strategy in (strategies.random_scan, strategies.foreground_scan, strategies.uncertain_scan):
        assert sorted(order_of(strategy(later, rng()))) == ["a", "c"]


def test_random_scans_are_random_and_the_same_for_the_same_seed(view):
    orders = {tuple(order_of(strategies.random_scan(view, np.random.default_rng(seed)))) for seed in range(20)}
    assert len(orders) > 2
    again = [order_of(strategies.random_scan(view, rng())) for _ in range(2)]
    assert again[0] == again[1]


def test_foreground_scans_skip_empty_slices(view):
    place = next(strategies.foreground_scan(view, rng())).place
    assert np.flatnonzero(place.any(axis=(1, 2))).tolist() == list(range(1, 9))
    assert place[1:9].all()
    assert strategies.slices_about(np.zeros(SHAPE, bool)).all()


def test_slices_lie_within_the_organ_and_uncertain_ones_where_doubt_is(view):
    (even, *_), (doubtful, *_) = (
        list(strategies.STRATEGIES[name](view, rng())) for name in ("slices", "uncertain-slices")
    )
    assert np.flatnonzero(even.place.all(axis=(1, 2))).tolist() == [3, 5, 6]  # the organ is found in slices 3 to 6
    assert even.place.any(axis=(1, 2)).sum() == 3
    uncertain = sitk.GetArrayFromImage(doubtful.look.uncertainty).any(axis=(1, 2))
    chosen = doubtful.place.all(axis=(1, 2))
    assert chosen.sum() == 3
    assert chosen[uncertain].all()


def test_without_an_organ_slices_lie_within_the_scan(view):
    look = view.look("a")
    nothing = Look("a", look.segmentation * 0, look.uncertainty, look.verified)
    assert strategies._extent(nothing.predicted > 0) == (0, 9)
    assert strategies.slices_about(nothing.predicted > 0).all()


def test_random_places_are_as_many_and_as_large_but_lie_on_the_organ_anywhere(view):
    wanted = {name: [p.place.sum() for p in strategies.regions(view, rng()) if p.look.case == name] for name in "abc"}
    found = list(strategies.random_places(view, rng()))
    for name in "abc":
        sizes = [proposal.place.sum() for proposal in found if proposal.look.case == name]
        assert len(sizes) == len(wanted[name])
        assert all(size >= whole for size, whole in zip(sizes, wanted[name], strict=True))
    look = view.look("a")
    centres = {tuple(np.argwhere(strategies.ball(look, 1, np.random.default_rng(seed)))[0]) for seed in range(20)}
    assert len(centres) > 5
    assert all(look.predicted[centre] for centre in centres)
    one = strategies.ball(look, 3, rng())
    k, _, _ = np.nonzero(one)
    assert len(set(k)) == 1, "slices are 2 mm apart: the nearest three voxels lie in one"
    everything = Look("a", look.segmentation, look.uncertainty, np.ones(SHAPE, bool))
    assert not strategies.ball(everything, 5, rng()).any()


def test_the_clinician_stops_when_the_time_is_spent_and_never_pays_twice(view):
    look = view.look("a")
    left, right = np.zeros(SHAPE, bool), np.zeros(SHAPE, bool)
    left[:, :, :12], right[:, :, 8:] = True, True
    done = Corrections()
    done.work(
        iter([Proposal(look, left), Proposal(look, np.zeros(SHAPE, bool)), Proposal(look, right)]), view.cases, 1e9
    )
    assert replace(done.effort, looks=0) == Effort(scans=1, places=2, clicks=2 + 2 * 2 + 4, slices=20, voxels=4 * 6)
    assert done.verified["a"].all()
    spent = done.effort.seconds
    done.work(iter([Proposal(view.look("b"), left)]), view.cases, spent)
    assert list(done.verified) == ["a"]
    done.work(iter([Proposal(view.look("b"), left)] * 2), view.cases, spent + 0.1)
    assert done.effort.scans == 2
    assert done.effort.places == 3


def test_the_truth_is_handed_on_inside_the_mask_alone(view, tmp_path):
    mask = np.zeros(SHAPE, bool)
    mask[:5] = True
    write_corrections(tmp_path / "c", Corrections({"a": mask}, Effort()), view.cases)
    label = sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / "c" / "a.label.nrrd")))
    assert label[3:5, 3:9, 3:11].all()
    assert not label[5:].any()
    again = read_corrections(tmp_path / "c", {"voxels": 3})
    assert (again.verified["a"] == mask).all()
    assert again.effort == Effort(voxels=3)


def test_a_round_in_which_nothing_is_corrected_is_noted_too(view, tmp_path):
    begun, round_of_nothing = Start(0, tmp_path, 0.5, 60.0), tmp_path / "runs" / "round-1"
    plan = Plan(None, 1, 3, (1,), 2)
    for _ in range(2):  # and read again by a later try
        found = course._corrected(plan, begun, "nothing", 1, round_of_nothing, view)
        assert (found.verified, found.effort) == ({}, Effort())


def test_the_demo_has_the_same_clinician_and_keeps_the_prediction_where_nobody_looked(view, tmp_path):
    look, truth = view.look("b"), tmp_path / "b.truth.nrrd"
    told, label = reviewing.correct(look, truth, 2, tmp_path / "c")
    known, corrected, mask = (sitk.GetArrayFromImage(sitk.ReadImage(str(path))) for path in (truth, label, told.mask))
    done = Corrections()
    done.correct(Proposal(look, mask > 0), known, opens=True)
    assert (corrected == np.where(mask, known, look.predicted)).all()
    assert told.share == pytest.approx(mask.mean())
    assert 0 < told.share < 1
    assert told.changed_ml == pytest.approx(0.002 * done.effort.voxels)
    assert told.changed_ml == pytest.approx(0.002 * (corrected != look.predicted).sum())
    assert (mask > 0)[4:6, 4:10, 9:11].all()


def test_effort_is_compared_at_the_dice_that_whole_scans_end_at():
    whole = [(0.0, 0.5), (10.0, 0.6), (20.0, 0.7)]
    assert curves.effort_ratio([(0.0, 0.5), (4.0, 0.6), (8.0, 0.8)], whole) == pytest.approx(6 / 20)
    assert curves.effort_ratio([(0.0, 0.5), (8.0, 0.69)], whole) is None
    assert curves.effort_ratio([(0.0, 0.5), (8.0, 0.9)], [(0.0, 0.5), (20.0, 0.5)]) is None
    fallen = [(0.0, 0.5), (10.0, 0.8), (20.0, 0.7)]
    assert curves.effort_ratio([(0.0, 0.5), (4.0, 0.7)], fallen) == pytest.approx(4 / (10 * 2 / 3))
    assert curves.reach([], 0.5) is None
    assert curves.reach([(0, 0.6)], 0.5) == 0


def round_row(strategy, seed, number, seconds, dice):
    counts = {"scans": 1, "places": 2, "clicks": 3, "slices": 4, "looks": 6, "voxels": 5}
    row = {"strategy": strategy, "seed": seed, "round": number, "effort": counts, "seconds": seconds}
    return {**row, "dice": dice, "corrected": 2, "verified_share": 0.1}


def test_the_table_tells_the_ratio_seed_by_seed(tmp_path):
    starts = tuple(Start(seed, tmp_path, 0.5, 60.0) for seed in (0, 1))
    rows = [round_row("random-scan", seed, 1, 600.0, 0.7) for seed in (0, 1)]
    rows += [round_row("regions", 0, 1, 120.0, 0.8), round_row("regions", 1, 1, 300.0, 0.6)]
    material = protocols.Material((), (), ())
    ground = experiments.Ground(material, {}, tmp_path, sources="code")
    plan = bench_loop_plan(ground)
    found = loop.findings(Told(starts, tuple(rows)), plan)
    ratios = found.figures["effort_ratios"]["regions"]["random-scan"]
    assert ratios["per_seed"] == {"0": pytest.approx(80 / 600), "1": None}
    assert ratios["of_means"] == pytest.approx(210 / 600)
    assert [row[0] for row in found.rows] == ["random-scan", "regions"]
    assert found.rows[1] == ["regions", "2", "2.0", "2", "3", "4", "6", "5", "3.5", "0.500 ± 0.000", "0.700 ± 0.141"]
    assert "35% of its effort (seed 0: 13% of its effort; seed 1: not reached)" in found.notes[0]
    assert all(f">{name}</text>" in found.picture for name in ("random-scan", "regions", "minutes of a clinician"))


def bench_loop_plan(ground):
    from dualnetssl_bench.correction.course import Plan

    return Plan(ground, 1, 3, (1,), 2)


WORDS = ("bench", "loop", "--quick", "--seeds", "0", "--strategies", "random-scan", "--steps", "2", "--scans", "1", "2")


@pytest.mark.long
def test_a_course_goes_on_where_it_was_broken_off(tmp_path, capsys, monkeypatch):
    words = [*WORDS, "--warm-steps", "1", "--output", str(tmp_path)]
    course, evaluated = tmp_path / "runs" / "random-scan" / "seed-0", []
    evaluate = experiments.evaluate

    def die_at_the_third(*arguments):
        evaluated.append(1)
        if len(evaluated) == 3:
            raise Crash
        return evaluate(*arguments)

    monkeypatch.setattr(experiments, "evaluate", die_at_the_third)
    with pytest.raises(Crash):
        main.main(words)
    assert (course / "round-1" / "round.json").exists()
    assert not (course / "round-2" / "round.json").exists()
    kept = {path: path.stat().st_mtime_ns for path in course.rglob("*.verified.nrrd")}
    assert main.main(words) == 0
    assert len(evaluated) == 4, "the first training, one a round, and the one that was broken off"
    assert {path: path.stat().st_mtime_ns for path in course.rglob("*.verified.nrrd")} == kept
    figures = json.loads((tmp_path / "loop.json").read_text())["figures"]
    first, second = figures["rounds"]
    assert 0 < first["seconds"] < second["seconds"]
    assert second["seconds"] >= 2 * figures["start"]["0"]["scan_seconds"] or second["corrected"] == 3
    assert "random-scan" in capsys.readouterr().out

    spec = JobDirectory(course / "round-2" / "training").read_spec()
    assert spec.model == str(course / "round-1" / "training" / "model")
    assert spec.train.steps == 1
    corrected = [case for case in spec.cases if case.verified]
    assert len(corrected) == second["corrected"] > 0
    assert sum(case.label is not None for case in spec.cases) == 2 + len(corrected)

    assert main.main([*words[:-3], "1", "--scans", "2", "3", "--output", str(tmp_path)]) == 1
    assert "another" in capsys.readouterr().out.lower()


def test_options_that_make_no_sense_are_refused(tmp_path):
    parser = argparse.ArgumentParser()
    loop.configure(parser)
    with pytest.raises(InvalidRequest, match="--scans 2 2"):
        loop.make_plan(parser.parse_args(["--quick", "--output", str(tmp_path), "--scans", "2", "2"]))
    plan = loop.make_plan(parser.parse_args(["--quick", "--output", str(tmp_path), "--pool", "1"]))
    assert (list(plan.candidates), plan.scans, plan.warm_steps) == (["phantom-03"], (1, 2), 1)
    assert set(loop.NAMES) == set(strategies.STRATEGIES)
