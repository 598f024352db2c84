"""A scripted reader at the panel: clicks, presses keys and paints as a person does, and counts what that took."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from hand import Hand, drag, point_at
from keyboard import press
from panelserver import ConnectedPanel
from reviewfixtures import Reviewer

PATIENCE = 1800.0


@dataclass
class Effort:
    """What the corrections took: actions of the hand, and voxels."""

    scans: int = 0
    regions: int = 0
    accepted: int = 0
    edited: int = 0
    clicks: int = 0
    keys: int = 0
    changed: int = 0
    verified: int = 0


class ScriptedReader:
    """Knows the truth of every scan, and sees what the panel shows.

    Attributes:
        panel: the panel's parts.
        hand: the mouse.
        effort: what the corrections took so far.
    """

    def __init__(self, host, widget, truths, tolerance=0.0):
        """Read in this widget.

        Args:
            host: of the widget.
            widget: the module's Python widget.
            truths: file of the true label by case.
            tolerance: share of a region's voxels that may be wrong for the reader to find it right.
        """
        self.host, self._truths, self._tolerance = host, truths, tolerance
        self.panel = ConnectedPanel(widget, host.pump)
        self.ui, self.state, self.desk = self.panel.ui, self.panel.state, self.panel.desk
        self.reviewer = Reviewer(self.panel)
        self.hand = Hand(widget._root)
        self.effort = Effort()
        self.seen = lambda moment: None

    def wait(self, until):
        """Wait for something that the reader can see."""
        self.host.pump(until, PATIENCE)

    # the way there

    def connect(self, server):
        """Enter address and token."""
        self.ui.connectGroup.collapsed = False
        self._unfold()
        self.ui.addressEdit.text, self.ui.tokenEdit.text = server.address, server.token
        self.hand.click(self.ui.connectButton)
        self.wait(lambda: self.state.connection is not None)

    def _unfold(self):
        """Open every section in a window that is laid out, or there would be nothing to click on."""
        for name in ("server", "dataset", "label", "train", "results", "review"):
            getattr(self.ui, f"{name}Section").collapsed = False
        self.host.grab(None, size=(1400, 1000))

    def create(self, name, labels):
        """Make a data set with these labels, values by name."""
        self.ui.datasetNameEdit.text = name
        for row, (label, value) in enumerate(labels.items()):
            if row:
                self.hand.click(self.ui.addLabelButton)
            self.ui.labelSetTable.item(row, 0).setText(label)
            self.ui.labelSetTable.item(row, 1).setText(str(value))
        self.hand.click(self.ui.createDatasetButton)
        self.wait(lambda: self.state.dataset is not None)

    def add_folder(self, folder, count):
        """Add the scans of a folder under their own names."""
        self.ui.useNamesCheck.checked = True
        self.host.dialogs.replies["getExistingDirectory"] = str(folder)
        self.hand.click(self.ui.addFolderButton)
        self.wait(lambda: len(self.state.cases) == count)

    def find_dataset(self, name, count):
        """Choose a data set in the list."""
        combo = self.ui.datasetCombo
        self.wait(lambda: combo.findText(name) >= 0)
        combo.setCurrentIndex(combo.findText(name))
        combo.activated.emit(combo.currentIndex)
        self.wait(lambda: len(self.state.cases) == count)

    def train(self, width=None, steps=None, preset=None):
        """Press *Train* or *Train again*, and wait for the predictions; returns the id of the new model."""
        ui, fetching = self.ui, self.panel.results.fetching
        for widget, value in ((ui.widthSpin, width), (ui.stepsSpin, steps)):
            if value is not None:
                widget.value = value
        if preset is not None:
            ui.presetCombo.setCurrentIndex(ui.presetCombo.findData(preset))
        known = {model.id for model in self.state.models}
        ui.trainSection.collapsed = False
        self.wait(lambda: ui.trainButton.enabled)
        self.hand.click(ui.trainButton)
        self.wait(lambda: self._failed() or {model.id for model in self.state.models} - known)
        assert not self._failed(), self._failed()
        (made,) = {model.id for model in self.state.models} - known
        self.wait(lambda: fetching.model == made and len(fetching.predictions) == len(self.state.cases))
        return made

    def _failed(self):
        return [str(job.problem) for job in self.state.jobs if job.state == "failed"]

    def open(self, case):
        """Double-click a case in the table, unless it is on the desk already; wait for its regions."""
        self.quiet()
        if self.desk.shown is None or self.desk.shown.name != case:
            import qt

            table = self.ui.caseTable
            row = next(row for row in range(table.rowCount) if table.item(row, 0).data(qt.Qt.UserRole) == case)
            self.effort.clicks += 1
            table.cellDoubleClicked.emit(row, 0)
            self.wait(lambda: self.desk.shown is not None and self.desk.shown.name == case)
        self.quiet()
        self.ui.reviewSection.collapsed = False
        self.ui.everyRegionCheck.checked = True  # the models of some tests know too little for a walk
        self.reviewer.found()
        self.seen("opened")

    def quiet(self):
        """Wait until nothing is on its way to or from the desk."""
        self.wait(lambda: not self.desk.opening and not self.desk.busy)

    # the corrections

    def press(self, key):
        """Press a key of the review, whose table has the focus."""
        self.effort.keys += 1
        press(key, at=self.ui.regionTable)

    def click(self, button):
        """Click a button as a part of the correction."""
        self.effort.clicks += 1
        self.hand.click(button)

    def truth(self, case):
        """The true label of a case, as an array [k, j, i]."""
        import SimpleITK as sitk

        return sitk.GetArrayFromImage(sitk.ReadImage(str(self._truths[case])))

    def by_regions(self, case, most):
        """Walk through a case's regions, accept or correct each, and submit; returns flat indices of those reviewed."""
        self.open(case)
        truth, done = self.truth(case), []
        self.press("N")
        while len(done) < most and self._left():
            where = self.reviewer.walk.place.where
            self.seen("walking")
            self._judge(where, truth)
            done.append(np.sort(where))
        self.seen("walked")
        self.effort.regions += len(done)
        if done:
            self._submit(case)
        return done

    def _left(self):
        """Tell whether a region is not done yet, once the table says how each stands."""
        self.reviewer.found()
        return not all(standing.done for standing in self.reviewer.walk.standings)

    def _judge(self, where, truth):
        before = self.panel.painted()
        wrong = before.reshape(-1)[where] != truth.reshape(-1)[where]
        if wrong.mean() <= self._tolerance:
            self.effort.accepted += 1
        else:
            self.press("E")
            after = before.copy()
            after.reshape(-1)[where] = truth.reshape(-1)[where]
            self._paint(before, after)
            self.effort.edited += 1
            self.seen("edited")
        self.press("D")

    def whole(self, case):
        """Begin with the prediction, correct every voxel, vouch for the whole scan, and submit."""
        self.open(case)
        self.ui.labelSection.collapsed = False  # a case that has a prediction opens in Review
        self.click(self.ui.fromPredictionButton)
        self._paint(self.panel.painted(), self.truth(case))
        self.click(self.ui.wholeVerifiedButton)
        self._submit(case)

    def _paint(self, before, after):
        """Paint what differs, one label after the other; each counts as one stroke of the mouse."""
        labels = [
            label for label in self.state.dataset.labels if ((before == label.value) != (after == label.value)).any()
        ]
        for label in labels:
            self.panel.paint(after == label.value, label.name)
        self.effort.clicks += len(labels)
        self.effort.changed += int((before != after).sum())

    def _submit(self, case):
        before = self.state.case(case).revision
        self.effort.scans += 1
        self.click(self.ui.reviewSubmitButton)
        self.wait(lambda: self.state.case(case).revision > before)
        self.quiet()
        size = self.state.case(case).geometry.size
        self.effort.verified += round(self.state.case(case).verified_fraction * int(np.prod(size)))


ANSWERS = {
    "first": "J",
    "second": "K",
    "runner-up": "Shift+J",
    "larger": "Shift+L",
    "smaller": "Shift+K",
    "all": "Shift+C",
    "nothing": "Shift+O",
}
"""The key of each other answer, in the order in which the reader looks at their pictures."""
HALF = 0.5
"""An answer that leaves no more than so much of the errors is painted on."""
TOUCHES, STROKES = 3, 8
BRUSH = 2.5
"""Width of the brush, in voxels' shortest edges."""
REACH, TURNS = 6, 6
"""Voxels that a stroke goes to either side, and how many turns it has at most."""
LOOKS = 3
"""Slices that the reader turns to on one side, and back."""


class RegionMender:
    """Mends one region after the other as a radiologist would, by the keys of the review alone and the mouse in a view.

    Other answers come first, then touches, then the brush. Of the truth it knows only what a person sees: whether what
    is shown is right, and where it is not.

    Attributes:
        used: what the regions were mended with so far, one entry a region.
    """

    def __init__(self, reviewer, truth, tolerance=0.05, seen=lambda moment: None):
        """Mend at this panel.

        Args:
            reviewer: at the panel, with a region selected before `mend` is called.
            truth: returns the true label of a case, ``[k, j, i]``.
            tolerance: share of a region that may be wrong.
            seen: told *before* anything is done to a region, when it is *touched*, and *after*, before it is accepted.
        """
        self._reviewer, self._truth, self._tolerance, self._seen = reviewer, truth, tolerance, seen
        self.used = []

    @property
    def _mending(self):
        return self._reviewer.review.mending

    def _press(self, key):
        press(key, at=self._reviewer.ui.regionTable)
        self._reviewer.pump(lambda: self._mending._call is None, PATIENCE)

    def _wrong(self, shown=None):
        """Which voxels of the region are wrong, in the order of its places: as labelled, or as an answer shows."""
        walk = self._reviewer.walk
        where = walk.place.where
        true = self._truth(walk.shown.name).reshape(-1)[where]
        label = walk.shown.canvas().read(where)
        return true != (label if shown is None else self._mending.visit.wanted(shown, label))

    def _right(self, wrong):
        return wrong.mean() <= self._tolerance

    def mend(self):
        """Look through the slices of the selected region, mend it if it is wrong, and accept it."""
        for key in ("Shift+N", "Shift+P"):
            for _ in range(LOOKS):
                self._press(key)
        self._seen("before")
        before = self._wrong()
        said = ["left as it was"] if self._right(before) else self._by_answers() or self._by_hand()
        self._seen("after")
        after = self._wrong(self._mending.preview)
        self.used.append(f"{before.sum()} of {len(before)} voxels wrong, {after.sum()} after: {', '.join(said)}")
        self._press("D")

    def _by_hand(self):
        touched = self._by_touch()
        if touched:
            self._seen("touched")
        return [*touched, *self._by_brush()]

    def _by_answers(self):
        """Press the keys of the answers until one is right; the best one is painted on if it is half right."""
        best = (self._wrong().sum() * HALF, "")
        for kind, key in ANSWERS.items():
            if kind not in (self._mending._answers or ("", {}))[1]:
                continue  # its button says that it changes nothing
            self._press(key)
            wrong = self._wrong(self._mending.preview)
            if self._right(wrong):
                return [f"answer: {kind}"]
            best = min(best, (wrong.sum(), key))
        self._drop()
        if best[1]:
            self._press(best[1])
            self._press("E")
        return []

    def _drop(self):
        """Take the preview away; without one the key would take back what was done last."""
        if self._mending.preview is not None:
            self._press("U")

    def _by_touch(self):
        """Touch in the middle of what is wrong, as long as that helps; a touch that does not is left out again."""
        touched = []
        for _ in range(TOUCHES):
            wrong = self._wrong(self._mending.preview)
            if self._right(wrong):
                break
            place, value = self._worst(wrong)
            if value not in (0, self._mending.visit.value):
                break
            self._touch(place, value)
            if self._wrong(self._mending.preview).sum() >= wrong.sum():
                self._drop()
                for each in touched:
                    self._touch(*each)
                break
            touched.append((place, value))
        return ["touch"] * len(touched)

    def _touch(self, place, value):
        point_at(self._reviewer.desk.shown.node("image"), place)
        self._press("C" if value else "L")

    def _worst(self, wrong):
        """The voxel (k, j, i) in the middle of the largest piece that is wrong, and its true label."""
        from scipy import ndimage

        walk = self._reviewer.walk
        mask = np.zeros(walk.shown.geometry.size[::-1], bool)
        mask.reshape(-1)[walk.place.where[wrong]] = True
        pieces, _ = ndimage.label(mask)
        largest = np.argwhere(pieces == np.argmax(np.bincount(pieces.ravel())[1:]) + 1)
        place = largest[np.argmin(((largest - largest.mean(axis=0)) ** 2).sum(axis=1))]
        return place, int(self._truth(walk.shown.name)[tuple(place)])

    def _by_brush(self):
        """Draw over what is still wrong, one piece after the other; let it grow from the paint if that helps."""
        if self._right(self._wrong(self._mending.preview)):
            return []
        self._press("E")
        ui, used = self._reviewer.ui, []
        ui.brushSphereCheck.checked = True
        ui.brushSizeSpin.value = BRUSH * min(self._reviewer.walk.shown.geometry.spacing)
        while len(used) < STROKES and not self._right(wrong := self._wrong()):
            self._stroke(*self._worst(wrong), wrong)
            used.append("stroke")
            if self._wrong().sum() > wrong.sum():
                self._press("U")
                ui.brushSphereCheck.checked = False
        if not self._right(wrong):
            self._press("Shift+U")
            grown = self._mending.preview
            helps = grown is not None and self._wrong(grown).sum() < wrong.sum()
            if grown is not None:
                self._press("E" if helps else "U")
            used += ["grow"] if helps else []
        return used

    def _stroke(self, place, value, wrong):
        """Draw through the piece around a place, in its slice, from one end to the other."""
        from DualNetSSLLib.panel.common.slice_nodes import facing

        reviewer = self._reviewer
        while reviewer.review.toolbox.chips.chosen != value:
            self._press("Shift+H")
        if not reviewer.review.toolbox.brush.taken:
            self._press("E")
        here = np.stack(np.unravel_index(reviewer.walk.place.where[wrong], reviewer.walk.shown.geometry.size[::-1]), 1)
        piece = here[here[:, 0] == place[0]]
        view = facing(reviewer.walk.shown.geometry, 2).GetLayoutName()
        drag(reviewer.desk.shown.node("image"), along(piece[np.abs(piece - place).max(axis=1) <= REACH]), view)
        reviewer.pump(lambda: self._mending._call is None, PATIENCE)


def along(piece):
    """A way (k, j, i) through the middle of a piece of one slice, from one end to the other.

    Example:
        >>> along(np.array([[4, 1, 1], [4, 1, 3], [4, 1, 2]]))[1].tolist()
        [4.0, 1.0, 2.0]
    """
    middle = piece.mean(axis=0)
    _, _, axes = np.linalg.svd(piece - middle, full_matrices=False)
    order = piece[np.argsort((piece - middle) @ axes[0], kind="stable")]
    return np.array([part.mean(axis=0) for part in np.array_split(order, min(TURNS, len(order)))])


def stem(path):
    """The name of a scan's file without its ending.

    Example:
        >>> stem("scans/one.nii.gz")
        'one'
    """
    return re.sub(r"\.(nii\.gz|nii|seg\.nrrd|nrrd|mha)$", "", Path(path).name)
