"""Folders of the last version before accounts and rooms open whole; former/make.py says what they hold."""

import io
import tarfile
from pathlib import Path

import httpx
import pytest
import torch
from server_process import running

import dualnetssl
from dualnetssl.cli import main
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.volumes.phantoms import write_sample_data

FOLDERS = Path(__file__).parents[1] / "former" / "folders.tar.xz"


@pytest.fixture(scope="module")
def former(tmp_path_factory):
    folder = tmp_path_factory.mktemp("former")
    with tarfile.open(FOLDERS) as archive:
        archive.extractall(folder, filter="data")
    return folder


def contents(folder):
    """Every file of a folder but SQLite's shared memory, which readers use, too."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith("-shm"))
    return {path: path.read_bytes() for path in files}


def test_commands_leave_an_older_store_to_the_servers_start(former, capsys):
    before = contents(former / "data")
    for words in ("user list", "user add Eva --role annotator", "audit verify", "trash list"):
        assert main.main([*words.split(), "--data-folder", str(former / "data")]) == 2
        assert "version 2" in (said := capsys.readouterr().err)
        assert "start the server once" in said
    assert contents(former / "data") == before


def test_a_data_folder_is_served_as_it_was(former, capsys):
    with running(former / "data") as server, httpx.Client(base_url=server.url, headers=server.headers) as client:
        (dataset,) = client.get("/datasets").json()
        cases = client.get(f"/datasets/{dataset['id']}/cases").json()
        assert [(case["case"], case["label"] is not None) for case in cases] == [("scan-1", True), ("scan-2", False)]
        assert [case["channels"] for case in cases] == [1, 1]
        assert {job["state"] for job in client.get("/jobs").json()} == {"succeeded"}
        (model,) = client.get("/models").json()
        bundle = client.get(f"/models/{model['id']}/bundle")
        assert bundle.status_code == 200
        assert io.BytesIO(bundle.content).read(2) == b"PK"
        at = f"/datasets/{dataset['id']}/cases/scan-2"
        (prediction,) = client.get(f"{at}/predictions").json()
        (draft,) = client.get(f"{at}/drafts").json()
        assert draft["annotator"] == "Anna"
        for digest in (prediction["segmentation"], prediction["uncertainty"], draft["label"], cases[0]["image"]):
            assert client.get(f"/blobs/{digest}").status_code == 200
        order = {"kind": "train", "dataset": dataset["id"], "model": model["id"], "config": {"steps": 2, "width": 2}}
        assert client.post("/jobs", json=order).status_code == 201
    assert main.main(["check", "--data-folder", str(former / "data")]) == 0, capsys.readouterr()


def test_a_training_of_the_command_line_is_read_and_its_model_predicts(former, tmp_path):
    training = JobDirectory(former / "training")
    assert training.read_spec().train.steps == 4
    assert training.read_result().outcome == "succeeded"
    assert [event.kind for event in training.read_events()][-1] == "finished"
    model = dualnetssl.load_model(training.model_path)
    assert [label.name for label in model.card.labels] == ["label 1"]
    networks = model.networks
    assert not any(network.training for network in networks)
    assert all(torch.isfinite(parameter).all() for network in networks for parameter in network.parameters())
    write_sample_data(tmp_path / "scans", 1, 0, "small")
    table = dualnetssl.predict(training.model_path, tmp_path / "scans" / "images", tmp_path / "out", device="cpu")
    assert [case["case"] for case in table["cases"]] == ["phantom-01"]
