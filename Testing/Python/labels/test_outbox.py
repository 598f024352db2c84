"""Submitted labels: each reaches the server once, whatever is killed in between, and none overwrites another's."""

from __future__ import annotations

import json
import threading

import numpy as np
import pytest
import SimpleITK as sitk
from agentprocess import AgentProcess
from tinyscans import LABELS, phantom

from dualnetssl_bench.servers.local_server import LocalServer
from DualNetSSLLib.client import errors
from DualNetSSLLib.client.cancel import CancelToken
from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.files import hash_file
from DualNetSSLLib.client.records import Case, CasePut, Revision
from DualNetSSLLib.client.transport import Backoff
from DualNetSSLLib.client.volumes import geometry_of
from DualNetSSLLib.labels import submit
from DualNetSSLLib.labels.outbox import CONFLICT, REFUSED, SENDING, WAITING, Outbox
from DualNetSSLLib.labels.submit import Postman, Sender, outbox_of
from DualNetSSLLib.tasks.call import Desk, Server
from DualNetSSLLib.tasks.lock import is_free, locked


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with LocalServer(tmp_path_factory.mktemp("server") / "data") as server:
        yield server


@pytest.fixture
def client(server):
    with Client(server.address, server.token) as client:
        yield client


@pytest.fixture
def case(client):
    """A data set with one new case, as (data set, case)."""
    dataset = client.create_dataset("abdomen", LABELS).id
    client.upload_case(dataset, "scan", phantom(0)[0])
    return dataset, "scan"


CASE = ("set", "scan")


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path, Server("http://gpu:8765", "token"))


@pytest.fixture
def box(desk):
    return outbox_of(desk, desk.server)


class MemoryClient:
    """What the sending asks of a client, on a server that is a few lists in memory."""

    def __init__(self):
        self.blobs, self._revisions = {}, []
        self._note(CasePut(image="scan"))

    def _note(self, content):
        number = len(self._revisions) + 1
        self._revisions.append(Revision(**vars(content), revision=number, updated=0.0))
        grid = geometry_of(phantom(0)[0])
        more = {"state": "labelled", "geometry": grid, "verified_fraction": 0.0, "updated": 0.0, "revision": number}
        self._case = Case(**vars(content), case="scan", dataset="set", **more)
        return self._case

    def case(self, dataset, case):
        return self._case

    def revisions(self, dataset, case):
        return list(self._revisions)

    def upload(self, path, *, cancel):
        digest = hash_file(path)
        self.blobs[digest] = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
        return digest

    def put_case(self, dataset, case, content, *, revision):
        if revision != self._case.revision:
            raise errors.RevisionConflict("Somebody was quicker.", "")
        return self._note(content)

    @property
    def label(self):
        """Voxels of the newest label."""
        return self.blobs[self._case.label]


@pytest.fixture
def memory():
    return MemoryClient()


def label_file(folder, value=1, name="label"):
    voxels = sitk.GetArrayFromImage(phantom(0)[1])
    voxels[voxels == 1] = value
    np.save(folder / f"{name}.npy", voxels)
    return folder / f"{name}.npy"


def on_server(client, case, tmp_path):
    """The voxels of the case's label as the server has them."""
    path = client.download(client.case(*case).label, tmp_path / "back.nrrd")
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path)))


def send(box, client, entry):
    return Sender(box, client, CancelToken()).send(entry)


def test_a_label_arrives_with_its_mask_and_leaves_the_outbox(box, client, case, tmp_path):
    voxels = np.load(label_file(tmp_path))
    np.save(tmp_path / "mask.npy", (voxels > 0).astype(np.uint8))
    entry = box.put(*case, tmp_path / "label.npy", tmp_path / "mask.npy", 1, "ada")
    assert box.entries() == [entry]
    (tmp_path / "label.npy").unlink()
    made = send(box, client, entry)
    assert (made.revision, made.state, made.annotator) == (2, "in_review", "ada")
    np.testing.assert_array_equal(on_server(client, case, tmp_path), voxels)
    assert box.entries() == []


def test_the_same_label_is_kept_once_and_sent_once(box, memory, tmp_path):
    file = label_file(tmp_path)
    entry = box.put(*CASE, file, None, 1)
    assert box.put(*CASE, file, None, 1) == entry
    assert send(box, memory, entry).revision == 2
    assert send(box, memory, box.put(*CASE, file, None, 1)).revision == 2
    assert [known.revision for known in memory.revisions(*CASE)] == [1, 2]


def test_new_work_without_a_name_is_not_said_to_be_somebody_elses(box, memory, tmp_path):
    memory.put_case(*CASE, CasePut(image="scan", label="theirs", annotator="bob"), revision=1)
    assert send(box, memory, box.put(*CASE, label_file(tmp_path), None, 2)).annotator is None


def test_what_somebody_else_submitted_is_never_overwritten(box, memory, tmp_path):
    entry = box.put(*CASE, label_file(tmp_path), None, 1)
    theirs = memory.put_case(*CASE, CasePut(image="scan", label="theirs", annotator="bob"), revision=1)
    with pytest.raises(errors.RevisionConflict, match="bob submitted revision 2 of scan"):
        send(box, memory, entry)
    (kept,) = box.entries()
    assert (kept.state, memory.case(*CASE)) == (CONFLICT, theirs)
    np.testing.assert_array_equal(np.load(kept.label_file), np.load(tmp_path / "label.npy"))
    Sender(box, memory, CancelToken()).send_all()
    assert memory.case(*CASE) == theirs


def test_who_is_quicker_in_the_last_moment_is_not_overwritten_either(box, memory, tmp_path, monkeypatch):
    entry = box.put(*CASE, label_file(tmp_path), None, 1)
    put = memory.put_case

    def too_late(*given, **more):
        put(*CASE, CasePut(image="scan", label="theirs"), revision=1)
        return put(*given, **more)

    monkeypatch.setattr(memory, "put_case", too_late)
    with pytest.raises(errors.RevisionConflict, match="submitted revision 2"):
        send(box, memory, entry)
    assert ([known.state for known in box.entries()], memory.case(*CASE).label) == ([CONFLICT], "theirs")


def test_a_conflict_ends_as_the_user_decides_and_both_stay_reachable(server, client, case, tmp_path):
    with AgentProcess(tmp_path) as agent:
        agent.call("connect", address=server.address, token=server.token)
        arguments = {"dataset": case[0], "case": case[1], "base_revision": 1}
        client.upload_case(*case, phantom(0)[0], phantom(0)[1] * 0)
        for keep, revision, left in (("mine", 3, 3), ("theirs", None, 3)):
            file = label_file(tmp_path, value=2 if keep == "mine" else 0)
            number = agent.start("submit", label_file=str(file), **arguments)
            assert "kept" in agent.next(number, "progress")["progress"].text
            with pytest.raises(errors.RevisionConflict):
                agent.end(number)
            (entry,) = agent.call("outbox")
            made = agent.call("resolve", entry=entry.id, keep=keep)
            assert (made and made.revision, client.case(*case).revision) == (revision, left)
            assert agent.call("outbox") == []
        assert [known.revision for known in client.revisions(*case)] == [1, 2, 3]
        with pytest.raises(errors.NotFound, match="outbox"):
            agent.call("resolve", entry="gone", keep="mine")


def test_two_labels_of_one_hand_follow_each_other(box, memory, tmp_path):
    first = box.put(*CASE, label_file(tmp_path, 1), None, 1)
    second = box.put(*CASE, label_file(tmp_path, 2), None, 1)
    assert send(box, memory, second).revision == 3
    assert box.find(first.id) is None
    assert set(np.unique(memory.label)) == {0, 2}


def test_a_label_that_the_server_refuses_is_kept_with_the_reason(box, client, case, tmp_path):
    entry = box.put(*case, label_file(tmp_path, 9), None, 1)
    with pytest.raises(errors.InvalidLabelValue):
        send(box, client, entry)
    (kept,) = box.entries()
    assert (kept.state, "label set" in kept.reason) == (REFUSED, True), kept.reason


class Killed(BaseException):
    """Stands for the death of the process at some point."""


POINTS = ["mark", "case", "label_for_upload", "upload", "put_case", "after put_case", "_acknowledged", "remove"]


@pytest.mark.parametrize("point", POINTS)
def test_a_death_anywhere_loses_and_doubles_nothing(box, memory, tmp_path, monkeypatch, point):
    def die(*_, **__):
        raise Killed

    file = label_file(tmp_path)
    entry = box.put(*CASE, file, None, 1)
    later = box.put(*CASE, label_file(tmp_path, 2, "later"), None, 1)
    with monkeypatch.context() as patched:
        if point == "after put_case":
            put = memory.put_case
            patched.setattr(memory, "put_case", lambda *given, **more: (put(*given, **more), die()))
        elif point in ("mark", "remove"):
            patched.setattr(box, point, die)
        elif point == "label_for_upload":
            patched.setattr(submit, point, die)
        elif point == "_acknowledged":
            patched.setattr(Sender, point, die)
        else:
            patched.setattr(memory, point, die)
        with pytest.raises(Killed):
            send(box, memory, entry)
    reborn = Outbox(box.folder.parent, box.folder.name)
    reborn.folder = box.folder
    assert [known.id for known in reborn.entries()] == [entry.id, later.id]
    Sender(reborn, memory, CancelToken()).send_all()
    assert reborn.entries() == []
    assert [known.revision for known in memory.revisions(*CASE)] == [1, 2, 3]
    assert set(np.unique(memory.label)) == {0, 2}


@pytest.mark.parametrize("point", ["mkdtemp", "_copy", "_write"])
def test_a_death_while_a_label_is_put_in_leaves_no_half_entry(box, tmp_path, monkeypatch, point):
    def die(*_, **__):
        raise Killed

    place = "DualNetSSLLib.labels.outbox.tempfile" if point == "mkdtemp" else "DualNetSSLLib.labels.outbox"
    monkeypatch.setattr(f"{place}.{point}", die)
    with pytest.raises(Killed):
        box.put(*CASE, label_file(tmp_path), None, 1)
    assert box.entries() == []


def test_a_killed_process_leaves_its_label_to_the_next_one(tmp_path):
    server = LocalServer(tmp_path / "data")
    with server, Client(server.address, server.token) as client:
        case = (client.create_dataset("abdomen", LABELS).id, "scan")
        client.upload_case(*case, phantom(0)[0])
    arguments = {"dataset": case[0], "case": case[1], "base_revision": 1, "label_file": str(label_file(tmp_path))}
    agent = AgentProcess(tmp_path)
    agent.write({"use": {"operation": "connect", "arguments": {"address": server.address, "token": server.token}}})
    number = agent.start("submit", **arguments)
    agent.next(number, "progress")
    agent.kill()
    desk = Desk(tmp_path, Server(server.address, server.token))
    (kept,) = outbox_of(desk, desk.server).entries()
    assert kept.state in (WAITING, SENDING)
    with server, Client(server.address, server.token) as client:
        Postman(desk, seconds=0.05).start()
        for _ in range(400):
            if client.case(*case).revision == 2:
                break
            threading.Event().wait(0.05)
        desk.closing.set()
        np.testing.assert_array_equal(on_server(client, case, tmp_path), np.load(tmp_path / "label.npy"))


def test_a_server_that_is_away_leaves_the_label_waiting_with_the_reason(box, tmp_path):
    entry = box.put("set", "scan", label_file(tmp_path), None, 1)
    with Client("127.0.0.1:1", "t", backoff=Backoff(attempts=1)) as client, pytest.raises(errors.ConnectionRefused):
        send(box, client, entry)
    (kept,) = box.entries()
    assert (kept.state, "No server listens" in kept.reason) == (WAITING, True)


def test_a_full_disk_is_said_and_leaves_nothing_behind(box, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("DualNetSSLLib.labels.outbox.shutil.copyfile", full)
    with pytest.raises(errors.LocalFileError, match="no space left"):
        box.put(*CASE, label_file(tmp_path), None, 1)
    assert box.entries() == []


def test_each_server_has_an_outbox_of_its_own_and_leftovers_are_cleaned_away(desk, box, tmp_path):
    entry = box.put("set", "scan", label_file(tmp_path), None, 1)
    assert outbox_of(desk, Server("http://another:1", "t")).entries() == []
    gone = box.folder / "set" / ".gone-x"
    gone.mkdir()
    box.clean()
    assert (gone.exists(), box.entries()) == (False, [entry])
    note = json.loads((box.folder / "set" / entry.id / "entry.json").read_text())
    assert note["digest"] == entry.digest


def test_a_lock_is_held_by_one_and_given_up_when_the_wait_is_cancelled(tmp_path):
    path, token = tmp_path / "lock", CancelToken()
    assert is_free(path)
    with locked(path, token):
        assert not is_free(path)
        threading.Timer(0.1, token.cancel).start()
        with pytest.raises(errors.Cancelled), locked(path, token):
            pass
    assert is_free(path)
