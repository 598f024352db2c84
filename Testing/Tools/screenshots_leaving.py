"""Takes the pictures of the comparison of two models and of the export for docs/images, from what the demo has left.

    dualnetssl demo --output demo
    python Testing/Tools/screenshots_leaving.py demo

The demo trains on three labelled phantom scans, corrects two others in part, and goes on training. Two more scans are
verified here, as somebody might do afterwards: on those the comparison can be judged.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from studio import take_pictures

TALL, WINDOW = (1400, 1500), (1400, 900)
SECTIONS = ("server", "dataset", "label", "review", "train", "results")
LABELLED, SINCE = ("phantom-01", "phantom-02", "phantom-03"), ("phantom-04", "phantom-05")


def fill(server, client, demo):
    """Make the demo's data set with its two models; returns it."""
    from plantedmodel import plant

    from DualNetSSLLib.client.records import LabelDefinition

    told = [json.loads((demo / f"predictions-{number}" / "predictions.json").read_text()) for number in (1, 2)]
    dataset = client.create_dataset("Sample scans", [LabelDefinition.from_json(label) for label in told[0]["labels"]])
    for name in sorted(one["case"] for one in told[0]["cases"]):
        upload(client, dataset, demo, name, demo / "samples" / "labels" if name in LABELLED else None)
    first = plant(server.data_folder, client, dataset, said(demo / "predictions-1", told[0]))
    corrected = sorted(path.name.partition(".")[0] for path in (demo / "corrections").glob("*.label.nrrd"))
    for name in corrected:
        upload(client, dataset, demo, name, demo / "corrections", ".label.nrrd", ".verified.nrrd")
    plant(server.data_folder, client, dataset, said(demo / "predictions-2", told[1]), parent=first)
    for name in SINCE:
        upload(client, dataset, demo, name, demo / "samples" / "labels")
    return client.dataset(dataset.id)


def said(folder, told):
    """What a model said of every scan."""
    from plantedmodel import Planted

    kinds = ("segmentation", "uncertainty", "disagreement")
    return [
        Planted(one["case"], summary=one["summary"], **{kind: folder / one[kind] for kind in kinds})
        for one in told["cases"]
    ]


def upload(client, dataset, demo, name, labels, ending=".nrrd", verified=None):
    """Send a scan, with its label and what is verified of it where there is that."""
    image = demo / "samples" / "images" / f"{name}.nrrd"
    label = None if labels is None else labels / f"{name}{ending}"
    mask = None if verified is None else labels / f"{name}{verified}"
    client.upload_case(dataset.id, name, image, label, mask, annotator=None if label is None else "A. B.")


class Camera:
    """Takes pictures of a group, and of the whole window."""

    def __init__(self, host, panel, output):
        """Write into ``output``."""
        self._host, self._panel, self._output = host, panel, output

    def group(self, widget, title):
        """Picture one group, as wide as the module panel."""
        self._host.grab(None, size=TALL)
        self._host.grab(widget, self._output / "review" / f"{title}.png")

    def window(self, title):
        """Picture the window."""
        import slicer.util

        self._host.grab(None, size=WINDOW)
        slicer.util.resetSliceViews()
        self._host.grab(None, self._output / "review" / f"{title}.png")


def pictures(host, panel, dataset, output):
    """Compare, look at the changes, export."""
    camera, ui = Camera(host, panel, output), panel.ui
    panel.open_dataset(dataset)
    panel.pump(lambda: len(panel.results.fetching.predictions) == dataset.case_count, 120)
    for name in SECTIONS:
        if hasattr(ui, f"{name}Section"):
            getattr(ui, f"{name}Section").collapsed = name != "results"
    ui.comparisonGroup.collapsed = False
    ui.compareButton.click()
    panel.pump(lambda: panel.results.comparison.comparison is not None, 240)
    camera.group(ui.comparisonGroup, "comparison")
    panel.open(panel.state.cases[-1].case)
    panel.pump(lambda: panel.desk.shown.node("changes") is not None, 60)
    ui.overlayGroup.checked = False
    camera.window("changes")
    ui.exportGroup.collapsed = False
    ui.exportCasesCombo.setCurrentIndex(ui.exportCasesCombo.findText("chosen scans"))
    with tempfile.TemporaryDirectory(prefix="labels-") as folder:
        panel.results.export.export(str(Path(folder) / "labels"))
        panel.pump(lambda: ui.exportMessage.text, 60)
        ui.exportMessage.text = ui.exportMessage.text.replace(folder, "…")
        camera.group(ui.exportGroup, "export")


def main():
    """Take the pictures."""
    take_pictures(__doc__, ("demo",), fill, pictures)


if __name__ == "__main__":
    main()
