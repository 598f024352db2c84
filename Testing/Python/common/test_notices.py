"""Who is told of a change hears of it, whatever the others make of it."""

from __future__ import annotations

import sys

import pytest

from DualNetSSLLib.panel.common.state import Notice, PanelState


@pytest.fixture
def reported(monkeypatch):
    """What Slicer's Python console would show."""
    found = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: found.append((kind, str(error), trace)))
    return found


def fails(*_):
    """A listener with a fault."""
    raise ValueError("the first listener's fault")


def test_a_listener_that_raises_stops_no_other_and_is_reported(reported):
    heard, notice = [], Notice()
    notice.subscribe(fails)
    notice.subscribe(heard.append)
    notice("a case is open")
    assert heard == ["a case is open"]
    ((kind, text, trace),) = reported
    assert (kind, text) == (ValueError, "the first listener's fault")
    assert trace is not None


def test_a_watcher_of_the_state_that_raises_stops_no_other(reported):
    heard, state = [], PanelState()
    state.watch(fails, "open_case")
    state.watch(lambda: heard.append(state.open_case), "open_case")
    state.change(open_case="scan-1")
    assert heard == ["scan-1"]
    assert len(reported) == 1


def of_class(panel, name):
    return next(section for section in panel.sections if type(section).__name__ == name)


def test_a_fault_in_one_section_leaves_the_keys_off_and_the_module_left(load_module, slicer_host):
    import slicer
    from panelserver import MODULE

    widget = load_module(str(MODULE))
    review = of_class(widget.panel, "ReviewSection")
    left = []
    widget.panel.context.entered.subscribe(left.append)
    first = widget.panel.context.entered._callbacks
    first.insert(0, fails)
    slicer.app.mainWindow()
    widget.exit()
    assert left == [False]
    assert widget.parameters is None
    assert not review.keys.listening
    first.remove(fails)
    assert [str(error) for error in slicer_host.errors] == ["the first listener's fault"]
    slicer_host.errors.clear()


def test_a_section_that_cannot_close_keeps_no_other_open(load_module, slicer_host):
    from panelserver import MODULE

    widget = load_module(str(MODULE))
    state = widget.panel.context.state
    of_class(widget.panel, "ReviewSection").table.close = fails
    widget.cleanup()
    assert state.watcher_count == 0
    assert len(slicer_host.errors) == 1
    slicer_host.errors.clear()
