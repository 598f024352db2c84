"""A report stands alone, tells scans learnt from and others apart, and holds whatever names it is given."""

from __future__ import annotations

import dataclasses
import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

from dualnetssl.contract.config import resolve
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.contract.jobdir import EventLog, JobDirectory
from dualnetssl.contract.jobspec import JobCase, JobSpec
from dualnetssl.contract.schema import JobKind, LabelDefinition
from dualnetssl.pictures import sheet
from dualnetssl.report import chapter, charts, facts, opening, page, record, times
from dualnetssl.report.gather import gather

LABELS = (LabelDefinition(value=1, name="left <b>atrium"), LabelDefinition(value=2, name="vein"))
HOSTILE = 'scan"><script>alert(1)</script>'
VOID = {"meta", "image", "rect", "path", "use", "img", "link", "br", "wbr"}


class Page(HTMLParser):
    """What a page asks for, its ids, its scripts and whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.asked, self.ids, self.open, self.tags, self.links = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.tags.append(tag)
        self.asked += [named[name] for name in ("src", "href", "xlink:href") if name in named]
        self.ids += [named["id"]] if "id" in named else []
        self.open += [] if tag in VOID else [tag]

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open += [] if tag in VOID else [tag]
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


def training(folder):
    cases = [JobCase(case=f"scan{number}", image="x", label="y" if number < 2 else None) for number in range(4)]
    directory = JobDirectory(folder)
    directory.create(JobSpec(kind=JobKind.TRAIN, labels=LABELS, cases=cases, train=resolve({"steps": 20, "width": 4})))
    log = EventLog(directory)
    log.append("started", attempt=1, device="cpu", kind_of_job="train")
    told = {"spacing": [2, 1, 1], "patch": [16, 32, 32], "windows": [None], "held_out": ["scan1"]}
    log.append("data", cases=4, labelled=1, unlabelled=2, memory_estimate_bytes=5e8, **told)
    for step in (10, 20):
        losses = {"vnet": {"supervised": 1 / step}, "residual": {"supervised": 2 / step}}
        log.append("progress", step=step, steps=20, losses=losses, dice={"vein": 0.04 * step}, memory_bytes=0)
    log.append("validation", step=20, cases=["scan1"], dice={"vein": 0.5, "left <b>atrium": None})
    log.append("finished", outcome="succeeded")
    return folder


def predictions(folder, cases=3, truth=True):
    folder.mkdir()
    size, rows, judged = (6, 8, 10), [], []
    for number in range(cases):
        name = f"scan{number}"
        drawn = sheet.draw(
            np.ones(size), np.ones(size, np.uint8), np.ones(size, np.float32), (1.0, 1.0, 1.0), [(1, 2, 3)]
        )
        sheet.write(drawn, folder / f"{name}.sheet.svg", name)
        summary = {"predicted_dice": 0.9 - 0.1 * number, "volume_ml": {"vein": 1.0}, "expected_error_ml": 0.5}
        stem = HOSTILE if number == 1 else name
        rows.append({"case": name, "stem": stem, "summary": summary, "sheet": f"{name}.sheet.svg"})
        scores = {label.name: {"dice": 0.5, "hd95_mm": None, "failed": True} for label in LABELS}
        bins = [[0, 0.5, 1000, 10], [0.5, 1, 100, 50]]
        judged.append({"case": name, "dice": 0.4 + 0.2 * number, "classes": scores, "reliability": bins})
    table = {"model": "model", "labels": [label.model_dump() for label in LABELS], "cases": rows}
    (folder / "predictions.json").write_text(json.dumps(table))
    if truth:
        (folder / "evaluation.json").write_text(json.dumps({"cases": judged}))
    return folder


def test_the_page_stands_alone_and_allows_nothing_but_itself(tmp_path):
    text = page.write_report(predictions(training(tmp_path) / "predictions")).read_text()
    read = Page(text)
    assert read.open == []
    assert all(one.startswith(("data:image/", "#")) for one in read.asked)
    assert {one[1:] for one in read.asked if one.startswith("#")} <= set(read.ids)
    assert len(read.ids) == len(set(read.ids))
    assert read.tags.count("script") == 1
    assert "default-src 'none'" in text
    assert "style=" not in text, "the page's own policy would not let it through"


def test_names_are_text_and_never_markup(tmp_path):
    text = page.write_report(predictions(training(tmp_path) / "predictions")).read_text()
    assert "alert(1)" in text
    assert HOSTILE not in text
    assert "<b>atrium" not in text


def test_a_training_with_its_predictions_is_told_whole(tmp_path):
    predictions(training(tmp_path) / "predictions")
    record.keep(tmp_path, "train", ["train", "--images", "a b"], 0.0)
    told = gather(tmp_path)
    assert [case.role for case in told.cases] == ["learnt from", "kept out", "unlabelled"]
    assert [case.dice for case in told.cases] == pytest.approx([0.4, 0.6, 0.8]), "the worst first"
    assert told.training.chosen == {"steps": 20, "width": 4}
    text = page.render(told)
    for heading in (
        "Scan by scan",
        "Every scan",
        "Predicted and true Dice",
        "What it was trained on",
        "Time and memory",
    ):
        assert f">{heading}</h2>" in text
    assert "dualnetssl train --images &#x27;a b&#x27;" in text
    assert "mean Dice of scans not learnt from" in text
    assert re.search(r"scans not learnt from</th><td>2</td><td>0\.700", text)


def test_scans_learnt_from_are_never_in_the_mean_of_others(tmp_path):
    told = gather(predictions(training(tmp_path) / "predictions").parent)
    assert dict(page.opening._of_cases(told))["0.70"] == "mean Dice of scans not learnt from"
    assert [rows[1][3] for rows in told.reliability.values()] == [50, 100]


def test_predictions_tell_of_their_training_by_what_was_noted_where_its_folder_is_gone(tmp_path):
    folder = predictions(tmp_path / "p", truth=False)
    metrics = {"training_cases": ["scan0"], "validation_cases": ["scan2"]}
    config = resolve({"steps": 7}).model_dump(mode="json")
    model = {"path": str(tmp_path / "gone" / "model"), "metrics": metrics, "config": config, "parent": None}
    record.keep(folder, "predict", ["predict"], 0.0, model=model)
    told = gather(folder)
    assert {case.name: case.role for case in told.cases}["scan2"] == "kept out"
    assert told.training.chosen == {"steps": 7}
    assert not told.evaluated
    assert "not calibrated" in page.render(told)


def test_predictions_of_an_earlier_version_are_told_without_pictures(tmp_path):
    folder = predictions(tmp_path / "p", truth=False)
    for path in folder.glob("*.svg"):
        path.unlink()
    assert gather(folder).left == ("3 scans without pictures: predict them again with --overwrite.",)
    assert "Every scan" not in page.write_report(folder).read_text()


def test_a_folder_of_other_things_has_no_report(tmp_path):
    with pytest.raises(InvalidRequest, match="neither a training nor predictions"):
        page.write_report(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_record_keeps_what_other_commands_left(tmp_path):
    record.keep(tmp_path, "predict", ["predict"], 0.0)
    record.keep(tmp_path, "evaluate", [], 0.0)
    kept = record.read_records(tmp_path)
    assert kept.keys() == {"predict", "evaluate"}
    assert kept["evaluate"]["command"] is None
    assert kept["predict"]["peak_bytes"] > 1e6
    (tmp_path / record.NAME).write_text("[1]")
    assert record.read_records(tmp_path) == {}


def test_a_useless_model_is_called_so():
    bad = facts.Case("a", facts.NEW, {"predicted_dice": 0.3})
    assert "knows too little" in page.opening.advice(facts.Facts("run", LABELS, cases=[bad]))


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 0.003), (0, 6000), (5, 5), (0, 1.05)])
def test_ticks_are_few_and_within(low, high):
    found = charts.ticks(low, high)
    assert 1 <= len(found) <= 8
    assert all(low - 1e-9 <= value <= high + 1e-9 for value in found)


def test_a_line_of_many_points_is_thinned_and_keeps_its_end():
    points = [(float(step), 0.5) for step in range(100_001)]
    assert len(charts.thinned(points)) <= 402
    assert charts.thinned(points)[-1] == points[-1]
    assert charts.thinned([]) == []


def test_time_between_two_attempts_is_nobodys():
    kinds = [("started", 0), ("data", 2), ("progress", 10), ("started", 1000), ("data", 1001), ("calibrated", 1005)]
    found = times.phases([{"kind": kind, "time": float(at)} for kind, at in kinds])
    assert sum(found.values()) == 15


def test_a_stopped_training_is_told_to_its_last_step_and_not_to_the_last_that_was_told():
    events = [{"kind": "progress", "step": 20, "dice": {"vein": 0.2}}]
    known = facts.Training({"a": facts.LEARNT}, {"steps": 60}, {}, "cpu", events, {})
    stopped = dataclasses.replace(known, metrics={"step": 21, "dice_on_labelled_patches": {"vein": 0.3}})
    for training_of, words in ((known, ("20 of 60", "0.20")), (stopped, ("21 of 60", "0.30"))):
        shown = opening.opening(facts.Facts("run", LABELS, training_of))
        assert all(f">{word}<" in shown for word in words)


def test_a_table_is_one_element_with_its_caption_wherever_it_is_put():
    within = f"<main>{chapter.table('Memory', [chapter.Column('of')], [[chapter.Cell('all')]])}</main>"
    assert len(ElementTree.fromstring(re.sub(r"(class|scope)=(\w+)", r'\1="\2"', within))) == 1
