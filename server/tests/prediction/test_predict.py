from __future__ import annotations

import json
import math

import numpy as np
import pytest
import SimpleITK as sitk
import torch
from hypothesis import given
from hypothesis import strategies as st
from method_support import IDENTITY, LABELS, PATCH, blob, loud_model, write

from dualnetssl import volumes
from dualnetssl.bundle import export
from dualnetssl.contract.jobspec import JobCase, PredictConfig
from dualnetssl.contract.schema import Geometry
from dualnetssl.prediction import predict
from dualnetssl.prediction.maps import BOUND, in_steps
from dualnetssl.prediction.predict import Predictor, believe, load_predictor, predict_cases
from dualnetssl.prediction.uncertainty import combine, entropy
from dualnetssl.volumes.expected_error import expected_error_ml

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return loud_model(tmp_path_factory.mktemp("predict") / "model")


def predicted(model, folder, path, name="scan", maps="float32"):
    """Segmentation, total uncertainty and disagreement of one scan, and the geometry each lies in."""
    case = JobCase(case=name, image=str(path))
    predict_cases(model, [case], folder, PredictConfig(overlap=0.5, maps=maps), CPU)
    return [
        read(folder / f"{name}.{ending}.nrrd")
        for read, ending in (
            (volumes.read_label, "seg"),
            (volumes.read_image, "uncertainty"),
            (volumes.read_image, "disagreement"),
        )
    ]


ANGLE = math.radians(20)
OBLIQUE = (math.cos(ANGLE), -math.sin(ANGLE), 0, math.sin(ANGLE), math.cos(ANGLE), 0, 0, 0, 1.0)
COPIES = {
    "mirrored": lambda image: image[::-1, :, ::-1],
    "left-handed": lambda image: image[:, :, ::-1],
    "permuted": lambda image: sitk.PermuteAxes(image, (2, 0, 1)),
    "permuted and mirrored": lambda image: sitk.PermuteAxes(image, (1, 2, 0))[:, ::-1, :],
}


@pytest.mark.parametrize("direction", [IDENTITY, OBLIQUE], ids=["straight", "oblique"])
@pytest.mark.parametrize("turn", COPIES)
def test_a_reoriented_copy_of_a_scan_gets_the_same_prediction(tmp_path, model, turn, direction):
    array, _ = blob((22, 20, 38))
    original = tmp_path / "original.nrrd"
    write(original, array, spacing=(1.2, 0.9, 1.4), origin=(5.0, -3.0, 40.0), direction=direction)
    copy = COPIES[turn](sitk.ReadImage(str(original)))
    sitk.WriteImage(copy, str(tmp_path / "copy.nrrd"))
    first = predicted(model, tmp_path / "first", original)
    second = predicted(model, tmp_path / "second", tmp_path / "copy.nrrd")
    own, theirs = (volumes.probe(tmp_path / name).geometry for name in ("original.nrrd", "copy.nrrd"))
    assert not volumes.same_geometry(own, theirs)
    for (ours, geometry), (turned, other) in zip(first, second, strict=True):
        assert volumes.same_geometry(geometry, own)
        assert volumes.same_geometry(other, theirs)
        back = volumes.from_canonical(volumes.to_canonical(turned, theirs)[0], own)
        assert len(np.unique(ours)) > 1
        assert np.allclose(back, ours, atol=1e-5)


@pytest.mark.parametrize("size", [(5, 6, 7), (20, 3, 50), (2, 16, 16)])
def test_scans_of_any_size_are_predicted_voxel_on_voxel(tmp_path, model, size):
    path = tmp_path / "scan.nrrd"
    write(path, blob(size)[0], spacing=(1.0, 2.3, 0.4))
    for array, geometry in predicted(model, tmp_path / "out", path):
        assert array.shape == size
        assert volumes.same_geometry(geometry, volumes.probe(path).geometry)


def test_exact_maps_are_float32_between_0_and_1(tmp_path, model):
    path = tmp_path / "scan.nrrd"
    write(path, blob((18, 18, 30))[0])
    predicted(model, tmp_path / "out", path)
    for ending in ("uncertainty", "disagreement"):
        image = sitk.ReadImage(str(tmp_path / "out" / f"scan.{ending}.nrrd"))
        array = sitk.GetArrayFromImage(image)
        assert image.GetPixelID() == sitk.sitkFloat32
        assert 0 <= array.min() < array.max() <= 1
        assert len(np.unique(array)) > 300


def test_maps_in_steps_are_the_exact_ones_within_the_bound_and_small(tmp_path, model):
    path = tmp_path / "scan.nrrd"
    write(path, blob((18, 18, 30))[0])
    exact, stepped = (predicted(model, tmp_path / maps, path, maps=maps) for maps in ("float32", "steps"))
    assert np.array_equal(exact[0][0], stepped[0][0])
    for (whole, _), (steps, _) in zip(exact[1:], stepped[1:], strict=True):
        assert 0 < np.abs(whole - steps).max() <= BOUND + 1e-7
        assert np.array_equal(steps, in_steps(whole))
    opinions, summary = (
        [read(tmp_path / maps) for maps in ("float32", "steps")]
        for read in (
            lambda folder: (folder / "scan.opinions.npz").read_bytes(),
            lambda folder: json.loads((folder / "predictions.json").read_bytes())["cases"][0]["summary"],
        )
    )
    assert opinions[0] == opinions[1]
    assert summary[0] == summary[1]
    sizes = [(tmp_path / maps / "scan.uncertainty.nrrd").stat().st_size for maps in ("float32", "steps")]
    assert sizes[1] < sizes[0] / 2


@given(st.floats(0, 1, width=32), st.floats(0, 1, width=32))
def test_steps_keep_the_order_and_both_ends(one, other):
    found = in_steps(np.array([one, other, 0, 1], np.float32))
    assert abs(float(found[0]) - one) <= BOUND + 1e-7
    assert found.dtype == np.float32
    assert np.array_equal(in_steps(found), found)
    assert (found[0] <= found[1]) if one <= other else (found[0] >= found[1])
    assert found[2:].tolist() == [0, 1]


def test_the_segmentation_has_the_values_and_names_of_the_label_set(tmp_path, model):
    path = tmp_path / "scan.nrrd"
    write(path, blob((18, 18, 30))[0])
    (array, _), *_ = predicted(model, tmp_path / "out", path)
    beliefs, _ = believe(load_predictor(model, PredictConfig(overlap=0.5), CPU), path)
    assert np.array_equal(array, np.array([0, 3, 7])[beliefs.classes.numpy()])
    assert len(np.unique(array)) > 1
    image = sitk.ReadImage(str(tmp_path / "out" / "scan.seg.nrrd"))
    names = {image.GetMetaData(f"Segment{i}_Name"): image.GetMetaData(f"Segment{i}_LabelValue") for i in (0, 1)}
    assert names == {"kernel": "3", "shell": "7"}


def test_the_summary_counts_what_the_volumes_show(tmp_path, model):
    path = tmp_path / "scan.nrrd"
    write(path, blob((18, 18, 30))[0], spacing=(2.0, 1.0, 0.5))
    (array, _), (uncertainty, _), _ = predicted(model, tmp_path / "out", path)
    table = json.loads((tmp_path / "out" / "predictions.json").read_text())
    (row,) = table["cases"]
    assert table["labels"] == json.loads(json.dumps([label.model_dump() for label in LABELS]))
    assert (row["case"], row["segmentation"], row["uncertainty"], row["disagreement"]) == (
        "scan",
        "scan.seg.nrrd",
        "scan.uncertainty.nrrd",
        "scan.disagreement.nrrd",
    )
    summary = row["summary"]
    for name, value in (("kernel", 3), ("shell", 7)):
        assert summary["volume_ml"][name] == pytest.approx((array == value).sum() * 0.001)
    expected = sum(summary["expected_volume_ml"].values())
    assert 0 < expected < array.size * 0.001
    assert summary["mean_uncertainty"] == pytest.approx(uncertainty.mean(), rel=1e-4)
    assert summary["foreground_uncertainty"] == pytest.approx(uncertainty[array > 0].mean(), rel=1e-4)


def test_the_expected_error_leaves_out_what_is_verified(tmp_path, model):
    path, mask = tmp_path / "scan.nrrd", tmp_path / "mask.nrrd"
    write(path, blob((18, 18, 30))[0], spacing=(2.0, 1.0, 0.5))
    half = np.zeros((18, 18, 30), np.uint8)
    half[:9] = 1
    write(mask, half, spacing=(2.0, 1.0, 0.5))
    left = []
    for verified in (None, str(mask)):
        case = JobCase(case="scan", image=str(path), verified=verified)
        table = predict_cases(model, [case], tmp_path / f"out-{len(left)}", PredictConfig(maps="float32"), CPU)
        left.append(table["cases"][0]["summary"]["expected_error_ml"])
    uncertainty, _ = volumes.read_image(tmp_path / "out-0" / "scan.uncertainty.nrrd")
    halves = [expected_error_ml(part, (2.0, 1.0, 0.5), 3) for part in (uncertainty[:9], uncertainty[9:])]
    assert min(halves) > 0
    assert left == pytest.approx([sum(halves), halves[1]], rel=1e-3)


def test_an_empty_segmentation_has_no_foreground_uncertainty():
    background = torch.tensor([0.9, 0.1]).view(2, 1, 1, 1).expand(2, 3, 4, 5)
    geometry = Geometry(size=(5, 4, 3), spacing=(1, 1, 1), origin=(0, 0, 0), direction=IDENTITY)
    summary = predict.summarise(combine(background, background), geometry, LABELS[:1])
    assert summary["foreground_uncertainty"] is None
    assert summary["volume_ml"] == {"kernel": 0.0}
    assert summary["expected_volume_ml"]["kernel"] == pytest.approx(60 * 0.1 / 1000, rel=1e-5)


def test_the_networks_are_accumulated_separately(model):
    card, networks = export.load_networks(model, CPU)
    image = torch.randn((1, *PATCH), generator=torch.Generator().manual_seed(0))
    both = Predictor(card, networks, CPU, 0.0).probabilities(image)
    for found, network in zip(both, networks, strict=True):
        assert torch.allclose(found, network(image[None])[0].softmax(dim=1)[0], atol=1e-5)
        assert torch.allclose(found.sum(dim=0), torch.ones(PATCH), atol=1e-5)
    assert not torch.allclose(*both, atol=0.01)


def test_in_bf16_probabilities_are_nearly_the_same_and_float32(model):
    image = torch.randn((1, *PATCH), generator=torch.Generator().manual_seed(0))
    exact, rough = (
        load_predictor(model, PredictConfig(precision=precision), CPU).probabilities(image)
        for precision in ("float32", "bf16")
    )
    for one, other in zip(exact, rough, strict=True):
        assert other.dtype == torch.float32
        assert 0 < float((one - other).abs().mean()) < 0.02


class TestCombine:
    def random(self, classes, seed):
        generator = torch.Generator().manual_seed(seed)
        return (torch.randn((classes, 4, 5, 6), generator=generator) * 3).softmax(dim=0)

    @pytest.mark.parametrize("classes", [2, 5])
    def test_entropy_splits_into_the_networks_own_and_their_disagreement(self, classes):
        first, second = self.random(classes, 0), self.random(classes, 1)
        beliefs = combine(first, second)
        within = (entropy(first) + entropy(second)) / 2
        whole = beliefs.total * math.log(classes)
        assert torch.allclose(whole, within + beliefs.disagreement * math.log(2), atol=1e-5)
        mean = (first + second) / 2
        assert torch.equal(beliefs.classes.long(), mean.argmax(dim=0))
        assert torch.allclose(beliefs.expected, mean.double().sum(dim=(1, 2, 3)))

    def test_values_by_hand(self):
        sure = torch.tensor([1.0, 0.0, 0.0]).view(3, 1, 1, 1)
        other = torch.tensor([0.0, 1.0, 0.0]).view(3, 1, 1, 1)
        even = torch.full((3, 1, 1, 1), 1 / 3)
        same, apart, unsure = combine(sure, sure), combine(sure, other), combine(even, even)
        assert (same.total.item(), same.disagreement.item()) == (0, 0)
        assert apart.disagreement.item() == 1
        assert apart.total.item() == pytest.approx(math.log(2) / math.log(3))
        assert unsure.total.item() == pytest.approx(1)
        assert unsure.disagreement.item() == pytest.approx(0, abs=1e-6)


def test_probabilities_lie_on_the_scans_own_grid_under_the_names_of_the_classes(tmp_path, model):
    image = sitk.PermuteAxes(sitk.GetImageFromArray(blob((8, 9, 12), seed=0)[0]), (2, 0, 1))[::-1]
    image.SetSpacing((1.0, 1.5, 1.0))
    sitk.WriteImage(image, str(tmp_path / "scan.nrrd"))
    cases = [JobCase(case="scan", image=str(tmp_path / "scan.nrrd"))]
    (row,) = predict_cases(model, cases, tmp_path, PredictConfig(overlap=0.0), CPU, probabilities=True)["cases"]
    label, geometry = volumes.read_label(tmp_path / row["segmentation"])
    with np.load(tmp_path / row["probabilities"], allow_pickle=False) as found:
        assert (found["probabilities"].dtype, found["probabilities"].shape) == (np.float16, (3, *label.shape))
        assert found["names"].tolist() == ["background", *(each.name for each in LABELS)]
        shares = found["probabilities"].astype(np.float32)
        values, place = found["values"], (*found["spacing"], *found["origin"], *found["direction"].ravel())
    assert place == pytest.approx((*geometry.spacing, *geometry.origin, *geometry.direction))
    assert np.abs(shares.sum(axis=0) - 1).max() < 2e-3
    likely, other = np.sort(shares, axis=0)[:-3:-1]
    clear = likely - other > 2e-3
    assert clear.mean() > 0.9
    assert np.array_equal(values[shares.argmax(axis=0)][clear], label[clear])


class TestResuming:
    def cases(self, folder):
        for index in range(3):
            write(folder / f"scan{index}.nrrd", blob((8, 8, 12), seed=index)[0])
        return [JobCase(case=f"scan{index}", image=str(folder / f"scan{index}.nrrd")) for index in range(3)]

    def run(self, model, cases, output, **callbacks):
        return predict_cases(model, cases, output, PredictConfig(overlap=0.0), CPU, **callbacks)

    def test_scans_done_before_a_crash_are_kept(self, tmp_path, model, monkeypatch):
        cases, output = self.cases(tmp_path), tmp_path / "out"

        class Crash(Exception):
            pass

        def crash(name, done, total):
            if done == 2:
                raise Crash

        with pytest.raises(Crash):
            self.run(model, cases, output, on_case=crash)
        assert not (output / "predictions.json").exists()
        done, plain = [], predict.write_case
        monkeypatch.setattr(predict, "write_case", lambda *found: done.append(found[3].case) or plain(*found))
        told = []
        table = self.run(model, cases, output, on_case=lambda *progress: told.append(progress))
        assert done == ["scan2"]
        assert told == [("scan0", 1, 3), ("scan1", 2, 3), ("scan2", 3, 3)]
        assert [row["case"] for row in table["cases"]] == ["scan0", "scan1", "scan2"]
        fresh = self.run(model, cases, tmp_path / "fresh")
        assert fresh["cases"] == table["cases"]

    def test_after_a_cancel_only_the_rest_is_done(self, tmp_path, model, monkeypatch):
        cases, output = self.cases(tmp_path), tmp_path / "out"
        asked = iter([False, True])
        table = self.run(model, cases, output, cancelled=lambda: next(asked))
        assert [row["case"] for row in table["cases"]] == ["scan0"]
        done, plain = [], predict.write_case
        monkeypatch.setattr(predict, "write_case", lambda *found: done.append(found[3].case) or plain(*found))
        assert len(self.run(model, cases, output)["cases"]) == 3
        assert done == ["scan1", "scan2"]

    def test_nothing_but_the_result_is_left(self, tmp_path, model):
        self.run(model, self.cases(tmp_path), tmp_path / "out")
        endings = ("seg.nrrd", "uncertainty.nrrd", "disagreement.nrrd", "opinions.npz", "sheet.svg")
        wanted = {f"scan{index}.{ending}" for index in range(3) for ending in endings} | {"predictions.json"}
        assert {path.name for path in (tmp_path / "out").iterdir()} == wanted


@pytest.mark.parametrize(
    ("free", "patch", "wanted"),
    [
        (None, (16, 16, 32), 1),
        (80 * 10**9, (112, 112, 80), 4),
        (80 * 10**9, (32, 48, 32), 85),
        (4 * 10**9, (112, 112, 80), 1),
        (8 * 10**9, (112, 112, 80), 3),
        (0, (32, 48, 32), 1),
    ],
)
def test_a_gpu_sees_as_many_windows_at_once_as_keep_it_busy_and_fit(model, free, patch, wanted):
    card, _ = export.load_networks(model, CPU)
    card = card.model_copy(
        update={
            "recipe": card.recipe.model_copy(update={"patch": patch}),
            "config": card.config.model_copy(update={"width": 16}),
        }
    )
    assert predict.together(card, free) == wanted


def test_what_was_left_unfinished_in_another_way_is_not_taken(tmp_path, model):
    path = write(tmp_path / "scan.nrrd", blob((18, 20, 38))[0])
    cases, done = [JobCase(case=name, image=path) for name in ("first", "second")], []
    stop = iter([False, True])
    predict_cases(model, cases, tmp_path / "out", PredictConfig(overlap=0.0), CPU, cancelled=lambda: next(stop))
    plain = predict.write_case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(predict, "write_case", lambda *found: done.append(found[3].case) or plain(*found))
        predict_cases(model, cases, tmp_path / "out", PredictConfig(overlap=0.5), CPU)
    assert done == ["first", "second"]
