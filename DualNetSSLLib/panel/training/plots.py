"""The curves of a training in Slicer's own plot view: losses, and Dice of each label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import slicer
from slicer.i18n import tr as _
from vtk.util.numpy_support import numpy_to_vtk

from DualNetSSLLib.client.records import LabelDefinition
from DualNetSSLLib.panel.common import scene
from DualNetSSLLib.panel.training.curves import Curve, TrainingCurves

LOSSES, DICE = "losses", "dice"
ATTRIBUTE = scene.PREFIX + "Plot"
COLOURS = ((0.0, 0.45, 0.70), (0.90, 0.62, 0.0), (0.0, 0.62, 0.45), (0.80, 0.47, 0.65), (0.84, 0.37, 0.0))

BESIDE_LEGEND = 1.3
"""The axis of the steps goes so many times as far as the training, whose Dice would end below the legend else."""


class TrainingPlots:
    """Two charts that live as long as the panel; they are not saved with the scene, and found again by their tags."""

    def __init__(self) -> None:
        """Start with nothing in the scene."""
        self._before: int | None = None

    def show(self, chart: str) -> None:
        """Bring a chart up beside the images; ``chart`` is losses or dice. Does nothing without a main window."""
        views = slicer.app.layoutManager()
        if views is None:
            return
        before, wanted = views.layout, slicer.modules.plots.logic().GetLayoutWithPlot(views.layout)
        if wanted != before:
            self._before = before
            views.setLayout(wanted)
        view = views.plotWidget(0)
        if view is not None:
            view.mrmlPlotViewNode().SetPlotChartNodeID(_chart(chart).GetID())

    @property
    def present(self) -> bool:
        """Whether the scene has the charts."""
        return _find(DICE, "vtkMRMLPlotChartNode") is not None

    def hide(self) -> None:
        """Give the user the former layout back, unless another was chosen meanwhile."""
        views = slicer.app.layoutManager()
        if views is not None and self._before is not None and views.plotWidget(0) is not None:
            expected = slicer.modules.plots.logic().GetLayoutWithPlot(self._before)
            if views.layout == expected:
                views.setLayout(self._before)
        self._before = None

    def update(self, curves: TrainingCurves, labels: Sequence[LabelDefinition]) -> None:
        """Draw what the training has told so far."""
        terms = {name: COLOURS[number % len(COLOURS)] for number, name in enumerate(curves.losses)}
        own = {label.name: tuple(channel / 255 for channel in label.colour) for label in labels}
        _draw(_chart(LOSSES), curves.losses, terms)
        chart = _chart(DICE)
        chart.SetTitle(dice_title(curves))
        chart.SetXAxisRange(0.0, BESIDE_LEGEND * max(1, curves.steps, curves.step))
        _draw(chart, curves.dice, {name: own.get(name, COLOURS[0]) for name in curves.dice})

    def forget(self) -> None:
        """Let go before the scene closes; the layout stays as it is."""
        self._before = None

    def remove(self) -> None:
        """Take everything out of the scene."""
        self.hide()
        for node in list(slicer.util.getNodesByClass("vtkMRMLNode")):
            if node.GetAttribute(ATTRIBUTE) is not None:
                slicer.mrmlScene.RemoveNode(node)


def dice_title(curves: TrainingCurves) -> str:
    """Say what the Dice was measured on."""
    if curves.validation_cases:
        return _("Dice on {count} validation scans").format(count=curves.validation_cases)
    return _("Dice on labelled training patches")


def _find(tag: str, kind: str) -> Any:
    nodes = slicer.util.getNodesByClass(kind)
    return next((node for node in nodes if node.GetAttribute(ATTRIBUTE) == tag), None)


def _add(tag: str, kind: str, name: str) -> Any:
    node = slicer.mrmlScene.CreateNodeByClass(kind)
    node.UnRegister(None)
    node.SetName(name)
    node.SetAttribute(ATTRIBUTE, tag)
    node.SetSaveWithScene(False)
    node.SetHideFromEditors(True)
    return slicer.mrmlScene.AddNode(node)


def _chart(tag: str) -> Any:
    """Return a chart, made if need be."""
    chart = _find(tag, "vtkMRMLPlotChartNode")
    if chart is None:
        title = _("Losses") if tag == LOSSES else _("Dice")
        chart = _add(tag, "vtkMRMLPlotChartNode", title)
        chart.SetTitle(title)
        chart.SetXAxisTitle(_("step"))
        chart.SetYAxisTitle(_("loss") if tag == LOSSES else _("Dice"))
        if tag == DICE:
            chart.SetXAxisRangeAuto(False)
            chart.SetYAxisRangeAuto(False)
            chart.SetYAxisRange(0.0, 1.0)
    return chart


def _draw(chart: Any, curves: Mapping[str, Curve], colours: Mapping[str, Any]) -> None:
    """Show these curves in a chart and no others."""
    tag = chart.GetAttribute(ATTRIBUTE)
    wanted = {}
    for name, curve in curves.items():
        series = _series(f"{tag}.{name}", name, colours[name])
        wanted[series.GetID()] = series
        _fill(series.GetTableNode(), curve)
    present = {chart.GetNthPlotSeriesNodeID(number) for number in range(chart.GetNumberOfPlotSeriesNodes())}
    for identifier in present - set(wanted):
        chart.RemovePlotSeriesNodeID(identifier)
    for identifier in wanted:
        if identifier not in present:
            chart.AddAndObservePlotSeriesNodeID(identifier)


def _series(tag: str, name: str, colour: Sequence[float]) -> Any:
    series = _find(tag, "vtkMRMLPlotSeriesNode")
    if series is None:
        table = _add(f"{tag}.table", "vtkMRMLTableNode", name)
        series = _add(tag, "vtkMRMLPlotSeriesNode", name)
        series.SetAndObserveTableNodeID(table.GetID())
        series.SetXColumnName("step")
        series.SetYColumnName("value")
        series.SetPlotType(series.PlotTypeScatter)
        series.SetMarkerStyle(series.MarkerStyleNone)
        series.SetLineWidth(2)
        series.SetColor(*colour)
    return series


def _fill(table: Any, curve: Curve) -> None:
    """Put a curve into its table, whole."""
    content = slicer.vtkMRMLTableNode().GetTable()
    for name, values in (("step", curve.steps), ("value", curve.values)):
        column = numpy_to_vtk(np.asarray(values, np.float64), deep=True)
        column.SetName(name)
        content.AddColumn(column)
    table.SetAndObserveTable(content)
