"""The tour presses what a newcomer would press, once each, and stops where somebody has to look."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from panelfixtures import user

from DualNetSSLLib.panel.rail.steps import ADD, AGAIN, CHOOSE, CONNECT, LABEL, LEARNS, PREDICTS, REVIEW, TRAIN

__all__ = ["user"]


class Loop:
    """The loop as the tour sees it, and what was pressed in it."""

    def __init__(self, user):
        self.root, self.train = user.widget._root, user.section("TrainSection")
        self.ui, self.pressed, self.step, self.busy, self.arrived = user.ui, [], CONNECT, False, None
        self.tour = next(s for s in user.panel.sections if type(s).__name__ == "Tour")
        buttons = ("startLocalButton", "addSampleButton", "trainButton")
        self.buttons = {name: SimpleNamespace(enabled=True, click=self._press(name)) for name in buttons}
        told = ("tourButton", "tourLabel", "stepsSpin", "widthSpin", "nextStepButton")
        self.tour._ui = SimpleNamespace(**self.buttons, **{name: getattr(user.ui, name) for name in told})
        self.tour._step, self.tour._go = lambda: self.step, lambda: None
        self.opened, self.tour._leave = [], lambda: self.opened.append(None)
        self.tour._context = SimpleNamespace(
            state=SimpleNamespace(
                cases=[SimpleNamespace(case="scan-1", state="new"), SimpleNamespace(case="scan-2", state="labelled")],
                dataset=None,
                connection=None,
            ),
            settings=user.context.settings,
            open_case=self.opened.append,
        )
        self.tour._adding, self.tour._first_region = lambda: self.busy, lambda: self.arrived

    def _press(self, name):
        def press():
            self.pressed.append((name, self.train.config()))
            self.buttons[name].enabled = False

        return press

    def come_to(self, step, busy=False):
        self.step, self.busy = step, busy
        for button in self.buttons.values():
            button.enabled = True
        for _ in range(2):
            self.tour._look()

    def seen(self, widget):
        return widget.isVisibleTo(self.root)

    @property
    def said(self):
        return str(self.ui.tourLabel.text)


@pytest.fixture
def loop(user):
    return Loop(user)


def test_the_tour_goes_from_nothing_to_the_first_region_and_is_offered_no_more(loop):
    ui, size = loop.ui, (int(loop.ui.stepsSpin.value), int(loop.ui.widthSpin.value))
    assert loop.seen(ui.tourButton)
    assert not loop.seen(ui.tourLabel)
    ui.tourButton.click()
    assert loop.tour.running
    assert not loop.seen(ui.nextStepButton), "the tour presses what comes next"
    assert "1 of 5" in loop.said
    loop.tour._look()
    for step, busy in ((CHOOSE, False), (ADD, True), (LABEL, True), (TRAIN, True), (TRAIN, False)):
        loop.come_to(step, busy)
        assert ("2 of 5" if busy else "Tour") in loop.said
    assert [name for name, _ in loop.pressed] == ["startLocalButton", "addSampleButton", "trainButton"]
    first = loop.pressed[-1][1]
    assert (first["steps"], first["width"], first["patch"]) == (200, 8, (32, 32, 48)), "a first model of its own size"
    for step in (LEARNS, PREDICTS, REVIEW):
        loop.come_to(step)
    assert loop.opened == ["scan-2", None], "while it is trained a scan with a label is seen; it is put away after"
    assert loop.tour.running, "the regions are not found yet"
    loop.arrived = True
    loop.tour._look()
    assert "first uncertain region" in loop.said
    assert not loop.tour.running
    assert not loop.seen(ui.tourButton)
    assert loop.seen(ui.nextStepButton)
    assert (int(ui.stepsSpin.value), int(ui.widthSpin.value)) == size, "the user's own sizes are back"
    assert "patch" not in loop.train.config()


@pytest.mark.parametrize("step", [CONNECT, TRAIN])
def test_the_tour_presses_nothing_twice_and_says_that_somebody_has_to_look(loop, step):
    loop.step = step
    loop.ui.tourButton.click()
    loop.buttons["startLocalButton" if step == CONNECT else "trainButton"].enabled = True  # it has failed
    loop.tour._look()
    assert loop.tour.running, "what comes of it may be on its way"
    for _ in range(40):
        loop.tour._look()
    assert "something went wrong" in loop.said
    assert len(loop.pressed) == 1
    assert not loop.tour.running
    assert loop.seen(loop.ui.tourButton)


@pytest.mark.parametrize(("step", "said"), [(AGAIN, "ends here"), (LABEL, "needs labels first")])
def test_the_tour_ends_where_it_has_nothing_to_show(loop, step, said):
    loop.step = step
    loop.ui.tourButton.click()
    assert said in loop.said
    assert loop.pressed == []


def test_the_tour_says_where_a_model_found_nothing_to_look_at(loop):
    loop.step, loop.arrived = REVIEW, False
    loop.ui.tourButton.click()
    loop.tour._look()
    assert "nothing is worth a look" in loop.said
    assert not loop.tour.running


def test_the_tour_is_left_by_a_second_click(loop):
    loop.ui.tourButton.click()
    loop.ui.tourButton.click()
    assert not loop.tour.running
    assert "What it has begun goes on" in loop.said
