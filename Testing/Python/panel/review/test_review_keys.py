"""The keys of the review, its work at another computer, and painting limited to a region: against the real server."""

from __future__ import annotations

import numpy as np
import pytest
from keyboard import hover, press, release
from panelfixtures import client, server
from panelserver import LABELS, MODULE, PATIENCE, ConnectedPanel, phantom
from reviewfixtures import SPOTS, Reviewer, predict, upload

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

    def at(computer, again=False, saved=None):
        monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / computer))
        if saved is not None:
            qt.QSettings().setValue("DualNetSSL/reviewKeys", saved)
        if again:
            slicer.util.reloadScriptedModule("DualNetSSL")
        panel = ConnectedPanel(slicer.modules.DualNetSSLWidget if again else load_module(str(MODULE)), pump)
        panel.connect(server)
        panel.open_dataset(client.dataset(dataset.id))
        pump(lambda: panel.state.models, PATIENCE)
        return Reviewer(panel)

    return at


@pytest.fixture
def press_in():
    """Press a key while the table of regions, or another widget, has the focus."""

    def press_there(reader, key, at=None):
        press(key, at=at or reader.ui.regionTable)

    return press_there


def test_keys_walk_verify_and_take_back(start, press_in):
    reader = start("one")
    reader.open("scan-1")
    assert "(D)" in reader.ui.regionAcceptButton.text
    press_in(reader, "N")
    press_in(reader, "D")
    assert reader.states() == ["accepted", "open", "open"]
    press_in(reader, "P")
    assert reader.walk.current == 0
    press_in(reader, "U")
    assert reader.states() == ["open"] * 3
    overlay = reader.panel.results.overlay.overlay
    reader.review.stage.glance._now = lambda: 0.0
    assert overlay.node is None, "the map lies over the border that is to be judged"
    press_in(reader, "H")
    assert overlay.node is not None


def other_module(tmp_path):
    """Any other module of Slicer, with a button."""
    import slicer

    path = tmp_path / "Elsewhere.py"
    path.write_text(
        "from slicer.ScriptedLoadableModule import *\n"
        "class Elsewhere(ScriptedLoadableModule): pass\n"
        "class ElsewhereWidget(ScriptedLoadableModuleWidget): pass\n"
    )
    return slicer.app.loadModule(str(path))


def test_keys_act_in_the_review_alone_from_first_to_last(start, press_in, tmp_path, pump):
    """Entering, leaving, another module in front, the next case, a closed scene, a reloaded module."""
    import slicer

    reader = start("one")
    view = slicer.app.layoutManager().sliceWidget("Red")
    reader.open("scan-1")
    press_in(reader, "D")
    press_in(reader, "D", at=reader.ui.annotatorEdit)
    press_in(reader, "D", at=reader.ui.addressEdit)
    assert reader.states() == ["open"] * 3, "D selects the first region, and is text elsewhere"
    slicer.app.selectModule(other_module(tmp_path))
    hover(view)
    pump(seconds=0.3)
    press("D")
    hover(view, False)
    assert reader.states() == ["open"] * 3, "a key marked a region from another module"
    slicer.app.selectModule("DualNetSSL")
    press_in(reader, "D")
    assert reader.states() == ["accepted", "open", "open"]
    reader.review.next_case()
    pump(lambda: reader.desk.shown is not None and reader.desk.shown.name == "scan-2", PATIENCE)
    reader.found()
    press_in(reader, "N")
    press_in(reader, "D")
    assert reader.states() == ["accepted", "open", "open"]
    walk = reader.walk
    slicer.mrmlScene.Clear(0)
    press_in(reader, "D")
    assert reader.walk is None
    assert len(walk.shown.marks.history) == 1
    again = start("one", again=True)
    again.open("scan-1")
    press_in(again, "N")
    assert again.walk.current == 0
    again.desk.leave()


def test_keys_are_gone_from_the_main_window_with_the_panel(start, press_in):
    reader = start("one")
    reader.open("scan-1")
    press_in(reader, "N")
    reader.panel.widget.exit()
    assert not reader.review.keys.listening
    press_in(reader, "D")
    assert reader.states() == ["open"] * 3
    reader.panel.widget.enter()
    press_in(reader, "D")
    assert reader.states()[0] == "accepted"


def test_keys_can_be_chosen_and_wrong_ones_are_told(start, press_in):
    reader = start("one")
    reader.open("scan-1")
    reader.ui.reviewKeysEdit.text = "⇧N P ⇧D E O H U ⇧E ⇧H Alt+N ⇧P"
    reader.review.choose_keys()
    press_in(reader, "Shift+N")
    press_in(reader, "Shift+D")
    assert reader.states() == ["accepted", "open", "open"]
    assert "(⇧D)" in reader.ui.regionAcceptButton.text
    assert "not looked at" in reader.review.message.text, "no word of the keys"
    reader.ui.reviewKeysEdit.text = "J J K E O H U ⇧E ⇧H ⇧N ⇧P"
    reader.review.choose_keys()
    assert "11 different keys" in reader.review.message.text


def test_keys_that_were_chosen_before_there_was_mending_stay_theirs(start, press_in):
    """Qt calls neither of two shortcuts of one key: those that somebody chose come first, and it is said."""
    import json

    import qt

    reader = start("one", saved=json.dumps("J P K E O H U"))
    reader.open("scan-1")
    assert "J does something else here already" in reader.review.message.text
    press_in(reader, "J")
    press_in(reader, "K")
    assert reader.states() == ["accepted", "open", "open"]
    reader.ui.reviewKeysEdit.text = "N P K E O H U ⇧E ⇧H ⇧N ⇧P"
    reader.review.choose_keys()
    assert "J does" not in reader.review.message.text
    assert "K does something else here already" in reader.review.message.text
    press_in(reader, "J")
    reader.pump(lambda: "earlier version" in reader.review.message.text, PATIENCE)
    qt.QSettings().remove("DualNetSSL")


def test_a_key_that_was_chosen_is_kept_though_a_new_action_begins_with_it(start, press_in):
    """It was chosen before the action came: what is new takes another one, and nothing that was chosen is lost."""
    import json

    import qt

    reader = start("one", saved=json.dumps("Shift+N P Shift+E E O H U"))
    keys = reader.review.keys.keys
    assert (keys["next"], keys["accept"]) == ("Shift+N", "Shift+E")
    assert (keys["next-slice"], keys["erase"]) == ("Alt+Shift+N", "Alt+Shift+E")
    qt.QSettings().remove("DualNetSSL")


def test_the_map_is_seen_while_its_key_is_held_and_kept_after_a_short_press(start, press_in):
    reader = start("one")
    reader.open("scan-1")
    press_in(reader, "N")
    glance, overlay = reader.review.stage.glance, reader.panel.results.overlay.overlay
    now = [0.0]
    glance._now = lambda: now[0]
    press("H", at=reader.ui.regionTable, held=True)
    assert overlay.node is not None
    now[0] = 2.0
    release("N")
    assert overlay.node is not None, "another key came up"
    release("H")
    assert overlay.node is None
    press_in(reader, "H")
    assert overlay.node is not None
    assert glance.kept
    press("H", at=reader.ui.regionTable, held=True)
    assert overlay.node is None, "what is kept is hidden while the key is held"
    now[0] = 4.0
    release("H")
    assert overlay.node is not None
    glance._changed = lambda: now.__setitem__(0, now[0] + 2.0)
    press_in(reader, "H")
    assert not glance.kept, "a computer that takes two seconds to show the map made a long press of a short one"


def test_a_key_of_slicer_s_that_was_chosen_before_is_read_and_told_with_each_case(start, press_in):
    import json

    import qt

    reader = start("one", saved=json.dumps("N P A E O H Z"))
    reader.open("scan-1")
    assert "(A)" in reader.ui.regionAcceptButton.text
    assert "A is Slicer's own key for the effect Draw" in reader.review.message.text
    assert "Z is Slicer's own key for the Segment Editor" in reader.review.message.text
    press_in(reader, "N")
    press_in(reader, "A")
    assert reader.states() == ["accepted", "open", "open"]
    press_in(reader, "Z")
    assert reader.states() == ["open"] * 3
    qt.QSettings().remove("DualNetSSL")


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


def test_the_brush_is_free_where_no_region_is_reviewed(start, client, dataset):
    """In a case without a prediction, while the section is closed, after the module was reloaded."""
    import slicer

    allowed = slicer.vtkMRMLSegmentationNode
    if "plain" not in {case.case for case in client.cases(dataset.id)}:
        upload(client, dataset, ["plain"])
    reader = start("one")
    reader.open("scan-1")
    reader.review.next()
    editor = reader.panel.label.editor.node
    assert editor.GetMaskMode() == allowed.EditAllowedInsideSingleSegment
    reader.ui.reviewSection.collapsed = True
    reader.review._folded()
    assert editor.GetMaskMode() == allowed.EditAllowedEverywhere
    reader.ui.reviewSection.collapsed = False
    reader.review._folded()
    assert editor.GetMaskMode() == allowed.EditAllowedInsideSingleSegment
    reader.panel.open("plain")
    assert reader.panel.label.editor.node.GetMaskMode() == allowed.EditAllowedEverywhere
    reader.open("scan-1")
    reader.review.next()
    again = start("one", again=True)
    roles = [node.GetAttribute("DualNetSSL.Role") for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode")]
    assert "region" not in roles, "a line round a region that nobody reviews"
    again.panel.open("plain")
    assert again.panel.label.editor.node.GetMaskMode() == allowed.EditAllowedEverywhere
    again.desk.leave()


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
