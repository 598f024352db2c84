"""What all benches share: the files they write and the pictures they draw."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import pytest

from dualnetssl_bench.findings import frame, pictures
from dualnetssl_bench.findings.charts import Axis, Series
from dualnetssl_bench.findings.frame import Findings

SVG = "{http://www.w3.org/2000/svg}"


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


def test_the_commit_is_named_and_nothing_is_said_outside_of_a_clone(monkeypatch):
    assert frame.commit()
    monkeypatch.setattr(frame.shutil, "which", lambda name: None)
    assert frame.commit() is None


def test_dots_lie_on_their_axis_and_the_bar_at_their_mean():
    rows = [pictures.DotRow("a & b", [0.5, 0.7]), pictures.DotRow("c", [0.9]), pictures.DotRow("none", [])]
    drawn = ElementTree.fromstring(pictures.dot_rows(rows, "Dice", "Dice of a, b & c"))
    dots = [float(dot.get("cx")) for dot in drawn.iter(f"{SVG}circle")]
    bars = [float(bar.get("x1")) for bar in drawn.iter(f"{SVG}line") if bar.get("stroke-width") == "2"]
    assert dots[0] < dots[1] < dots[2]
    assert bars == [pytest.approx((dots[0] + dots[1]) / 2, abs=0.2), dots[2]]
    assert {"a & b", "c", "none", "Dice"} <= {text.text for text in drawn.iter(f"{SVG}text")}


def test_lines_stand_alone_with_a_legend():
    series = [Series("regions", [(0, 0.5), (10, 0.8)], (1, 2, 3)), Series("", [(0, 0.5)], (1, 2, 3))]
    drawn = ElementTree.fromstring(pictures.lines(Axis("minutes", 0, 10), Axis("Dice", 0, 1), series, "Effort"))
    assert len(list(drawn.iter(f"{SVG}polyline"))) == 2
    assert [text.text for text in drawn.iter(f"{SVG}text")].count("regions") == 1
    assert drawn.find(f"{SVG}style") is not None
