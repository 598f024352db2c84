"""Somebody does anything in any order: nothing raises, nothing is left behind, no key acts in another module."""

from __future__ import annotations

import random

import numpy as np
import pytest
from keyboard import hover, press
from panelfixtures import client, server
from panelserver import LABELS, MODULE, ConnectedPanel, phantom
from reviewfixtures import predict, upload
from slicehand import Painter

__all__ = ["client", "server"]

TRUTH = phantom(1)[1]
CASES = ("scan-1", "scan-2", "scan-3")
PREDICTED = CASES[:2]
KEYS = "NPDEOHUJLCK"
BUTTONS = ("submit", "nextCase", "fromPrediction", "setAside", "wholeVerified", "boundsNone", "regionNext", "between")
CHECKS = ("overlaySurface", "overlayLogarithm", "overlayLegend", "reviewLimit")
ACTIONS = {
    "key": 12, "wait": 8, "open": 4, "paint": 4, "scroll": 4, "press_button": 3, "fold": 3, "choose": 2, "delete": 2,
    "check": 2, "turn_to": 2, "slide": 1, "close_scene": 1, "reload": 1,
}  # fmt: skip
"""What is done, and how often beside the others."""


def marked(role=None):
    """The nodes of the panel, or those of one role."""
    import slicer.util

    kinds = ("vtkMRMLVolumeNode", "vtkMRMLSegmentationNode", "vtkMRMLModelNode")
    nodes = [node for kind in kinds for node in slicer.util.getNodesByClass(kind)]
    return [node for node in nodes if (node.GetAttribute("DualNetSSL.Role") or "") in ((role,) if role else ROLES)]


ROLES = ("image", "label", "prediction", "uncertainty", "verified", "region", "rim", "proposal")


class Walker:
    """Does one thing after the other, by chance."""

    def __init__(self, seed, begin, pump):
        """Walk in the panel that ``begin`` connects, each time the module is reloaded."""
        self._chance, self._begin, self._pump = random.Random(seed), begin, pump
        self.painter, self.front = begin(), True

    @property
    def shown(self):
        return self.painter.desk.shown

    def step(self):
        """Do something; tells what."""
        (name,) = self._chance.choices(list(ACTIONS), list(ACTIONS.values()))
        return name, getattr(self, name)()

    def key(self):
        import slicer

        view, key = slicer.app.layoutManager().sliceWidget("Red"), self._chance.choice(KEYS)
        before = None if self.shown is None else (self.shown, self.shown.marks.mask.copy())
        hover(view)
        self._pump(seconds=self._chance.choice((0.0, 0.12)))
        press(key)
        hover(view, False)
        if not self.front and before is not None and before[0] is self.shown:
            np.testing.assert_array_equal(self.shown.marks.mask, before[1])
        return key

    def wait(self):
        self._pump(seconds=self._chance.choice((0.0, 0.02, 0.1, 0.5, 1.5)))

    def open(self):
        self.painter.panel.context.open_case(self._chance.choice(CASES))

    def paint(self):
        if self.shown is not None and self.shown.node("label") is not None and self.shown.node("image") is not None:
            self.painter.paint(np.s_[self._chance.randrange(len(TRUTH))])

    def scroll(self):
        from DualNetSSLLib.panel.slices.views import show_slice

        if self.shown is not None and self.painter.part is not None:
            show_slice(self.shown, self.painter.part.work.axis, self._chance.randrange(len(TRUTH)))

    def press_button(self):
        button = getattr(self.painter.ui, f"{self._chance.choice(BUTTONS)}Button")
        if button.enabled:
            button.click()

    def fold(self):
        section = getattr(self.painter.ui, f"{self._chance.choice(('review', 'label', 'results'))}Section")
        section.collapsed = not section.collapsed

    def choose(self):
        self.painter.choose(self._chance.choice(("slices", "slices", "boxes", "whole")))

    def delete(self):
        import slicer

        nodes = marked(self._chance.choice(ROLES))
        for node in nodes[:1]:
            slicer.mrmlScene.RemoveNode(node)

    def check(self):
        box = getattr(self.painter.ui, f"{self._chance.choice(CHECKS)}Check")
        box.checked = not box.checked

    def turn_to(self):
        """Leave the module, or come back."""
        self.front = not self.front
        (self.painter.panel.widget.enter if self.front else self.painter.panel.widget.exit)()

    def slide(self):
        self.painter.ui.overlayThresholdSlider.value = self._chance.choice((0.05, 0.3, 0.6, 0.9))

    def close_scene(self):
        import slicer

        slicer.mrmlScene.Clear(0)

    def reload(self):
        import slicer.util

        if self.front:
            slicer.util.reloadScriptedModule("DualNetSSL")
            self.painter = self._begin()


def check_scene(walker):
    """Nothing of a case is there twice, no line of one that is not open; the brush is not limited to nothing.

    A label that a reloaded module finds in the scene stays when another case is opened first: it may be all there is.
    """
    import slicer

    names = [(node.GetAttribute("DualNetSSL.Role"), node.GetAttribute("DualNetSSL.Case")) for node in marked()]
    assert len(names) == len(set(names))
    if walker.painter.part is None:
        assert marked("rim") + marked("proposal") == []
    if walker.shown is None:
        assert marked("region") == []
        return
    editor, label = walker.painter.panel.label.editor.node, walker.shown.node("label")
    inside = slicer.vtkMRMLSegmentationNode.EditAllowedInsideSingleSegment
    if editor is not None and label is not None and editor.GetMaskMode() == inside:
        assert label.GetSegmentation().GetSegment(editor.GetMaskSegmentID()) is not None


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_in_whatever_order(load_module, pump, server, client, tmp_path, monkeypatch, seed):
    import qt
    import slicer

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    dataset = client.create_dataset(f"walk {seed}", LABELS)
    upload(client, dataset, CASES)
    predict(server, client, dataset, PREDICTED, tmp_path)
    load_module(str(MODULE))

    def begin():
        panel = ConnectedPanel(slicer.modules.DualNetSSLWidget, pump)
        panel.connect(server)
        panel.open_dataset(client.dataset(dataset.id))
        return Painter(panel, TRUTH)

    walker = Walker(seed, begin, pump)
    done = []
    for _ in range(200):
        done.append(walker.step())
        try:
            check_scene(walker)
        except AssertionError as error:
            raise AssertionError(f"after {done[-8:]}") from error
    pump(seconds=1.0)
