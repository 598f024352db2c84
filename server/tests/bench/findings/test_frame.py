"""What all benches share: the files they write and the pictures they draw."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import matplotlib
import pytest

from dualnetssl_bench.findings import canvas, charts, dots, frame
from dualnetssl_bench.findings.charts import Axis, Panel, Series
from dualnetssl_bench.findings.dots import DotRow
from dualnetssl_bench.findings.frame import Findings

SVG = "{http://www.w3.org/2000/svg}"


def words(document):
    """The texts that a picture shows."""
    return {text.text for text in ElementTree.fromstring(document).iter(f"{SVG}text")}


def lines_of(panels):
    """What is drawn on the axes of each panel."""
    with canvas.figure(400, 200) as drawn:
        charts.draw(drawn, panels)
    return [axes.lines for axes in drawn.axes]


def test_findings_are_written_with_their_origin_and_printed(tmp_path, capsys):
    rows = [["default", "0.85"], ["supervised", "0.80"]]
    findings = Findings("accuracy", ["preset", "Dice"], rows, {"dice": 0.85}, ("One seed only.",), "<svg/>")
    frame.conclude(findings, tmp_path / "new")
    document = json.loads((tmp_path / "new" / "accuracy.json").read_text())
    assert document["figures"] == {"dice": 0.85}
    assert document["origin"].keys() == {"command", "version", "commit", "time", "machine"}
    assert document["origin"]["machine"]["cores"] >= 1
    assert (tmp_path / "new" / "accuracy.svg").read_text() == "<svg/>"
    text = (tmp_path / "new" / "accuracy.txt").read_text()
    assert text.splitlines() == ["preset      Dice", "default     0.85", "supervised  0.80", "", "One seed only."]
    assert text in capsys.readouterr().out


def test_a_bench_without_a_picture_writes_none(tmp_path):
    paths = frame.publish(Findings("speed", ["x"], [], {}), tmp_path)
    assert (
        sorted(path.name for path in paths)
        == ["speed.json", "speed.txt"]
        == sorted(path.name for path in tmp_path.iterdir())
    )


@pytest.mark.parametrize("written", [True, False])
def test_findings_are_told_and_written_only_if_asked(tmp_path, capsys, written):
    parser = argparse.ArgumentParser()
    frame.add_file(parser)
    findings = Findings("speed", ["stage", "s"], [["upload", "1.5"]], {"seconds": {"upload": 1.5}}, ("As it was.",))
    words = ["--output", str(tmp_path / "figures.json")] if written else []
    frame.tell(findings, parser.parse_args(words).output)
    assert capsys.readouterr().out == findings.text() + "\n"
    assert [path.name for path in tmp_path.iterdir()] == (["figures.json"] if written else [])
    if written:
        document = json.loads((tmp_path / "figures.json").read_text())
        assert document.keys() == {"bench", "origin", "figures"}
        assert document["figures"] == {"seconds": {"upload": 1.5}}


def test_the_commit_is_named_and_nothing_is_said_outside_of_a_clone(monkeypatch):
    assert frame.commit()
    monkeypatch.setattr(frame.shutil, "which", lambda name: None)
    assert frame.commit() is None


def test_a_load_that_the_system_does_not_tell_is_unknown(monkeypatch):
    assert frame.load() >= 0
    monkeypatch.setattr(frame.os, "getloadavg", lambda: (1.25, 0.5, 0.0))
    assert frame.load() == 1.25
    monkeypatch.delattr(frame.os, "getloadavg")  # as on Windows
    assert frame.load_in_words(frame.load()) == "unknown"


def test_dots_lie_on_their_axis_and_the_bar_at_their_mean():
    rows = [DotRow("$a & b$", [0.5, 0.7]), DotRow("c", [0.9]), DotRow("none", [])]
    with canvas.figure(400, 200) as drawn:
        dots.draw(drawn, rows, "Dice")
    (axes,) = drawn.axes
    marks = [line.get_xydata().tolist() for line in axes.lines]
    assert [mark for mark in marks if len({row for _, row in mark}) == 1] == [[[0.5, 0], [0.7, 0]], [[0.9, 1]]]
    assert [mark[0][0] for mark in marks if len({row for _, row in mark}) == 2] == pytest.approx([0.6, 0.9])
    low, high = axes.get_xlim()
    assert low < 0.5 < 0.9 < high
    assert axes.yaxis_inverted(), "the first row is the topmost"
    assert {"$a & b$", "c", "none", "Dice"} <= words(dots.dot_rows(rows, "Dice", "Dice of a, b & c"))


def test_lines_stand_alone_with_a_legend():
    series = [Series("regions", [(0, 0.5), (10, 0.8)], (1, 2, 3)), Series("", [(0, 0.5)], (1, 2, 3))]
    panel = Panel(Axis("minutes", 0, 10), Axis("Dice", 0, 1), series, "Where we stand")
    document = charts.lines([panel], "Effort & Dice")
    drawn = ElementTree.fromstring(document)
    assert drawn.findtext(f"{SVG}title") == "Effort & Dice"
    assert drawn.get("role") == "img"
    assert {"regions", "minutes", "Dice", "Where we stand"} <= words(document)
    assert len(lines_of([panel])[0]) == 2
    assert charts.lines([panel], "Effort & Dice") == document, "the same again is the same file"


def test_series_can_be_told_apart_without_their_colours():
    series = [Series(str(number), [(0, 0), (1, number)], (1, 2, 3), dashed=number == 0) for number in range(4)]
    (drawn,) = lines_of([Panel(Axis("x", 0, 1), Axis("y", 0, 3), series)])
    assert len({(line.get_linestyle(), line.get_marker()) for line in drawn}) == 4


def test_a_dot_tells_what_it_is_when_the_mouse_rests_on_it():
    tips = ['scan "1" & <2>: Dice 0.50', "scan 3"]
    series = Series("untouched", [(0.1, 0.5), (0.2, 0.6)], (1, 2, 3), dots=True, tips=tips)
    drawn = charts.chart(Panel(Axis("x", 0, 1), Axis("y", 0, 1), [series]), "Dots")
    titles = [one.text for one in ElementTree.fromstring(drawn).iter(f"{SVG}title")]
    assert titles == ["Dots", *tips]


def test_charts_of_one_page_share_no_id():
    panel = Panel(Axis("x", 0, 1), Axis("y", 0, 1), [Series("a", [(0, 0), (1, 1)], (1, 2, 3))])
    page = "".join(charts.chart(panel, title) for title in ("First", "Second"))
    ids = re.findall(r'\bid=.([^"\']+)', page)
    assert ids
    assert len(ids) == len(set(ids))


def test_what_is_drawn_leaves_the_settings_of_matplotlib_alone():
    before = dict(matplotlib.rcParams)
    dots.dot_rows([DotRow("a", [0.5])], "Dice", "Dice of a")
    assert dict(matplotlib.rcParams) == before


def test_no_figure_is_kept_in_the_process():
    code = "import sys; from dualnetssl_bench.findings import charts, dots; print('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
