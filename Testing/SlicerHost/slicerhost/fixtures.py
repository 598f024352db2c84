"""pytest fixtures; a conftest.py imports them by name."""

from __future__ import annotations

import gc
import os

import pytest

from .probe import why_not


@pytest.fixture(scope="session")
def running_host():
    """The host of this process; tests are skipped where it cannot run."""
    reason = why_not()
    if reason:
        pytest.skip(f"no Slicer host: {reason}")
    import slicerhost

    return slicerhost.start(os.environ.get("SLICER_PYTHON") or None)


@pytest.fixture
def slicer_host(running_host):
    """The host; an exception in a slot, timer or observer fails the test."""
    running_host.errors.clear()
    running_host.dialogs.reset()
    yield running_host
    errors = list(running_host.errors)
    running_host.errors.clear()
    running_host.dialogs.reset()
    complain(errors)


def complain(errors):
    """Fail if an exception was raised where nobody could catch it."""
    if errors:
        raise AssertionError(f"{len(errors)} exception(s) in slots, timers or observers: {errors!r}") from errors[0]


@pytest.fixture(scope="module")
def settled(running_host):
    """What was there before the tests of a file is out of the garbage collector's way: it is searched for each panel.

    Libraries that other tests have imported are a million objects.
    """
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def _empty_scene():
    import slicer

    slicer.mrmlScene.Clear(0)
    # a singleton, which outlives the scene: where a test before had the mouse is none of the next one's
    slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode").SetCursorPositionInvalid()


@pytest.fixture
def load_module(slicer_host, settled):
    """``load_module(path)`` gives the module's entered Python widget.

    Afterwards it is ended and the scene emptied; a module that leaves timers, processes, threads or observers behind
    fails the test.
    """
    loaded = []

    def load(path):
        widget = slicer_host.load_module(path)
        loaded.append(widget.moduleName)
        return widget

    _empty_scene()
    yield load
    left = [each for name in reversed(loaded) for each in slicer_host.unload_module(name)]
    _empty_scene()
    assert not left, f"left behind: {left}"


@pytest.fixture
def pump(slicer_host):
    """``pump(until, seconds)``: see `Host.pump`."""
    return slicer_host.pump


@pytest.fixture
def grab(slicer_host):
    """``grab(widget, path)``: see `Host.grab`."""
    return slicer_host.grab


@pytest.fixture
def rendering(slicer_host):
    """For tests that look at pictures of views; skipped without OpenGL."""
    if not slicer_host.can_render:
        pytest.skip("VTK cannot draw here: no OpenGL (install libegl-mesa0 and libgl1-mesa-dri)")
    return slicer_host
