"""The host does what Slicer does, and fails where Slicer fails."""

from __future__ import annotations

import gc
import threading

import numpy as np
import pytest
from slicerhost import fixtures, probe

FORM = """<ui version="4.0"><class>Form</class><widget class="QWidget" name="Form">
<layout class="QVBoxLayout"><item><widget class="{kind}" name="inner">{properties}</widget></item></layout></widget>
<connections>{connections}</connections></ui>"""


@pytest.fixture
def button(slicer_host):
    import qt

    return qt.QPushButton("Train")


def form(tmp_path, kind, properties="", connections=""):
    import slicer

    path = tmp_path / "form.ui"
    path.write_text(FORM.format(kind=kind, properties=properties, connections=connections))
    return slicer.util.loadUI(str(path))


def test_a_property_is_a_value(button):
    button.text = "Stop"
    button.name = "trainButton"
    assert (button.text, button.objectName, button.enabled) == ("Stop", "trainButton", True)
    with pytest.raises(TypeError):
        button.text()


def test_values_are_converted_as_leniently_as_by_pythonqt(button):
    button.setEnabled(None)
    button.text = 3
    assert (button.enabled, button.text) == (False, "3")
    with pytest.raises(AttributeError, match="does not accept"):
        button.iconSize = "large"


def test_attributes_cannot_be_added_to_cpp_objects_but_to_python_subclasses(button):
    import qt

    class Mine(qt.QPushButton):
        pass

    with pytest.raises(AttributeError, match="creating new attributes"):
        button.job = 1
    mine = Mine()
    mine.job = 1
    assert mine.job == 1


def test_unknown_names_are_refused(button, tmp_path):
    import qt
    import slicer

    with pytest.raises(AttributeError):
        button.colour  # noqa: B018
    with pytest.raises(AttributeError):
        qt.QNoSuchThing  # noqa: B018
    with pytest.raises(AttributeError):
        slicer.qMRMLNoSuchWidget  # noqa: B018
    with pytest.raises(NotImplementedError, match="ctkNoSuchWidget"):
        form(tmp_path, "ctkNoSuchWidget")


def test_signals_are_connected_by_signature(button):
    heard = []
    button.checkable = True
    button.connect("toggled(bool)", heard.append)
    button.connect("clicked(bool)", lambda: heard.append("no argument"))
    button.click()
    assert heard == [True, "no argument"]
    with pytest.raises(AttributeError, match=r"clicked\(int\)"):
        button.connect("clicked(int)", heard.append)
    assert button.disconnect("toggled(bool)", heard.append)
    button.click()
    assert heard == [True, "no argument", "no argument"]


def test_a_connection_keeps_a_bound_method_alive(button):
    heard = []

    class Receiver:
        def clicked(self):
            heard.append(1)

    button.connect("clicked()", Receiver().clicked)
    gc.collect()
    button.click()
    assert heard == [1]


def test_a_form_makes_stand_ins_with_their_properties_and_connections(slicer_host, tmp_path):
    import slicer

    kinds = '<property name="nodeTypes"><stringlist><string>vtkMRMLTextNode</string></stringlist></property>'
    connection = (
        "<connection><sender>Form</sender><signal>mrmlSceneChanged(vtkMRMLScene*)</signal>"
        "<receiver>inner</receiver><slot>setMRMLScene(vtkMRMLScene*)</slot></connection>"
    )
    widget = form(tmp_path, "qMRMLNodeComboBox", kinds)
    assert widget.inner.nodeTypes == ("vtkMRMLTextNode",)
    path = tmp_path / "form.ui"
    path.write_text(
        path.read_text()
        .replace('class="QWidget"', 'class="qMRMLWidget"')
        .replace("<connections></connections>", f"<connections>{connection}</connections>")
    )
    widget = slicer.util.loadUI(str(path))
    widget.setMRMLScene(slicer.mrmlScene)
    assert widget.inner.mrmlScene() is slicer.mrmlScene


def test_a_node_selector_follows_the_scene(slicer_host):
    import slicer

    selector = slicer.qMRMLNodeComboBox()
    selector.nodeTypes = ["vtkMRMLTextNode"]
    selector.setMRMLScene(slicer.mrmlScene)
    first, second = (slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTextNode", name) for name in ("a", "b"))
    assert selector.currentNode() is None, "Slicer's selector never selects by itself"
    selector.setCurrentNode(second)
    slicer.mrmlScene.RemoveNode(second)
    assert selector.currentNode() is first, "it moves to the neighbour"
    slicer.mrmlScene.RemoveNode(first)
    assert selector.nodeCount() == 0


def test_modal_dialogs_are_recorded_and_answered(slicer_host):
    import qt

    assert qt.QFileDialog.getOpenFileName(None, "Scan") == ""
    slicer_host.dialogs.replies["getExistingDirectory"] = "/scans"
    assert qt.QFileDialog.getExistingDirectory(None, "Folder") == "/scans"
    slicer_host.dialogs.answer = lambda dialog: dialog.accept()
    box = qt.QDialog()
    box.windowTitle = "Sure?"
    assert box.exec_()
    assert [shown.title for shown in slicer_host.dialogs.shown] == ["Scan", "Folder", "Sure?"]


def test_errors_of_slots_timers_and_observers_are_collected(slicer_host, button):
    import qt
    import slicer

    scene, timer, wrong = slicer.mrmlScene, qt.QTimer(), lambda *_: 1 / 0
    button.connect("clicked()", wrong)
    button.click()
    tag = scene.AddObserver(scene.NodeAddedEvent, wrong)
    scene.RemoveNode(scene.AddNewNodeByClass("vtkMRMLTextNode"))
    scene.RemoveObserver(tag)
    timer.singleShot(0, wrong)
    slicer_host.pump(lambda: len(slicer_host.errors) >= 3)
    errors = list(slicer_host.errors)
    slicer_host.errors.clear()
    assert [type(error) for error in errors] == [ZeroDivisionError] * 3
    with pytest.raises(AssertionError, match="3 exception"):
        fixtures.complain(errors)


def test_waiting_for_what_never_comes_ends_with_an_error(slicer_host):
    with pytest.raises(TimeoutError):
        slicer_host.pump(lambda: False, seconds=0.01)


def in_thread(work):
    """What a function raises in a thread."""
    raised = []

    def run():
        try:
            work()
        except RuntimeError as error:
            raised.append(str(error))

    thread = threading.Thread(target=run, name="worker")
    thread.start()
    thread.join()
    return "".join(raised)


def test_the_scene_and_widgets_belong_to_the_main_thread(slicer_host, button):
    import slicer
    import vtk

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTextNode")
    logic = slicer.modules.volumes.logic()
    assert "vtkMRMLTextNode.SetText" in in_thread(lambda: node.SetText("x"))
    assert "GetMRMLScene" in in_thread(logic.GetMRMLScene)
    assert "QPushButton.text" in in_thread(lambda: setattr(button, "text", "x"))
    assert in_thread(lambda: vtk.vtkImageData().SetDimensions(2, 2, 2)) == ""
    assert node.GetText() != "x"
    slicer.mrmlScene.RemoveNode(node)


def test_volumes_and_segments_come_back_as_they_went_in(slicer_host, tmp_path):
    import slicer

    array = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)
    volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
    slicer.util.updateVolumeFromArray(volume, array)
    assert slicer.util.exportNode(volume, str(tmp_path / "ct.nrrd"), {})
    loaded = slicer.util.loadVolume(str(tmp_path / "ct.nrrd"), {"show": False})
    assert np.array_equal(slicer.util.arrayFromVolume(loaded), array)
    segmentation = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    segmentation.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    segment = segmentation.GetSegmentation().AddEmptySegment("", "liver")
    slicer.util.updateSegmentBinaryLabelmapFromArray((array > 60).astype(np.uint8), segmentation, segment, volume)
    back = slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, segment, volume)
    assert np.array_equal(back > 0, array > 60)
    slicer.mrmlScene.Clear(0)


def test_the_segment_editor_keeps_its_state_in_the_real_node(slicer_host):
    import slicer

    editor = slicer.qMRMLSegmentEditorWidget()
    editor.setMRMLScene(slicer.mrmlScene)
    segmentation = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    names = [segmentation.GetSegmentation().AddEmptySegment("", name) for name in ("liver", "spleen")]
    with pytest.raises(RuntimeError, match="editor node first"):
        editor.setSegmentationNode(segmentation)
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentEditorNode")
    editor.setMRMLSegmentEditorNode(node)
    editor.setSegmentationNode(segmentation)
    assert node.GetSelectedSegmentID() == names[0]
    editor.setCurrentSegmentID(names[1])
    editor.setActiveEffectByName("Paint")
    assert (node.GetSelectedSegmentID(), node.GetActiveEffectName()) == (names[1], "Paint")
    slicer.mrmlScene.Clear(0)


def test_views_show_what_is_in_the_scene(rendering):
    import slicer

    volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
    slicer.util.updateVolumeFromArray(volume, np.indices((8, 16, 16)).sum(0).astype(np.int16))
    volume.CreateDefaultDisplayNodes()
    view = rendering.app.layoutManager().sliceWidget("Red")
    empty = view.sliceView()._view.grab()
    slicer.util.setSliceViewerLayers(background=volume, fit=True)
    shown = view.sliceView()._view.grab()
    assert empty.max() < 40
    assert shown.max() > 150
    slicer.mrmlScene.Clear(0)


def test_the_plot_view_draws_the_chart_of_the_scene(rendering):
    import slicer

    rows = np.array([[0.0, 1.0], [1.0, 0.5], [2.0, 0.25]])
    table = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode")
    slicer.util.updateTableFromArray(table, rows, ["step", "loss"])
    series = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLPlotSeriesNode", "loss")
    series.SetAndObserveTableNodeID(table.GetID())
    series.SetXColumnName("step")
    series.SetYColumnName("loss")
    series.SetColor(1.0, 0.0, 0.0)
    chart = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLPlotChartNode")
    chart.AddAndObservePlotSeriesNodeID(series.GetID())
    manager = rendering.app.layoutManager()
    manager.setLayout(slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpPlotView)
    view = manager.plotWidget(0).plotView()
    view.mrmlPlotViewNode().SetPlotChartNodeID(chart.GetID())
    view.forceRender()
    image = view._view.grab().astype(int)
    assert ((image[..., 0] > 200) & (image[..., 1] < 100)).sum() > 10
    manager.setLayout(slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView)
    slicer.mrmlScene.Clear(0)


def test_what_is_missing_is_said_by_name(monkeypatch):
    monkeypatch.setattr(probe, "LIBRARIES", ("libNoSuchThing.so.1",))
    assert probe.why_not.__wrapped__().startswith("libNoSuchThing.so.1 not found; on Debian and Ubuntu: apt-get")
    monkeypatch.setattr(probe, "PACKAGES", ("no_such_package",))
    assert "no_such_package not installed" in probe.why_not.__wrapped__()
