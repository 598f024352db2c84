"""The nodes of the case that is open: made from mapped files, shown in the slice views, and removed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import slicer
from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import UnusableVolume
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.client.records import Dataset, Geometry, Model
from DualNetSSLLib.labels.marks import MARKED, Labels, Marks, Places
from DualNetSSLLib.panel.common.scene import (
    CHANNEL,
    DISAGREEMENT,
    IMAGE,
    LABEL,
    PREDICTION,
    ROLES,
    SURFACE,
    UNCERTAINTY,
    VERIFIED,
    Mark,
    add_segmentation,
    add_volume,
    marked_node,
    marked_nodes,
    remove,
)
from DualNetSSLLib.panel.common.words import case_in_words
from DualNetSSLLib.panel.desk.labelmap import Start
from DualNetSSLLib.panel.desk.voxels import SegmentationCanvas
from DualNetSSLLib.tasks.reports import CachedPrediction, CachedVolume, OpenedCase

OUTLINE_OPACITY = 0.9
LABEL_FILL = 0.35
"""Anatomy and map are to be seen through a label."""
WHOLE, BEGUN = "DualNetSSL.Whole", "DualNetSSL.Begun"
FROM_MODEL = (PREDICTION, UNCERTAINTY, DISAGREEMENT, SURFACE)


def mapped(file: str | Path) -> npt.NDArray[Any]:
    """Map a ``.npy`` file into memory; what is painted on it stays in memory and never reaches the file.

    Raises:
        UnusableVolume: the file is damaged.
        LocalFileError: the file cannot be read.
    """
    path = Path(file)
    try:
        with local_file(path):
            voxels: npt.NDArray[Any] = np.load(path, mmap_mode="c")
    except ValueError as error:
        said = _("{name} is damaged.").format(name=path.name)
        raise UnusableVolume(said, _("Open the case again; it is fetched anew.")) from error
    return voxels


def spoken_of(shown: ShownCase) -> bool:
    """Tell whether a person has labelled a case: the server has that label, or will have it."""
    return shown.sent or shown.opened.label is not None


def began_with(shown: ShownCase, model: str, revision: int) -> npt.NDArray[Any] | None:
    """Return the label that work on a case began with, as far as it is known still; None if not, or nothing was.

    Args:
        shown: the case.
        model: id of the model whose prediction it was; empty: the case's own label.
        revision: of the case at that time.
    """
    prediction, label = shown.opened.prediction, shown.opened.label
    if model:
        same = prediction is not None and prediction.prediction.model == model
        return mapped(prediction.segmentation.file) if prediction is not None and same else None
    return _voxels_of(label) if revision == shown.opened.case.revision else None


def take_bounds(shown: ShownCase, label: npt.NDArray[Any]) -> None:
    """Take margins of verified background for the bounds, as `Marks.take_bounds` does, with what a model says there."""
    shown.marks.take_bounds(label)
    withhold_proposals(shown)


def withhold_proposals(shown: ShownCase) -> None:
    """Let what a model says outside the bounds come back once they move, as if the work had begun here and now.

    Where nobody began the label with a prediction a model has no part in it, and nothing comes.
    """
    prediction = shown.opened.prediction
    if prediction is not None and (shown.model or shown.opened.case.model):
        shown.marks.withhold_outside(mapped(prediction.segmentation.file))


def model_title(models: Sequence[Model], model: str) -> str:
    """Name a model by its number in the order of their making, as in "model 3"."""
    order = [known.id for known in sorted(models, key=lambda known: known.created)]
    return _("model {number}").format(number=order.index(model) + 1) if model in order else _("an earlier model")


@dataclass
class ShownCase:
    """A case that is open.

    Attributes:
        dataset: that it belongs to.
        opened: what the server says of it, and where its volumes lie.
        revision: the newest one of the case that is known here, which a label submitted from here comes after.
        began: the one that the label was begun with; somebody has submitted since if it is older.
        marks: what is verified, and whether the user vouches for the whole scan or for the changed voxels alone.
        started: label volume ``[k, j, i]`` that the work began with; None: nothing was labelled.
        model: id of the model whose prediction the label was begun with; empty: with the case's own, or nothing.
        generation: of the annotator's draft on the server; 0: there is none that is known here.
        sent: whether a label of it is on its way to the server, or was sent while it was open.
        entry: id of a label in the outbox that the server has refused and that is shown here; empty: there is none.
        called: what the case is called on this computer, if that may be shown; empty: nothing else.
        unsettled: files of a label and its mask that may contradict what the server's revision verifies; None: the
            label was begun with that revision.
        contested: flat indices of the voxels where it does, as far as they are known.
    """

    dataset: Dataset
    opened: OpenedCase
    revision: int
    began: int
    marks: Marks
    started: npt.NDArray[Any] | None = None
    model: str = ""
    generation: int = 0
    sent: bool = False
    entry: str = ""
    called: str = ""
    unsettled: tuple[str, str] | None = None
    contested: Places = field(default_factory=lambda: np.zeros(0, np.int64))

    @classmethod
    def of(cls, dataset: Dataset, opened: OpenedCase, called: str = "") -> ShownCase:
        """Begin with what the server has of a case, which may be ``called`` something else on this computer."""
        revision = opened.case.revision
        return cls(dataset, opened, revision, revision, _marks_of(opened), _voxels_of(opened.label), called=called)

    @property
    def whole(self) -> bool:
        """Whether the user vouches for the whole scan, or for the changed voxels alone."""
        return self.marks.whole

    @property
    def name(self) -> str:
        """Name of the case."""
        return self.opened.case.case

    @property
    def title(self) -> str:
        """What the case is called on this computer, with its name on the server."""
        return case_in_words(self.name, self.called)

    @property
    def geometry(self) -> Geometry:
        """Grid of the scan, as the server has it."""
        return self.opened.image.geometry

    def node(self, role: str) -> Any | None:
        """Return the node of a role, or None."""
        return marked_node(role=role, dataset=self.dataset.id, case=self.name)

    def mark(self, role: str, model: str = "") -> Mark:
        """Return the mark of a node of this case."""
        revision = str(self.revision) if role == LABEL else ""
        return Mark(role, self.dataset.id, self.name, model, revision)

    def start(self) -> Start:
        """Return what the label was begun with, and what is marked as verified."""
        return Start(self.started, self.marks.mask)

    def canvas(self) -> SegmentationCanvas | None:
        """Return the label's voxels as they are now; None if the label's node is gone."""
        node = self.node(LABEL)
        return None if node is None else SegmentationCanvas(node, self.geometry, self.dataset.labels)

    # nodes

    def show(self, label: npt.NDArray[Any] | None, models: Sequence[Model]) -> None:
        """Make the nodes and show the scan in all slice views.

        Args:
            label: voxels to go on with; None: those of the case, or none.
            models: to name the one of the prediction.
        """
        opened = self.opened
        self._remove(IMAGE, CHANNEL, *FROM_MODEL)
        image = add_volume(
            mapped(opened.image.file), self.geometry, self.called or self.name, self.mark(IMAGE), _window(opened.image)
        )
        layers = [_channel(self, number, volume) for number, volume in enumerate(opened.channels, 2)]
        self._show_label(label, image)
        self._show_marks()
        self.show_prediction(opened.prediction, models)
        slicer.util.setSliceViewerLayers(
            background=image, foreground=layers[0] if layers else None, foregroundOpacity=0.0, label=None, fit=True
        )

    def begin_with_prediction(self) -> None:
        """Put the prediction in the label's place, as what the work begins with; voxels verified before stay."""
        prediction = self.opened.prediction
        if prediction is None:
            return
        canvas, vouched = None if self.marks.whole else self.canvas(), None
        if self.marks.whole:
            self.marks.clear()  # they were for the label that goes
        if canvas is not None:
            label = canvas.volume()  # not the server's: a newer one may be on its way there
            kept = self.marks.verified_volume(label, self.started)
            self.marks.mask[kept & (self.marks.mask == 0)] = MARKED
            vouched = label, kept
        self.model, self.marks.whole = prediction.prediction.model, False
        self._begin_with(prediction.segmentation.file, vouched)

    def take_joined(self, label_file: str, mask_file: str) -> None:
        """Put a label that holds somebody else's work too in the label's place; its mask tells what is verified."""
        self.marks, self.began, self.unsettled = Marks(mapped(mask_file)), self.revision, (label_file, mask_file)
        self._begin_with(label_file)
        take_bounds(self, mapped(label_file))
        self._show_marks()

    def _begin_with(self, file: str, vouched: tuple[Labels, npt.NDArray[np.bool_]] | None = None) -> None:
        """Let the voxels of a file be the label, and what counts as unchanged; but for a label where it is vouched for.

        The file is mapped twice: what is painted on the label must not change what it is compared with.
        """
        self.started, voxels = mapped(file), mapped(file)
        for each in (self.started, voxels):
            if vouched is not None:
                np.copyto(each, vouched[0], where=vouched[1])
        self.marks.forget()
        if vouched is not None:
            self.marks.withhold_outside(mapped(file))
        self._remove(LABEL)
        self._show_label(voxels, self.node(IMAGE))

    def undecided(self) -> int:
        """Count the contested voxels that nobody has decided on."""
        canvas, where = self.canvas(), self.contested
        if canvas is None or not len(where):
            return 0
        start = None if self.started is None else self.started.reshape(-1)[where]
        return int((~self.marks.verified(where, canvas.read(where), start)).sum())

    def _show_label(self, voxels: npt.NDArray[Any] | None, image: Any) -> None:
        """Make the label's node, unless the scene brought one along."""
        present = self.node(LABEL)
        if present is not None:
            present.SetReferenceImageGeometryParameterFromVolumeNode(image)
            return
        if voxels is None and self.opened.label is not None:
            voxels = mapped(self.opened.label.file)
        if voxels is None:
            voxels = np.zeros(self.geometry.size[::-1], np.uint8)
        labels, mark = self.dataset.labels, self.mark(LABEL)
        node = add_segmentation(voxels, self.geometry, labels, _("label (in review)"), mark, image)
        node.GetDisplayNode().SetOpacity2DFill(LABEL_FILL)

    def _show_marks(self) -> None:
        """Put the mask of what is verified into the scene, which saves it with the label; nothing shows it."""
        self._remove(VERIFIED)
        node = add_volume(self.marks.mask, self.geometry, _("verified"), self.mark(VERIFIED), (0.0, 1.0))
        node.SetHideFromEditors(True)
        self.note_marks()

    def note_marks(self) -> None:
        """Let the scene know that marks have changed."""
        node = self.node(VERIFIED)
        if node is not None:
            node.SetAttribute(WHOLE, str(int(self.whole)))
            node.SetAttribute(BEGUN, self.model or None)
            node.GetImageData().Modified()

    def show_prediction(self, prediction: CachedPrediction | None, models: Sequence[Model]) -> None:
        """Show a prediction as a segmentation of its own, in outlines, in place of the one before."""
        self._remove(*FROM_MODEL)
        image = self.node(IMAGE)
        if prediction is None or image is None:
            return
        model, volume = prediction.prediction.model, prediction.segmentation
        name = _("prediction, {model}").format(model=model_title(models, model))
        mark = self.mark(PREDICTION, model)
        node = add_segmentation(mapped(volume.file), volume.geometry, self.dataset.labels, name, mark, image)
        node.GetDisplayNode().SetVisibility2DFill(False)
        node.GetDisplayNode().SetOpacity2DOutline(OUTLINE_OPACITY)

    def remove(self) -> None:
        """Remove every node of the case."""
        self._remove(*ROLES)

    def _remove(self, *roles: str) -> None:
        for role in roles:
            for node in list(marked_nodes(role=role, dataset=self.dataset.id, case=self.name)):
                remove(node)


def _channel(shown: ShownCase, number: int, volume: CachedVolume) -> Any:
    """Make the volume of a channel beyond the first: the second is the upper layer, and fades in from nothing."""
    name = _("{case}, channel {number}").format(case=shown.called or shown.name, number=number)
    return add_volume(mapped(volume.file), shown.geometry, name, shown.mark(CHANNEL), _window(volume))


def _voxels_of(volume: CachedVolume | None) -> npt.NDArray[Any] | None:
    return None if volume is None else mapped(volume.file)


def _marks_of(opened: OpenedCase) -> Marks:
    """Begin with what is verified on the server; a label without a mask is verified as a whole."""
    mask = _voxels_of(opened.verified)
    if mask is None:
        return Marks(np.zeros(opened.image.geometry.size[::-1], np.uint8), whole=True)
    return Marks(mask)


def _window(volume: CachedVolume) -> tuple[float, float]:
    return volume.low, volume.high if volume.high > volume.low else volume.low + 1.0
