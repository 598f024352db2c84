"""Measures how long the event loop stands still while the map over a large scan is toggled and changed.

    python Testing/Tools/measure_map.py [--size 512 512 300] [--times 40] [--json FILE]

As `measure_stalls.py` does, whose clock and scan it uses: the map glows along the border of a ball. Beside the gaps it
tells how long the three slice views take to be drawn anew after a toggle, without a GPU.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import numpy as np
from measure_stalls import PATIENCE, Heartbeat, _predict, big_scan, show, table
from studio import find_sources, keep_gaps, measuring


def measure(size, times, folder):
    """Change the map in every way; return the gaps of each phase, and the milliseconds that drawing took."""
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
        panel.context.open_case("large")
        panel.pump(lambda: panel.desk.shown is not None, PATIENCE)
        review = next(s for s in panel.panel.sections if type(s).__name__ == "ReviewSection")
        panel.pump(lambda: not review.finder.busy, PATIENCE)
        panel.pump(seconds=2.0)
        beat = Heartbeat(qt)
        _change(panel, beat, times)
        beat.stop()
        drawn = _draw(host, panel, times // 4)
        host.unload_module("DualNetSSL")
        if host.errors:
            raise host.errors[0]
    return beat.gaps, drawn


def _change(panel, beat, times):
    overlay, ui = panel.results.overlay, panel.ui
    beat.phase("toggle")
    for _ in range(times):
        overlay.toggle()
        panel.pump(seconds=0.05)
    beat.phase("one label")
    for index in (1, 2, 0) * 3:
        ui.overlayClassCombo.currentIndex = index
        panel.pump(lambda: not overlay.choice.busy, PATIENCE)
        panel.pump(seconds=0.2)
    beat.phase("uncertainty, disagreement")
    for index in (1, 0) * 4:
        ui.overlayKindCombo.currentIndex = index
        panel.pump(seconds=0.2)
    beat.phase("surface")
    ui.overlaySurfaceCheck.checked = True
    panel.pump(lambda: panel.desk.shown.node("surface") is not None, PATIENCE)
    panel.pump(seconds=0.2)
    beat.phase("threshold with surface")
    for value in np.linspace(0.0, 1.0, 41):
        ui.overlayThresholdSlider.value = float(value)
        panel.pump(seconds=0.01)
    beat.phase("surface away and back")
    for _ in range(4):
        ui.overlaySurfaceCheck.checked = not ui.overlaySurfaceCheck.checked
        panel.pump(lambda: not overlay.surfaces.busy, PATIENCE)
        panel.pump(seconds=0.1)
    beat.phase(None)


def _draw(host, panel, times):
    """Return how long the slice views take to be drawn after a toggle, in ms."""
    import slicer

    manager, spent = slicer.app.layoutManager(), []
    panel.ui.overlaySurfaceCheck.checked = False
    host.grab(None, size=(1400, 900))
    for _ in range(times):
        panel.results.overlay.toggle()
        began = time.perf_counter()
        manager.renderAll()
        spent.append(1000 * (time.perf_counter() - began))
    return spent


def main():
    """Measure and print."""
    parser = measuring(__doc__)
    parser.add_argument("--times", type=int, default=40, help="how often the map is toggled")
    options = parser.parse_args()
    find_sources()
    with tempfile.TemporaryDirectory(prefix="dualnetssl-map-") as folder:
        gaps, drawn = measure(tuple(options.size), options.times, Path(folder))
    show(table(gaps))
    print("all views drawn after a toggle, ms:", " ".join(f"{value:.0f}" for value in np.percentile(drawn, (50, 100))))
    keep_gaps(gaps, options.json)


if __name__ == "__main__":
    main()
