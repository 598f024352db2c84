"""What the panel listens to, it lets go of: no connection outlives a section."""

from __future__ import annotations

import gc

import pytest
from panelfixtures import user

__all__ = ["user"]


def of_the_panel(receiver):
    """Whether a callable is the panel's own, or belongs to a widget that one of its buttons presses."""
    return (getattr(receiver, "__module__", None) or "").startswith("DualNetSSLLib.panel")


def connected(ui):
    """Connections into the panel, and any that start at its widgets, in words."""
    from slicerhost.leftovers import connections

    gc.collect()
    widgets = {id(widget) for widget in vars(ui).values()}
    return [
        f"{type(sender).__name__} {sender.objectName} -> {getattr(receiver, '__qualname__', receiver)}"
        for sender, receiver in connections()
        if of_the_panel(receiver) or id(sender) in widgets
    ]


def test_no_section_keeps_a_connection_once_the_panel_is_closed(user):
    ui = user.ui
    before = connected(ui)
    user.widget.cleanup()
    assert len(before) > 60
    assert any(word.startswith("QTimer") for word in before)
    assert any(word.startswith("QShortcut") for word in before)
    assert connected(ui) == []


@pytest.fixture
def wiring(slicer_host):
    from DualNetSSLLib.panel.common.wiring import Wiring

    return Wiring()


def test_what_is_closed_calls_nobody(wiring, pump):
    import qt

    heard = []
    button = qt.QPushButton()
    wiring.add((button, "clicked(bool)", lambda on: heard.append("button")))
    ringing = wiring.timer(0, lambda: heard.append("timer"))
    ringing.start()
    button.click()
    pump(lambda: "timer" in heard, 10)
    wiring.close()
    del heard[:]
    button.click()
    pump(seconds=0.05)
    assert heard == []
    assert not ringing.active


def test_a_timer_that_rings_once_stands_still_until_it_is_started(wiring, pump):
    heard = []
    timer = wiring.timer(0, lambda: heard.append(True), once=True)
    pump(seconds=0.05)
    assert heard == []
    timer.start()
    pump(lambda: heard != [], 10)
    pump(seconds=0.05)
    assert heard == [True]
    wiring.close()


def test_a_shortcut_is_silent_at_first_and_gone_afterwards(wiring, pump):
    import qt

    window = qt.QWidget()
    shortcut = wiring.shortcut(window, "Ctrl+Return", lambda: None)
    assert not shortcut.enabled
    assert shortcut.key.toString() == "Ctrl+Return"
    wiring.close()
    pump(lambda: not window.findChildren("QShortcut"), 10)


def test_closing_twice_is_closing_once(wiring):
    import qt

    button, pressed = qt.QPushButton(), []
    wiring.add((button, "clicked(bool)", pressed.append))
    button.click()
    wiring.close()
    wiring.close()
    button.click()
    assert len(pressed) == 1


def test_what_qt_has_deleted_meanwhile_keeps_nothing_else_connected(wiring):
    import qt

    window, left, pressed = qt.QWidget(), qt.QPushButton(), []
    button = qt.QPushButton(window)
    wiring.add((left, "clicked(bool)", pressed.append), (button, "clicked(bool)", pressed.append))
    wiring.shortcut(window, "F9", lambda: None)
    window.delete()
    wiring.close()
    left.click()
    assert pressed == []


def test_steps_let_go_of_their_timer_when_they_end(slicer_host, pump):
    from slicerhost.leftovers import connections

    from DualNetSSLLib.panel.common.steps import Steps

    def work():
        yield
        return "all"

    def wires():
        return [receiver for _sender, receiver in connections() if getattr(receiver, "__self__", None) in (one, two)]

    ended = []
    one, two = Steps(work(), ended.append, ended.append), Steps(work(), ended.append, ended.append)
    assert len(wires()) == 2
    two.cancel()
    pump(lambda: not one.running, 10)
    assert ended == ["all"]
    assert wires() == []


def test_steps_that_ended_or_were_stopped_do_not_live_on(slicer_host, pump):
    """Each stroke, each accepted region makes some; PythonQt would keep every one of them that stays connected."""
    import weakref

    from DualNetSSLLib.panel.common.steps import Steps

    def work():
        yield

    def fails():
        yield
        raise ValueError("expected")

    ended, alive = [], []
    for number in range(100):
        steps = Steps(fails() if number % 3 else work(), *[lambda _: ended.append(True)] * 2)
        alive.append(weakref.ref(steps))
        if number % 5 == 0:
            steps.cancel()
    del steps
    pump(lambda: len(ended) == 80, 20)
    gc.collect()
    assert [ref() for ref in alive if ref() is not None] == []
