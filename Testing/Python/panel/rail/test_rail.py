"""The rail: what comes next at every stage of the loop, and one section open at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from panelfixtures import user

from DualNetSSLLib.panel.rail import steps
from DualNetSSLLib.panel.rail.steps import Standing, next_step

__all__ = ["user"]

READY = Standing(connected=True, may_send=True, dataset=True, scans=9)


@pytest.mark.parametrize(
    ("now", "step"),
    [
        (Standing(), steps.CONNECT),
        (Standing(connected=True), steps.CHOOSE),
        (Standing(connected=True, dataset=True), steps.CONSENT),
        (replace(READY, scans=0), steps.ADD),
        (READY, steps.LABEL),
        (replace(READY, labelled=2), steps.LABEL),
        (replace(READY, labelled=2, waiting=1), steps.SUBMIT),
        (replace(READY, labelled=3, waiting=1), steps.TRAIN),
        (replace(READY, scans=2, labelled=2), steps.TRAIN),
        (replace(READY, way=steps.SLICES, labelled=7), steps.LABEL),
        (replace(READY, way=steps.SLICES, labelled=8), steps.TRAIN),
        (replace(READY, way=steps.SLICES, scans=5, labelled=5), steps.TRAIN),
        (replace(READY, way=steps.SLICES, labelled=3, whole=3), steps.TRAIN),
        (replace(READY, way=steps.BOXES, scans=40, labelled=12), steps.LABEL),
        (replace(READY, way=steps.BOXES, scans=40, labelled=13), steps.TRAIN),
        (replace(READY, labelled=3, learns=True), steps.LEARNS),
        (replace(READY, labelled=3, models=1, predicts=True), steps.PREDICTS),
        (replace(READY, labelled=3, models=1), steps.REVIEW),
        (replace(READY, labelled=5, models=1, since=2), steps.REVIEW),
        (replace(READY, labelled=6, models=1, since=3), steps.AGAIN),
        (replace(READY, labelled=9, models=1, since=1, done=True), steps.AGAIN),
        (replace(READY, labelled=9, models=1, done=True), steps.REVIEW),
        (replace(READY, labelled=3, models=1, way=steps.SLICES, untouched=6), steps.CORRECT),
        (replace(READY, labelled=11, models=1, since=8, way=steps.SLICES, untouched=1), steps.CORRECT),
        (replace(READY, labelled=12, models=1, since=9, way=steps.SLICES, untouched=1), steps.AGAIN),
        (replace(READY, labelled=9, models=1, since=3, way=steps.SLICES), steps.AGAIN),
        (replace(READY, labelled=9, models=1, way=steps.SLICES), steps.REVIEW),
        (replace(READY, labelled=3, models=1, untouched=6, hopeless=True), steps.MORE),
        (replace(READY, labelled=6, models=1, since=3, untouched=6, hopeless=True), steps.AGAIN),
        (replace(READY, labelled=9, models=1, hopeless=True), steps.REVIEW),
    ],
)
def test_what_comes_next(now, step):
    assert next_step(now) == step
    assert steps.SECTIONS[step] in ("server", "dataset", "label", "train", "results", "review")


def test_the_next_step_is_said_and_one_section_is_open_at_a_time(user):
    sections = {name: getattr(user.ui, f"{name}Section") for name in ("server", "label", "train", "review")}
    assert user.ui.nextStepButton.text == "Next: start a server"
    sections["train"].click()
    assert [name for name, one in sections.items() if not one.collapsed] == ["train"]
    sections["label"].click()
    assert [name for name, one in sections.items() if not one.collapsed] == ["label"]
    sections["label"].click()
    assert all(one.collapsed for one in sections.values())
    user.ui.nextStepButton.click()
    assert [name for name, one in sections.items() if not one.collapsed] == ["server"]


def test_how_many_scans_are_asked_for_is_said_with_its_reason(user):
    from DualNetSSLLib.panel.rail.section import reason_in_words, step_in_words

    now = replace(READY, scans=30, labelled=2, way=steps.SLICES)
    assert step_in_words(steps.LABEL, now) == "Next: label a scan (3 of 8)"
    assert "of eight scans" in reason_in_words(steps.LABEL, now)
    assert "train earlier" in reason_in_words(steps.LABEL, now)
    assert reason_in_words(steps.LABEL, replace(now, way=steps.WHOLE)) == ""
    assert reason_in_words(steps.TRAIN, now) == ""
