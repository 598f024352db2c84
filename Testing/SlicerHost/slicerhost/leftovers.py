"""What a module leaves behind when it ends: running timers, processes and threads, observers, connections."""

from __future__ import annotations

import gc
import threading
from dataclasses import dataclass

import slicer
from PySide6 import QtCore
from shiboken6 import Shiboken

from .pythonqt.signals import connections

__all__ = ["Ledger", "active_timers", "connections", "observed", "observers", "running_processes"]


def _alive(*kinds):
    """Every object of these Qt classes that Python knows and C++ still has."""
    every = gc.get_objects()  # a million, of few types: a tenth of a second, so asked for as seldom as can be
    types = {each for each in set(map(type, every)) if issubclass(each, kinds)}
    return [each for each in every if type(each) in types and Shiboken.isValid(each)]


def _runs(process):
    return Shiboken.isValid(process) and process.state() != QtCore.QProcess.NotRunning


def active_timers(alive=None):
    alive = _alive(QtCore.QTimer) if alive is None else alive
    return {id(each): each for each in alive if isinstance(each, QtCore.QTimer) and each.active}


def running_processes(alive=None):
    alive = _alive(QtCore.QProcess) if alive is None else alive
    return {id(each): each for each in alive if isinstance(each, QtCore.QProcess) and _runs(each)}


def observers(obj):
    """Tags of the observers that Python has on a VTK object."""
    end = obj.AddObserver("AnyEvent", lambda *_: None)
    obj.RemoveObserver(end)
    commands = ((tag, obj.GetCommand(tag)) for tag in range(1, end))
    return {tag for tag, command in commands if command is not None and command.IsA("vtkPythonCommand")}


def observed():
    """The scene and its nodes by address, with the tags of their observers."""
    scene = slicer.mrmlScene
    every = [scene, *(scene.GetNthNode(index) for index in range(scene.GetNumberOfNodes()))]
    return {each.GetAddressAsString(""): (each, observers(each)) for each in every}


@dataclass(frozen=True)
class Ledger:
    """What there was before a module was loaded."""

    timers: frozenset
    processes: frozenset
    threads: frozenset
    observers: dict

    @classmethod
    def now(cls):
        known = {address: tags for address, (_, tags) in observed().items()}
        alive = _alive(QtCore.QTimer, QtCore.QProcess)
        timers, processes = active_timers(alive), running_processes(alive)
        return cls(frozenset(timers), frozenset(processes), frozenset(threading.enumerate()), known)

    def new_timers(self):
        found = (timer for key, timer in active_timers().items() if key not in self.timers)
        return [f"a timer of {timer.interval} ms still runs" for timer in found]

    def new_processes(self):
        found = (process for key, process in running_processes().items() if key not in self.processes)
        return [f"the process {process.program()} still runs" for process in found]

    def all_ended(self):
        """A question to ask again and again: have the processes and threads ended that are new by now?"""
        found = [process for key, process in running_processes().items() if key not in self.processes]
        return lambda: not any(map(_runs, found)) and not self.new_threads()

    def new_threads(self):
        found = (thread for thread in threading.enumerate() if thread not in self.threads)
        return [f"the thread {thread.name} still runs" for thread in found]

    def new_observers(self):
        found = []
        for address, (node, tags) in observed().items():
            count = len(tags - self.observers.get(address, set()))
            found += [f"{count} observer(s) left on {node.GetClassName()}"] if count else []
        return found
