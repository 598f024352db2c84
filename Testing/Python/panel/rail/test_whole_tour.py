"""The tour in its own size, as a newcomer's computer runs it: every stage is pictured, and none is silent for long.

Several minutes on two quiet cores. The pictures lie in the test's folder, ``tour/``, named after the second at which
they were taken; ``pytest -s`` says what was told when.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from panelfixtures import user

__all__ = ["user"]

PATIENCE, LOOK = 7200, 0.1
"""Seconds that the tour may take, and after which it is looked at again: sooner than it takes its next step."""
STAGES = 5


class Onlooker:
    """Notes what the panel says while the tour runs, and takes a picture whenever it says something else."""

    def __init__(self, user, host, folder):
        self._user, self._host, self._folder = user, host, folder
        self.told, self._began, self._last = [], time.monotonic(), ("", "")

    def look(self):
        """See what is said now."""
        ui = self._user.ui
        said = str(ui.tourLabel.text), str(ui.nextStepButton.text)
        if said != self._last:
            self._last = said
            seconds = time.monotonic() - self._began
            self.told.append((seconds, *said))
            print(f"{seconds:.0f} s: {said[0]} | {said[1]}", flush=True)
            self.picture(f"{seconds:04.0f}")

    def picture(self, name):
        """Picture the window."""
        self._host.grab(None, self._folder / f"{name}.png", (1400, 900))


@pytest.mark.long
def test_the_tour_leads_to_an_uncertain_region_of_its_own_first_model(user, slicer_host, tmp_path):
    tour, review = user.section("Tour"), user.section("ReviewSection")
    user.context.settings.put("environment", str(Path(sys.prefix)))
    seen = Onlooker(user, slicer_host, tmp_path / "tour")
    seen.picture("start")
    user.ui.tourButton.click()
    try:
        end = time.monotonic() + PATIENCE
        while tour.running and time.monotonic() < end:
            user.pump(seconds=LOOK)
            seen.look()
        user.pump(seconds=3.0)
        seen.picture("end")
    finally:
        user.context.session.call("stop_local", folder=user.ui.serverFolderButton.directory)
        user.pump(seconds=1.0)
    said = " ".join(text for _, text, _ in seen.told)
    assert all(f"{stage} of {STAGES}" in said for stage in range(1, STAGES + 1)), said
    assert seen.told[-1][1].startswith("The first uncertain region"), seen.told[-1]
    assert review.walk.place is not None
    assert slicer_host.dialogs.shown == []
