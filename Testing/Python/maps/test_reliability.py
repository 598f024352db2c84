"""What a value of the map means, by the table that a model carries."""

from __future__ import annotations

import pytest

from DualNetSSLLib.maps.reliability import measured_on, share_wrong

ROWS = [[0.0, 0.1, 10_000, 20], [0.1, 0.3, 1000, 50], [0.3, 0.7, 200, 60], [0.7, 1.0, 99, 50]]
METRICS = {"step": 400, "reliability": {"uncertainty": ROWS, "scans": 3, "held_out": True}}


@pytest.mark.parametrize(
    ("value", "share"), [(0.0, 0.002), (0.05, 0.002), (0.2, 0.05), (0.3, 0.3), (0.69, 0.3), (0.8, None), (1.2, None)]
)
def test_the_share_is_that_of_the_row_that_holds_the_value(value, share):
    assert share_wrong(METRICS, value) == (None if share is None else pytest.approx(share))


@pytest.mark.parametrize(
    "metrics", [{}, {"reliability": None}, {"reliability": []}, {"reliability": {"uncertainty": 3}}]
)
def test_a_model_of_another_version_says_nothing(metrics):
    assert share_wrong(metrics, 0.3) is None


def test_it_is_said_whether_training_saw_the_scans():
    assert measured_on(METRICS) == "validation"
    assert measured_on({"reliability": {"uncertainty": ROWS}}) == "training"
    assert measured_on({"reliability": None}) is None
