"""Takes the pictures of the Label and Results sections for docs/images, on phantom scans and a model trained on them.

    dualnetssl sample-data scans --cases 8 --seed 0
    dualnetssl train --images scans/images --labels scans/labels --labelled 3 \\
        --output training --width 8 --steps 200
    dualnetssl predict --model training/model --images scans/images --output predictions
    python Testing/Tools/screenshots_cases.py predictions scans/images scans/labels
"""

from __future__ import annotations

import json

from studio import take_pictures

TALL = (1400, 1300)
SCANS = 4
SECTIONS = ("server", "dataset", "label", "train", "results", "review")


def fill(server, client, predictions, images, labels):
    """Make a data set of scans that a model has predicted, the first with its label; returns it."""
    from plantedmodel import Planted, plant

    from DualNetSSLLib.client.records import LabelDefinition

    said = json.loads((predictions / "predictions.json").read_text())
    dataset = client.create_dataset("Sample scans", [LabelDefinition.from_json(label) for label in said["labels"]])
    planted = []
    for number, one in enumerate(said["cases"][-SCANS:]):
        name = one["case"]
        label = file_of(labels, name) if number == 0 else None
        client.upload_case(dataset.id, name, file_of(images, name), label, annotator="A. B.")
        kinds = ("segmentation", "uncertainty", "disagreement", "opinions", "sheet")
        files = {kind: predictions / one[kind] for kind in kinds if kind in one}
        planted.append(Planted(name, summary=one["summary"], **files))
    for _ in range(2):
        plant(server.data_folder, client, dataset, planted)
    return client.dataset(dataset.id)


def file_of(folder, name):
    """The file of a scan in a folder, whatever its format; None if there is none."""
    from readinghand import stem

    return next((path for path in sorted(folder.iterdir()) if stem(path) == name), None)


class Camera:
    """Takes pictures of the section that matters, and of the whole window."""

    def __init__(self, host, panel, output):
        """Write into ``output``."""
        self._host, self._panel, self._output = host, panel, output

    def section(self, name, title):
        """Picture one section, as wide as the module panel."""
        button = getattr(self._panel.ui, f"{name}Section")
        button.collapsed = False
        for other in SECTIONS:
            getattr(self._panel.ui, f"{other}Section").collapsed = other != name
        self._host.grab(None, size=TALL)
        self._host.pump(seconds=0.2)  # lines that wrap find their height a turn of the event loop later
        self._host.grab(button, self._output / "review" / f"{title}.png")

    def window(self, title, name):
        """Picture the window with one section open."""
        import slicer.util

        for other in SECTIONS:
            getattr(self._panel.ui, f"{other}Section").collapsed = other != name
        self._host.grab(None, size=(1400, 900))
        slicer.util.resetSliceViews()
        self._host.grab(None, self._output / "review" / f"{title}.png")


def pictures(host, panel, dataset, output):
    """Go through the states."""
    camera = Camera(host, panel, output)
    camera.section("results", "results-fetching")
    panel.open_dataset(dataset)
    panel.pump(lambda: len(panel.results.fetching.predictions) == SCANS, 120)
    names = [case.case for case in panel.state.cases]
    panel.open(names[0])
    camera.window("label", "label")
    camera.section("label", "label-open")
    panel.open(names[-1])
    camera.window("results", "results")
    camera.section("results", "results-models")
    panel.ui.fromPredictionButton.click()
    panel.label.submit()
    panel.pump(lambda: "Nothing was changed" in panel.said, 60)
    camera.section("label", "label-told")


def main():
    """Take the pictures."""
    take_pictures(__doc__, ("predictions", "images", "labels"), fill, pictures)


if __name__ == "__main__":
    main()
