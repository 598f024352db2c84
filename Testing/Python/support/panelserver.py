"""A panel of the host, connected to a real server: what the panel's tests start from."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from DualNetSSLLib.client.records import Geometry, LabelDefinition
from DualNetSSLLib.client.volumes import volume_from_array
from DualNetSSLLib.panel.common.state import Connection

MODULE = Path(__file__).resolve().parents[3] / "DualNetSSL" / "DualNetSSL.py"
PATIENCE = 300.0
LABELS = (
    LabelDefinition(value=7, name="liver", colour=(230, 159, 0)),
    LabelDefinition(value=2, name="spleen", colour=(86, 180, 233)),
)
GEOMETRY = Geometry(
    size=(24, 20, 16),
    spacing=(1.0, 1.25, 2.0),
    origin=(-10.0, 5.0, 0.5),
    direction=(0.936293, -0.275096, 0.218351, 0.289629, 0.956425, -0.036957, -0.198669, 0.097843, 0.975170),
)


def phantom(seed=0, geometry=GEOMETRY):
    """A noisy scan and its label, as arrays [k, j, i]."""
    rng = np.random.default_rng(seed)
    shape = geometry.size[::-1]
    grid = np.stack(np.meshgrid(*(np.arange(n) for n in shape), indexing="ij"))
    middle = np.array(shape).reshape(3, 1, 1, 1) / 2
    label = np.where(((grid - middle) ** 2).sum(axis=0) < 25, 7, 0).astype(np.uint8)
    label[2:6, 2:6, 2:6] = 2
    return (60.0 * label + rng.normal(0, 30, shape)).astype(np.int16), label


def image(seed=0, geometry=GEOMETRY):
    """A noisy scan as a SimpleITK image."""
    return volume_from_array(phantom(seed, geometry)[0], geometry)


class ConnectedPanel:
    """The panel's parts by name, and what a user would do with them."""

    def __init__(self, widget, pump):
        """Wrap the module's Python widget."""
        self.widget, self.pump, self.ui = widget, pump, widget.ui
        self.panel = widget.panel
        self.context = widget.panel.context
        self.state = self.context.state
        self.label = next(s for s in self.panel.sections if type(s).__name__ == "LabelSection")
        self.results = next(s for s in self.panel.sections if type(s).__name__ == "ResultsSection")
        self.desk = self.label.desk

    def connect(self, server):
        """Connect, and wait until that is so."""
        answers = []
        self.context.session.call("connect", address=server.address, token=server.token, done=answers.append)
        self.pump(lambda: answers, PATIENCE)
        (answer,) = answers
        self.state.change(connection=Connection(answer["address"], answer["server"], True))
        self.state.change(datasets=tuple(answer["datasets"]))

    def open_dataset(self, dataset):
        """Open a data set, and wait for its cases."""
        self.context.loader.open_dataset(dataset)
        self.pump(lambda: len(self.state.cases) == dataset.case_count, PATIENCE)

    def open(self, case):
        """Open a case, and wait until it is shown."""
        self.context.open_case(case)
        self.pump(lambda: not self.desk.opening and self._shows(case), PATIENCE)

    def _shows(self, case):
        return self.desk.shown is not None and self.desk.shown.name == case

    def paint(self, voxels, segment):
        """Paint as the Segment Editor does: the segment gets these voxels."""
        import slicer.util

        node, volume = self.desk.shown.node("label"), self.desk.shown.node("image")
        identity = node.GetSegmentation().GetSegmentIdBySegmentName(segment)
        slicer.util.updateSegmentBinaryLabelmapFromArray(voxels.astype(np.uint8), node, identity, volume)

    def painted(self):
        """The label of the open case, as it would be submitted."""
        from DualNetSSLLib.panel.desk.labelmap import Found, layers_of, read_slabs

        shown = self.desk.shown
        layers = layers_of(shown.node("label"), shown.geometry, shown.dataset.labels)
        return np.concatenate([slab for _, slab in read_slabs(layers, shown.geometry, shown.dataset.labels, Found())])

    @property
    def said(self):
        """What the label section says."""
        return self.label.message.text
