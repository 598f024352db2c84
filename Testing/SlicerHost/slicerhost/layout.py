"""The layout manager, its view widgets and the main window: module panel on the left, views on the right."""

from __future__ import annotations

import slicer
import vtk
from PySide6 import QtCore, QtWidgets

from .picture import PictureWidget
from .plots import qMRMLPlotWidget
from .pythonqt.signals import declare
from .registry import Value
from .views import SliceView, ThreeDView

COLOURS = {"Red": (0.95, 0.31, 0.33), "Yellow": (0.93, 0.84, 0.30), "Green": (0.43, 0.69, 0.29)}
ORIENTATIONS = {"Red": "Axial", "Yellow": "Sagittal", "Green": "Coronal"}


class qMRMLSliceView(PictureWidget):
    def interactor(self):
        return self._view.interactor

    def displayableManagerByClassName(self, name):
        return self._view.managers.GetDisplayableManagerByClassName(name)

    def mrmlSliceNode(self):
        return self._view.node

    def cornerAnnotation(self):
        return vtk.vtkCornerAnnotation()

    def convertDeviceToXYZ(self, xy):
        return [xy[0], xy[1], 0]

    def convertXYZToRAS(self, xyz):
        return list(self._view.node.GetXYToRAS().MultiplyPoint([*xyz[:3], 1])[:3])


class qMRMLThreeDView(PictureWidget):
    def interactor(self):
        return self._view.interactor

    def displayableManagerByClassName(self, name):
        return self._view.managers.GetDisplayableManagerByClassName(name)

    def mrmlViewNode(self):
        return self._view.node

    def resetFocalPoint(self):
        self._view.fit()

    def resetCamera(self, *_):
        self._view.fit()

    def cameraNode(self):
        return slicer.modules.cameras.logic().GetViewActiveCameraNode(self._view.node)


def _framed(owner, picture, title, colour):
    """Put a title bar in a view's colour above its picture."""
    box = QtWidgets.QVBoxLayout(owner)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    bar = QtWidgets.QLabel(title)
    red, green, blue = (int(255 * part) for part in colour)
    bar.setStyleSheet(f"background: rgb({red}, {green}, {blue}); color: black")
    bar.setFixedHeight(18)
    box.addWidget(bar)
    box.addWidget(picture, 1)


class qMRMLSliceWidget(QtWidgets.QWidget):
    def __init__(self, app_logic, name, orientation):
        super().__init__()
        self._core = SliceView(slicer.mrmlScene, app_logic, name, orientation)
        self._core.node.SetLayoutColor(*COLOURS[name])
        self._picture = qMRMLSliceView(self._core)
        _framed(self, self._picture, f" {name[0]}  {orientation}", COLOURS[name])

    def sliceLogic(self):
        return self._core.logic

    def mrmlSliceNode(self):
        return self._core.node

    def mrmlSliceCompositeNode(self):
        return self._core.composite

    def sliceView(self):
        return self._picture

    def sliceController(self):
        return self

    def fitSliceToBackground(self):
        self._core.fit()

    def setSliceVisible(self, on):
        self._core.node.SetSliceVisible(on)

    def interactorStyle(self):
        return None


class qMRMLThreeDWidget(QtWidgets.QWidget):
    def __init__(self, app_logic):
        super().__init__()
        self._core = ThreeDView(slicer.mrmlScene, app_logic)
        self._picture = qMRMLThreeDView(self._core)
        _framed(self, self._picture, " 1", (0.45, 0.47, 0.78))

    def threeDView(self):
        return self._picture

    def mrmlViewNode(self):
        return self._core.node

    def threeDController(self):
        return self

    def resetFocalPoint(self):
        self._core.fit()


def arrangement(layout):
    """Which views a layout shows, with row and column; the three usual slices and 3D for any other layout."""
    kinds = slicer.vtkMRMLLayoutNode
    four = (("Red", 0, 0), ("3D", 0, 1), ("Green", 1, 0), ("Yellow", 1, 1))
    known = {
        kinds.SlicerLayoutOneUpRedSliceView: (("Red", 0, 0),),
        kinds.SlicerLayoutOneUpYellowSliceView: (("Yellow", 0, 0),),
        kinds.SlicerLayoutOneUpGreenSliceView: (("Green", 0, 0),),
        kinds.SlicerLayoutOneUp3DView: (("3D", 0, 0),),
        kinds.SlicerLayoutOneUpPlotView: (("Plot", 0, 0),),
        kinds.SlicerLayoutFourUpPlotView: (("Red", 0, 0), ("Plot", 0, 1), ("Green", 1, 0), ("Yellow", 1, 1)),
        kinds.SlicerLayoutConventionalPlotView: (*four, ("Plot", 2, 0)),
        kinds.SlicerLayoutFourUpPlotTableView: (("Red", 0, 0), ("Plot", 0, 1), ("Green", 1, 0), ("Yellow", 1, 1)),
    }
    return known.get(layout, four)


class qSlicerLayoutManager(QtCore.QObject):
    """Follows the scene's layout node; every view exists from the start and is shown or hidden."""

    vars().update(declare("layoutChanged(int)", "activeThreeDRendererChanged()"))

    def __init__(self, app_logic):
        super().__init__()
        self._slices = {name: qMRMLSliceWidget(app_logic, name, towards) for name, towards in ORIENTATIONS.items()}
        self._threeD, self._plot = qMRMLThreeDWidget(app_logic), qMRMLPlotWidget()
        self._plot.setMRMLScene(slicer.mrmlScene)
        self._viewport = QtWidgets.QWidget()
        self._grid = QtWidgets.QGridLayout(self._viewport)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)
        self._shown = None
        self._node = app_logic.GetMRMLScene().GetFirstNodeByClass("vtkMRMLLayoutNode")
        for name, number in vars(slicer.vtkMRMLLayoutNode).items():
            if name.startswith("SlicerLayout") and isinstance(number, int):
                self._node.AddLayoutDescription(number, f"<layout type='{name}'/>")
        self._node.AddObserver(vtk.vtkCommand.ModifiedEvent, self._follow)
        self._node.SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView)

    def _widgets(self):
        return {**self._slices, "3D": self._threeD, "Plot": self._plot}

    def _follow(self, *_):
        layout = self._node.GetViewArrangement()
        if layout == self._shown:
            return
        self._shown = layout
        places, widgets = arrangement(layout), self._widgets()
        for name, widget in widgets.items():
            self._grid.removeWidget(widget)
            widget.setVisible(name in {place[0] for place in places})
        for name, row, column in places:
            self._grid.addWidget(widgets[name], row, column)
        self.layoutChanged.emit(layout)

    def layoutLogic(self):
        return self

    def GetLayoutNode(self):
        return self._node

    def setLayout(self, layout):
        self._node.SetViewArrangement(int(layout))

    layout = property(lambda self: self._node.GetViewArrangement(), setLayout)
    threeDViewCount, plotViewCount, tableViewCount = Value(1), Value(1), Value(0)

    def viewport(self):
        return self._viewport

    def sliceViewNames(self):
        return tuple(self._slices)

    def sliceWidget(self, name):
        return self._slices.get(name)

    def mrmlSliceLogics(self):
        return slicer.app.applicationLogic().GetSliceLogics()

    def threeDWidget(self, index=0):
        return self._threeD if index == 0 else None

    def plotWidget(self, index=0):
        return self._plot if index == 0 else None

    def activeThreeDRenderer(self):
        return self._threeD._core.renderer

    def resetSliceViews(self):
        for widget in self._slices.values():
            widget.fitSliceToBackground()

    def resetThreeDViews(self):
        self._threeD.resetFocalPoint()

    def setMRMLScene(self, scene):
        pass

    def renderAll(self):
        """Draw every view that is shown, for a screenshot."""
        for widget in (*self._slices.values(), self._threeD):
            if widget.visible:
                widget._picture.forceRender()
        if self._plot.visible:
            self._plot.plotView().forceRender()


class qSlicerMainWindow(QtWidgets.QMainWindow):
    def __init__(self, select_module, viewport):
        super().__init__()
        self.setObjectName("qSlicerMainWindow")
        self.setWindowTitle("Slicer test host")
        self._select = select_module
        self._scroll = QtWidgets.QScrollArea()
        self._scroll.setWidgetResizable(True)
        dock = QtWidgets.QDockWidget("Module panel", self)
        dock.setObjectName("PanelDockWidget")
        dock.setWidget(self._scroll)
        dock.setMinimumWidth(420)
        self.addDockWidget(QtCore.Qt.LeftDockWidgetArea, dock)
        self.setCentralWidget(viewport)
        self.resize(1280, 800)

    def showModulePanel(self, widget):
        if self._scroll.widget() is not widget:
            self._scroll.takeWidget()
            self._scroll.setWidget(widget)

    def moduleSelector(self):
        return self

    selectedModule = property(lambda self: getattr(self._scroll.widget(), "moduleName", ""))

    def selectModule(self, name):
        self._select(name)
