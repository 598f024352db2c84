"""The panel before a real server that says no: the section where it happened tells what it was and what to do."""

from __future__ import annotations

import pytest
from faulty import BROKEN, faulty
from openedcase import desk_of, open_case, paint
from panelfixtures import user, write_scans
from panelserver import GEOMETRY, LABELS, image, phantom
from server_process import running

from dualnetssl.contract.schema import Role
from dualnetssl.server.settings import store_path
from dualnetssl.server.store import Store
from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.volumes import volume_from_array

__all__ = ["user"]

VOXELS = 10_000
MINUTES = 600


class Place:
    """A server with accounts."""

    def __init__(self, server, folder):
        self.address, self.token = server.url.removesuffix("/v1"), server.token
        self.accounts = Store(store_path(folder)).accounts


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server") / "data"
    with running(folder, "--max-voxels", str(VOXELS)) as server:
        yield Place(server, folder)


def enter(user, place, token):
    user.enter(place.address, token)
    user.ui.connectButton.click()


def test_no_token_is_not_called_this_token(user, place):
    enter(user, place, "")
    user.wait(lambda: user.ui.serverMessage.text)
    assert "without a token" in user.ui.serverMessage.text
    assert "this token" not in user.ui.serverMessage.text


def test_a_token_that_is_revoked_while_one_works(user, place):
    enter(user, place, place.accounts.add("Dr Gone", Role.TRAINER, 1))
    user.wait(lambda: user.state.connection is not None)
    assert user.ui.serverSection.collapsed
    place.accounts.revoke("Dr Gone")
    user.context.loader.refresh()
    user.wait(lambda: "does not accept the token" in user.ui.serverStateLabel.text)
    assert not user.ui.serverSection.collapsed
    assert "revoked" in user.ui.serverMessage.text
    assert "user token" in user.ui.serverMessage.text
    user.ui.disconnectButton.click()
    assert "Not connected" in user.ui.serverStateLabel.text
    assert user.ui.serverMessage.text == ""
    enter(user, place, place.accounts.issue("Dr Gone", 1))
    user.wait(lambda: user.state.connection is not None)
    assert "as Dr Gone" in user.ui.serverStateLabel.text


def test_what_a_role_may_not_is_said_where_it_was_asked_for(user, place):
    with Client(place.address, place.token) as client:
        dataset = client.create_dataset("roles", LABELS)
        client.upload_case(dataset.id, "labelled", image(1), volume_from_array(phantom(1)[1], GEOMETRY))
        client.upload_case(dataset.id, "scan", image(2))
    enter(user, place, place.accounts.add("Dr Reader", Role.ANNOTATOR, 1))
    user.wait(lambda: user.state.connection is not None)
    user.open_dataset("roles")
    user.wait(lambda: user.ui.trainButton.enabled)
    user.ui.trainButton.click()
    user.wait(lambda: "Dr Reader" in user.ui.trainMessage.text)
    assert "Ask a colleague who is trainer" in user.ui.trainMessage.text


def test_a_scan_over_the_servers_cap_is_left_out_and_said_to_be_too_large(user, place, slicer_host, tmp_path):
    import SimpleITK as sitk

    with Client(place.address, place.token) as client:
        client.create_dataset("large", LABELS)
    folder = write_scans(tmp_path / "scans", 1, labelled=0)
    sitk.WriteImage(sitk.Image(40, 40, 40, sitk.sitkInt16), str(folder / "images" / "large.nrrd"))
    enter(user, place, place.token)
    user.wait(lambda: user.state.connection is not None)
    user.open_dataset("large")
    slicer_host.dialogs.replies["getExistingDirectory"] = str(folder)
    user.ui.addFolderButton.click()
    user.wait(lambda: len(user.state.cases) == 1 and "Left out" in user.ui.datasetMessage.text, MINUTES)
    assert "larger than this server takes" in user.ui.datasetMessage.text


def test_a_store_that_breaks_is_not_called_a_server_that_is_away(user, tmp_path):
    with faulty(BROKEN, tmp_path) as server:
        user.connect(server)
        server.flag.touch()
        user.context.loader.refresh()
        user.wait(lambda: "cannot answer now" in user.ui.serverStateLabel.text, MINUTES)
        assert "'dualnetssl check'" in user.ui.serverMessage.text
        server.flag.unlink()
        user.context.loader.refresh()
        user.wait(lambda: "Connected" in user.ui.serverStateLabel.text)
        assert user.ui.serverMessage.text == ""


def test_leaving_a_server_that_is_away_forgets_that_it_was(user, tmp_path):
    with running(tmp_path / "data") as server:
        user.enter(server.url.removesuffix("/v1"), server.token)
        user.ui.connectButton.click()
        user.wait(lambda: user.state.connection is not None)
        server.process.kill()
        server.process.wait()
        user.context.loader.refresh()
        user.wait(lambda: "No answer" in user.ui.serverStateLabel.text, MINUTES)
        user.context.loader.refresh_outbox()
        user.wait(lambda: "outbox" not in user.context.loader._pending)
        assert "No answer" in user.ui.serverStateLabel.text
        user.context.loader.refresh()
        user.ui.disconnectButton.click()
        user.pump(seconds=0.5)
        assert "Not connected" in user.ui.serverStateLabel.text
        assert user.ui.serverMessage.text == ""


@pytest.mark.long
def test_a_label_whose_sender_is_no_longer_let_in_waits_for_a_good_token(user, place):
    with Client(place.address, place.token) as client:
        dataset = client.create_dataset("waiting", LABELS).id
        client.upload_case(dataset, "scan", image(1))
        enter(user, place, place.accounts.add("Dr Keen", Role.ANNOTATOR, 1))
        user.wait(lambda: user.state.connection is not None)
        user.open_dataset("waiting")
        open_case(user, "scan")
        paint(user)
        place.accounts.revoke("Dr Keen")
        heard = []
        desk_of(user).said.subscribe(lambda text, _kind: heard.append(text))  # it may be talked over while one waits
        user.ui.submitButton.click()
        user.wait(lambda: any("kept here" in text for text in heard), MINUTES)
        (said,) = (text for text in heard if "kept here" in text)
        assert "revoked" in said or "no longer" in said
        assert client.case(dataset, "scan").revision == 1
        user.ui.disconnectButton.click()
        enter(user, place, place.accounts.issue("Dr Keen", 1))
        user.wait(lambda: user.state.connection is not None)
        user.wait(lambda: client.case(dataset, "scan").revision == 2, MINUTES)
        assert client.case(dataset, "scan").annotator == "Dr Keen"
