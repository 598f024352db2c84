"""The keys of the review, its work at another computer, and painting limited to a region: against the real server."""

from __future__ import annotations

import numpy as np
import pytest
from panelfixtures import client, server
from panelserver import LABELS, MODULE, PATIENCE, ConnectedPanel, phantom
from reviewfixtures import SPOTS, Reviewer, predict, upload

from DualNetSSLLib.client.errors import InvalidRequest

__all__ = ["client", "server"]

NAMES = ("scan-1", "scan-2")
PREDICTED = phantom(1)[1]


@pytest.fixture(scope="module")
def dataset(server, client, tmp_path_factory):
    """Two scans that a model has predicted."""
    made = client.create_dataset("abdomen", LABELS)
    upload(client, made, NAMES)
    predict(server, client, made, NAMES, tmp_path_factory.mktemp("said"))
    return client.dataset(made.id)


@pytest.fixture
def start(load_module, pump, server, client, dataset, tmp_path, monkeypatch):
    """Open the panel at one of several computers."""
    import qt
    import slicer.util

    qt.QSettings().remove("DualNetSSL")

    def at(computer, again=False):
        monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / computer))
        if again:
            slicer.util.reloadScriptedModule("DualNetSSL")
        panel = ConnectedPanel(slicer.modules.DualNetSSLWidget if again else load_module(str(MODULE)), pump)
        panel.connect(server)
        panel.open_dataset(client.dataset(dataset.id))
        pump(lambda: panel.state.models, PATIENCE)
        return Reviewer(panel)

    return at


def press(key):
    import slicer.util
    from PySide6 import QtCore, QtTest, QtWidgets

    window = slicer.util.mainWindow()
    window.show()
    window.activateWindow()
    QtWidgets.QApplication.processEvents()
    QtTest.QTest.keyClick(window, QtCore.Qt.Key(ord(key)))


def test_keys_walk_verify_and_take_back(start):
    reader = start("one")
    reader.open("scan-1")
    assert "(A)" in reader.ui.regionAcceptButton.text
    press("]")
    press("A")
    assert reader.states() == ["accepted", "open", "open"]
    press("[")
    assert reader.walk.current == 0
    press("Z")
    assert reader.states() == ["open"] * 3
    shown = reader.ui.overlayGroup.checked
    press("U")
    assert reader.ui.overlayGroup.checked != shown


def test_keys_are_gone_when_the_panel_is_left_and_silent_while_text_is_typed(start):
    reader = start("one")
    reader.open("scan-1")
    press("]")
    reader.review.keys.enable(True)
    edit = reader.ui.annotatorEdit
    reader.ui.labelSection.collapsed = False
    edit.setFocus()
    import qt

    if qt.QApplication.focusWidget() is edit:
        reader.review.keys._shortcuts["accept"].activated.emit()
        assert reader.states() == ["open"] * 3
        edit.clearFocus()
    reader.panel.widget.exit()
    press("A")
    assert reader.states() == ["open"] * 3
    reader.panel.widget.enter()
    press("A")
    assert reader.states()[0] == "accepted"


def test_keys_can_be_chosen_and_wrong_ones_are_told(start):
    reader = start("one")
    reader.open("scan-1")
    reader.ui.reviewKeysEdit.text = "N P K E R U Z"
    reader.review.choose_keys()
    press("N")
    press("K")
    assert reader.states() == ["accepted", "open", "open"]
    assert "(K)" in reader.ui.regionAcceptButton.text
    reader.ui.reviewKeysEdit.text = "N N K E R U Z"
    reader.review.choose_keys()
    assert "seven different keys" in reader.review.message.text
    from DualNetSSLLib.panel.review.keys import keys_from

    with pytest.raises(InvalidRequest):
        keys_from("] [ A E R U")


def test_slicer_s_own_editor_paints_inside_the_region_alone(start):
    import slicer

    reader = start("one")
    reader.open("scan-1")
    reader.review.next()
    logic = slicer.vtkSlicerSegmentEditorLogic()
    logic.SetMRMLScene(slicer.mrmlScene)
    logic.SetSegmentEditorNode(reader.panel.label.editor.node)

    def paint_everything():
        logic.UpdateReferenceGeometryImage()
        logic.ResetModifierLabelmapToDefault()
        brush = logic.GetModifierLabelmap()
        slicer.vtkOrientedImageDataResample.FillImage(brush, 1)
        node = reader.desk.shown.node("label")
        logic.ModifySegmentByLabelmap(node, "label-2", brush, logic.ModificationModeAdd, False, False)
        return reader.panel.painted()

    inside = np.zeros(PREDICTED.shape, bool)
    inside[SPOTS[0]] = True
    np.testing.assert_array_equal(paint_everything(), np.where(inside, 2, PREDICTED))
    reader.ui.reviewLimitCheck.checked = False
    assert (paint_everything() == 2).all()


def test_an_annotator_goes_on_at_another_computer_and_the_draft_goes_with_the_submission(start, client, dataset):
    reader = start("one")
    reader.ui.annotatorEdit.text = "reader A"
    reader.panel.label.name_annotator()
    reader.open("scan-2")
    reader.review.next()
    reader.review.accept()
    expected = reader.verified()
    reader.desk.keeper.keep()
    reader.pump(lambda: client.drafts(dataset.id, "scan-2"), PATIENCE)
    assert client.case(dataset.id, "scan-2").revision == 1
    again = start("two", again=True)
    again.open("scan-2")
    assert "from another computer" in again.panel.said
    assert again.states() == ["accepted", "open", "open"]
    np.testing.assert_array_equal(again.verified(), expected)
    again.review.next()
    again.review.next()
    again.review.accept()
    more = again.verified()
    assert more.sum() > expected.sum()
    case = again.submit(client, dataset, "scan-2")
    assert case.annotator == "reader A"
    assert case.model is not None
    again.pump(lambda: not client.drafts(dataset.id, "scan-2"), PATIENCE)
    again.open("scan-2")
    np.testing.assert_array_equal(again.verified(), more)
