"""``bench touch``: imperfect hands, what they pay, and what comes of a region in each way."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch

from dualnetssl import volumes
from dualnetssl.cli import main
from dualnetssl.contract.schema import Geometry, LabelDefinition
from dualnetssl.prediction.opinions import write_opinions
from dualnetssl.prediction.uncertainty import combine
from dualnetssl_bench.correction.effort import CLICK_SECONDS, LOOK_SECONDS, SLICE_SECONDS
from dualnetssl_bench.touch import hands
from dualnetssl_bench.touch.courses import Bounds, run, seconds_to
from dualnetssl_bench.touch.hands import Hands
from dualnetssl_bench.touch.places import regions_of
from dualnetssl_bench.touch.ways import WAYS, Work, opinion

SIZE = 26
GRID = Geometry(size=(SIZE,) * 3, spacing=(1.0,) * 3, origin=(0.0,) * 3, direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
LABELS = (LabelDefinition(value=2, name="liver", colour=(1, 2, 3)),)
STEADY = Bounds(jitter_mm=0.0, mistakes=0.0, actions=40, seed=0)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A ball that both networks have too small, unsure about its rim: predictions, images and labels of two scans."""
    root = tmp_path_factory.mktemp("touch")
    parts = [root / name for name in ("predictions", "images", "labels")]
    for part in parts:
        part.mkdir()
    rows = [write_scan(*parts, f"scan-{number}", number) for number in range(2)]
    table = {"model": "m", "labels": [label.model_dump() for label in LABELS], "cases": rows}
    (parts[0] / "predictions.json").write_text(json.dumps(table))
    return parts


def write_scan(predictions, images, labels, name, seed):
    rng = np.random.default_rng(seed)
    away = np.sqrt(((np.indices((SIZE,) * 3) - (SIZE - 1) / 2) ** 2).sum(axis=0))
    truth = np.where(away <= 9, 2, 0).astype(np.uint8)
    scores = [7.8 - away + rng.normal(0, 0.2, away.shape) for _ in range(2)]
    shares = [torch.from_numpy(1 / (1 + np.exp(-score))).float() for score in scores]
    beliefs = combine(*(torch.stack([1 - share, share]) for share in shares))
    files = {part: f"{name}.{part}.nrrd" for part in ("uncertainty", "disagreement")}
    files["segmentation"] = f"{name}.seg.nrrd"
    volumes.write_segmentation(predictions / files["segmentation"], 2 * beliefs.classes.numpy(), GRID, LABELS)
    for part, array in (("uncertainty", beliefs.total), ("disagreement", beliefs.disagreement)):
        volumes.write_volume(predictions / files[part], array.numpy(), GRID)
    write_opinions(predictions / f"{name}.opinions.npz", beliefs.opinions, GRID, (0, 2))
    image = (100.0 * (truth > 0) + rng.normal(0, 5, truth.shape)).astype(np.float32)
    volumes.write_volume(images / f"{name}.nrrd", image, GRID)
    volumes.write_volume(labels / f"{name}.nrrd", truth, GRID)
    return {"case": name, **files, "summary": {}}


@pytest.fixture(scope="module")
def regions(folders):
    predictions, images, labels = folders
    name = "scan-0.nrrd"
    return list(regions_of(predictions, "scan-0", images / name, labels / name, 4))


def hand(seed=0, jitter_mm=2.0, mistakes=0.0):
    return Hands(np.random.default_rng(seed), jitter_mm, mistakes)


def test_touches_land_within_the_jitter_and_in_millimetres():
    shifts = np.array([hand(seed).shift((5.0, 1.0, 0.5)) for seed in range(400)])
    away = np.hypot(shifts[:, 0], 0.5 * shifts[:, 1])
    assert away.max() <= 2.0
    assert 1.2 < away.mean() < 1.5, "two thirds of the largest, where all of the disc is as likely"
    assert hand(jitter_mm=0.0).shift((1.0, 1.0, 1.0)) == (0.0, 0.0)


def test_mistakes_are_as_frequent_as_they_are_said_to_be():
    one = hand(mistakes=0.2)
    assert 0.15 < np.mean([one.errs() for _ in range(1000)]) < 0.25
    assert hand().takes(10, 9)
    assert not hand().takes(10, 10)


def test_everything_has_its_price():
    dear = hands.seconds_of_touch(0, other_slice=True, other_class=True)
    assert dear == pytest.approx(CLICK_SECONDS + 2 * SLICE_SECONDS + LOOK_SECONDS)
    assert hands.seconds_of_touch(0, other_slice=False, other_class=False) == pytest.approx(dear - 2 * SLICE_SECONDS)
    changed = np.zeros((5, 4, 4), bool)
    changed[[1, 3], 2, 2] = True
    assert hands.seconds_of_preview(changed) == pytest.approx(2 * (SLICE_SECONDS + LOOK_SECONDS))


def test_an_opinion_pays_for_miniatures_for_its_preview_and_for_two_keys(regions):
    work = Work(regions[0], hand(jitter_mm=0.0), regions[0].site.label.copy())
    before, shown = int(work.wrong.sum()), work.label
    opinion(work)
    assert work.wrong.sum() < 0.5 * before
    slices = int((work.label != shown).any(axis=(1, 2)).sum())
    least = 2 * SLICE_SECONDS + slices * (SLICE_SECONDS + LOOK_SECONDS)
    miniatures = (work.seconds - least) / LOOK_SECONDS
    assert miniatures == pytest.approx(round(miniatures))
    assert 2 <= round(miniatures) <= 7


@pytest.mark.parametrize("way", WAYS)
def test_a_steady_hand_mends_and_changes_nothing_else(regions, way):
    for number, region in enumerate(regions):
        course = run(region, number, way, STEADY)
        assert course.left[-1] <= 0.25
        assert list(course.seconds) == sorted(course.seconds)
        assert all(earlier >= later for earlier, later in zip(course.left, course.left[1:], strict=False))
        work = Work(region, hand(mistakes=0.3), region.site.label.copy())
        for _ in zip(range(12), WAYS[way](work), strict=False):
            assert not ((work.label != region.site.label) & ~region.site.free).any()


def test_one_rim_that_is_off_takes_less_with_a_touch_that_spreads(regions):
    left = {
        way: np.mean([run(region, n, way, STEADY).after(2) for n, region in enumerate(regions)])
        for way in ("dabs", "spread")
    }
    assert left["spread"] < left["dabs"] - 0.1
    courses = [run(region, n, "dabs", STEADY) for n, region in enumerate(regions)]
    assert seconds_to(courses, 0.5) < seconds_to(courses, 0.3)
    assert seconds_to(courses, -1) is None


def test_the_command_writes_its_table(folders, tmp_path):
    predictions, images, labels = map(str, folders)
    options = ["--predictions", predictions, "--images", images, "--labels", labels, "--output", str(tmp_path)]
    assert main.main(["bench", "touch", *options, "--scans", "1", "--regions", "2", "--actions", "4"]) == 0
    figures = json.loads((tmp_path / "touch.json").read_text())["figures"]
    assert (figures["scans"], figures["regions"]) == (1, 2)
    assert figures["ways"].keys() == WAYS.keys()
    assert all(0 <= way["left_at_end"] <= 1.5 and math.isfinite(way["seconds"]) for way in figures["ways"].values())
    assert figures["opinions"]["larger"]["better"] == 1.0
    assert main.main(["bench", "touch", *options, "--skip", "9"]) == 2
