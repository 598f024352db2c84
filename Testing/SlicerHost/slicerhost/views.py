"""Offscreen slice and 3D views on slicer-core's own displayable managers.

Real: slice and view logic, the displayable managers and their factories, slice, composite, view and camera nodes.
Stand-in: the window (rendered offscreen instead of inside a Qt layout) and the one actor that CTK's light box adds for
the resliced image.
"""

from __future__ import annotations

import slicer
import vtk
from vtk.util.numpy_support import vtk_to_numpy

SLICE_MANAGERS = (
    "vtkMRMLVolumeGlyphSliceDisplayableManager",
    "vtkMRMLModelSliceDisplayableManager",
    "vtkMRMLCrosshairDisplayableManager",
    "vtkMRMLOrientationMarkerDisplayableManager",
    "vtkMRMLRulerDisplayableManager",
    "vtkMRMLScalarBarDisplayableManager",
    "vtkMRMLColorLegendDisplayableManager",
    "vtkMRMLSegmentationsDisplayableManager2D",
    "vtkMRMLMarkupsDisplayableManager",
)
THREED_MANAGERS = (
    "vtkMRMLCameraDisplayableManager",
    "vtkMRMLViewDisplayableManager",
    "vtkMRMLModelDisplayableManager",
    "vtkMRMLOrientationMarkerDisplayableManager",
    "vtkMRMLRulerDisplayableManager",
    "vtkMRMLColorLegendDisplayableManager",
    "vtkMRMLSegmentationsDisplayableManager3D",
    "vtkMRMLMarkupsDisplayableManager",
)


def capture(window):
    """Render a window; an array (height, width, 3) of uint8, top row first."""
    window.Render()
    grabber = vtk.vtkWindowToImageFilter()
    grabber.SetInput(window)
    grabber.SetInputBufferTypeToRGB()
    grabber.ReadFrontBufferOff()
    grabber.Update()
    image = grabber.GetOutput()
    width, height, _ = image.GetDimensions()
    return vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, width, 3)[::-1].copy()


def offscreen_window(size):
    window = vtk.vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.ShowWindowOff()
    window.SetMultiSamples(0)
    window.SetSize(*size)
    return window


class View:
    """A window with the displayable managers of one factory; nothing is drawn before `grab`."""

    def __init__(self, factory, managers, app_logic, size):
        self.renderer = vtk.vtkRenderer()
        self.window = offscreen_window(size)
        self.window.AddRenderer(self.renderer)
        # Several managers (crosshair, markups) want an interactor; it is never started.
        self.interactor = vtk.vtkGenericRenderWindowInteractor()
        self.interactor.SetRenderWindow(self.window)
        factory.SetMRMLApplicationLogic(app_logic)
        for name in managers:
            if not factory.IsDisplayableManagerRegistered(name):
                factory.RegisterDisplayableManager(name)
        self.managers = slicer.vtkMRMLDisplayableManagerGroup()
        self.managers.SetRenderer(self.renderer)
        self.managers.Initialize(factory, self.renderer)

    def show(self, logic, node):
        """Show a view node."""
        self.logic, self.node = logic, node
        node.SetMappedInLayout(1)
        self.managers.SetMRMLDisplayableNode(node)

    def grab(self):
        return capture(self.window)

    def resize(self, width, height):
        self.window.SetSize(max(1, width), max(1, height))


class SliceView(View):
    def __init__(self, scene, app_logic, name="Red", orientation="Axial", size=(400, 400)):
        super().__init__(
            slicer.vtkMRMLSliceViewDisplayableManagerFactory.GetInstance(), SLICE_MANAGERS, app_logic, size
        )
        self.renderer.GetActiveCamera().ParallelProjectionOn()
        self._mapper, self._image = vtk.vtkImageMapper(), vtk.vtkActor2D()
        self._mapper.SetColorWindow(255)
        self._mapper.SetColorLevel(127.5)
        self._image.SetMapper(self._mapper)
        self._image.GetProperty().SetDisplayLocationToBackground()
        # First of all, so that what is drawn half transparent later lies over it.
        self._image.SetVisibility(False)
        self.renderer.AddViewProp(self._image)
        logic = slicer.vtkMRMLSliceLogic()
        logic.SetMRMLApplicationLogic(app_logic)
        logic.SetMRMLScene(scene)
        node = logic.AddSliceNode(name)
        node.SetOrientation(orientation)
        # Known before it is shown: the colour legend asks the application for the slice it belongs to.
        app_logic.GetSliceLogics().AddItem(logic)
        self.show(logic, node)

    def _connect(self):
        port = self.logic.GetImageDataConnection()
        if port is not None:
            self._mapper.SetInputConnection(port)
        self._image.SetVisibility(port is not None)

    @property
    def composite(self):
        return self.logic.GetSliceCompositeNode()

    def resize(self, width, height):
        super().resize(width, height)
        self.logic.ResizeSliceNode(max(1, width), max(1, height))

    def fit(self):
        self.logic.ResizeSliceNode(*self.window.GetSize())
        self.logic.FitSliceToAll()
        self.logic.SnapSliceOffsetToIJK()

    def grab(self):
        self._connect()
        return super().grab()


class ThreeDView(View):
    def __init__(self, scene, app_logic, name="1", size=(400, 400)):
        logic = slicer.vtkMRMLViewLogic()
        super().__init__(
            slicer.vtkMRMLThreeDViewDisplayableManagerFactory.GetInstance(), THREED_MANAGERS, app_logic, size
        )
        logic.SetMRMLApplicationLogic(app_logic)
        logic.SetMRMLScene(scene)
        self.show(logic, logic.AddViewNode(name))
        app_logic.GetViewLogics().AddItem(logic)

    def fit(self):
        was = self.node.GetBoxVisible(), self.node.GetAxisLabelsVisible()
        self.node.SetBoxVisible(0)
        self.node.SetAxisLabelsVisible(0)
        self.renderer.ResetCamera()
        self.node.SetBoxVisible(was[0])
        self.node.SetAxisLabelsVisible(was[1])
        self.renderer.ResetCameraClippingRange()
