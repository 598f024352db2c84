"""The public functions: what the command line does, from Python."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from method_support import blob, loud_model, write

import dualnetssl
from dualnetssl import volumes
from dualnetssl.contract.errors import Conflict
from dualnetssl.volumes.phantoms import write_sample_data

TINY = {"steps": 2, "width": 2, "patch": [16, 16, 32], "report_every": 1}


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scans")
    write_sample_data(folder, 3, 0, "small")
    return folder


def train(scans, output, config=TINY, **more):
    return dualnetssl.train(scans / "images", scans / "labels", output, config, device="cpu", **more)


def test_train_predict_evaluate_and_load(scans, tmp_path):
    kinds = []
    model = train(scans, tmp_path / "out", labelled=2, callbacks=[lambda event: kinds.append(event.kind)])
    assert kinds[-1] == "finished"
    loaded = dualnetssl.load_model(model)
    assert loaded.card.labels[0].name == "liver"
    assert (loaded.card.networks, len(loaded.networks)) == (("vnet", "residual"), 2)
    table = dualnetssl.predict(model, scans / "images", tmp_path / "predictions", device="cpu", config={"overlap": 0.1})
    assert len(table["cases"]) == 3
    assert 0 <= dualnetssl.evaluate(tmp_path / "predictions", scans / "labels")["mean"]["dice"] <= 1
    report = (tmp_path / "predictions" / "report.html").read_text()
    assert "2 labelled scans and 1 without a label" in report
    assert "3 of them compared with labels" in report
    assert train(scans, tmp_path / "out", labelled=2) == model, "the same call again is done already"
    labels = shutil.copytree(scans / "labels", tmp_path / "labels")
    for name in ("stranger.nrrd", "stranger.nii.gz"):
        (labels / name).write_bytes(b"no volume, and twice")
    assert len(dualnetssl.evaluate(tmp_path / "predictions", labels)["cases"]) == 3, "of no predicted scan"
    (labels / "phantom-02.nrrd").write_bytes(b"no volume")
    with pytest.raises(dualnetssl.InvalidDataset, match=r"phantom-02\.nrrd"):
        dualnetssl.evaluate(tmp_path / "predictions", labels)


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"config": TINY | {"patch": [30, 16, 32]}}, dualnetssl.InvalidDataset),
        ({"config": dualnetssl.TrainConfig(steps=2), "preset": "paper"}, dualnetssl.InvalidRequest),
        ({"device": "nonsense"}, dualnetssl.InvalidRequest),
        ({"model": "nowhere"}, dualnetssl.InvalidRequest),
    ],
)
def test_what_is_refused_leaves_the_folder_free(more, error, scans, tmp_path):
    chosen = {"config": TINY, "device": "cpu", **more}
    with pytest.raises(error):
        dualnetssl.train(scans / "images", scans / "labels", tmp_path / "out", **chosen)
    assert not (tmp_path / "out" / "job.json").exists()
    assert train(scans, tmp_path / "out").is_dir()


def test_what_is_noticed_in_files_is_warned_of(scans, tmp_path):
    labels = shutil.copytree(scans / "labels", tmp_path / "labels")
    path = next(labels.iterdir())
    values, geometry = volumes.read_label(path)
    volumes.write_volume(path, values + np.float32(0.0004), geometry)
    with pytest.warns(UserWarning, match="rounded") as caught:
        dualnetssl.train(scans / "images", labels, tmp_path / "out", TINY, device="cpu")
    assert caught[0].filename == __file__


def test_every_file_that_cannot_be_used_is_named(scans, tmp_path):
    for part in ("images", "labels"):
        (tmp_path / part).mkdir()
    (tmp_path / "images" / "a.nrrd").write_bytes(b"no volume")
    (tmp_path / "images" / "b.nrrd").write_bytes(b"no volume")
    (tmp_path / "labels" / "a.nrrd").write_bytes(b"no volume")
    with pytest.raises(dualnetssl.InvalidDataset, match=r"(?s)a\.nrrd.*b\.nrrd"):
        dualnetssl.train(tmp_path / "images", tmp_path / "labels", tmp_path / "out")


def test_a_name_that_is_none_is_no_attribute():
    with pytest.raises(AttributeError, match="nothing"):
        _ = dualnetssl.nothing


def test_predictions_never_take_the_place_of_labels_or_scans(tmp_path):
    model = loud_model(tmp_path / "model")
    (tmp_path / "images").mkdir()
    (tmp_path / "labels").mkdir()
    write(tmp_path / "images" / "a.nrrd", blob()[0])
    mine = write(tmp_path / "labels" / "a.seg.nrrd", blob()[1])
    before = Path(mine).read_bytes()
    for place in ("images", "labels"):
        with pytest.raises(Conflict, match="Name another"):
            dualnetssl.predict(model, tmp_path / "images", tmp_path / place, device="cpu")
    assert [path.name for path in (tmp_path / "images").iterdir()] == ["a.nrrd"]
    assert Path(mine).read_bytes() == before
