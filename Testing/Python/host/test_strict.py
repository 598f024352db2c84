"""Where PythonQt and Slicer refuse, the host refuses: what was destroyed, kept connections, samples, module folders."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def gone(slicer_host):
    """A shortcut that C++ has deleted."""
    import qt
    from shiboken6 import Shiboken

    window = qt.QWidget()
    shortcut = qt.QShortcut(qt.QKeySequence("N"), window)
    assert shortcut
    Shiboken.delete(shortcut)
    return shortcut


def test_an_object_that_was_destroyed_is_false_and_raises_as_pythonqt_does(gone):
    assert not gone
    with pytest.raises(ValueError, match="Trying to call 'setEnabled' on a destroyed QShortcut object"):
        gone.setEnabled(True)
    with pytest.raises(ValueError, match="Trying to read property 'enabled' from a destroyed QShortcut object"):
        gone.enabled  # noqa: B018
    with pytest.raises(AttributeError, match="Trying to set property 'enabled' on a destroyed QShortcut object"):
        gone.enabled = True
    with pytest.raises(ValueError, match="Trying to call 'connect'"):
        gone.connect("activated()", print)
    with pytest.raises(AttributeError, match="no attribute named 'colour'"):
        gone.colour  # noqa: B018


def test_what_python_added_to_a_destroyed_object_is_still_there(slicer_host):
    import qt
    from shiboken6 import Shiboken

    class Mine(qt.QPushButton):
        def double(self):
            return 2 * self.number

    mine = Mine()
    mine.number = 21
    Shiboken.delete(mine)
    assert mine.double() == 42
    mine.number = 1
    with pytest.raises(ValueError, match="read property 'text'"):
        mine.text  # noqa: B018


def test_the_segment_editor_makes_its_shortcuts_and_deletes_them(slicer_host):
    import slicer
    import slicer.util

    window = slicer.util.mainWindow()

    def shortcuts():
        return {each.key.toString(): each for each in window.children() if each.inherits("QShortcut")}

    before = set(shortcuts())
    editor = slicer.qMRMLSegmentEditorWidget()
    editor.installKeyboardShortcuts()
    first = shortcuts()
    assert {"1", "0", "Shift+3", "Esc", "Space", "Z", "Ctrl+Z", "Y", "Q", "W", "/", "*", ",", ".", "I"} <= set(first)
    editor.installKeyboardShortcuts()
    assert not first["Z"]
    assert shortcuts()["Z"]
    editor.uninstallKeyboardShortcuts()
    assert set(shortcuts()) == before


def test_the_segment_editor_s_keys_choose_effects_and_segments(slicer_host):
    import slicer
    from keyboard import focus, press

    editor = slicer.qMRMLSegmentEditorWidget()
    editor.setMRMLScene(slicer.mrmlScene)
    editor.setMRMLSegmentEditorNode(slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentEditorNode"))
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    names = [node.GetSegmentation().AddEmptySegment("", name) for name in ("liver", "spleen")]
    editor.setSegmentationNode(node)
    editor.setEffectNameOrder(("Paint", "Draw"))
    editor.installKeyboardShortcuts()
    focus(None)
    press("2")
    assert editor.activeEffect().objectName == "Draw"
    press("Esc")
    assert editor.activeEffect() is None
    press("W")
    assert editor.currentSegmentID() == names[1]
    editor.uninstallKeyboardShortcuts()
    slicer.mrmlScene.Clear(0)


class Receiver:
    """Keeps what calls it: a ring that the garbage collector breaks elsewhere, and in PythonQt does not see."""

    def __init__(self, sender):
        self.sender = sender

    def called(self):
        """Do nothing."""


def test_a_connection_holds_its_receiver_until_it_is_undone_or_the_sender_is_deleted(slicer_host):
    import qt
    from slicerhost.leftovers import connections

    timers = [qt.QTimer() for _ in range(3)]
    receivers = [Receiver(timer) for timer in timers]
    for receiver in receivers:
        receiver.sender.connect("timeout()", receiver.called)
    alive = [weakref.ref(receiver) for receiver in receivers]
    timers[1].disconnect("timeout()", receivers[1].called)
    timers[2].delete()
    del timers, receivers, receiver
    gc.collect()
    assert [ref() is not None for ref in alive] == [True, False, False]
    alive[0]().sender.delete()
    gc.collect()
    assert alive[0]() is None
    assert not any(isinstance(getattr(called, "__self__", None), Receiver) for _sender, called in connections())


def test_what_is_connected_to_an_object_that_python_drops_goes_with_it(slicer_host):
    import qt

    class Heard:
        def __call__(self):
            """Do nothing."""

    heard = Heard()
    qt.QTimer().connect("timeout()", heard)
    dropped = weakref.ref(heard)
    del heard
    gc.collect()
    assert dropped() is None


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, TypeError),
        ({"uris": ["a", "b"], "fileNames": ["a"]}, ValueError),
        ({"uris": ["a"], "fileNames": None}, TypeError),
        ({"uris": "a", "loadFileType": "x", "loadFileTypes": "x"}, ValueError),
    ],
)
def test_a_sample_with_lists_of_unlike_length_is_refused(slicer_host, given, error):
    import SampleData

    with pytest.raises(error):
        SampleData.SampleDataLogic.registerCustomSampleDataSource(category="T", sampleName="T", **given)
    assert not [source for source in slicer_modules().sampleDataSources.get("T", ())]


def slicer_modules():
    import slicer

    return slicer.modules


def test_a_sample_is_registered_once(slicer_host):
    import SampleData

    for _ in range(2):
        SampleData.SampleDataLogic.registerCustomSampleDataSource(
            category="Once", sampleName="a", uris="", loadFiles=True
        )
    (source,) = slicer_modules().sampleDataSources.pop("Once")
    assert (source.uris, source.fileNames, source.sampleDescription) == ([""], [None], "a")


def test_every_python_file_of_a_module_folder_is_taken_for_a_module(slicer_host, tmp_path):
    import slicer

    for name, text in (("A.py", "pass"), ("b.PY", ""), ("command.py", "#!/usr/bin/env python"), ("old.pyc", "")):
        (tmp_path / name).write_text(text)
    (tmp_path / "A.pyc").write_text("")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "C.py").write_text("")
    assert [path.name for path in slicer.app.moduleManager().scriptsIn(tmp_path)] == ["A.py", "b.PY", "old.pyc"]


def test_the_repository_as_a_module_folder_brings_no_module_and_its_folder_one(slicer_host):
    import slicer

    scripts = slicer.app.moduleManager().scriptsIn
    assert scripts(ROOT) == []
    assert [path.name for path in scripts(ROOT / "DualNetSSL")] == ["DualNetSSL.py"]


def test_a_module_that_needs_what_slicer_does_not_have_is_not_loaded(slicer_host, tmp_path):
    import slicer

    path = tmp_path / "Wanting.py"
    path.write_text(
        "from slicer.ScriptedLoadableModule import *\n"
        "class Wanting(ScriptedLoadableModule):\n"
        "    def __init__(self, parent):\n"
        "        super().__init__(parent)\n"
        "        parent.dependencies = ['Segmentations', 'NoSuchModule']\n"
    )
    with pytest.raises(RuntimeError, match="NoSuchModule"):
        slicer.app.loadModule(str(path))


def test_a_checkout_of_slicer_brings_its_own_sample_data(tmp_path):
    import slicerhost

    base, samples = tmp_path / "Base" / "Python", tmp_path / "Modules" / "Scripted" / "SampleData"
    base.mkdir(parents=True)
    assert slicerhost._scripted(base) == []
    samples.mkdir(parents=True)
    assert slicerhost._scripted(base) == [samples]
