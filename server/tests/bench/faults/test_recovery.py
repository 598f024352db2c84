"""The recovery bench lays out what was lost; what it measures, the tests of the supervisor hold."""

from __future__ import annotations

from dualnetssl_bench.faults import recovery


def test_every_scenario_has_its_line():
    row = {"server_seconds": None, "seconds_to_next_step": 1.2345, "steps_repeated": 5, "attempts": 2, "events": 44}
    figures = {"worker": row | {"events_lost": 0, "events_twice": 1}}
    found = recovery.findings(figures)
    assert found.rows == [["worker", "-", "1.23", "5", "2", "0", "1"]]
    assert len(found.header) == 7
    assert found.figures == figures
