"""Between the scene and arrays: geometry, volumes, segmentations, and the marks by which nodes are found again.

Slicer counts in RAS, files and the server in LPS; the one place where the two meet is `ijk_to_ras` and `geometry_of`.
Voxels are never copied here: a node stands on the array it is given, which is as a rule a memory-mapped file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import slicer
import vtk
from slicer.i18n import tr as _
from vtk.util.numpy_support import numpy_to_vtk

from DualNetSSLLib.client.errors import UnusableVolume
from DualNetSSLLib.client.records import Geometry, LabelDefinition
from DualNetSSLLib.labels.labelfiles import VALUE_TAG

Array = npt.NDArray[Any]

PREFIX = "DualNetSSL."
GREY, FULL = "vtkMRMLColorTableNodeGrey", 255.0

IMAGE, LABEL, PREDICTION, UNCERTAINTY, DISAGREEMENT = "image", "label", "prediction", "uncertainty", "disagreement"
VERIFIED, REGION, CHANGES, SURFACE = "verified", "region", "changes", "surface"
RIM, PROPOSAL, PREVIEW, CHANNEL = "rim", "proposal", "preview", "channel"
ROLES = (
    IMAGE,
    LABEL,
    PREDICTION,
    UNCERTAINTY,
    DISAGREEMENT,
    VERIFIED,
    REGION,
    CHANGES,
    SURFACE,
    RIM,
    PROPOSAL,
    PREVIEW,
    CHANNEL,
)


@dataclass(frozen=True)
class Mark:
    """What a node belongs to; kept in the node's attributes, so that it outlives saving and loading the scene.

    Attributes:
        role: one of `ROLES`.
        dataset: id of the data set.
        case: name of the case.
        model: id of the model that a prediction comes from.
        revision: the revision of the case that a label was read from.
    """

    role: str
    dataset: str
    case: str
    model: str = ""
    revision: str = ""

    def put_on(self, node: Any) -> None:
        """Write the mark into a node's attributes."""
        for name, value in vars(self).items():
            node.SetAttribute(PREFIX + name.capitalize(), value or None)

    @classmethod
    def of(cls, node: Any) -> Mark | None:
        """Read a node's mark; None if it is none of ours."""
        names = cls.__dataclass_fields__
        values = {name: node.GetAttribute(PREFIX + name.capitalize()) or "" for name in names}
        return cls(**values) if values["role"] in ROLES else None


@dataclass(frozen=True)
class Kind:
    """A kind of node that is displayed.

    Attributes:
        node: its class.
        display: the class of its display.
        saved: whether the scene saves it.
    """

    node: str
    display: str
    saved: bool = True


VOLUME = Kind("vtkMRMLScalarVolumeNode", "vtkMRMLScalarVolumeDisplayNode")
LABEL_MAP = Kind("vtkMRMLLabelMapVolumeNode", "vtkMRMLLabelMapVolumeDisplayNode", saved=False)


# geometry


def ijk_to_ras(geometry: Geometry) -> Any:
    """Return the 4 x 4 matrix (vtkMatrix4x4) from voxel indices i, j, k to RAS in mm."""
    lps = np.eye(4)
    lps[:3, :3] = np.reshape(geometry.direction, (3, 3)) * geometry.spacing
    lps[:3, 3] = geometry.origin
    return _vtk_matrix(np.diag([-1.0, -1.0, 1.0, 1.0]) @ lps)


def geometry_of(node: Any) -> Geometry:
    """Return the voxel grid (LPS) of a volume node, without its transforms.

    Raises:
        UnusableVolume: the node holds no voxels.
    """
    image = node.GetImageData()
    if image is None:
        raise UnusableVolume(
            _("The volume {name} is empty.").format(name=node.GetName()),
            _("Choose one that is shown in the slice views."),
        )
    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    return geometry_from(matrix, image.GetDimensions())


def geometry_from(matrix: Any, size: Sequence[int]) -> Geometry:
    """Return the voxel grid (LPS) of a matrix from i, j, k to RAS and a size in voxels i, j, k."""
    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ numpy_matrix(matrix)
    spacing = np.linalg.norm(lps[:3, :3], axis=0)
    i, j, k = (int(length) for length in size)
    return Geometry(
        size=(i, j, k),
        spacing=tuple(spacing.tolist()),
        origin=tuple(lps[:3, 3].tolist()),
        direction=tuple((lps[:3, :3] / spacing).reshape(-1).tolist()),
    )


def numpy_matrix(matrix: Any) -> npt.NDArray[np.float64]:
    """Return a vtkMatrix4x4 as an array of shape (4, 4)."""
    return np.array([[matrix.GetElement(row, column) for column in range(4)] for row in range(4)])


def _vtk_matrix(values: npt.NDArray[np.float64]) -> Any:
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy(values.reshape(-1).tolist())
    return matrix


# nodes


def add_volume(
    voxels: Array, geometry: Geometry, name: str, mark: Mark, window: tuple[float, float], colour_node_id: str = GREY
) -> Any:
    """Show voxels ``[k, j, i]`` as a volume node that stands on the array.

    The window is given because finding one would read every voxel on the GUI thread.

    Args:
        voxels: contiguous array of the grid's size; kept until the node goes.
        geometry: the voxel grid (LPS).
        name: shown to the user.
        mark: what the node belongs to.
        window: values shown darkest and brightest.
        colour_node_id: the colour table.

    Raises:
        UnusableVolume: the array has not the size of the grid.
    """

    def look(display: Any) -> None:
        display.SetAutoWindowLevel(False)
        display.SetWindowLevelMinMax(*window)

    return add_displayed(VOLUME, name, mark, colour_node_id, _filling(voxels, geometry), look)


def add_label_map(voxels: Array, geometry: Geometry, name: str, mark: Mark, colour_node_id: str) -> Any:
    """Show whole numbers ``[k, j, i]`` in the colours of a table, as a node that is never saved with the scene.

    Args:
        voxels: contiguous uint8 array of the grid's size; kept until the node goes.
        geometry: the voxel grid (LPS).
        name: shown to the user.
        mark: what the node belongs to.
        colour_node_id: the colour table.

    Raises:
        UnusableVolume: the array has not the size of the grid.
    """
    return add_displayed(LABEL_MAP, name, mark, colour_node_id, _filling(voxels, geometry))


def add_displayed(
    kind: Kind,
    name: str,
    mark: Mark,
    colour_node_id: str,
    fill: Callable[[Any], None],
    look: Callable[[Any], None] = lambda _display: None,
) -> Any:
    """Add a node with its display; it is complete before the scene, and who observes that, gets to see it.

    Args:
        kind: of the node.
        name: shown to the user.
        mark: what the node belongs to.
        colour_node_id: the colour table.
        fill: puts what is to be shown into the node.
        look: tells the display how to show it.
    """
    display = slicer.mrmlScene.AddNewNodeByClass(kind.display)
    look(display)
    display.SetAndObserveColorNodeID(colour_node_id)
    node = slicer.mrmlScene.CreateNodeByClass(kind.node)
    node.UnRegister(None)
    node.SetName(name)
    fill(node)
    mark.put_on(node)
    if not kind.saved:
        for one in (node, display):
            one.SetSaveWithScene(False)
    node = slicer.mrmlScene.AddNode(node)
    node.SetAndObserveDisplayNodeID(display.GetID())
    return node


def _filling(voxels: Array, geometry: Geometry) -> Callable[[Any], None]:
    """Return what puts voxels into a volume node; they are checked at once, before there is any node."""
    image = stand_on(vtk.vtkImageData(), voxels, geometry)

    def fill(node: Any) -> None:
        node.SetIJKToRASMatrix(ijk_to_ras(geometry))
        node.SetAndObserveImageData(image)

    return fill


def add_segmentation(
    voxels: Array, geometry: Geometry, labels: Sequence[LabelDefinition], name: str, mark: Mark, volume: Any
) -> Any:
    """Show a label volume ``[k, j, i]`` as a segmentation with one segment a class, all on one shared layer.

    A segment's value in the layer is the class's own, whatever the order.

    Args:
        voxels: contiguous uint8 array of the grid's size; kept until the node goes.
        geometry: the voxel grid (LPS).
        labels: the label set.
        name: shown to the user.
        mark: what the node belongs to.
        volume: the node of the scan, whose grid new strokes are painted on.

    Raises:
        UnusableVolume: the array has not the size of the grid.
    """
    layer = stand_on(slicer.vtkOrientedImageData(), voxels, geometry)
    layer.SetGeometryFromImageToWorldMatrix(ijk_to_ras(geometry))
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", name)
    mark.put_on(node)
    node.CreateDefaultDisplayNodes()
    node.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    for label in labels:
        node.GetSegmentation().AddSegment(_segment(label, layer), f"label-{label.value}")
    return node


def add_outlines(name: str, mark: Mark) -> Any:
    """Add a segmentation without segments that the slice views show in outlines; no editor lists it, no scene keeps it.

    Args:
        name: shown to the user.
        mark: what the node belongs to.
    """
    node = slicer.mrmlScene.CreateNodeByClass("vtkMRMLSegmentationNode")
    node.UnRegister(None)
    node.SetName(name)
    node.SetHideFromEditors(True)
    node.SetSaveWithScene(False)
    mark.put_on(node)
    node = slicer.mrmlScene.AddNode(node)
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    display.SetSaveWithScene(False)
    display.SetVisibility2DFill(False)
    display.SetVisibility3D(False)
    return node


def _segment(label: LabelDefinition, layer: Any) -> Any:
    segment = slicer.vtkSegment()
    segment.SetName(label.name)
    segment.SetColor(*(channel / FULL for channel in label.colour))
    segment.SetTag(VALUE_TAG, str(label.value))
    if label.terminology:
        segment.SetTag(slicer.vtkSegment.GetTerminologyEntryTagName(), label.terminology)
    segment.SetLabelValue(label.value)
    segment.AddRepresentation(slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName(), layer)
    return segment


def stand_on(image: Any, voxels: Array, geometry: Geometry, size: tuple[int, int, int] | None = None) -> Any:
    """Let an image (vtkImageData) have the voxels of an array ``[k, j, i]``, which is kept and not copied.

    Args:
        image: gets them; returned.
        voxels: contiguous, of the grid's size.
        geometry: the voxel grid.
        size: voxels (i, j, k), where the image is a part of the grid.

    Raises:
        UnusableVolume: the array has not that size.
    """
    size = size or geometry.size
    if voxels.shape != size[::-1] or not voxels.flags.c_contiguous:
        raise UnusableVolume(
            _("An array of shape {shape} [k, j, i] came for a grid of {size} [i, j, k].").format(
                shape=voxels.shape, size=size
            ),
            _("Open the case again; if that does not help, upload it again."),
        )
    image.SetDimensions(*size)
    image.GetPointData().SetScalars(_standing_on(voxels))
    return image


def segment_of(node: Any, value: int) -> str:
    """Return the id of the segment of a class, by its fixed value; empty if the segmentation has none."""
    segmentation = node.GetSegmentation()
    for index in range(segmentation.GetNumberOfSegments()):
        tag = vtk.reference("")
        if segmentation.GetNthSegment(index).GetTag(VALUE_TAG, tag) and str(tag) == str(value):
            return str(segmentation.GetNthSegmentID(index))
    return ""


def _standing_on(voxels: Array) -> Any:
    """Return a vtkDataArray on the memory of an array, which lives as long as that.

    An attribute on the Python side, as numpy_to_vtk sets it, would outlive the node until some later one is made.
    """
    scalars = numpy_to_vtk(voxels.reshape(-1), deep=False)
    del scalars._numpy_reference
    scalars.AddObserver("DeleteEvent", lambda *_, held=voxels: None)
    return scalars


def marked_nodes(**wanted: str) -> Iterator[Any]:
    """Yield the nodes of the scene whose mark has these fields, for example ``role="label", case="scan-01"``."""
    for kind in ("vtkMRMLScalarVolumeNode", "vtkMRMLSegmentationNode", "vtkMRMLModelNode"):
        for node in list(slicer.util.getNodesByClass(kind)):
            mark = Mark.of(node)
            if mark is not None and all(getattr(mark, name) == value for name, value in wanted.items()):
                yield node


def marked_node(**wanted: str) -> Any | None:
    """Return the first node that `marked_nodes` yields, or None."""
    return next(marked_nodes(**wanted), None)


def remove(node: Any) -> None:
    """Remove a node together with its display, storage and legend nodes."""
    scene = slicer.mrmlScene
    helpers = [node.GetNthDisplayNode(index) for index in range(node.GetNumberOfDisplayNodes())]
    helpers += [node.GetNthStorageNode(index) for index in range(node.GetNumberOfStorageNodes())]
    scene.RemoveNode(node)
    if node.IsA("vtkMRMLSegmentationNode"):
        _let_go_of_layers(node.GetSegmentation())
    for helper in helpers:
        if helper is not None and scene.IsNodePresent(helper):
            scene.RemoveNode(helper)


def _let_go_of_layers(segmentation: Any) -> None:
    """Take the voxels out of a segmentation that nobody shows any more.

    Its end would otherwise wipe each segment from the shared layer, voxel by voxel: 0.2 s for a large scan.
    """
    for index in range(segmentation.GetNumberOfSegments()):
        segmentation.GetNthSegment(index).RemoveAllRepresentations()
