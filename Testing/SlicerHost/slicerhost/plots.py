"""The plot view: a real chart node drawn by VTK's own charts, as Slicer's view does."""

from __future__ import annotations

import slicer
import vtk
from PySide6 import QtWidgets

from .picture import PictureWidget
from .pythonqt.signals import declare
from .registry import parent_of
from .views import capture, offscreen_window


class _Chart:
    """A window with one chart made from a vtkMRMLPlotChartNode."""

    def __init__(self):
        self.window = offscreen_window((400, 300))
        self.view, self.chart = vtk.vtkContextView(), vtk.vtkChartXY()
        self.view.SetRenderWindow(self.window)
        self.view.GetRenderer().SetBackground(1.0, 1.0, 1.0)
        self.view.GetScene().AddItem(self.chart)
        self.node = None

    def resize(self, width, height):
        self.window.SetSize(max(1, width), max(1, height))

    def grab(self):
        self.chart.ClearPlots()
        chart = self.node
        for index in range(chart.GetNumberOfPlotSeriesNodes() if chart else 0):
            self._add(chart.GetNthPlotSeriesNode(index))
        if chart is not None:
            self._titles(chart)
        self.chart.RecalculateBounds()
        return capture(self.window)

    def _titles(self, chart):
        self.chart.SetTitle(chart.GetTitle() or "" if chart.GetTitleVisibility() else "")
        self.chart.SetShowLegend(bool(chart.GetLegendVisibility()))
        left, bottom = self.chart.GetAxis(vtk.vtkAxis.LEFT), self.chart.GetAxis(vtk.vtkAxis.BOTTOM)
        left.SetTitle(chart.GetYAxisTitle() or "" if chart.GetYAxisTitleVisibility() else "")
        if not chart.GetYAxisRangeAuto():
            left.SetBehavior(vtk.vtkAxis.FIXED)
            left.SetRange(*chart.GetYAxisRange())
        bottom.SetTitle(chart.GetXAxisTitle() or "" if chart.GetXAxisTitleVisibility() else "")

    def _add(self, series):
        table = series.GetTableNode().GetTable() if series is not None and series.GetTableNode() else None
        if table is None or table.GetNumberOfRows() < 2:
            return
        x, y = series.GetXColumnName(), series.GetYColumnName()
        if table.GetColumnByName(x) is None or table.GetColumnByName(y) is None:
            return
        plot = self.chart.AddPlot(vtk.vtkChart.LINE)
        plot.SetInputData(table, x, y)
        plot.SetColorF(*series.GetColor())
        plot.SetWidth(series.GetLineWidth())
        plot.SetLabel(series.GetName())


class qMRMLPlotView(PictureWidget):
    vars().update(declare("dataSelected(vtkStringArray*,vtkCollection*)"))

    def __init__(self, *arguments):
        super().__init__(_Chart(), parent_of(arguments))
        self._scene, self._viewNode = None, None

    def mrmlScene(self):
        return self._scene

    def setMRMLScene(self, scene):
        self._scene = scene

    def mrmlPlotViewNode(self):
        return self._viewNode

    def setMRMLPlotViewNode(self, node):
        self._viewNode = node

    def forceRender(self):
        self._view.node = self._viewNode.GetPlotChartNode() if self._viewNode else None
        super().forceRender()

    scheduleRender = forceRender

    def fitToContent(self):
        self._view.chart.RecalculateBounds()

    def chart(self):
        return self._view.chart


class qMRMLPlotWidget(QtWidgets.QWidget):
    def __init__(self, *arguments):
        super().__init__(parent_of(arguments))
        box = QtWidgets.QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self._plotView = qMRMLPlotView(self)
        box.addWidget(self._plotView)

    def setMRMLScene(self, scene):
        self._plotView.setMRMLScene(scene)
        if scene is not None and self._plotView.mrmlPlotViewNode() is None:
            node = slicer.vtkMRMLPlotViewNode()
            node.SetName("Plot1")
            node.SetLayoutName("Plot1")
            node.SetSingletonTag("Plot1")
            self._plotView.setMRMLPlotViewNode(scene.AddNode(node))

    def setMRMLPlotViewNode(self, node):
        self._plotView.setMRMLPlotViewNode(node)

    def mrmlPlotViewNode(self):
        return self._plotView.mrmlPlotViewNode()

    def plotView(self):
        return self._plotView

    def plotController(self):
        return self
