"""Fixtures of the panel's tests: a real server, and the module's widget as a user meets it, not connected yet."""

from __future__ import annotations

import numpy as np
import pytest
from panelserver import GEOMETRY, MODULE, image, phantom

from dualnetssl_bench.servers.local_server import LocalServer
from DualNetSSLLib.client.client import Client

SECONDS = 60
STROKE = np.zeros(GEOMETRY.size[::-1], np.uint8)
STROKE[4:8, 5:9, 6:12] = 1


class User:
    """The widget, and what a person would do with it."""

    def __init__(self, widget, pump):
        """Wrap the module's Python widget."""
        self.widget, self.pump, self.ui, self.panel = widget, pump, widget.ui, widget.panel
        self.context, self.state = widget.panel.context, widget.panel.context.state

    def section(self, name):
        """A section by the name of its class."""
        return next(section for section in self.panel.sections if type(section).__name__ == name)

    def reload(self):
        """Press *Reload*, and go on with the new widget."""
        import slicer

        self.widget.onReload()
        return User(slicer.modules.DualNetSSLWidget, self.pump)

    def wait(self, until, seconds=SECONDS):
        """Wait for something that the user can see."""
        self.pump(until, seconds)

    def enter(self, address, token):
        """Fill in the form for another computer's server."""
        self.ui.addressEdit.text, self.ui.tokenEdit.text = address, token

    def connect(self, server):
        """Connect, and wait until that is so."""
        self.enter(server.address, server.token)
        self.ui.connectButton.click()
        self.wait(lambda: self.state.connection is not None)

    def open_dataset(self, name):
        """Choose a data set in the list, and wait for its cases."""
        self.wait(lambda: self.ui.datasetCombo.findText(name) >= 0)
        self.ui.datasetCombo.setCurrentIndex(self.ui.datasetCombo.findText(name))
        self.ui.datasetCombo.activated.emit(self.ui.datasetCombo.currentIndex)
        self.wait(lambda: self.state.dataset is not None and self.state.dataset.name == name)
        self.wait(lambda: len(self.state.cases) == self.state.dataset.case_count)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A real server of its own for the tests of a file."""
    with LocalServer(tmp_path_factory.mktemp("server") / "data") as server:
        yield server


@pytest.fixture(scope="module")
def client(server):
    """A client of that server, to look behind the panel."""
    with Client(server.address, server.token) as client:
        yield client


@pytest.fixture
def user(load_module, pump, tmp_path, monkeypatch):
    """A user who has just opened the module for the first time."""
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    qt.QSettings().setValue("DualNetSSL/serverFolder", f'"{tmp_path / "own"}"')
    return User(load_module(str(MODULE)), pump)


def write_scans(folder, count, labelled):
    """Write tiny scans, and labels for the first few."""
    import SimpleITK as sitk

    from DualNetSSLLib.client.volumes import volume_from_array

    for part in ("images", "labels"):
        (folder / part).mkdir(parents=True)
    for number in range(count):
        sitk.WriteImage(image(number), str(folder / "images" / f"scan-{number}.nrrd"))
        if number < labelled:
            label = volume_from_array(phantom(number)[1], GEOMETRY)
            sitk.WriteImage(label, str(folder / "labels" / f"scan-{number}.nrrd"))
    return folder


def desk_of(user):
    """The desk of the user's panel."""
    return user.section("LabelSection").desk


def open_case(user, name):
    """Open a case, and wait until it lies on the desk."""
    user.context.open_case(name)
    user.wait(lambda: not desk_of(user).opening and desk_of(user).shown is not None, 600)
    assert desk_of(user).shown.name == name


def paint(user, segment="spleen"):
    """Paint `STROKE` with one segment of the open case."""
    import slicer.util

    shown = desk_of(user).shown
    node, volume = shown.node("label"), shown.node("image")
    identity = node.GetSegmentation().GetSegmentIdBySegmentName(segment)
    slicer.util.updateSegmentBinaryLabelmapFromArray(STROKE, node, identity, volume)
