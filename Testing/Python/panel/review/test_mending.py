"""Second opinions and touches that spread, by the keys of the review: against the real server."""

from __future__ import annotations

import hand
import numpy as np
import pytest
from keyboard import press
from panelfixtures import client, server
from panelserver import GEOMETRY, LABELS, MODULE, PATIENCE, ConnectedPanel, phantom
from reviewfixtures import SPOTS, Reviewer, opinions, predict, upload

__all__ = ["client", "server"]

NEW, OLD, TRIED = ("scan-1", "scan-2"), ("scan-3",), "scan-4"
PREDICTED = phantom(1)[1]


@pytest.fixture(scope="module")
def dataset(server, client, tmp_path_factory):
    """Three scans of which each network's word is known, and one that an earlier version predicted."""
    made = client.create_dataset("abdomen", LABELS)
    upload(client, made, (*NEW, *OLD, TRIED))
    folder = tmp_path_factory.mktemp("said")
    predict(server, client, made, (*NEW, TRIED), folder, opinions=opinions(folder, PREDICTED))
    predict(server, client, made, OLD, folder)
    return client.dataset(made.id)


@pytest.fixture
def reader(load_module, pump, server, client, dataset, tmp_path, monkeypatch):
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    panel = ConnectedPanel(load_module(str(MODULE)), pump)
    panel.connect(server)
    panel.open_dataset(client.dataset(dataset.id))
    pump(lambda: len(panel.state.models) == 2, PATIENCE)
    return Reviewer(panel)


@pytest.fixture
def key(reader, pump):
    """Press a key while the table of regions has the focus, and wait for what it asked for."""

    def press_key(name):
        press(name, at=reader.ui.regionTable)
        settle(reader)

    return press_key


def settle(reader):
    mending = reader.review.mending
    reader.pump(lambda: mending._call is None, PATIENCE)


def begin(reader, case="scan-1"):
    """Open a case and go to its first region."""
    reader.open(case)
    press("N", at=reader.ui.regionTable)
    settle(reader)


def spot(number):
    mask = np.zeros(GEOMETRY.size[::-1], bool)
    mask[SPOTS[number]] = True
    return mask


def outlined():
    """The voxels of what is previewed, by segment."""
    import slicer.util

    nodes = [
        node
        for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
        if node.GetAttribute("DualNetSSL.Role") == "preview"
    ]
    return [node.GetSegmentation().GetNumberOfSegments() for node in nodes]


def test_a_key_previews_the_same_again_takes_and_one_undo_takes_back(reader, key):
    begin(reader)
    key("K")
    assert "mm³" in reader.review.message.text
    assert "K again takes it" in reader.review.message.text
    assert outlined() == [1], "what changes, and nothing else"
    np.testing.assert_array_equal(reader.panel.painted(), PREDICTED, "a preview changes nothing")
    assert not reader.verified().any()
    key("K")
    np.testing.assert_array_equal(reader.panel.painted(), np.where(spot(0), 2, PREDICTED))
    np.testing.assert_array_equal(reader.verified(), spot(0))
    assert reader.states() == ["edited", "open", "open"]
    assert reader.walk.current == 1
    assert outlined() == []
    key("U")
    np.testing.assert_array_equal(reader.panel.painted(), PREDICTED)
    assert reader.states() == ["open"] * 3
    assert reader.walk.current == 0
    assert "has its label back" in reader.review.message.text


def test_a_region_of_background_is_about_the_class_that_it_is_doubted_for(reader, key):
    begin(reader)
    reader.review.select(2)
    settle(reader)
    assert reader.walk.place.found.label == 2, "the second network says spleen"
    assert reader.review.toolbox.chips.chosen == 2
    key("C")
    assert reader.review.mending.preview.gained_mm3["2"] > 0, "a touch spreads it"


def test_what_changes_nothing_is_said_and_another_key_shows_another(reader, key):
    begin(reader)
    key("J")
    assert "That is how the region is labelled" in reader.review.message.text
    assert outlined() == []
    key("Shift+O")
    assert "-" in reader.review.message.text
    assert outlined()
    key("K")
    assert "K again" in reader.review.message.text
    key("U")
    assert outlined() == []
    np.testing.assert_array_equal(reader.panel.painted(), PREDICTED, "the preview alone was taken back")
    assert reader.review.message.text == ""


def test_accept_takes_what_is_shown_and_edit_paints_on_it(reader, key):
    begin(reader)
    key("Shift+O")
    key("D")
    np.testing.assert_array_equal(reader.panel.painted(), np.where(spot(0), 0, PREDICTED))
    assert reader.states()[0] == "edited"
    key("K")
    key("E")
    assert reader.review.toolbox.brush.taken
    assert outlined() == []
    expected = np.where(spot(0), 0, np.where(spot(1), 7, PREDICTED))
    np.testing.assert_array_equal(reader.panel.painted(), expected)
    key("D")
    key("U")
    key("U")
    np.testing.assert_array_equal(reader.panel.painted(), np.where(spot(0), 0, PREDICTED))


def test_what_is_painted_under_a_preview_stays_when_that_is_taken_and_when_it_is_taken_back(reader, key):
    begin(reader)
    key("K")
    label = PREDICTED.copy()
    label[7, 9, 11] = 0
    reader.panel.paint(label == 7, "liver")  # with one of Slicer's own effects
    key("D")
    np.testing.assert_array_equal(reader.panel.painted(), np.where(spot(0) & (label != 0), 2, label))
    np.testing.assert_array_equal(reader.verified(), spot(0))
    label[7, 9, 12] = 0
    painted = reader.panel.painted()
    painted[7, 9, 12] = 0
    reader.panel.paint(painted == 2, "spleen")
    key("U")
    np.testing.assert_array_equal(reader.panel.painted(), label)
    np.testing.assert_array_equal(reader.verified(), label != PREDICTED)


def test_going_on_leaves_the_preview_behind(reader, key):
    begin(reader)
    key("K")
    key("N")
    assert outlined() == []
    assert reader.review.mending.preview is None
    key("D")
    np.testing.assert_array_equal(reader.panel.painted(), PREDICTED)


def test_a_touch_spreads_within_the_region_and_leaves_what_is_verified(reader, key):
    begin(reader)
    k, j, i = np.argwhere(spot(0))[0]
    shown = reader.desk.shown
    held = np.flatnonzero(spot(0))[-1:]
    shown.marks.accept(held)
    press("P", at=reader.ui.regionTable)
    press("N", at=reader.ui.regionTable)
    settle(reader)
    point_at(reader, (k, j, i))
    press("L")
    settle(reader)
    assert "Accept takes it" in reader.review.message.text
    np.testing.assert_array_equal(reader.panel.painted(), PREDICTED, "a preview changes nothing")
    key("D")
    painted = reader.panel.painted()
    changed = painted != PREDICTED
    assert changed[k, j, i]
    assert changed.sum() > 4
    assert not (changed & ~spot(0)).any()
    assert not changed.reshape(-1)[held].any()
    assert (painted[changed] == 0).all()
    key("U")
    np.testing.assert_array_equal(reader.panel.painted(), PREDICTED)


def test_touches_add_up_and_of_two_classes_each_keeps_its_own(reader, key):
    begin(reader)
    places = np.argwhere(spot(0))
    first, last = places[0], places[-1]
    for place, name in ((first, "L"), (last, "C")):
        point_at(reader, place)
        press(name)
        settle(reader)
    assert set(reader.review.mending.visit.dabs) == {0, 7}
    key("D")
    painted = reader.panel.painted()
    assert (painted[tuple(first)], painted[tuple(last)]) == (0, 7)


def test_a_mouse_that_points_elsewhere_is_told(reader, key):
    begin(reader)
    point_at(reader, (0, 0, 0))
    press("C")
    settle(reader)
    assert "points at nothing that may change" in reader.review.message.text
    assert outlined() == []


def test_what_a_touch_would_change_is_drawn_while_the_mouse_moves_and_nothing_is_taken(reader, key):
    begin(reader)
    mending, places = reader.review.mending, np.argwhere(spot(0))
    reader.review.toolbox.choose(2)
    settle(reader)

    def hover_over(place, shown=True):
        point_at(reader, place)
        at = tuple(int(index) for index in place[::-1])
        reader.pump(lambda: mending.hover._at == at and mending.hover._call is None, PATIENCE)
        assert (mending.hover.shown is not None) == shown

    point_at(reader, places[0])
    reader.pump(seconds=0.1)
    assert outlined() == [], "nobody has asked for it"
    reader.ui.hoverCheck.checked = True
    point_at(reader, places[0])
    hover_over(places[-1])
    assert outlined() == [1]
    assert not reader.desk.shown.node("preview").GetDisplayNode().GetVisibility2DFill(), "the border would be covered"
    seen = mending.hover.shown
    press("C")
    settle(reader)
    assert mending.preview == seen, "the key shows what the mouse did"
    hover_over(places[0])
    assert not reader.desk.shown.node("preview").GetDisplayNode().GetVisibility2DFill(), "a further touch is shown too"
    hover_over((0, 0, 0), shown=False)
    assert mending.preview == seen
    assert reader.desk.shown.node("preview").GetDisplayNode().GetVisibility2DFill()
    key("U")
    hover_over(places[0])
    assert mending.preview is None
    key("D")
    assert outlined() == []
    np.testing.assert_array_equal(reader.panel.painted(), PREDICTED, "what the mouse only pointed at is not accepted")
    np.testing.assert_array_equal(reader.verified(), spot(0))
    assert len(reader.desk.shown.marks.history) == 1


def test_a_prediction_of_before_says_what_is_missing_and_all_else_works(reader, key):
    begin(reader, OLD[0])
    assert reader.review.message.text == ""
    key("K")
    assert "an earlier version made it" in reader.review.message.text
    key("D")
    assert reader.states()[0] == "accepted"


def test_buttons_say_their_keys_and_keys_can_be_chosen(reader, key):
    reader.open("scan-2")
    assert reader.ui.opinionSecondButton.text == "Network 2\nK"
    assert "C spreads its class" in reader.ui.touchHint.text
    reader.ui.mendingKeysEdit.text = "J Alt+N C L ⇧J ⇧K ⇧L ⇧C ⇧O ⇧D ⇧U"
    reader.review.mending.choose_keys()
    key("N")
    first, second = reader.ui.opinionFirstButton, reader.ui.opinionSecondButton
    assert (first.text, second.text) == ("Network 1\nJ nothing new", f"Network 2\nAlt+N {spot(0).sum() * 2.5:.0f} mm³")
    assert first.icon.isNull()
    assert not second.icon.isNull(), "a small picture of what it changes"
    reader.review.toolbox.choose(2)
    assert second.icon.isNull(), "of another class nothing is known yet"
    settle(reader)
    assert not second.icon.isNull()
    key("Alt+N")
    assert "Alt+N again" in reader.review.message.text
    reader.ui.opinionSecondButton.click()
    settle(reader)
    assert reader.states()[0] == "edited"
    reader.ui.mendingKeysEdit.text = "J K"
    reader.review.mending.choose_keys()
    assert "11 different keys" in reader.review.message.text


def test_a_small_picture_shows_what_lies_around_a_flat_region_too(slicer_host):
    from DualNetSSLLib.panel.review.tools.candidates import surroundings

    wide, inner = surroundings(np.s_[7:8, 0:4, 10:14], GEOMETRY, 12.0)
    assert wide == np.s_[5:10, 0:7, 6:18]
    assert inner == np.s_[2:3, 0:4, 4:8]


def test_a_scene_that_is_closed_or_a_panel_left_meanwhile_breaks_nothing(reader, key):
    import slicer

    begin(reader)
    press("K", at=reader.ui.regionTable)
    slicer.mrmlScene.Clear(0)
    settle(reader)
    assert reader.review.mending.preview is None
    assert reader.walk is None


def drag(reader, start, end, name="Red"):
    return hand.drag(reader.desk.shown.node("image"), (start, end), name)


def point_at(reader, index):
    hand.point_at(reader.desk.shown.node("image"), index)


def test_brush_and_eraser_end_where_the_region_does_and_strokes_are_taken_back_one_by_one(reader, key):
    begin(reader)
    reader.ui.brushSizeSpin.value = 40.0
    reader.ui.brushSphereCheck.checked = True
    middle = np.argwhere(spot(0)).mean(axis=0).round().astype(int)
    assert drag(reader, middle, middle), "without a brush the mouse is the view's"
    key("Shift+E")
    assert not drag(reader, middle, middle)
    erased, painted = np.where(spot(0), 0, PREDICTED), np.where(spot(0), 2, PREDICTED)
    np.testing.assert_array_equal(reader.panel.painted(), erased)
    reader.review.toolbox.choose(2)
    drag(reader, middle, middle)
    np.testing.assert_array_equal(reader.panel.painted(), painted)
    key("U")
    np.testing.assert_array_equal(reader.panel.painted(), erased)
    assert "last stroke" in reader.review.message.text
    key("E")
    reader.review.toolbox.choose(2)
    drag(reader, middle, middle)
    key("D")
    assert reader.states()[0] == "edited"
    assert not reader.review.toolbox.brush.taken
    for expected in (painted, erased, PREDICTED):
        key("U")
        np.testing.assert_array_equal(reader.panel.painted(), expected)
    assert not reader.verified().any()


def test_a_disc_stays_in_its_slice_a_locked_class_as_it_is_and_slicer_s_effects_work_on(reader, key):
    begin(reader)
    toolbox, lock = reader.review.toolbox, reader.ui.classLockCheck
    reader.ui.brushSphereCheck.checked = False
    reader.ui.brushSizeSpin.value = 60.0
    place = np.argwhere(spot(0))[0]
    key("E")
    assert toolbox.chips.chosen == 7
    lock.checked = True
    drag(reader, place, place)
    assert "locked" in reader.review.message.text
    toolbox.choose(2)
    assert not lock.checked
    drag(reader, place, place)
    np.testing.assert_array_equal(reader.panel.painted(), PREDICTED)
    key("Shift+O")
    assert outlined() == [], "an answer would have changed a locked class"
    toolbox.choose(7)
    lock.checked = False
    key("Shift+H")
    assert toolbox.chips.chosen == 0, "the next class, round the corner"
    toolbox.choose(2)
    key("E")
    drag(reader, place, place)
    changed = reader.panel.painted() != PREDICTED
    assert 0 < changed.sum() < spot(0).sum(), "a disc in an oblique slice is not the whole region"
    assert not (changed & ~spot(0)).any()
    toolbox.trace()
    editor = reader.panel.label.editor.widget
    assert editor.activeEffect().objectName == "Level tracing"
    assert editor.currentSegmentID() == "label-2"
    key("E")
    editor.setActiveEffectByName("Draw")
    assert drag(reader, place, place), "the brush gives way to an effect that was taken meanwhile"
    assert not toolbox.brush.taken
    editor.setActiveEffectByName("")


def test_between_and_grow_go_on_from_paint_and_say_so_where_there_is_none(reader, key):
    begin(reader)
    key("Shift+D")
    assert "nothing to fill" in reader.review.message.text
    where = np.argwhere(spot(0))
    rows = sorted(set(where[:, 1]))
    for row in (rows[0], rows[-1]):
        line = np.ravel_multi_index(tuple(where[where[:, 1] == row].T), GEOMETRY.size[::-1])
        reader.desk.shown.canvas().write(line, np.full(len(line), 2, np.uint8))
    key("Shift+D")
    assert "again takes it" in reader.review.message.text
    key("Shift+D")
    np.testing.assert_array_equal(reader.panel.painted(), np.where(spot(0), 2, PREDICTED))
    assert reader.states()[0] == "edited"
    key("Shift+U")
    assert reader.review.mending._wanted == ""
    np.testing.assert_array_equal(reader.panel.painted(), np.where(spot(0), 2, PREDICTED), "a preview changes nothing")


def selected(reader):
    """The voxels of the region that is selected, flat; none is: none."""
    place = reader.walk.place
    return [] if place is None else place.where


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 2))])
def test_no_sequence_of_keys_changes_a_voxel_outside_the_region_or_loses_or_invents_a_verified_one(
    reader, client, dataset, key, seed
):
    rng = np.random.default_rng(seed)
    begin(reader, TRIED)
    anywhere = spot(0) | spot(1) | spot(2)
    keys = [*"JKNPDEOUCL", *(f"Shift+{letter}" for letter in "JKLCODUEH"), *["drag"] * 4, "reopen"]
    for step in range(25):
        name = "submit" if step in (12, 20) else keys[rng.integers(len(keys))]
        before, label, here = reader.verified(), reader.panel.painted(), selected(reader)
        history = len(reader.desk.shown.marks.history)
        if name in "CL":
            point_at(reader, np.argwhere(anywhere)[rng.integers(anywhere.sum())])
        if name == "drag":
            start, end = np.argwhere(anywhere)[rng.integers(anywhere.sum(), size=2)]
            drag(reader, start, end, ("Red", "Yellow")[rng.integers(2)])
        elif name in ("submit", "reopen"):
            assert name == "reopen" or before.any(), "there is something to submit"
            if name == "submit" and reader.desk.modified:
                assert reader.submit(client, dataset, TRIED).verified_fraction == pytest.approx(before.mean(), abs=1e-4)
            reader.open("scan-2")
            reader.open(TRIED)
        else:
            key(name)
        after = reader.panel.painted()
        assert not ((after != PREDICTED) & ~anywhere).any()
        assert not (reader.verified() & ~anywhere).any()
        touched = np.flatnonzero((after != label) | (reader.verified() & ~before))
        assert np.isin(touched, here if name != "U" else [*here, *selected(reader)]).all(), f"{name} left the region"
        if name in ("submit", "reopen"):
            np.testing.assert_array_equal(reader.verified(), before, name)
            np.testing.assert_array_equal(after, label, name)
        elif (len(reader.desk.shown.marks.history) >= history) and name not in "OU":
            # paint that is painted over as it was predicted is what nobody has touched
            lost = before & ~reader.verified() & ~((name == "drag") & (after == PREDICTED))
            assert not lost.any(), name
            assert name == "drag" or (after[before] == label[before]).all(), name


def test_whoever_works_with_keys_alone_touches_amid_what_the_slice_shows(reader):
    import slicer

    begin(reader)
    slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode").SetCursorPositionInvalid()  # it is in no view
    visit, label = reader.review.mending.visit, reader.panel.painted()[reader.review.mending.visit.box]
    low = [part.start for part in visit.box]
    i, j, k = visit.next_touch(2, label, (2, 8))
    assert (k, SPOTS[0][1].start <= j < SPOTS[0][1].stop, SPOTS[0][2].start <= i < SPOTS[0][2].stop) == (8, True, True)
    assert visit.next_touch(2, label, (2, 0))[2] in (7, 8), "nothing of the region there: any slice of it"
    assert visit.next_touch(7, label, (2, 8)) is None, "all of it is liver already"
    visit.dabs = visit.touched(2, (i, j, k))
    again = visit.next_touch(2, label, (2, 8))
    assert not visit.dabs[2][again[2] - low[0], again[1] - low[1], again[0] - low[2]]
    visit.dabs = {}
    press("C", at=reader.ui.regionTable)
    assert reader.review.mending._call is None, "the class in question is there already, and the mouse is nowhere"
    reader.review.toolbox.choose(2)
    settle(reader)
    press("C", at=reader.ui.regionTable)
    settle(reader)
    assert reader.review.mending.preview.gained_mm3["2"] > 0
    slices = reader.review.stage.slices
    axis, number = slices.there()
    for seen in (15 - number, number):
        slices.reveal(np.array([[12, 10, seen], [12, 11, seen]]))
        assert slices.there() == (axis, seen), "the region has the slices 7 and 8"
    slices.reveal(np.array([[12, 10, number], [12, 10, 15 - number], [12, 11, 15 - number]]))
    assert slices.there() == (axis, number), "a view that shows some of it stays"


def test_a_preview_tells_what_a_class_gains_and_what_it_loses(slicer_host):
    from DualNetSSLLib.panel.review.tools.mending import change_in_words
    from DualNetSSLLib.tasks.reports import MendedRegion

    both = MendedRegion(
        kind="first", label="", changed_mm3=19.0, gained_mm3={"0": 7.0, "2": 12.0}, lost_mm3={"0": 12.0, "2": 7.0}
    )
    assert change_in_words(both, LABELS) == "This changes 19 mm³: spleen +12 -7.0 mm³."
    shrinks = MendedRegion(kind="first", label="", changed_mm3=7.0, gained_mm3={"0": 7.0}, lost_mm3={"2": 7.0})
    assert change_in_words(shrinks, LABELS) == "This changes 7.0 mm³: spleen -7.0 mm³."
