"""The demo's report is the report of one's own data with its own chapters, made of a story without any training."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dualnetssl import volumes
from dualnetssl.scores.evaluate import evaluate_predictions
from dualnetssl.volumes import phantoms
from dualnetssl_bench.showcase import poster, report
from dualnetssl_bench.showcase.story import Correction, NextLook, Round, Story

NAMES = ("phantom-01", "phantom-02", "phantom-03")


def told(folder, samples, shift):
    """A round whose predictions are the truth, moved by some voxels."""
    folder.mkdir()
    rows = []
    for name in NAMES:
        label, geometry = volumes.read_label(samples / "labels" / f"{name}.nrrd")
        volumes.write_segmentation(folder / f"{name}.seg.nrrd", np.roll(label, shift, 2), geometry, phantoms.LABELS)
        doubt = (np.roll(label, shift, 2) != label).astype(np.float32)
        for part in ("uncertainty", "disagreement"):
            volumes.write_volume(folder / f"{name}.{part}.nrrd", doubt, geometry)
        files = {part: f"{name}.{part}.nrrd" for part in ("uncertainty", "disagreement")}
        summary = {"predicted_dice": 0.8, "expected_error_ml": 1.0, "volume_ml": {"liver": 1.0}}
        rows.append({"case": name, "segmentation": f"{name}.seg.nrrd", **files, "summary": summary})
    labels = [label.model_dump(mode="json") for label in phantoms.LABELS]
    (folder / "predictions.json").write_text(json.dumps({"labels": labels, "cases": rows}))
    truths = {name: samples / "labels" / f"{name}.nrrd" for name in NAMES}
    step = {"step": 2, "steps": 2, "losses": {"vnet": {"supervised": 1.0}}, "dice": {"liver": 0.5}}
    events = ({"kind": "progress", "time": 1.0, **step},)
    return Round(events, folder, evaluate_predictions(folder, truths), 60.0)


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    folder = tmp_path_factory.mktemp("story")
    phantoms.write_sample_data(folder / "samples", 3, 0, "small", lambda done, total: None)
    first, second = (told(folder / f"p{shift}", folder / "samples", shift) for shift in (2, 1))
    mask = folder / "mask.nrrd"
    label, geometry = volumes.read_label(folder / "samples" / "labels" / "phantom-02.nrrd")
    volumes.write_volume(mask, (label > 0).astype(np.uint8), geometry)
    corrections = (Correction("phantom-02", 3, 2.0, 1.0, 0.05, mask),)
    looks = (NextLook("phantom-03", (1.0, 2.0, 3.0), 40.0, "liver"),)
    rest = (NAMES, NAMES[:1], first, second, corrections, looks, 130.0)
    return Story(phantoms.LABELS, folder / "samples", *rest, {"steps": 2, "width": 4}, quick=True)


def test_the_demo_tells_what_the_correction_did_and_then_as_of_anybodys_data(story):
    report.draw_sheets(story)
    text = report.render(story)
    headings = ("What the correction did", "Before and after", "Scan by scan", "Every scan", "How training went")
    places = [text.index(f">{heading}</h2>") for heading in headings]
    assert places == sorted(places)
    assert text.count('class="truth"') == len(NAMES)
    assert "This was --quick" in text
    assert "2 labelled scans and 1 without a label" not in text, "the opening is the demo's own"


def test_a_scan_that_was_corrected_in_part_is_not_counted_among_the_others(story):
    facts = report.facts_of(story)
    assert {case.name: case.role for case in facts.cases}["phantom-02"] == "learnt from"
    rows = facts.reliability["scans that nobody touched"]
    label, _ = volumes.read_label(story.truth_file("phantom-03"))
    assert sum(row[2] for row in rows) == label.size


def test_the_picture_shows_the_best_scan_that_nobody_touched_and_where_all_classes_are(story):
    drawn = poster.draw(story)
    assert drawn.startswith(b"\x89PNG")
    assert drawn == poster.draw(story)
    truth = volumes.read_label(story.truth_file("phantom-03"))[0]
    place = poster._telling(story, "phantom-03")
    heights = {tuple(np.flatnonzero((truth == label.value).any(axis=(1, 2)))) for label in story.labels}
    common = set.intersection(*map(set, heights))
    assert set(np.flatnonzero(place.any(axis=(1, 2)))) == common
