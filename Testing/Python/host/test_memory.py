"""Nothing grows with the work: what Testing/Tools/memory.py counts over a long day, counted over a short one."""

from __future__ import annotations

import pytest
from endurance import Day, grown, inventory
from panelfixtures import client, server
from panelserver import LABELS
from reviewfixtures import predict, upload

__all__ = ["client", "server"]

NAMES = ("scan-1", "scan-2")
ROUNDS = {"cases": ("open_and_close", 20), "regions": ("walk", 100), "reloads": ("reload", 3)}


@pytest.fixture(scope="module")
def dataset(server, client, tmp_path_factory):
    """Two scans that a model has predicted."""
    made = client.create_dataset("memory", LABELS)
    upload(client, made, NAMES)
    predict(server, client, made, NAMES, tmp_path_factory.mktemp("said"))
    return client.dataset(made.id)


@pytest.fixture
def day(load_module, pump, server, dataset, tmp_path, monkeypatch):
    import qt

    qt.QSettings().remove("DualNetSSL")
    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    return Day(load_module, pump, server, dataset, NAMES)


@pytest.mark.long
@pytest.mark.parametrize("what", ROUNDS)
def test_the_same_work_again_leaves_nothing_more_behind(day, what):
    name, count = ROUNDS[what]
    work = getattr(day, name)
    work(2)
    before = inventory()
    assert before["object ReviewSection"] == 1
    assert before["connections"] > 60
    work(count)
    assert grown(before, inventory(), least=count // 2) == {}


def test_what_is_left_behind_is_seen(slicer_host):
    import qt
    import slicer

    from DualNetSSLLib.panel.common.state import Notice

    before, notice, timer = inventory(), Notice(), qt.QTimer(slicer.util.mainWindow())
    timer.connect("timeout()", notice)
    tag = slicer.mrmlScene.AddObserver("AnyEvent", notice)
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTextNode")
    more = grown(before, inventory())
    slicer.mrmlScene.RemoveObserver(tag)
    slicer.mrmlScene.RemoveNode(node)
    timer.delete()
    assert more.keys() >= {"object Notice", "Qt children", "connections", "observers", "node vtkMRMLTextNode"}
