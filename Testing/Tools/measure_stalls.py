"""Measures how long the event loop stands still while a large scan is uploaded, opened, painted and submitted.

    python Testing/Tools/measure_stalls.py [--size 512 512 300] [--json FILE]

A timer ticks every 5 ms in the panel's own event loop; a gap is the time between two ticks, and busy what the loop's
thread worked in it: on a computer that does other things as well, only that is the panel's own doing. The scan has a
prediction and maps of its own size, which are planted: no model is needed. The scene is real, the views are not drawn:
drawing is the same with every extension, and here it is done without a GPU.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from studio import find_sources, keep_gaps, measuring

BEAT_MS = 5
PATIENCE = 900.0
LIMIT_MS = 100.0


class Heartbeat:
    """Notes the gaps between ticks of a timer, by phase."""

    def __init__(self, qt):
        """Begin to tick."""
        self.gaps = {}
        self._phase = None
        self._last = self._now()
        self._timer = qt.QTimer()
        self._timer.setInterval(BEAT_MS)
        self._timer.setTimerType(qt.Qt.PreciseTimer)
        self._timer.connect("timeout()", self._tick)
        self._timer.start()

    @staticmethod
    def _now():
        return np.array([time.perf_counter(), time.thread_time()])

    def _tick(self):
        now = self._now()
        if self._phase is not None:
            self.gaps[self._phase].append((1000 * (now - self._last)).tolist())
        self._last = now

    def phase(self, name):
        """Note gaps under this name from now on; None: nowhere."""
        self._phase, self._last = name, self._now()
        if name is not None:
            self.gaps.setdefault(name, [])

    def stop(self):
        """Tick no more."""
        self._timer.stop()


def table(gaps):
    """Distribution by phase, in ms, as rows of a table: of the gaps, and of the processor's time in them."""
    rows = [("phase", "gaps", "p50", "p99", "max", f"over {LIMIT_MS:g}", "busy p50", "busy p99", "busy max")]
    for name, values in gaps.items():
        wall, busy = np.array(values or [(0.0, 0.0)]).T
        figures = [f"{value:.1f}" for part in (wall, busy) for value in np.percentile(part, (50, 99, 100))]
        rows.append((name, str(len(values)), *figures[:3], str(int((wall > LIMIT_MS).sum())), *figures[3:]))
    return rows


def show(rows):
    """Print rows under each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
        print("  ".join(cells))


def big_scan(size, folder):
    """Write a scan of a ball in noise, and a label of the ball."""
    shape = tuple(size[::-1])
    rng = np.random.default_rng(0)
    grid = np.ogrid[tuple(slice(-1.0, 1.0, complex(0, n)) for n in shape)]
    ball = 7 * (sum(axis**2 for axis in grid) < 0.3).astype(np.uint8)
    noise = rng.integers(-40, 40, size=shape, dtype=np.int16)
    for name, voxels in (("scan", noise + 20 * ball.astype(np.int16)), ("label", ball)):
        image = sitk.GetImageFromArray(voxels)
        image.SetSpacing((0.7, 0.7, 1.0))
        sitk.WriteImage(image, str(folder / f"{name}.nrrd"), useCompression=True, compressionLevel=1)


def measure(size, folder):
    """Go through the phases and return the gaps of each."""
    import slicerhost

    host = slicerhost.start()
    import qt
    from panelserver import LABELS, MODULE, ConnectedPanel

    from dualnetssl_bench.servers.local_server import LocalServer
    from DualNetSSLLib.client.client import Client

    os.environ["DUALNETSSL_PANEL"] = str(folder / "panel")
    with LocalServer(folder / "data") as server, Client(server.address, server.token) as client:
        dataset = client.create_dataset("large", LABELS)
        scans = folder / "scans"
        scans.mkdir()
        big_scan(size, folder)
        (folder / "scan.nrrd").replace(scans / "large.nrrd")
        panel = ConnectedPanel(host.load_module(str(MODULE)), host.pump)
        panel.connect(server)
        panel.open_dataset(dataset)
        beat = Heartbeat(qt)
        beat.phase("nothing to do")
        host.pump(seconds=2.0)
        _phases(panel, server, client, dataset, scans, beat)
        beat.stop()
        host.unload_module("DualNetSSL")
        if host.errors:
            raise host.errors[0]
    return beat.gaps


def _phases(panel, server, client, dataset, scans, beat):
    answers = []
    beat.phase("upload")
    order = {"dataset": dataset.id, "folder": str(scans), "skip_invalid": False}
    panel.context.session.call("add_folder", done=answers.append, **order)
    panel.pump(lambda: answers, PATIENCE)
    beat.phase(None)
    _predict(server, client, dataset, scans.parent)
    panel.context.loader.refresh()
    beat.phase("fetch predictions")
    panel.pump(lambda: panel.results.fetching.predictions, PATIENCE)
    beat.phase("download and show")
    panel.context.open_case("large")
    panel.pump(lambda: panel.desk.shown is not None, PATIENCE)
    panel.pump(seconds=1.0)
    beat.phase("threshold and opacity")
    for value in np.linspace(0.0, 1.0, 41):
        panel.ui.overlayThresholdSlider.value = float(value)
        panel.ui.overlayOpacitySlider.value = float(value)
        panel.pump(seconds=0.0)
    beat.phase("start from prediction")
    panel.ui.fromPredictionButton.click()
    panel.pump(seconds=0.5)
    beat.phase("keep a draft")
    panel.desk.keeper.keep()
    panel.pump(lambda: not panel.desk.busy, PATIENCE)
    beat.phase("submit")
    panel.ui.vouchCombo.currentIndex = 0
    panel.label.vouch()
    panel.label.submit()
    panel.pump(lambda: client.case(dataset.id, "large").revision == 2, PATIENCE)


def _predict(server, client, dataset, folder):
    """Let a model have said something of the scan: its label, and maps that glow along the border."""
    from plantedmodel import Planted, plant

    image = sitk.ReadImage(str(folder / "label.nrrd"))
    distance = sitk.SignedMaurerDistanceMap(image > 0, squaredDistance=False, useImageSpacing=True)
    glow = sitk.Cast(sitk.Exp(-sitk.Abs(distance) / 3.0), sitk.sitkFloat32)
    for name, scale in (("uncertainty", 1.0), ("disagreement", 0.5)):
        sitk.WriteImage(glow * scale, str(folder / f"{name}.nrrd"), useCompression=True, compressionLevel=1)
    files = {name: folder / f"{name}.nrrd" for name in ("uncertainty", "disagreement")}
    files["opinions"] = _opinions(folder / "opinions.npz", sitk.GetArrayViewFromImage(distance))
    plant(server.data_folder, client, dataset, [Planted("large", folder / "label.nrrd", **files)])


def _opinions(file, distance):
    """Two networks that have the border half a millimetre further in and further out, within 8 mm of it."""
    where = np.flatnonzero(np.abs(distance) < 8)
    away = distance.reshape(-1)[where]
    behind = [np.clip([score, -score], 0, None) for score in (10 * (away + 0.5), 10 * (away - 0.5))]
    odds = np.clip(np.array(behind), 0, 255).astype(np.uint8)
    parts = {"floor": np.float32(0.02), "step": np.float32(0.05), "values": np.array([0, 7], np.uint8)}
    parts |= {"version": np.uint8(1), "size": np.array(distance.shape[::-1], np.uint32)}
    np.savez_compressed(file, gaps=np.diff(where, prepend=0).astype(np.uint32), odds=odds, **parts)
    return file


def main():
    """Measure and print."""
    parser = measuring(__doc__)
    options = parser.parse_args()
    find_sources()
    with tempfile.TemporaryDirectory(prefix="dualnetssl-stalls-") as folder:
        gaps = measure(tuple(options.size), Path(folder))
    show(table(gaps))
    keep_gaps(gaps, options.json)


if __name__ == "__main__":
    main()
