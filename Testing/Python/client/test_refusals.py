"""How a real server says no, as the client tells it: the right kind, and advice that can be followed."""

from __future__ import annotations

import pytest
from faulty import BROKEN, FULL, faulty
from panelserver import LABELS, image
from server_process import running

from dualnetssl.contract.schema import Role
from dualnetssl.server.settings import store_path
from dualnetssl.server.store import Store
from DualNetSSLLib.client import errors
from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.transport import Backoff
from DualNetSSLLib.client.volumes import image_for_upload

VOXELS = 10_000
"""More than the scans of these tests have."""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A server's address, its token and its accounts."""
    folder = tmp_path_factory.mktemp("server") / "data"
    with running(folder, "--max-voxels", str(VOXELS)) as server:
        store = Store(store_path(folder))
        yield server.url.removesuffix("/v1"), server.token, store.accounts
        store.close()


@pytest.fixture
def client(place):
    with Client(place[0], place[1]) as client:
        yield client


@pytest.fixture
def dataset(client):
    return client.create_dataset("refusals", LABELS).id


def ended(accounts, name, how):
    """An account's token that has ended."""
    token = accounts.add(name, Role.ANNOTATOR, 1e-9 if how == "expired" else 1)
    if how == "revoked":
        accounts.revoke(name)
    return token


def check(error, kind, status, *words):
    """Check that an error is of its class and says these words of what happened or what to do."""
    assert isinstance(error, kind)
    assert getattr(error, "status", status) == status
    assert error.cause
    assert error.remedy
    for word in words:
        assert word in str(error)


def test_why_a_token_opens_nothing(place):
    address, _, accounts = place
    tokens = {"": "", "wrong": "", "expired": "user token", "revoked": "user token"}
    for how, advice in tokens.items():
        token = ended(accounts, f"Dr {how}", how) if advice else how
        with Client(address, token) as client, pytest.raises(errors.Unauthorized) as caught:
            client.datasets()
        check(caught.value, errors.Unauthorized, 401, how if advice else "token", advice)


def test_a_token_that_ends_during_an_upload(place, dataset, tmp_path):
    address, _, accounts = place
    scan = image_for_upload(image(3), tmp_path / "scan.nrrd")
    with Client(address, accounts.add("Dr Late", Role.TRAINER, 1)) as client:
        client.server()
        accounts.revoke("Dr Late")
        with pytest.raises(errors.Unauthorized) as caught:  # of HEAD, whose answer has no words
            client.upload(scan)
    check(caught.value, errors.Unauthorized, 401, "no longer", "ask for a new one")
    assert caught.value.request_id


def test_a_role_that_may_not(place, client, dataset):
    address, _, accounts = place
    scan = client.upload_case(dataset, "scan", image(1))
    with Client(address, accounts.add("Dr Reader", Role.ANNOTATOR, 1)) as reader:
        for forbidden, least in (
            (lambda: reader.upload_case(dataset, "new", image(1)), "trainer"),
            (lambda: reader.upload_case(dataset, "scan", image(2)), "trainer"),
            (lambda: reader.create_job("train", dataset), "trainer"),
            (lambda: reader.delete_case(dataset, "scan", revision=scan.revision), "admin"),
        ):
            with pytest.raises(errors.Forbidden) as caught:
                forbidden()
            check(caught.value, errors.Forbidden, 403, "annotator", f"Ask a colleague who is {least}", "user role")


def test_a_volume_over_the_cap(client, dataset, monkeypatch):
    import numpy as np

    from DualNetSSLLib.client.records import Geometry
    from DualNetSSLLib.client.volumes import volume_from_array

    grid = Geometry(size=(30, 30, 30), spacing=(1, 1, 1), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
    with pytest.raises(errors.VolumeTooLarge) as caught:
        client.upload_case(dataset, "large", volume_from_array(np.zeros((30, 30, 30), np.int16), grid))
    check(caught.value, errors.VolumeTooLarge, 413, "10")


def test_a_body_over_the_cap(client):
    with pytest.raises(errors.ServerProblem) as caught:
        client.transport.send("POST", "/datasets", json={"name": "x" * (2 << 20)})
    check(caught.value, errors.ServerProblem, 413, "1 MiB")


def test_a_change_that_does_not_say_what_it_was_made_to(client, dataset):
    case = client.upload_case(dataset, "scan", image(1))
    path = f"/datasets/{dataset}/cases/scan"
    for method, body in (("PUT", {"image": case.image}), ("DELETE", None)):
        with pytest.raises(errors.PreconditionRequired) as caught:
            client.transport.send(method, path, json=body)
        check(caught.value, errors.PreconditionRequired, 428, "If-Match", "ETag")


def test_a_full_disk(tmp_path):
    with faulty(FULL, tmp_path) as server, Client(server.address, server.token) as client:
        dataset = client.create_dataset("full", LABELS).id
        server.flag.touch()
        with pytest.raises(errors.DiskFull) as caught:
            client.upload_case(dataset, "scan", image(1))
        check(caught.value, errors.DiskFull, 507, "Free")
        server.flag.unlink()
        assert client.upload_case(dataset, "scan", image(1)).revision == 1


def test_a_store_that_cannot_be_read(tmp_path):
    backoff = Backoff(attempts=2, first=0.01, longest=0.01)
    with faulty(BROKEN, tmp_path) as server, Client(server.address, server.token, backoff=backoff) as client:
        server.flag.touch()
        with pytest.raises(errors.ServerUnavailable) as caught:
            client.datasets()
        check(caught.value, errors.ServerUnavailable, 503, "store", "'dualnetssl check'", "restore")
        assert "in a minute" not in str(caught.value)
        server.flag.unlink()
        assert client.datasets() == []
