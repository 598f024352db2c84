"""What goes wrong is told in a sentence, and nothing is lost by it: server away, disks full, two readers, TLS."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from doubleserver import TOKEN, double
from faulty import FULL, faulty
from introductions import answering, needs_openssl, self_signed
from openedcase import MINUTES, STROKE, desk_of, open_case, paint
from panelfixtures import client, server, user, write_scans
from panelserver import GEOMETRY, LABELS, image, phantom

from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.volumes import volume_from_array

__all__ = ["client", "server", "user"]


@pytest.fixture
def opened(user, server, client, request):
    """The panel with a data set of its own that has one scan."""
    made = client.create_dataset(request.node.name, LABELS)
    client.upload_case(made.id, "scan", image(9))  # none of those that are added: such a one would be found again
    user.connect(server)
    user.open_dataset(request.node.name)
    return user


def test_a_server_that_stops_during_an_upload_gets_the_rest_when_it_is_back(opened, server, slicer_host, tmp_path):
    slicer_host.dialogs.replies["getExistingDirectory"] = str(write_scans(tmp_path / "scans", 3, labelled=1))
    opened.ui.addFolderButton.click()
    opened.wait(lambda: opened.ui.addingLabel.text)
    server.process.kill()
    server.process.wait()
    try:
        opened.wait(lambda: not opened.section("DatasetSection").adding.running, MINUTES)
        assert opened.ui.datasetMessage.text
        assert opened.ui.addFolderButton.enabled
    finally:
        server.__enter__()
    opened.ui.addFolderButton.click()
    opened.wait(lambda: len(opened.state.cases) == 4, MINUTES)
    assert sum(case.state == "labelled" for case in opened.state.cases) == 1


def test_a_label_that_met_a_conflict_in_the_background_is_told_with_a_way_out(opened, client, tmp_path):
    ui, dataset = opened.ui, opened.state.dataset
    theirs = volume_from_array(phantom(0)[1], GEOMETRY)
    client.upload_case(dataset.id, "scan", image(0), theirs, annotator="reader B")
    np.save(tmp_path / "mine.npy", STROKE * 2)
    failed = []
    order = {"dataset": dataset.id, "case": "scan", "label_file": str(tmp_path / "mine.npy"), "base_revision": 1}
    assert ui.outboxFrame.isHidden()
    opened.context.session.call("submit", failed=failed.append, **order)
    opened.wait(lambda: failed)
    opened.context.loader.refresh()
    opened.wait(lambda: not ui.outboxFrame.isHidden())
    assert "reader B submitted revision 2" in ui.outboxLabel.text
    assert ui.outboxButton.text == "Open scan"
    ui.outboxButton.click()
    opened.wait(lambda: desk_of(opened).shown is not None and not desk_of(opened).opening, MINUTES)
    assert "Your label is shown" in ui.labelMessage.text
    ui.submitButton.click()
    opened.wait(lambda: client.case(dataset.id, "scan").revision == 3, MINUTES)
    opened.wait(lambda: not desk_of(opened).opening, MINUTES)
    opened.context.loader.refresh()
    opened.wait(lambda: ui.outboxFrame.isHidden())
    assert [one.annotator for one in client.revisions(dataset.id, "scan")][1] == "reader B"


FULL_AGENT = """
import errno, os, sys
sys.path[0] = sys.argv[1]
from DualNetSSLLib.labels import outbox
copy = outbox._copy
def full(source, target):
    if os.path.exists(sys.argv[2]):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
    copy(source, target)
outbox._copy = full
from DualNetSSLLib.background.process import main
main()
"""


def test_a_full_disk_here_keeps_the_label_in_the_panel_until_there_is_room(opened, client, tmp_path):
    flag, library = tmp_path / "full", Path(__file__).resolve().parents[3]
    flag.touch()
    session = opened.context.session
    session._command = [sys.executable, "-c", FULL_AGENT, str(library), str(flag)]
    session._process.kill()
    opened.wait(lambda: session._process is None, MINUTES)
    open_case(opened, "scan")
    paint(opened)
    opened.ui.submitButton.click()
    opened.wait(lambda: "full" in opened.ui.labelMessage.text, MINUTES)
    assert desk_of(opened).modified
    flag.unlink()
    opened.ui.submitButton.click()
    opened.wait(lambda: client.case(opened.state.dataset.id, "scan").revision == 2, MINUTES)


@pytest.fixture
def full_server(tmp_path):
    """A server whose disk is full for as long as its flag is there."""
    with faulty(FULL, tmp_path) as running:
        yield running


def test_a_full_disk_of_the_server_is_told_and_the_same_again_goes_on(user, full_server, slicer_host, tmp_path):
    with Client(full_server.address, full_server.token) as client:
        client.create_dataset("full", LABELS)
    full_server.flag.touch()
    user.connect(full_server)
    user.wait(lambda: user.state.dataset is not None)
    slicer_host.dialogs.replies["getExistingDirectory"] = str(write_scans(tmp_path / "scans", 2, labelled=1))
    user.ui.addFolderButton.click()
    user.wait(lambda: user.ui.datasetMessage.text, MINUTES)
    assert "disk" in user.ui.datasetMessage.text
    assert user.state.cases == ()
    full_server.flag.unlink()
    user.ui.addFolderButton.click()
    user.wait(lambda: len(user.state.cases) == 2, MINUTES)


def test_strokes_are_kept_by_themselves_after_a_while(opened, monkeypatch):
    from DualNetSSLLib.labels.local_drafts import Drafts

    desk = desk_of(opened)
    desk.keeper.waiting.setInterval(50)
    open_case(opened, "scan")
    paint(opened)
    dataset = opened.state.dataset.id
    opened.wait(lambda: Drafts().find(dataset, "scan") is not None, MINUTES)
    draft = Drafts().find(dataset, "scan")
    kept = np.load(Drafts().folder(dataset, "scan") / draft.file)
    np.testing.assert_array_equal(kept, STROKE * 2)


def test_control_and_return_submit_only_while_the_module_is_in_front(opened, client):
    import slicer.util
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    window = slicer.util.mainWindow()
    window.show()
    window.activateWindow()
    open_case(opened, "scan")
    paint(opened)
    opened.widget.exit()
    QTest.keyClick(window, Qt.Key_Return, Qt.ControlModifier)
    opened.pump(seconds=0.5)
    assert client.case(opened.state.dataset.id, "scan").revision == 1
    opened.widget.enter()
    QTest.keyClick(window, Qt.Key_Return, Qt.ControlModifier)
    opened.wait(lambda: client.case(opened.state.dataset.id, "scan").revision == 2, MINUTES)


@needs_openssl
def test_a_certificate_of_its_own_making_is_pinned_by_a_button(user, tmp_path):
    context, fingerprint = self_signed(tmp_path / "certificate")
    with double(context) as (address, state):
        answering(state)
        state.answers["GET", "/datasets"] = lambda _body: (200, [])
        user.ui.connectGroup.collapsed = False
        user.enter(address, TOKEN)
        assert user.ui.trustButton.isHidden()
        user.ui.connectButton.click()
        user.wait(lambda: not user.ui.trustButton.isHidden(), MINUTES)
        assert fingerprint in user.ui.serverMessage.text
        assert state.requests == []
        user.ui.trustButton.click()
        assert user.ui.trustButton.isHidden()
        user.ui.connectButton.click()
        user.wait(lambda: user.state.connection is not None, MINUTES)
        user.ui.disconnectButton.click()


@pytest.mark.long
def test_a_server_that_stops_during_a_training_is_found_again_with_it(opened, server, client):
    dataset = opened.state.dataset
    client.upload_case(dataset.id, "labelled", image(1), volume_from_array(phantom(1)[1], GEOMETRY))
    opened.context.loader.refresh()
    opened.wait(lambda: len(opened.state.cases) == 2)
    opened.ui.widthSpin.value, opened.ui.stepsSpin.value = 2, 200
    opened.ui.trainButton.click()
    opened.wait(lambda: "of 200" in opened.ui.trainStateLabel.text, MINUTES)
    server.process.kill()
    server.process.wait()
    try:
        opened.context.loader.refresh()
        opened.wait(lambda: "No answer" in opened.ui.serverStateLabel.text, MINUTES)
        at = opened.section("TrainSection").follower.curves.step
    finally:
        server.__enter__()
    opened.wait(lambda: "Connected" in opened.ui.serverStateLabel.text, MINUTES)
    opened.wait(lambda: opened.section("TrainSection").follower.curves.step > at, MINUTES)
    assert opened.ui.trainButton.text == "Stop"
    opened.ui.trainButton.click()
    opened.wait(lambda: opened.state.models, MINUTES)
