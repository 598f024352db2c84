"""Takes the pictures of labelling by slices for docs/images, on phantom scans that are made on the spot.

python Testing/Tools/screenshots_slices.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from studio import take_pictures

NAMES = {1: "liver", 2: "left kidney"}
COLOURS = {1: (230, 159, 0), 2: (86, 180, 233)}
SEED, SCALE, SCANS = 0, 1.6, 3
PATIENCE = 240


def scan(number):
    """A phantom scan with two organs."""
    from DualNetSSLLib.scans.phantoms import make_phantom

    phantom = make_phantom(SEED, number, SCALE)
    return phantom, np.where(np.isin(phantom.label, list(NAMES)), phantom.label, 0).astype(np.uint8)


def fill(server, client):
    """A data set of scans without labels, the last one predicted: its liver reaches too far to one side."""
    from DualNetSSLLib.client.records import LabelDefinition
    from DualNetSSLLib.client.volumes import volume_from_array

    labels = [LabelDefinition(value=value, name=name, colour=COLOURS[value]) for value, name in NAMES.items()]
    dataset = client.create_dataset("Abdomen", labels)
    for number in range(1, SCANS + 1):
        phantom, _label = scan(number)
        client.upload_case(dataset.id, f"scan-{number}", volume_from_array(phantom.image, phantom.geometry))
    predict(server, client, dataset, SCANS)
    return client.dataset(dataset.id)


def predict(server, client, dataset, number):
    """Let a model have said of a scan what is nearly right."""
    from plantedmodel import Planted, plant

    from DualNetSSLLib.client.volumes import volume_from_array

    phantom, label = scan(number)
    said = np.where((label == 0) & (np.roll(label, 3, axis=2) == 1), 1, label).astype(np.uint8)
    doubt = (said != label).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / f"{name}.nrrd" for name in ("segmentation", "uncertainty", "disagreement")}
        for name, path in files.items():
            voxels = said if name == "segmentation" else doubt
            sitk.WriteImage(volume_from_array(voxels, phantom.geometry), str(path))
        plant(server.data_folder, client, dataset, [Planted(f"scan-{number}", **files)])


def pictures(host, panel, dataset, output):
    """Mark the ends of the organs, paint two slices, and look at what lies between; correct a predicted slice."""
    from slicehand import Painter

    panel.open_dataset(dataset)
    truth = scan(1)[1]
    painter = Painter(panel, truth)
    painter.choose("slices")
    panel.open("scan-1")
    host.grab(None, size=(1400, 900))
    ends = np.flatnonzero(truth.any(axis=(1, 2)))
    painter.mark_ends(int(ends[0]), int(ends[-1]))
    plan = painter.part.work.plan(3)
    for index in plan[:2]:
        painter.paint(np.s_[index])
        painter.press("N")
    painter.press("E")
    panel.pump(lambda: painter.part.proposals.planes, PATIENCE)
    painter.scroll_to(plan[1])
    panel.pump(seconds=1.0)
    host.grab(None, output / "panel" / "label-slices.png")
    panel.open(f"scan-{SCANS}")
    painter.truth = scan(SCANS)[1]
    wrong = (panel.painted() != painter.truth).any(axis=(1, 2))
    index = next(index for index in painter.part.work.plan(3) if wrong[index])
    painter.scroll_to(index)
    painter.paint(np.s_[index])
    painter.press("N")
    painter.scroll_to(index)
    panel.pump(seconds=1.0)
    host.grab(None, output / "panel" / "label-corrected.png")


def main():
    """Take the pictures."""
    take_pictures(__doc__, (), fill, pictures)


if __name__ == "__main__":
    main()
