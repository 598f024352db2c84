"""The host does what Slicer does, and fails where Slicer fails."""

from __future__ import annotations


def test_events_run_and_errors_in_them_are_collected(slicer_host):
    import qt

    ticks = []
    timer = qt.QTimer()
    timer.interval = 1
    timer.connect("timeout()", lambda: ticks.append(1) or 1 / 0)
    timer.start()
    slicer_host.pump(lambda: len(ticks) >= 2)
    timer.stop()
    assert [type(error) for error in slicer_host.errors] == [ZeroDivisionError] * len(ticks)
    slicer_host.errors.clear()
