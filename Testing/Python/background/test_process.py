"""The background process with the real server: everything the panel asks for, and everything that goes wrong."""

from __future__ import annotations

import socket
import time

import numpy as np
import pytest
import SimpleITK as sitk
from agentprocess import AgentProcess
from tinyscans import LABELS, TINY, phantom

from dualnetssl_bench.servers.local_server import LocalServer
from DualNetSSLLib.client import errors
from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.records import Event, Geometry, Job, ServerInfo
from DualNetSSLLib.client.volumes import geometry_of


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with LocalServer(tmp_path_factory.mktemp("server") / "data") as server:
        yield server


@pytest.fixture(scope="module")
def agent(server, tmp_path_factory):
    with AgentProcess(tmp_path_factory.mktemp("agent")) as agent:
        agent.call("connect", address=server.address, token=server.token)
        yield agent


@pytest.fixture
def dataset(agent):
    return agent.call("create_dataset", name="abdomen", labels=LABELS).id


def write_folder(folder, count, labelled):
    for part in ("images", "labels"):
        (folder / part).mkdir(parents=True)
    for number in range(count):
        image, label = phantom(number)
        sitk.WriteImage(image, str(folder / "images" / f"scan {number}.nii.gz"))
        if number < labelled:
            sitk.WriteImage(label, str(folder / "labels" / f"scan {number}.nrrd"))
    return folder


def test_connecting_tells_server_and_data_sets(agent, server, dataset):
    answer = agent.call("connect", address=f" {server.address.removeprefix('http://')}/ ", token=server.token)
    assert answer["address"] == server.address
    assert isinstance(answer["server"], ServerInfo)
    assert dataset in [known.id for known in answer["datasets"]]
    assert agent.call("test", address=server.address, token=server.token).keys() == {"address", "server"}


@pytest.mark.parametrize(
    ("address", "token", "error"),
    [
        ("ftp://x", None, errors.InvalidAddress),
        ("no-such-computer.invalid:1", None, errors.ServerNotFound),
        ("127.0.0.1:1", None, errors.ConnectionRefused),
        (None, "wrong", errors.Unauthorized),
    ],
)
def test_what_is_wrong_with_a_connection_is_said(agent, server, address, token, error):
    with pytest.raises(error) as caught:
        agent.call("connect", address=address or server.address, token=token or server.token)
    assert caught.value.remedy
    assert agent.call("datasets") is not None


def test_nothing_works_before_there_is_a_server(tmp_path):
    with AgentProcess(tmp_path) as agent, pytest.raises(errors.NotConnected):
        agent.call("datasets")


def test_calls_that_make_no_sense_are_refused_and_the_next_one_works(agent, dataset):
    with pytest.raises(errors.BackgroundFault, match="no operation"):
        agent.call("fly")
    with pytest.raises(errors.BackgroundFault, match="cannot be called"):
        agent.call("cases", dataset=dataset, colour="red")
    agent.process.stdin.write(b"this is no JSON\n")
    assert agent.call("cases", dataset=dataset) == []


def test_a_folder_comes_in_and_a_second_time_nothing_is_sent(agent, dataset, tmp_path):
    folder = write_folder(tmp_path / "scans", 3, 2)
    number = agent.start("add_folder", dataset=dataset, folder=str(folder))
    told = agent.next(number, "progress")["progress"]
    assert (told.text.startswith("scan 0"), told.total > 0) == (True, True)
    assert agent.end(number) == {"added": ["scan_0", "scan_1", "scan_2"], "present": [], "skipped": [], "noted": []}
    assert [case.state for case in agent.call("cases", dataset=dataset)] == ["labelled", "labelled", "new"]
    again = agent.call("add_folder", dataset=dataset, folder=str(folder))
    assert again == {"added": [], "present": ["scan_0", "scan_1", "scan_2"], "skipped": [], "noted": []}
    sitk.WriteImage(phantom(2)[1], str(folder / "labels" / "scan 2.nrrd"))
    assert agent.call("add_folder", dataset=dataset, folder=str(folder))["added"] == ["scan_2"]


def test_files_that_cannot_be_used_are_named_and_the_others_go_on(agent, dataset, tmp_path):
    folder = write_folder(tmp_path / "scans", 2, 0)
    shifted = phantom(0)[1]
    shifted.SetOrigin((0.0, 0.0, 99.0))
    sitk.WriteImage(shifted, str(folder / "labels" / "scan 0.nrrd"))
    (folder / "images" / "broken.nrrd").write_bytes(b"NRRD0004\n")
    answer = agent.call("add_folder", dataset=dataset, folder=str(folder))
    assert answer["added"] == ["scan_1"]
    assert [line.split(":")[0] for line in answer["skipped"]] == ["broken", "scan 0"]
    with pytest.raises(errors.DualNetSSLError, match="broken"):
        agent.call("add_folder", dataset=dataset, folder=str(folder), skip_invalid=False)
    with pytest.raises(errors.UnusableVolume, match="no scan"):
        agent.call("add_folder", dataset=dataset, folder=str(tmp_path))


def test_labels_beside_their_scans_and_segmentations_by_name(agent, dataset, tmp_path):
    image, label = phantom(1)
    sitk.WriteImage(image, str(tmp_path / "a.nrrd"))
    sitk.WriteImage(label, str(tmp_path / "a-label.nrrd"))
    sitk.WriteImage(image, str(tmp_path / "b.nrrd"))
    turned = sitk.ChangeLabel(label, {1: 2, 2: 1})
    for number, (name, value) in enumerate((("Liver", "2"), ("spleen", "1"))):
        turned.SetMetaData(f"Segment{number}_Name", name)
        turned.SetMetaData(f"Segment{number}_LabelValue", value)
    sitk.WriteImage(turned, str(tmp_path / "b.seg.nrrd"))
    assert agent.call("add_folder", dataset=dataset, folder=str(tmp_path))["added"] == ["a", "b"]
    for case in ("a", "b"):
        opened = agent.call("open_case", dataset=dataset, case=case)
        np.testing.assert_array_equal(np.load(opened.label.file), sitk.GetArrayFromImage(label))


def test_a_written_volume_comes_in_on_its_own_grid_and_back_bit_for_bit(agent, dataset, tmp_path):
    image, _ = phantom(5)
    image.SetDirection((0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0))
    np.save(tmp_path / "v.npy", sitk.GetArrayFromImage(image))
    geometry = geometry_of(image)
    arguments = {"dataset": dataset, "called": "mr-1", "array_file": str(tmp_path / "v.npy")}
    made = agent.call("add_volume", **arguments, geometry=geometry.to_json())
    assert (made.case, made.geometry) == ("mr-1", geometry)
    opened = agent.call("open_case", dataset=dataset, case="mr-1")
    voxels = np.load(opened.image.file, mmap_mode="r")
    np.testing.assert_array_equal(voxels, sitk.GetArrayFromImage(image))
    assert (opened.image.geometry, opened.label, opened.prediction) == (geometry, None, None)
    assert voxels.min() <= opened.image.low < opened.image.high <= voxels.max()
    names = ["Müller (T1)", "Muller (T1)"]
    both = {"geometry": geometry.to_json(), "among": names}
    added = [agent.call("add_volume", **arguments | both | {"called": name}) for name in names]
    assert [case.case for case in added] == ["Muller__T1_-2458f5", "Muller__T1_-c96957"]
    assert agent.call("case_names", dataset=dataset) == dict(zip((case.case for case in added), names, strict=True))
    other = Geometry(**{**vars(geometry), "spacing": (2.0, 2.0, 2.0)})
    with pytest.raises(errors.UnusableVolume, match="Another scan"):
        agent.call("add_volume", **arguments, geometry=other)


@pytest.mark.long
def test_a_training_is_followed_and_its_predictions_arrive(agent, dataset, tmp_path):
    agent.call("add_folder", dataset=dataset, folder=str(write_folder(tmp_path / "scans", 3, 2)))
    job = agent.call("train", dataset=dataset, config=TINY)
    number, events = agent.start("follow", job=job.id), []
    while True:
        message = agent.next(number, "progress", "result", "error", seconds=120)
        if "progress" not in message:
            break
        events.append(message["progress"])
    assert isinstance(message["result"], Job)
    assert message["result"].state == "succeeded"
    assert all(isinstance(event, Event) for event in events)
    assert [event.fields["step"] for event in events if event.kind == "progress"] == [1, 2, 3, 4, 5, 6]
    (following,) = [other for other in agent.call("jobs", dataset=dataset) if other.kind == "predict"]
    agent.end(agent.start("follow", job=following.id), seconds=120)
    (model,) = agent.call("models", dataset=dataset)
    fetched = agent.call("fetch_predictions", dataset=dataset, model=model.id)
    assert [entry.prediction.case for entry in fetched] == ["scan_0", "scan_1", "scan_2"]
    uncertainty = np.load(fetched[2].uncertainty.file, mmap_mode="r")
    assert uncertainty.shape == (16, 20, 24)
    assert agent.call("open_case", dataset=dataset, case="scan_2").prediction == fetched[2]
    assert agent.call("open_case", dataset=dataset, case="scan_2", model="another").prediction is None
    exported = agent.call("export_model", model=model.id, file=str(tmp_path / "model.zip"))
    assert (tmp_path / "model.zip").stat().st_size > 1000
    assert exported == str(tmp_path / "model.zip")
    agent.call("delete_model", model=model.id)
    assert agent.call("models", dataset=dataset) == []


def test_a_long_list_comes_whole(agent, server, dataset):
    with Client(server.address, server.token) as client:
        made = [client.create_dataset(f"set {number}", LABELS).id for number in range(60)]
    assert set(made) < {known.id for known in agent.call("datasets")}


@pytest.fixture
def silent_server():
    """Somebody who listens and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def test_a_call_to_a_server_that_hangs_is_cancelled_at_once(agent, silent_server):
    number = agent.start("connect", address=silent_server, token="x")
    time.sleep(0.2)
    asked = time.monotonic()
    agent.write({"cancel": number})
    with pytest.raises(errors.Cancelled):
        agent.end(number, seconds=5)
    assert time.monotonic() - asked < 5
    assert agent.call("datasets") is not None


def test_the_process_ends_with_its_input_even_while_a_call_hangs(tmp_path, silent_server):
    agent = AgentProcess(tmp_path)
    agent.start("connect", address=silent_server, token="x")
    time.sleep(0.2)
    assert agent.close(seconds=10) == 0


def test_the_token_is_on_no_command_line_and_in_no_file(agent, server):
    with open(f"/proc/{agent.process.pid}/cmdline", "rb") as file:
        assert server.token.encode() not in file.read()
    with open(f"/proc/{agent.process.pid}/environ", "rb") as file:
        assert server.token.encode() not in file.read()


def test_a_server_that_goes_and_comes_back_is_used_again(tmp_path):
    server = LocalServer(tmp_path / "data")
    with AgentProcess(tmp_path) as agent:
        with server:
            agent.call("connect", address=server.address, token=server.token)
        number = agent.start("datasets")
        with pytest.raises(errors.ConnectionRefused, match="No server listens"):
            agent.end(number, seconds=60)
        with server:
            assert agent.call("datasets") == []
