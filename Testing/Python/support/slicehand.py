"""The hand of somebody who labels by slices or boxes: chooses, scrolls, paints, and presses keys over a slice view."""

from __future__ import annotations

import numpy as np
from keyboard import hover, press
from panelserver import PATIENCE

from DualNetSSLLib.labels.bounds import Bounds
from DualNetSSLLib.labels.slice_plan import planned


def outside(bounds, shape):
    """What bounds make background, as a mask [k, j, i]."""
    mask = np.zeros(shape, bool)
    for part in bounds.outside(shape[::-1]):
        mask[part] = True
    return mask


def by_slices(truth):
    """What somebody vouches for who marks the organ's first and last slice and paints three between, and how.

    Returns:
        First and last slice, the label, and the mask of what is verified, ``[k, j, i]``.
    """
    ends = np.flatnonzero(truth.any(axis=(1, 2)))
    first, last = int(ends[0]), int(ends[-1])
    bounds = Bounds.whole(truth.shape[::-1]).beginning_at(2, first).ending_at(2, last)
    plan = list(planned(first, last, 3))
    verified, label = outside(bounds, truth.shape), np.zeros_like(truth)
    verified[plan], label[plan] = True, truth[plan]
    return first, last, label, verified


def label_scans_by_slices(reader, painter, count):
    """Label scan after scan by its ends and three slices; the last key of each submits and opens the next one.

    Args:
        reader: at the panel, with the data set open and nothing labelled.
        painter: at the same panel.
        count: of scans; the first by name is opened, the panel chooses the others.

    Returns:
        The scans in the order they were labelled in.
    """
    painter.choose("slices")
    painter.panel.open(reader.state.cases[0].case)
    done = []
    while len(done) < count:
        name = painter.desk.shown.name
        painter.truth = reader.truth(name)
        painter.mark_ends(*by_slices(painter.truth)[:2])
        for key in ("N", "N", "K"):
            painter.paint(np.s_[painter.part.seen])
            painter.press(key)
        done.append(name)
        reader.wait(lambda name=name: reader.state.case(name).revision == 2)
        if len(done) < len(reader.state.cases):
            reader.wait(lambda name=name: painter.desk.shown and painter.desk.shown.name != name)
            reader.quiet()
    return done


class Painter:
    """The panel as somebody uses it who labels by slices."""

    def __init__(self, panel, truth=None):
        """Label in a connected panel, with only the section Label open; ``truth`` is painted."""
        self.panel, self.ui, self.desk, self.pump = panel, panel.ui, panel.desk, panel.pump
        self.truth = truth
        self.slices = next(s for s in panel.panel.sections if type(s).__name__ == "SlicesSection")
        for name in ("server", "dataset", "label", "train", "results", "review"):
            getattr(panel.ui, f"{name}Section").collapsed = name != "label"

    @property
    def part(self):
        return self.slices.part

    @property
    def said(self):
        return self.slices.message.text

    def choose(self, mode):
        """Choose how to label, as by hand."""
        combo = self.ui.labelModeCombo
        combo.setCurrentIndex(("whole", "slices", "boxes").index(mode))
        combo.activated.emit(combo.currentIndex)

    def press(self, key, looked=True):
        """Press a key with the mouse in a slice view, once it was ``looked`` at what is seen there."""
        import slicer

        view = slicer.app.layoutManager().sliceWidget("Red")
        hover(view)
        self.pump(seconds=0.15)
        if looked and self.part is not None:
            self.part.sight.looked()
        press(key)
        hover(view, False)

    def scroll_to(self, index):
        """Turn the mouse wheel until the view shows this slice."""
        from DualNetSSLLib.panel.slices.views import show_slice

        show_slice(self.desk.shown, self.part.work.axis, index)
        assert self.part.seen == index

    def point_at(self, name, voxel):
        """Press the key for a corner with the mouse at a voxel (i, j, k) of the scan in a slice view."""
        import slicer

        from DualNetSSLLib.panel.common.scene import ijk_to_ras, numpy_matrix

        view = slicer.app.layoutManager().sliceWidget(name)
        hover(view)
        self.pump(seconds=0.15)
        node = view.mrmlSliceNode()
        ras = numpy_matrix(ijk_to_ras(self.desk.shown.geometry)) @ [*voxel, 1.0]
        place = np.linalg.inv(numpy_matrix(node.GetXYToRAS())) @ ras
        _crosshair().SetCursorPositionXYZ(place[:3].tolist(), node)  # a mouse of the tests moves no cursor of VTK's
        press("Shift+C")
        hover(view, False)

    def paint(self, *places):
        """Paint the truth at these places of the array, with each class."""
        label = self.panel.painted()
        for place in places:
            label[place] = self.truth[place]
        for one in self.desk.shown.dataset.labels:
            self.panel.paint(label == one.value, one.name)

    def mark_ends(self, first, last):
        """Go to both ends of the organ and say so."""
        for index, key in ((first, "J"), (last, "L")):
            self.scroll_to(index)
            self.press(key)

    def mask(self):
        """What would be sent as verified now."""
        shown = self.desk.shown
        started = 0 if shown.started is None else np.asarray(shown.started)
        return (np.asarray(shown.marks.mask) != 0) | (self.panel.painted() != started)

    def wait_for(self, case):
        """Wait until a case is on the desk."""
        self.pump(lambda: self.desk.shown is not None and self.desk.shown.name == case, PATIENCE)
        self.pump(lambda: not self.desk.opening and not self.desk.busy, PATIENCE)


def _crosshair():
    import slicer

    return slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
