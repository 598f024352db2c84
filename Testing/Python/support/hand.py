"""The hand of a scripted user: clicks where a person could click, and counts."""

from __future__ import annotations


class Hand:
    """Clicks with the mouse on what can be seen, and keeps count."""

    def __init__(self, root):
        """Click on what lies below ``root``, the panel's outermost widget."""
        self.root = root
        self.clicks = []

    def click(self, widget):
        """Press and release the left button in the middle of a widget; it must be there to be seen, and not grey."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        assert widget.isVisibleTo(self.root), f"{widget.objectName} cannot be seen"
        assert widget.enabled, f"{widget.objectName} is grey"
        self.clicks.append(widget.objectName)
        QTest.mouseClick(widget, Qt.LeftButton)

    def confirm(self, what):
        """Count the button of a dialog that the user asked for, such as that of a folder."""
        self.clicks.append(what)


def matrix_of(node):
    """The matrix from voxels (i, j, k) of a volume to RAS."""
    import slicer.util
    import vtk

    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    return slicer.util.arrayFromVTKMatrix(matrix)


def drag(volume, way, name="Red"):
    """Draw with the left button through voxels (k, j, i) of a volume, in the slice of the first.

    Tells whether anybody else would have heard the button go down.
    """
    import numpy as np
    import slicer.util

    view = slicer.app.layoutManager().sliceWidget(name)
    node, interactor = view.mrmlSliceNode(), view.sliceView().interactor()
    places = [matrix_of(volume) @ (*index[::-1], 1.0) for index in way]
    node.JumpSliceByOffsetting(*places[0][:3])
    to_view = np.linalg.inv(slicer.util.arrayFromVTKMatrix(node.GetXYToRAS()))
    points = [(to_view @ place)[:2].round().astype(int).tolist() for place in places]
    others = []
    tag = interactor.AddObserver("LeftButtonPressEvent", lambda *_: others.append(1), 1.0)
    moves = [(point, "MouseMoveEvent") for point in points[1:]]
    for at, event in ((points[0], "LeftButtonPressEvent"), *moves, (points[-1], "LeftButtonReleaseEvent")):
        interactor.SetEventInformation(*at, 0, 0)
        interactor.InvokeEvent(event)
    interactor.RemoveObserver(tag)
    return bool(others)


def point_at(volume, index, name="Red"):
    """Let the mouse point at a voxel (k, j, i) of a volume in a slice view."""
    import slicer
    from keyboard import hover

    hover(slicer.app.layoutManager().sliceWidget(name))
    place = (matrix_of(volume) @ (*index[::-1], 1.0))[:3]
    slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode").SetCursorPositionRAS(place)
