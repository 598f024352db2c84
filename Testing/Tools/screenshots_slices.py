"""Takes the pictures of labelling by slices for docs/images, on phantom scans that are made on the spot.

python Testing/Tools/screenshots_slices.py
"""

from __future__ import annotations

import numpy as np
from studio import take_pictures

NAMES = {1: "liver", 2: "left kidney"}
COLOURS = {1: (230, 159, 0), 2: (86, 180, 233)}
SEED, SCALE, SCANS = 0, 1.6, 2
PATIENCE = 240


def scan(number):
    """A phantom scan with two organs."""
    from DualNetSSLLib.scans.phantoms import make_phantom

    phantom = make_phantom(SEED, number, SCALE)
    return phantom, np.where(np.isin(phantom.label, list(NAMES)), phantom.label, 0).astype(np.uint8)


def fill(_server, client):
    """A data set of scans without labels."""
    from DualNetSSLLib.client.records import LabelDefinition
    from DualNetSSLLib.client.volumes import volume_from_array

    labels = [LabelDefinition(value=value, name=name, colour=COLOURS[value]) for value, name in NAMES.items()]
    dataset = client.create_dataset("Abdomen", labels)
    for number in range(1, SCANS + 1):
        phantom, _label = scan(number)
        client.upload_case(dataset.id, f"scan-{number}", volume_from_array(phantom.image, phantom.geometry))
    return client.dataset(dataset.id)


def pictures(host, panel, dataset, output):
    """Mark the ends of the organs, paint two slices, and look at what lies between."""
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


def main():
    """Take the pictures."""
    take_pictures(__doc__, (), fill, pictures)


if __name__ == "__main__":
    main()
