"""In another module the views have the scan and its label, nothing of what a model says; the panel brings it back."""

from __future__ import annotations

import pytest
from panelfixtures import client, server
from panelserver import PATIENCE
from predictedscan import predicted
from reviewfixtures import predict

__all__ = ["client", "predicted", "server"]


@pytest.fixture
def panel(predicted):
    """The panel with that scan open, under its map."""
    predicted.open("scan-1")
    return predicted


def foregrounds():
    """What lies over the scan in each view."""
    import slicer.util

    return {each.GetForegroundVolumeID() for each in slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")}


def seen(panel, role):
    """Whether anything of this role is drawn."""
    node = panel.desk.shown.node(role)
    return bool(node.GetDisplayNode().GetVisibility())


def legend(panel):
    """Whether the colours of the map are explained in the views."""
    import slicer

    display = slicer.modules.colors.logic().GetColorLegendDisplayNode(panel.desk.shown.node("uncertainty"))
    return bool(display.GetVisibility())


def test_what_a_model_says_is_not_seen_in_another_module_and_comes_back(panel):
    shown = panel.desk.shown
    assert foregrounds() == {shown.node("uncertainty").GetID()}
    assert seen(panel, "prediction")
    assert legend(panel)
    panel.widget.exit()
    assert foregrounds() == {None}
    assert not seen(panel, "prediction")
    assert not legend(panel)
    assert seen(panel, "label"), "what somebody labels is seen in every module"
    panel.widget.enter()
    assert foregrounds() == {shown.node("uncertainty").GetID()}
    assert seen(panel, "prediction")
    assert legend(panel)


def test_what_comes_meanwhile_waits_for_the_panel(panel, server, client, tmp_path, pump):
    panel.widget.exit()
    (tmp_path / "again").mkdir()
    predict(server, client, panel.state.dataset, ["scan-1"], tmp_path / "again")
    before = panel.desk.shown.opened.prediction
    panel.context.loader.refresh()
    pump(lambda: len(panel.state.models) == 2, PATIENCE)
    panel.desk.show_predictions()
    pump(lambda: panel.desk.shown.opened.prediction is not before, PATIENCE)
    pump(seconds=0.2)
    assert foregrounds() == {None}
    assert not seen(panel, "prediction")
    panel.widget.enter()
    assert foregrounds() == {panel.desk.shown.node("uncertainty").GetID()}
    assert seen(panel, "prediction")


def test_what_somebody_lays_over_the_scan_meanwhile_stays(panel):
    import slicer

    panel.widget.exit()
    theirs = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "somebody's own")
    slicer.util.setSliceViewerLayers(foreground=theirs)
    panel.widget.enter()
    assert foregrounds() == {theirs.GetID()}


def test_what_somebody_has_hidden_stays_hidden(panel):
    panel.desk.shown.node("prediction").GetDisplayNode().SetVisibility(False)
    panel.widget.exit()
    panel.widget.enter()
    assert not seen(panel, "prediction")


def test_what_somebody_brings_back_in_another_module_stays_whatever_comes(panel, pump):
    import slicer
    import slicer.util

    panel.widget.exit()
    panel.desk.shown.node("prediction").GetDisplayNode().SetVisibility(True)
    uncertainty = panel.desk.shown.node("uncertainty")
    slicer.util.setSliceViewerLayers(foreground=uncertainty)
    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "somebody's own")
    pump(seconds=0.2)
    assert seen(panel, "prediction")
    assert foregrounds() == {uncertainty.GetID()}
    panel.widget.enter()
    panel.widget.exit()
    assert not seen(panel, "prediction"), "the next time it goes as before"


def test_a_node_of_another_scene_is_not_laid_over_the_views_for_its_number(panel):
    import slicer

    identity = panel.desk.shown.node("uncertainty").GetID()
    panel.widget.exit()
    slicer.mrmlScene.Clear(0)
    theirs = None
    while theirs is None or int(theirs.GetID().removeprefix("vtkMRMLScalarVolumeNode")) < int(
        identity.removeprefix("vtkMRMLScalarVolumeNode")
    ):
        theirs = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "somebody's own")
    assert slicer.mrmlScene.GetNodeByID(identity) is not None
    panel.widget.enter()
    assert foregrounds() == {None}


def test_a_second_channel_is_seen_in_another_module_as_it_is_without_a_map(panel):
    import slicer
    import slicer.util

    from DualNetSSLLib.panel.common.scene import CHANNEL

    shown = panel.desk.shown
    channel = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "the second channel")
    shown.mark(CHANNEL).put_on(channel)
    composites = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")
    opacity = composites[0].GetForegroundOpacity()
    assert opacity > 0
    panel.widget.exit()
    assert foregrounds() == {channel.GetID()}
    assert {each.GetForegroundOpacity() for each in composites} == {0.0}
    panel.widget.enter()
    assert foregrounds() == {shown.node("uncertainty").GetID()}
    assert {each.GetForegroundOpacity() for each in composites} == {opacity}


def test_nothing_stays_hidden_that_nobody_would_bring_back(panel):
    shown = panel.desk.shown
    panel.widget.exit()
    panel.widget.cleanup()
    assert shown.node("prediction").GetDisplayNode().GetVisibility()
    assert foregrounds() == {shown.node("uncertainty").GetID()}
