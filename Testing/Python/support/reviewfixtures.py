"""A case that a model has predicted, with doubt in three places: what the tests of the review start from."""

from __future__ import annotations

import itertools

import numpy as np
import SimpleITK as sitk
from panelserver import GEOMETRY, PATIENCE, image, phantom
from plantedmodel import Planted, plant

from DualNetSSLLib.client.volumes import volume_from_array

SPOTS = (np.s_[7:9, 9:12, 11:14], np.s_[2:4, 2:5, 2:5], np.s_[13:15, 15:18, 18:21])
"""Boxes of doubt, the most doubtful first: in the liver, in the spleen, in the background."""
DOUBTS = (0.95, 0.7, 0.5)


def doubt(geometry=GEOMETRY):
    """A map of uncertainty that glows in the spots."""
    voxels = np.full(geometry.size[::-1], 0.01, np.float32)
    for spot, value in zip(SPOTS, DOUBTS, strict=True):
        voxels[spot] = value
    return voxels


def opinions(folder, predicted, geometry=GEOMETRY):
    """Two networks that differ in the spots: the first says what is predicted; returns the file.

    The second says spleen, and liver where spleen is predicted.
    """
    spots = np.zeros(predicted.shape, bool)
    for spot in SPOTS:
        spots[spot] = True
    where = np.flatnonzero(spots)
    values = np.array([0, 2, 7], np.uint8)
    own = predicted.reshape(-1)[where]
    first = np.where(values[:, None] == own, 0, 10).astype(np.uint8)
    second = np.where(values[:, None] == np.where(own == 2, 7, 2), 0, 14).astype(np.uint8)
    file = folder / "opinions.npz"
    np.savez_compressed(
        file,
        version=np.uint8(1),
        size=np.array(geometry.size, np.uint32),
        floor=np.float32(0.02),
        step=np.float32(0.05),
        values=values,
        gaps=np.diff(where, prepend=0).astype(np.uint32),
        odds=np.stack([first, second]),
    )
    return file


def predict(server, client, dataset, names, folder, geometry=GEOMETRY, segmentation=None, opinions=None):
    """Let a model have said the phantom's label of these cases, unsure in the spots; returns the model's id."""
    label = phantom(1, geometry)[1] if segmentation is None else segmentation
    files = {}
    said = {"segmentation": label, "uncertainty": doubt(geometry), "disagreement": 0.5 * doubt(geometry)}
    for kind, voxels in said.items():
        files[kind] = folder / f"{kind}-{geometry.origin[0]:g}.nrrd"
        sitk.WriteImage(volume_from_array(voxels, geometry), str(files[kind]))
    return plant(server.data_folder, client, dataset, [Planted(name, **files, opinions=opinions) for name in names])


class Reviewer:
    """The panel as somebody who reviews uses it."""

    def __init__(self, panel):
        """Wrap a connected panel."""
        self.panel, self.pump, self.ui, self.desk = panel, panel.pump, panel.ui, panel.desk
        self.review = next(s for s in panel.panel.sections if type(s).__name__ == "ReviewSection")
        self.look_at_leisure()

    def look_at_leisure(self, seconds=1.0):
        """Let so much time go by, as the panel sees it, between one thing that is done and the next."""
        self.review.look.sight.now = itertools.count(step=seconds).__next__

    @property
    def walk(self):
        return self.review.walk

    def open(self, case):
        """Open a case, and wait for its regions."""
        self.panel.open(case)
        self.found()

    def found(self):
        """Wait for the regions."""
        self.pump(lambda: self.walk is not None and not self.review.finder.busy and self.walk.looked, PATIENCE)

    def states(self):
        """The states as the table shows them."""
        table = self.ui.regionTable
        return [str(table.item(row, 5).text()) for row in range(table.rowCount)]

    def verified(self):
        """What would be sent as verified now, as a mask [k, j, i]."""
        shown = self.desk.shown
        label = self.panel.painted()
        start = 0 if shown.started is None else np.asarray(shown.started)
        return np.ones(label.shape, bool) if shown.whole else (np.asarray(shown.marks.mask) != 0) | (label != start)

    def submit(self, client, dataset, case):
        """Submit, and wait until the server has it."""
        before = client.case(dataset.id, case).revision
        self.panel.label.submit()
        self.pump(lambda: client.case(dataset.id, case).revision > before, PATIENCE)
        self.pump(lambda: not self.desk.opening and not self.desk.busy, PATIENCE)
        return client.case(dataset.id, case)


def upload(client, dataset, names):
    """Upload scans without labels."""
    for name in names:
        client.upload_case(dataset.id, name, image(1))
