"""Each fault that a panel may have is noticed: a small module is broken in one place at a time."""

from __future__ import annotations

import textwrap

import pytest
from slicerhost.host import PATIENCE

MODULE = textwrap.dedent(
    """
    import threading

    import qt
    import slicer
    import vtk
    from slicer.parameterNodeWrapper import parameterNodeWrapper
    from slicer.ScriptedLoadableModule import ScriptedLoadableModule, ScriptedLoadableModuleWidget
    from slicer.util import VTKObservationMixin


    class Mutant(ScriptedLoadableModule):
        pass


    @parameterNodeWrapper
    class MutantParameterNode:
        volume: slicer.vtkMRMLScalarVolumeNode
        count: int = 0


    class MutantWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
        def __init__(self, parent=None):
            ScriptedLoadableModuleWidget.__init__(self, parent)
            VTKObservationMixin.__init__(self)

        def setup(self):
            ScriptedLoadableModuleWidget.setup(self)
            self.polls, self.nodes, self.answer = 0, 0, ""
            self.timer, self.process = qt.QTimer(), qt.QProcess()
            self.selector = slicer.qMRMLNodeComboBox()
            self.selector.nodeTypes = ["vtkMRMLScalarVolumeNode"]
            self.selector.setMRMLScene(slicer.mrmlScene)
            self.button = qt.QPushButton("Count")
            self.layout.addWidget(self.selector)
            self.layout.addWidget(self.button)
            self.button.connect("clicked(bool)", self.count)
            self.timer.interval = 1
            self.timer.connect("timeout()", self.poll)
            self.addObserver(slicer.mrmlScene, slicer.mrmlScene.NodeAddedEvent, self.added)
            node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode")
            self.parameters = MutantParameterNode(node)

        def count(self):
            name = self.selector.currentNode().GetName()
            worker = threading.Thread(target=self.work, args=(name,))
            worker.start()
            worker.join()
            self.process.start("sleep", ["60"])
            self.timer.start()

        def work(self, name):
            self.answer = name

        def poll(self):
            self.polls += 1
            self.parameters.count = self.polls
            self.button.text = f"{self.answer} {self.polls}"

        def added(self, caller, event):
            self.nodes += 1

        def cleanup(self):
            self.timer.stop()
            self.process.kill()
            self.removeObservers()
            self.parameters = None
    """
)
FAULTS = {
    "a property called": ("self.button.text = f", "self.button.text() or f", "TypeError"),
    "a new attribute": ("self.parameters.count = self.polls", "self.button.polls = 1", "AttributeError"),
    "a signal that is not there": ('"clicked(bool)"', '"pressed(bool)"', "AttributeError"),
    "an exception in a slot": ("self.polls += 1", "self.polls += 1 / 0", "ZeroDivisionError"),
    "an exception in an observer": ("self.nodes += 1", "self.nodes += None", "TypeError"),
    "a wrong type in a parameter": ("self.parameters.count = self", "self.parameters.volume = self", "TypeError"),
    "a widget in a thread": ("self.answer = name", "self.answer = self.selector.currentNode()", "main thread"),
    "a node in a thread": (
        "self.answer = name",
        "self.answer = self.parameters.parameterNode.GetName()",
        "main thread",
    ),
    "a timer left running": ("self.timer.stop()", "pass", "a timer of 1 ms still runs"),
    "a process left running": ("self.process.kill()", "pass", "the process sleep still runs"),
    "an observer left": ("self.removeObservers()", "pass", "1 observer(s) left on vtkMRMLScene"),
    "a thread left": (
        "self.answer = name",
        "self.event = threading.Event(); threading.Thread(target=self.event.wait, args=(9,), daemon=True).start()",
        "still runs",
    ),
}


def complaints(host, path, monkeypatch, patience):
    """Drive the module as a user would; everything that the host or Python has against it."""
    import slicer

    heard = []
    monkeypatch.setattr("threading.excepthook", lambda raised: heard.append(raised.exc_value))
    slicer.mrmlScene.Clear(0)
    widget, found = None, []
    try:
        widget = host.load_module(path)
        volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
        widget.selector.setCurrentNode(volume)
        widget.button.click()
        host.pump(lambda: widget.polls >= 2 or host.errors or heard)
    except Exception as error:
        found.append(error)
    found += host.unload_module("Mutant", patience)
    if hasattr(widget, "process"):
        widget.timer.stop()
        widget.process.kill()
        widget.process.waitForFinished()
        widget.removeObservers()
    if hasattr(widget, "event"):
        widget.event.set()
    found += heard + host.errors
    host.errors.clear()
    slicer.mrmlScene.Clear(0)
    return [error if isinstance(error, str) else f"{type(error).__name__}: {error}" for error in found]


def test_the_module_as_it_is_gives_no_cause(slicer_host, tmp_path, monkeypatch):
    path = tmp_path / "Mutant.py"
    path.write_text(MODULE)
    assert complaints(slicer_host, path, monkeypatch, PATIENCE) == []


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
def test_the_fault_is_noticed(fault, slicer_host, tmp_path, monkeypatch):
    old, new, said = FAULTS[fault]
    assert MODULE.count(old) == 1
    path = tmp_path / "Mutant.py"
    path.write_text(MODULE.replace(old, new))
    found = complaints(slicer_host, path, monkeypatch, 0.3)
    assert any(said in each for each in found), found
