"""Measures how long the event loop stands still while the regions of a large scan are walked through.

    python Testing/Tools/measure_review.py [--size 512 512 300] [--regions 20] [--json FILE]

As `measure_stalls.py` does, whose clock and scan it uses: the prediction is a ball, the map glows along its border.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import numpy as np
from measure_stalls import PATIENCE, Heartbeat, _predict, big_scan, show, table
from studio import find_sources, keep_gaps, measuring

PLACES = 10
"""That the mouse goes to in a region."""


def measure(size, regions, folder):
    """Walk, and return the gaps of each phase."""
    import slicerhost

    host = slicerhost.start()
    import qt
    from panelserver import LABELS, MODULE, ConnectedPanel

    from dualnetssl_bench.servers.local_server import LocalServer
    from DualNetSSLLib.client.client import Client

    os.environ["DUALNETSSL_PANEL"] = str(folder / "panel")
    with LocalServer(folder / "data") as server, Client(server.address, server.token) as client:
        dataset = client.create_dataset("large", LABELS)
        big_scan(size, folder)
        client.upload_case(dataset.id, "large", folder / "scan.nrrd")
        _predict(server, client, dataset, folder)
        panel = ConnectedPanel(host.load_module(str(MODULE)), host.pump)
        panel.connect(server)
        panel.open_dataset(client.dataset(dataset.id))
        beat = Heartbeat(qt)
        _walk(panel, beat, regions)
        beat.stop()
        host.unload_module("DualNetSSL")
        if host.errors:
            raise host.errors[0]
    return beat.gaps


def _walk(panel, beat, regions):
    from reviewfixtures import Reviewer

    review = Reviewer(panel).review
    panel.context.open_case("large")
    panel.pump(lambda: panel.desk.shown is not None, PATIENCE)
    beat.phase("first regions")
    panel.pump(lambda: review.walk is not None and review.walk.places and review.walk.looked, PATIENCE)
    beat.phase("threshold moves")
    for value in (0.2, 0.5, 0.4, 0.3):
        panel.ui.overlayThresholdSlider.value = value
        panel.pump(lambda: not review.finder.busy and review.walk.looked, PATIENCE)
    review.next()
    panel.pump(seconds=0.5)
    for name, action in (("jump", review.next), ("accept", review.accept), ("restore", review.restore)):
        beat.phase(name)
        for _ in range(regions):
            action()
            panel.pump(seconds=0.05)
    _mend(panel, review, beat, regions)
    _look_and_paint(panel, review, beat, regions)
    beat.phase("undo")
    while review.walk.shown.marks.history:
        review.undo()
        panel.pump(seconds=0.05)
    beat.phase("keep a draft")
    review.accept()
    panel.desk.keeper.keep()
    panel.pump(lambda: not panel.desk.busy, PATIENCE)
    beat.phase(None)


def _mend(panel, review, beat, regions):
    """Preview a second opinion, take it, and let a touch spread in the next region."""
    import slicer

    from DualNetSSLLib.mending.kinds import SECOND
    from DualNetSSLLib.panel.review.visit import Visit

    mending = review.mending
    beat.phase(None)
    while review.walk.shown.marks.history:
        review.undo()
    review.select(0)
    for number in range(min(regions, len(review.walk.places) - 1)):
        panel.pump(lambda: mending._call is None, PATIENCE)
        beat.phase("preview an opinion")
        mending.ask(SECOND)
        panel.pump(lambda: mending._call is None, PATIENCE)
        beat.phase("take it, enter the next region")
        review.accept()
        panel.pump(lambda: mending._call is None, PATIENCE)
        visit = Visit.of(review.walk, review.walk.place)
        crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
        crosshair.SetCursorPositionRAS(review.walk.place.found.centre_ras)
        beat.phase("touch and preview")
        mending.clear()
        panel.pump(lambda: mending._call is None, PATIENCE)
        beat.phase("hover")
        waits = _hover(panel, review)
        beat.phase(None)
        print(number, visit.shape, len(visit.place.where), f"{1000 * np.median(waits):.0f} ms a place", flush=True)


def _hover(panel, review):
    """Move the mouse through the region; returns for each place the seconds until a touch there is shown."""
    import slicer
    from hand import matrix_of

    hover, walk = review.mending.hover, review.walk
    crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    matrix, where = matrix_of(panel.desk.shown.node("image")), walk.place.where
    review.mending.drop()
    panel.ui.hoverCheck.checked, waits = True, []
    for place in where[:: len(where) // PLACES + 1]:
        at = tuple(int(index) for index in np.unravel_index(int(place), walk.shown.geometry.size[::-1])[::-1])
        began = time.perf_counter()
        crosshair.SetCursorPositionRAS((matrix @ (*at, 1.0))[:3])
        panel.pump(lambda at=at: hover._at == at and hover._call is None, PATIENCE)
        waits.append(time.perf_counter() - began)
    panel.ui.hoverCheck.checked = False
    return waits


def _look_and_paint(panel, review, beat, regions):
    """In region after region show and hide the map, turn to the next slice, and paint a stroke."""
    import slicer

    node = slicer.app.layoutManager().sliceWidget("Red").mrmlSliceNode()
    for _ in range(regions):
        review.next()
        panel.pump(lambda: review.mending._call is None, PATIENCE)
        steps = (("glance", review.toggle_map), ("glance", review.toggle_map), ("slice", review.next_slice))
        for name, action in steps:
            beat.phase(name)
            action()
            panel.pump(seconds=0.05)
        review.toolbox.paint()
        place = review.walk.place.found.centre_ras
        beat.phase("stroke")
        review.toolbox.begin()
        for step in range(10):
            review.toolbox.stroke(node, place, (place[0] + step, *place[1:]))
            panel.pump(seconds=0.01)
        review.toolbox.end()
        panel.pump(seconds=0.05)
        beat.phase(None)


def main():
    """Measure and print."""
    parser = measuring(__doc__)
    parser.add_argument("--regions", type=int, default=20, help="how many regions to walk through")
    options = parser.parse_args()
    find_sources()
    with tempfile.TemporaryDirectory(prefix="dualnetssl-review-") as folder:
        gaps = measure(tuple(options.size), options.regions, Path(folder))
    show(table(gaps))
    keep_gaps(gaps, options.json)


if __name__ == "__main__":
    main()
