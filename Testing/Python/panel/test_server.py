"""The server section against a real server: what is right, and which thing is wrong when it is not."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
from panelfixtures import client, server, user

from dualnetssl.contract.schema import Role
from dualnetssl.server.settings import store_path
from dualnetssl.server.store import Store

__all__ = ["client", "server", "user"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_panel_explains_itself_before_anything_is_there(user):
    assert "Not connected" in user.ui.serverStateLabel.text
    assert user.ui.startLocalButton.enabled
    assert not user.ui.connectButton.enabled
    assert "server" in user.ui.datasetHint.text
    assert "data set" in user.ui.trainHint.text
    assert not user.ui.trainButton.enabled
    assert not user.ui.addFolderButton.enabled


def test_an_address_without_http_and_the_right_token_connect(user, server):
    user.enter(server.address.removeprefix("http://"), server.token)
    user.ui.connectButton.click()
    assert not user.ui.connectButton.enabled
    user.wait(lambda: user.state.connection is not None)
    assert "Connected to this computer" in user.ui.serverStateLabel.text
    assert user.ui.serverSection.collapsed
    assert not user.ui.datasetSection.collapsed
    assert "this computer" in user.ui.serverSection.text
    user.ui.disconnectButton.click()
    assert user.state.connection is None
    assert not user.ui.serverSection.collapsed


def test_only_the_address_is_remembered_and_never_the_token(user, server):
    import qt

    user.connect(server)
    settings = qt.QSettings()
    stored = {key: str(settings.value(key)) for key in settings.allKeys()}
    assert any(server.address in value for value in stored.values())
    assert not any(server.token in value for value in stored.values())
    scene = "".join(str(node) for node in scene_nodes())
    assert server.token not in scene


def scene_nodes():
    import slicer.util

    return slicer.util.getNodesByClass("vtkMRMLNode")


@pytest.fixture
def accounts(server):
    store = Store(store_path(server.data_folder))
    yield store.accounts
    store.close()


def test_an_account_is_shown_and_is_whose_work_it_is(user, server, accounts):
    user.context.settings.put("annotator", "reader A")
    user.enter(server.address, accounts.add("Dr Weber", Role.ANNOTATOR, 1))
    user.ui.connectButton.click()
    user.wait(lambda: user.state.connection is not None)
    assert "as Dr Weber (annotator)" in user.ui.serverStateLabel.text
    assert (user.ui.annotatorEdit.text, user.ui.annotatorEdit.readOnly) == ("Dr Weber", True)
    assert user.context.annotator == "Dr Weber"
    user.ui.disconnectButton.click()
    assert (user.ui.annotatorEdit.text, user.ui.annotatorEdit.readOnly) == ("reader A", False)


def test_the_owner_of_a_server_sees_nothing_of_accounts(user, server):
    user.connect(server)
    assert "owner" not in user.ui.serverStateLabel.text
    assert not user.ui.annotatorEdit.readOnly


@pytest.mark.parametrize(("days", "word"), [(1e-9, "expired"), (1, "revoked")])
def test_why_a_token_is_no_longer_good_is_said(user, server, accounts, days, word):
    token = accounts.add(f"Dr {word}", Role.TRAINER, days)
    if word == "revoked":
        accounts.revoke("Dr revoked")
    user.enter(server.address, token)
    user.ui.connectButton.click()
    user.wait(lambda: user.ui.serverMessage.text)
    assert word in user.ui.serverMessage.text
    assert "user token" in user.ui.serverMessage.text


@pytest.mark.parametrize("button", ["testButton", "connectButton"])
def test_a_wrong_token_is_said_to_be_the_token(user, server, button):
    user.enter(server.address, "nonsense")
    getattr(user.ui, button).click()
    user.wait(lambda: user.ui.serverMessage.text)
    assert "token" in user.ui.serverMessage.text
    assert user.state.connection is None
    assert user.ui.connectButton.enabled


def test_a_port_where_nobody_listens_is_said_to_be_that(user):
    user.enter(f"127.0.0.1:{free_port()}", "any")
    user.ui.testButton.click()
    user.wait(lambda: user.ui.serverMessage.text)
    assert "listens" in user.ui.serverMessage.text


def test_an_address_that_is_none_is_said_at_once(user):
    user.enter("http://what is this", "any")
    user.ui.connectButton.click()
    assert "cannot be used" in user.ui.serverMessage.text
    assert user.ui.connectButton.enabled


def test_a_test_that_goes_well_connects_nothing(user, server):
    user.enter(server.address, server.token)
    user.ui.testButton.click()
    user.wait(lambda: user.ui.serverMessage.text)
    assert "can be used" in user.ui.serverMessage.text
    assert user.state.connection is None


def test_scans_go_to_another_computer_only_after_a_tick_that_is_asked_for_once(user, server, monkeypatch):
    monkeypatch.setattr("DualNetSSLLib.panel.server.is_loopback", lambda address: False)
    user.connect(server)
    assert not user.ui.serverSection.collapsed
    assert not user.ui.consentFrame.isHidden()
    assert "a number for each scan" in user.ui.consentLabel.text
    user.ui.useNamesCheck.click()
    assert "Rename first what says who it is" in user.ui.consentLabel.text
    user.ui.useNamesCheck.click()
    assert "a number for each scan" in user.ui.consentLabel.text
    assert not user.ui.addSampleButton.enabled
    user.ui.consentCheck.click()
    assert user.ui.addSampleButton.enabled
    user.ui.disconnectButton.click()
    user.connect(server)
    assert user.ui.consentCheck.checked
    assert user.ui.addSampleButton.enabled
    user.ui.consentCheck.click()
    assert not user.ui.addSampleButton.enabled


def test_a_server_that_is_away_is_said_to_be_away_until_it_is_back(user, server):
    user.connect(server)
    user.context.loader.refresh_datasets()
    server.process.kill()
    server.process.wait()
    try:
        user.context.loader.refresh_datasets()
        user.wait(lambda: "No answer" in user.ui.serverStateLabel.text)
        assert user.state.connection is not None
    finally:
        server.__enter__()
    user.context.loader.refresh_datasets()
    user.wait(lambda: "Connected" in user.ui.serverStateLabel.text)
    assert user.ui.serverMessage.text == ""


def test_the_local_server_starts_is_found_again_and_stops(user, slicer_host, tmp_path):
    user.context.settings.put("environment", str(Path(sys.prefix)))
    user.ui.stopWithSlicerCheck.checked = False
    user.ui.startLocalButton.click()
    assert not user.ui.startingFrame.isHidden()
    assert not user.ui.startLocalButton.enabled
    user.wait(lambda: user.state.connection is not None)
    assert user.state.connection.own
    assert not user.ui.stopLocalButton.isHidden()
    again = user.reload()
    again.wait(lambda: again.state.connection is not None)
    assert again.state.connection.own
    again.ui.stopLocalButton.click()
    again.wait(lambda: again.state.connection is None)
    again.wait(lambda: "stopped" in again.ui.serverMessage.text)
