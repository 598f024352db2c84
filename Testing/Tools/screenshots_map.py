"""Takes the pictures of the map for docs/images, on phantom scans and what the demo's second model said of them.

    dualnetssl demo --output demo
    python Testing/Tools/screenshots_map.py demo

What a value means is counted here, on the scans that the demo never learnt from, whose truth is known.
"""

from __future__ import annotations

import json

import numpy as np
import SimpleITK as sitk
from studio import take_pictures

WINDOW = (1400, 900)
WIDTH = 520
THRESHOLDS = (0.1, 0.3, 0.6)
SECTIONS = ("server", "dataset", "label", "review", "train", "results")
LABELLED = ("phantom-01", "phantom-02", "phantom-03")
STEPS = np.linspace(0.0, 1.0, 21)


def voxels(file):
    """The voxels of a file."""
    return sitk.GetArrayFromImage(sitk.ReadImage(str(file)))


def reliability(demo, told, learnt):
    """Count how often voxels were wrong by the value of each map."""
    held_out = [one for one in told["cases"] if one["case"] not in learnt]
    tables = {"scans": len(held_out), "held_out": True}
    for kind in ("uncertainty", "disagreement"):
        counts = np.zeros((2, len(STEPS) - 1), int)
        for one in held_out:
            truth = voxels(demo / "samples" / "labels" / f"{one['case']}.nrrd")
            wrong = voxels(demo / "predictions-2" / one["segmentation"]) != truth
            values = voxels(demo / "predictions-2" / one[kind])
            counts += [np.histogram(values, STEPS)[0], np.histogram(values[wrong], STEPS)[0]]
        rows = zip(STEPS[:-1], STEPS[1:], *counts, strict=True)
        tables[kind] = [[float(low), float(high), int(n), int(bad)] for low, high, n, bad in rows]
    return tables


def fill(server, client, demo):
    """Make a data set of the scans that the demo never learnt from; returns it."""
    from plantedmodel import plant
    from screenshots_leaving import said, upload

    from DualNetSSLLib.client.records import LabelDefinition

    told = json.loads((demo / "predictions-2" / "predictions.json").read_text())
    learnt = {*LABELLED, *(file.name.partition(".")[0] for file in (demo / "corrections").iterdir())}
    dataset = client.create_dataset("Sample scans", [LabelDefinition.from_json(label) for label in told["labels"]])
    sayings = [one for one in said(demo / "predictions-2", told) if one.case not in learnt]
    for one in sayings:
        upload(client, dataset, demo, one.case, None)
    plant(server.data_folder, client, dataset, sayings, {"reliability": reliability(demo, told, learnt)})
    return client.dataset(dataset.id)


def beside(images, captions):
    """Put pictures beside each other, with a line under each."""
    from PySide6 import QtCore, QtGui

    width, height = images[0].width(), images[0].height()
    picture = QtGui.QImage((width + 6) * len(images) - 6, height + 24, QtGui.QImage.Format_RGB32)
    picture.fill(QtGui.QColor("white"))
    painter = QtGui.QPainter(picture)
    for number, (image, caption) in enumerate(zip(images, captions, strict=True)):
        left = number * (width + 6)
        painter.drawImage(left, 0, image)
        painter.drawText(QtCore.QRect(left, height, width, 24), QtCore.Qt.AlignCenter, caption)
    painter.end()
    return picture


def settle(host, panel):
    """Wait until what was asked for is shown."""
    overlay = panel.results.overlay
    panel.pump(lambda: not overlay.choice.busy and not overlay.surfaces.busy, 60)
    host.grab(None, size=WINDOW)


def red_view(host, panel):
    """A picture of the axial view."""
    import slicer
    from PySide6 import QtCore

    settle(host, panel)
    slicer.util.resetSliceViews()
    settle(host, panel)
    return host.grab(slicer.app.layoutManager().sliceWidget("Red")).scaledToWidth(WIDTH, QtCore.Qt.SmoothTransformation)


def pictures(host, panel, dataset, output):
    """Go through the thresholds, the labels and the surface."""
    import slicer

    ui, manager = panel.ui, slicer.app.layoutManager()
    panel.open_dataset(dataset)
    panel.pump(lambda: len(panel.results.fetching.predictions) == dataset.case_count, 120)
    panel.open(panel.state.cases[-1].case)
    for name in SECTIONS:
        getattr(ui, f"{name}Section").collapsed = name != "results"
    manager.setLayout(slicer.vtkMRMLLayoutNode.SlicerLayoutOneUpRedSliceView)
    shown = []
    for value in THRESHOLDS:
        ui.overlayThresholdSlider.value = value
        shown.append(red_view(host, panel))
    beside(shown, [f"from {value}" for value in THRESHOLDS]).save(str(output / "review" / "map-thresholds.png"))
    ui.overlayThresholdSlider.value, shown = THRESHOLDS[0], []
    names = [ui.overlayClassCombo.itemText(index) for index in range(ui.overlayClassCombo.count)][:3]
    for name in names:
        ui.overlayClassCombo.currentIndex = ui.overlayClassCombo.findText(name)
        shown.append(red_view(host, panel))
    beside(shown, names).save(str(output / "review" / "map-labels.png"))
    ui.overlayClassCombo.currentIndex = 0
    ui.overlayThresholdSlider.value = THRESHOLDS[1]
    ui.overlaySurfaceCheck.checked = True
    manager.setLayout(slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView)
    settle(host, panel)
    slicer.util.resetSliceViews()
    slicer.util.resetThreeDViews()
    host.grab(None, output / "review" / "map-surface.png")
    host.grab(ui.overlayGroup, output / "review" / "map-controls.png")


def main():
    """Take the pictures."""
    take_pictures(__doc__, ("demo",), fill, pictures)


if __name__ == "__main__":
    main()
