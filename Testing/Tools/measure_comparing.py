"""Measures how long the event loop stands still while two models are compared on a large scan and labels are exported.

    python Testing/Tools/measure_comparing.py [--size 512 512 300] [--json FILE]

As in ``measure_stalls.py``, whose clock it uses. The two models differ in a shell around a ball, so that the box
of changes is most of the scan: the worst case for the layer that shows them.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import SimpleITK as sitk
from measure_stalls import PATIENCE, Heartbeat, big_scan, show, table
from studio import find_sources, keep_gaps, measuring

TOGGLES = 20


def prepare(server, client, folder, size, labels):
    """Make a data set of one scan that two models have predicted, the later with its label."""
    from plantedmodel import Planted, plant

    big_scan(size, folder)
    image, label = folder / "scan.nrrd", sitk.ReadImage(str(folder / "label.nrrd"))
    dataset = client.create_dataset("large", labels)
    client.upload_case(dataset.id, "large", image, label)
    distance = sitk.SignedMaurerDistanceMap(label > 0, squaredDistance=False, useImageSpacing=True)
    glow = sitk.Cast(sitk.Exp(-sitk.Abs(distance) / 3.0), sitk.sitkFloat32)
    sitk.WriteImage(glow, str(folder / "map.nrrd"), useCompression=True, compressionLevel=1)
    sitk.WriteImage(sitk.Cast(distance < 3.0, sitk.sitkUInt8) * 7, str(folder / "larger.nrrd"), useCompression=True)
    for name in ("larger", "label"):
        said = Planted("large", folder / f"{name}.nrrd", folder / "map.nrrd", folder / "map.nrrd")
        plant(server.data_folder, client, dataset, [said])
    return client.dataset(dataset.id)


def phases(panel, beat, folder):
    """Compare, open the scan with its changes, show and hide them, export; returns the seconds of the long ones."""
    seconds = {}
    panel.pump(lambda: panel.results.fetching.predictions, PATIENCE)
    panel.ui.comparisonGroup.collapsed = False
    for name, begin, until in (
        ("compare", panel.ui.compareButton.click, lambda: panel.results.comparison.comparison is not None),
        ("open with changes", lambda: panel.context.open_case("large"), lambda: changes(panel) is not None),
        ("toggle", lambda: toggle(panel), lambda: changes(panel) is not None),
        (
            "export",
            lambda: panel.results.export.export(str(folder / "labels")),
            lambda: panel.results.export.message.text,
        ),
    ):
        start = time.perf_counter()
        beat.phase(name)
        begin()
        panel.pump(until, PATIENCE)
        panel.pump(seconds=0.2)
        seconds[name] = time.perf_counter() - start
    beat.phase(None)
    return seconds


def changes(panel):
    """The node of the changes, if it is there."""
    return None if panel.desk.shown is None else panel.desk.shown.node("changes")


def toggle(panel):
    """Show and hide the changes a number of times."""
    for _ in range(TOGGLES):
        panel.ui.changesCheck.checked = False
        panel.pump(seconds=0.05)
        panel.ui.changesCheck.checked = True
        panel.pump(seconds=0.05)


def measure(size, folder):
    """Go through the phases; returns the gaps of each, and how long each took."""
    import slicerhost

    host = slicerhost.start()
    import qt
    from panelserver import LABELS, MODULE, ConnectedPanel

    from dualnetssl_bench.servers.local_server import LocalServer
    from DualNetSSLLib.client.client import Client

    os.environ["DUALNETSSL_PANEL"] = str(folder / "panel")
    with LocalServer(folder / "data") as server, Client(server.address, server.token) as client:
        dataset = prepare(server, client, folder, size, LABELS)
        panel = ConnectedPanel(host.load_module(str(MODULE)), host.pump)
        panel.connect(server)
        panel.open_dataset(dataset)
        beat = Heartbeat(qt)
        seconds = phases(panel, beat, folder)
        beat.stop()
        host.unload_module("DualNetSSL")
        if host.errors:
            raise host.errors[0]
    return beat.gaps, seconds


def main():
    """Measure and print."""
    parser = measuring(__doc__)
    options = parser.parse_args()
    find_sources()
    with tempfile.TemporaryDirectory(prefix="dualnetssl-stalls-") as folder:
        gaps, seconds = measure(tuple(options.size), Path(folder))
    show(table(gaps))
    print(", ".join(f"{name}: {value:.1f} s in all" for name, value in seconds.items()))
    keep_gaps(gaps, options.json)


if __name__ == "__main__":
    main()
