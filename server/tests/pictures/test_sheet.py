"""A sheet is read back as it was written, and nothing else is taken for one."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from dualnetssl.pictures import png, sheet
from dualnetssl.pictures.sheet import Sheet

COLOURS = [(230, 159, 0), (0, 158, 115)]


def drawn(size=(9, 16, 20), many=False) -> Sheet:
    random = np.random.default_rng(0)
    classes = np.zeros(size, np.uint8)
    classes[size[0] // 3 :, 4:12, 5:15] = 1
    classes[:, 12:14, 5:15] = 2
    doubt = random.random(size).astype(np.float32) / 2
    return sheet.draw(random.random((7, 10, 12)), classes, doubt, (2.0, 1.0, 1.0), COLOURS, many)


def test_a_sheet_is_read_as_it_was_written(tmp_path):
    shown = drawn()
    sheet.write(shown, tmp_path / "a.sheet.svg", 'a "scan" & <more>')
    assert sheet.read(tmp_path / "a.sheet.svg") == shown
    known = shown.with_truth(np.full(shown.view.size, 255, np.uint8))
    sheet.write(known, tmp_path / "a.sheet.svg", "a")
    assert set(sheet.read(tmp_path / "a.sheet.svg").layers) == {"anatomy", "outlines", "uncertainty", "truth"}


def test_layers_lie_on_each_other():
    shown = drawn()
    rows, columns = sheet.size_of_strip(shown.view)
    assert png.size_of(shown.layers["uncertainty"]) == (columns, rows)
    assert png.size_of(shown.layers["outlines"]) == (2 * columns, 2 * rows)
    truth = shown.with_truth(np.ones(shown.view.size, np.uint8)).layers["truth"]
    assert png.size_of(truth) == (2 * columns, 2 * rows)


def test_many_scans_have_small_pictures():
    few, many = (sum(map(len, drawn(many=many).layers.values())) for many in (False, True))
    assert many < 0.5 * few
    small = drawn(many=True)
    assert png.size_of(small.with_truth(np.ones(small.view.size, np.uint8)).layers["truth"])[0] < 300


@pytest.mark.parametrize("size", [(1, 1, 1), (1, 30, 40), (40, 1, 2)])
def test_thin_scans_are_drawn(size):
    shown = sheet.draw(np.zeros(size), np.ones(size, np.uint8), np.ones(size, np.float32), (1.0, 1.0, 1.0), COLOURS)
    assert sheet.in_svg(shown, "thin", "a").startswith("<svg")


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (r"^<svg", "<!DOCTYPE svg><svg"),
        (r"data:image/jpeg;base64,.{4}", "data:image/jpeg;base64,AAAA"),
        (r'href="data:image/png', 'href="https://example.org/x;base64,'),
        (r"<metadata>.*</metadata>", ""),
        (r'class="outlines"', 'class="script"'),
        (r"</svg>$", ""),
    ],
)
def test_what_is_no_sheet_is_none(tmp_path, pattern, instead):
    path = tmp_path / "a.sheet.svg"
    sheet.write(drawn(), path, "a")
    path.write_text(re.sub(pattern, instead, path.read_text(), count=1))
    assert sheet.read(path) is None
    assert sheet.read(tmp_path / "nowhere") is None


def test_what_is_read_brings_no_text_of_the_file_with_it(tmp_path):
    path = tmp_path / "a.sheet.svg"
    sheet.write(drawn(), path, "a")
    path.write_text(path.read_text().replace("</svg>", "<script>alert(1)</script></svg>", 1))
    assert "alert" not in sheet.in_svg(sheet.read(path), "a", "b")


def test_the_peak_is_the_mean_around_the_place():
    doubt = np.zeros((12, 12, 12), np.float32)
    doubt[6:, 6:, 6:] = 0.5
    shown = sheet.draw(doubt, np.zeros(doubt.shape, np.uint8), doubt, (1.0, 1.0, 1.0), COLOURS)
    assert shown.peak == pytest.approx(0.5)
    assert dataclasses.replace(shown.view, edge=1).pixel_mm == 12
