"""Keys of the panel: which, where they act, and that Slicer's own keep their meaning."""

from __future__ import annotations

import pytest
from keyboard import focus, hover, main_window, press

from DualNetSSLLib.client.errors import InvalidRequest

LETTERS = {
    "English": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "German": ("qwertzuiopü", "asdfghjklöä", "yxcvbnm"),
    "French": ("azertyuiop", "qsdfghjklm", "wxcvbn"),
    "Spanish": ("qwertyuiop", "asdfghjklñ", "zxcvbnm"),
    "Italian": ("qwertyuiopè", "asdfghjklòà", "zxcvbnm"),
}
"""What the keys of the three rows of letters give without a second key held, from the left."""
DEFAULTS = {"next": "N", "previous": "P"}


@pytest.fixture
def settings(slicer_host):
    import qt

    from DualNetSSLLib.panel.common.settings import PanelSettings

    qt.QSettings().remove("DualNetSSL")
    return PanelSettings()


@pytest.fixture
def place(slicer_host):
    import qt

    place = qt.QPushButton("Review", main_window())
    place.move(300, 300)  # not where the mouse is at first
    place.show()
    yield place
    hover(place, False)
    place.deleteLater()


@pytest.fixture
def keys(settings, place):
    """Keys that write down what they are asked to do, in a button of the main window."""
    from DualNetSSLLib.panel.common.keys import Keys

    made = []

    def make(where=None, **options):
        heard = []
        actions = {name: lambda name=name: heard.append(name) for name in DEFAULTS}
        keys = Keys(settings, "testKeys", actions, DEFAULTS, where or (lambda: (place,)), **options)
        keys.enable(True)
        made.append(keys)
        return keys, heard

    yield make
    for each in made:
        each.close()


def place_on(keyboard, letter):
    """Row and column of a letter; None where it takes a second key."""
    found = [(row, keys.index(letter)) for row, keys in enumerate(LETTERS[keyboard]) if letter in keys]
    return found[0] if found else None


def review_keys():
    from DualNetSSLLib.panel.review.keys import DEFAULTS

    return DEFAULTS


@pytest.mark.parametrize("keyboard", LETTERS)
def test_the_review_s_keys_are_one_stroke_and_in_one_place_on_every_keyboard(slicer_host, keyboard):
    for action, key in review_keys().items():
        letter = key.removeprefix("Shift+").lower()
        assert place_on(keyboard, letter) is not None, f"{action}: {key} takes another key in {keyboard}"
        assert place_on(keyboard, letter) == place_on("English", letter), f"{action}: {key} moves"


def test_the_table_would_notice_keys_that_need_a_second_one_or_wander(slicer_host):
    assert place_on("German", "[") is None
    assert place_on("French", "a") != place_on("English", "a")
    assert place_on("German", "z") != place_on("English", "z")


def test_the_review_s_keys_are_none_that_slicer_has(slicer_host):
    from DualNetSSLLib.panel.common.slicer_keys import use_in_slicer

    assert {key: use_in_slicer(key) for key in review_keys().values() if use_in_slicer(key)} == {}
    for key in ("[", "]", "A", "R", "Z", "Shift+7", "Esc", "Space", "/", "*", ",", "Return", "Ctrl+Z"):
        assert use_in_slicer(key), key


def test_slicer_s_keys_are_written_as_qt_writes_them(slicer_host):
    import qt

    from DualNetSSLLib.panel.common import slicer_keys as known

    lists = (
        known.SLICE_VIEWS,
        known.EDITOR,
        known.SHIFTED_DIGITS,
        known.PAINT,
        known.DRAW,
        known.MARKUPS,
        known.WINDOW,
    )
    for key in " ".join(lists).split():
        assert qt.QKeySequence(key).toString() == key


def test_every_shortcut_of_the_segment_editor_is_known(slicer_host):
    import slicer

    from DualNetSSLLib.panel.common.slicer_keys import use_in_slicer

    editor, before = slicer.qMRMLSegmentEditorWidget(), set(map(id, main_window().children()))
    editor.installKeyboardShortcuts()
    made = [each for each in main_window().children() if each.inherits("QShortcut") and id(each) not in before]
    assert len(made) > 30
    assert [each.key.toString() for each in made if not use_in_slicer(each.key.toString())] == []
    editor.uninstallKeyboardShortcuts()


def test_a_key_acts_where_the_focus_is_and_nowhere_else(keys, place):
    import qt

    _, heard = keys()
    press("N", at=place)
    assert heard == ["next"]
    other = qt.QPushButton("elsewhere", main_window())
    other.show()
    press("N", at=other)
    focus(None)
    press("P")
    assert heard == ["next"]
    press("P", at=place)
    assert heard == ["next", "previous"]
    other.deleteLater()


def test_a_key_acts_where_the_mouse_is_whoever_has_the_focus(keys, place, pump):
    made, heard = keys()
    focus(None)
    hover(place)
    pump(lambda: made.listening, 10)
    press("N")
    hover(place, False)
    press("N")
    assert heard == ["next"], "the mouse had left, and a key acted all the same"
    pump(lambda: not made.listening, 10)


def test_a_key_acts_in_a_slice_view_of_the_layout(keys, pump):
    import slicer

    from DualNetSSLLib.panel.common.keys import slice_views

    made, heard = keys(slice_views)
    view = slicer.app.layoutManager().sliceWidget("Green")
    focus(None)
    hover(view)
    pump(lambda: made.listening, 10)
    press("P")
    hover(view, False)
    assert heard == ["previous"]


def test_who_does_not_listen_keeps_no_key_from_others(keys, place):
    import qt

    other = qt.QShortcut(qt.QKeySequence("N"), main_window())
    pressed = []
    other.connect("activated()", lambda: pressed.append("other"))
    made, heard = keys()
    focus(None)
    press("N")
    made.enable(False)
    press("N", at=place)
    assert (heard, pressed) == ([], ["other", "other"])
    other.deleteLater()


def test_text_is_typed_and_not_taken_for_keys(keys, place):
    import qt

    _, heard = keys()
    edit = qt.QLineEdit(place)
    edit.show()
    press("N", at=edit)
    assert heard == []
    assert qt.QApplication.focusWidget() is edit


def test_chosen_keys_are_kept_and_wrong_ones_told(keys, settings):
    made, _ = keys()
    made.choose("j shift+k")
    assert made.keys == {"next": "J", "previous": "Shift+K"}
    assert keys()[0].text == "J Shift+K"
    for wrong in ("J", "J J", "J K L", "J nonsense"):
        with pytest.raises(InvalidRequest, match="2 different keys"):
            made.choose(wrong)
    assert made.text == "J Shift+K"


def test_what_a_former_version_saved_unasked_is_not_kept(keys, settings):
    settings.put("testKeys", "] [")
    assert keys(former=("] [",))[0].keys == DEFAULTS
    assert keys()[0].text == "] ["


def test_a_chosen_key_that_slicer_has_too_is_told_and_works_where_it_was_chosen_for(keys, place, pump):
    import slicer

    editor = slicer.qMRMLSegmentEditorWidget()
    editor.installKeyboardShortcuts()
    made, heard = keys()
    assert made.conflicts() == ""
    made.choose("Z P")
    assert "Z is Slicer's own key for the Segment Editor" in made.conflicts()
    press("Z", at=place)
    assert heard == ["next"]
    editor.installKeyboardShortcuts()
    pump(seconds=0.3)
    press("Z", at=place)
    assert heard == ["next", "next"]
    editor.uninstallKeyboardShortcuts()
    focus(None)
    made.close()
    assert not made.listening


def test_keys_chosen_before_an_action_came_are_kept_and_the_new_one_has_its_own(keys, settings):
    settings.put("testKeys", "K")
    made, _ = keys()
    assert made.keys == {"next": "K", "previous": "P"}


def test_keys_chosen_before_an_action_came_that_has_such_a_key_stay(keys, settings):
    settings.put("testKeys", "P")
    made, _ = keys()
    assert made.keys == {"next": "P", "previous": "Alt+P"}
