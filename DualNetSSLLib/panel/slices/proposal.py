"""Proposals for the slices between painted ones: asked for in the background, shown as outlines, taken one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import slicer
from slicer.i18n import tr as _

from DualNetSSLLib.background.session import Call
from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.client.records import LabelDefinition
from DualNetSSLLib.labels.interpolation import Plane, packed, unpacked
from DualNetSSLLib.labels.slice_work import SliceWork
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.scene import FULL, PROPOSAL, add_outlines, marked_nodes, remove
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.desk.voxels import cropped


class Proposals:
    """What lies between the verified slices of a case, as far as somebody asked for it.

    Attributes:
        planes: the proposed slices by their numbers, labels in the order of the file.
    """

    def __init__(self, context: PanelContext, failed: Callable[[DualNetSSLError], None]) -> None:
        """Ask through the context's session; ``failed`` is told what went wrong."""
        self._context, self._failed = context, failed
        self._call: Call | None = None
        self._shown: ShownCase | None = None
        self.planes: dict[int, Plane] = {}

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._call is not None

    def ask(self, shown: ShownCase, work: SliceWork, done: Callable[[], None]) -> bool:
        """Ask for the slices between the verified ones; tells whether there is anything between them."""
        self.clear()
        known = work.verified_slices()
        if len(known) < 2 or known[-1] - known[0] + 1 == len(known):
            return False
        boxes = {index: work.slice_box(index) for index in known}
        rows, columns = (axis for axis in (2, 1, 0) if axis != work.axis)
        shape = [work.size[rows], work.size[columns]]
        self._shown = shown
        self._call = self._context.session.call(
            "interpolate_slices",
            slices={str(index): packed(work.labels(box)) for index, box in boxes.items()},
            shape=shape,
            spacing=[shown.geometry.spacing[rows], shown.geometry.spacing[columns]],
            done=lambda answer: self._answered(shown, work, shape, answer, done),
            failed=self._not_answered,
        )
        return True

    def clear(self) -> None:
        """Drop what was proposed, and what is asked for."""
        if self._call is not None:
            self._call.cancel()
        self._call, self.planes = None, {}
        self._hide()
        self._shown = None

    def taken(self, work: SliceWork, index: int) -> None:
        """A proposal was taken: the others stay."""
        self.planes.pop(index, None)
        self._draw(work)

    def _answered(
        self, shown: ShownCase, work: SliceWork, shape: list[int], answer: Mapping[str, str], done: Callable[[], None]
    ) -> None:
        self._call = None
        if self._shown is shown:
            self.planes = {int(number): unpacked(text, shape) for number, text in answer.items()}
            self._draw(work)
            done()

    def _not_answered(self, error: DualNetSSLError) -> None:
        self._call = None
        self._failed(error)

    def _hide(self) -> None:
        if self._shown is not None:
            for node in list(marked_nodes(role=PROPOSAL, dataset=self._shown.dataset.id, case=self._shown.name)):
                remove(node)

    def _draw(self, work: SliceWork) -> None:
        """Show the outlines of what is proposed, on a segmentation that no scene keeps and no editor lists."""
        self._hide()
        shown = self._shown
        if shown is None or not self.planes:
            return
        first, last = min(self.planes), max(self.planes)
        box = work.slice_box(first).ending_at(work.axis, last)
        voxels = np.zeros(box.size[::-1], np.uint8)
        for index, plane in self.planes.items():
            np.moveaxis(voxels, 2 - work.axis, 0)[index - first] = plane
        node = add_outlines(_("proposed between slices"), shown.mark(PROPOSAL))
        for label in shown.dataset.labels:
            inside = (voxels == label.value).astype(np.uint8)
            if inside.any():
                image = cropped(inside, box.lower, shown.geometry)
                node.GetSegmentation().AddSegment(_segment(label, image), f"proposed-{label.value}")


def _segment(label: LabelDefinition, image: Any) -> Any:
    segment = slicer.vtkSegment()
    segment.SetName(label.name)
    segment.SetColor(*(channel / FULL for channel in label.colour))
    segment.SetLabelValue(1)
    binary = slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName()
    segment.AddRepresentation(binary, image)
    return segment
