"""The panel lives and ends in an orderly way: scenes close, modules are reloaded, and nothing stays behind."""

from __future__ import annotations

import gc
import os
import threading
import weakref
from pathlib import Path

import pytest
from panelfixtures import client, server, user, write_scans
from panelserver import LABELS, image

__all__ = ["client", "server", "user"]


def children():
    """Processes that this one has started and that live."""
    found = set()
    for task in Path(f"/proc/{os.getpid()}/task").iterdir():
        found |= set((task / "children").read_text().split())
    named = {child: (Path("/proc") / child / "cmdline").read_text(errors="replace") for child in found}
    return {child for child, command in named.items() if "DualNetSSLLib.background.process" in command}


def alive(kind):
    import qt

    return [one for one in gc.get_objects() if type(one) is getattr(qt, kind)]


def inventory():
    """What must not grow."""
    import slicer

    gc.collect()
    timers = [timer for timer in alive("QTimer") if timer.active]
    return {
        "threads": threading.active_count(),
        "timers": len(timers),
        "nodes": slicer.mrmlScene.GetNumberOfNodes(),
        "processes": len(children()),
    }


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts processes through /proc")
def test_ten_reloads_leave_nothing_behind(user, server, pump):
    user = user.reload()
    user.connect(server)
    pump(seconds=0.2)
    before, old = inventory(), []
    for _ in range(10):
        old += [weakref.ref(part) for part in (user.panel, user.context, *user.panel.sections)]
        user = user.reload()
    user.connect(server)
    pump(lambda: len(children()) <= before["processes"], 60)
    pump(seconds=0.2)
    assert inventory() == before
    assert [ref() for ref in old if ref() is not None] == []


def close_scene():
    import slicer

    slicer.mrmlScene.Clear(0)


def connecting(user, server, client, folder, dialogs):
    user.enter(server.address, server.token)
    user.ui.connectButton.click()


def adding_a_folder(user, server, client, folder, dialogs):
    user.connect(server)
    client.create_dataset("closing 1", LABELS)
    user.context.loader.refresh_datasets()
    user.open_dataset("closing 1")
    dialogs.replies["getExistingDirectory"] = str(write_scans(folder / "scans", 2, 1))
    user.ui.addFolderButton.click()


def adding_a_volume(user, server, client, folder, dialogs):
    import numpy
    import slicer.util

    user.connect(server)
    client.create_dataset("closing 2", LABELS)
    user.context.loader.refresh_datasets()
    user.open_dataset("closing 2")
    slicer.util.addVolumeFromArray(numpy.zeros((8, 9, 10), numpy.int16), None, "volume")
    user.ui.addVolumesButton.click()
    user.ui.pickAddButton.click()


def opening_a_case(user, server, client, folder, dialogs):
    user.connect(server)
    made = client.create_dataset("closing 3", LABELS)
    client.upload_case(made.id, "scan", image(0))
    user.context.loader.refresh_datasets()
    user.open_dataset("closing 3")
    user.context.open_case("scan")


@pytest.mark.parametrize("moment", [connecting, adding_a_folder, adding_a_volume, opening_a_case])
def test_a_scene_closed_in_the_middle_stops_nothing_but_what_was_in_it(
    user, server, client, tmp_path, slicer_host, pump, moment
):
    moment(user, server, client, tmp_path, slicer_host.dialogs)
    close_scene()
    user.wait(lambda: user.state.connection is not None)
    user.wait(lambda: not user.section("DatasetSection").adding.running)
    pump(seconds=0.3)
    assert user.state.open_case is None or user.section("LabelSection").desk.shown is not None
    assert user.widget.parameters is not None
    user.ui.disconnectButton.click()
    user.connect(server)


def test_closing_the_panel_while_it_is_busy_calls_nobody_back(user, server, slicer_host, pump):
    user.enter(server.address, server.token)
    user.ui.connectButton.click()
    state = user.state
    user.widget.cleanup()
    user.wait(lambda: not children())
    pump(seconds=0.2)
    assert state.connection is None
    assert state.watcher_count == 0


def test_leaving_and_entering_the_module_keeps_everything(user, server):
    user.connect(server)
    user.widget.exit()
    assert user.widget.parameters is None
    assert user.state.connection is not None
    user.widget.enter()
    assert user.widget.parameters is not None
    assert user.state.connection is not None


def test_every_control_has_a_tooltip(user):
    plain = {"QLabel", "QWidget", "QScrollArea", "ctkCollapsibleButton", "qMRMLWidget"}
    names = [name for name in vars(user.ui) if not name.startswith("_")]
    controls = [getattr(user.ui, name) for name in names]
    missing = [
        control.name
        for control in controls
        if hasattr(control, "toolTip")
        and type(control).__name__ not in plain
        and not control.toolTip
        and not control.name.startswith("qt_")
    ]
    assert missing == []
    assert len(controls) > 60
