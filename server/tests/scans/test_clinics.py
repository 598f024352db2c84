"""Scans as clinics have them: trained on for a step and predicted, each in its own geometry."""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from method_support import blob, predict_job, tiny_config, train_job, values_of, write

from dualnetssl import volumes
from dualnetssl.bundle.model_card import read_card
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.prediction.uncertainty import combine, gather
from dualnetssl.server.supervisor import orders
from dualnetssl.worker import process


def plain(size, seed):
    return blob(size, seed=seed)


def computed_tomography(size, seed):
    """Air of -1000 around a body; the organs between 40 and 120 Hounsfield units."""
    _, label = blob(size, seed=seed)
    image = np.full(size, -1000, dtype=np.float32)
    image[:, 2:-2, 2:-2] = -80
    return np.where(label > 0, 40 * label + 10 * np.random.default_rng(seed).random(size), image), label


def without_a_class(size, seed):
    image, label = blob(size, seed=seed)
    return image, np.where(label == 1, 0, label).astype(np.uint8)


def one_in_ten_thousand(size, seed):
    image, label = blob(size, seed=seed)
    rare = np.zeros_like(label)
    rare[label == 2] = 2
    rare[tuple(n // 2 for n in size)] = 1
    return image, rare


def once_a_class(size, seed):
    """The classes are in the first scan alone; the label of the next is empty, and the last scan is of one value."""
    image, label = blob(size, seed=seed)
    return (image, label) if seed == 0 else (image if seed == 1 else np.full(size, 7), np.zeros_like(label))


SCANS = {
    "5 mm slices": (plain, (7, 34, 30), (1.0, 1.0, 5.0), {}, (8, 48, 32)),
    "target spacing": (plain, (20, 34, 30), (1.0, 1.0, 1.0), {"spacing": (2.0, 1.5, 2.0)}, None),
    "two slices": (plain, (2, 34, 30), (1.0, 1.0, 1.0), {}, (16, 48, 32)),
    "three slices": (plain, (3, 34, 30), (1.0, 1.0, 1.0), {}, (16, 48, 32)),
    "smaller than the patch": (plain, (9, 10, 11), (1.0, 1.0, 1.0), {"patch": (32, 32, 32)}, (32, 32, 32)),
    "CT": (computed_tomography, (16, 20, 34), (1.0, 1.0, 1.0), {}, None),
    "a class in no label": (without_a_class, (16, 20, 34), (1.0, 1.0, 1.0), {}, None),
    "classes in one label, an empty scan": (once_a_class, (16, 20, 34), (1.0, 1.0, 1.0), {}, None),
    "1 : 10 000": (one_in_ten_thousand, (16, 20, 34), (1.0, 1.0, 1.0), {}, None),
}


def cases_of(folder, make, size, spacing):
    folder.mkdir()
    found = []
    for seed in range(3):
        image, label = make(size, seed)
        path = write(folder / f"{seed}.nrrd", np.asarray(image, dtype=np.float32), spacing=spacing)
        truth = write(folder / f"l{seed}.nrrd", values_of(label), spacing=spacing) if seed < 2 else None
        found.append(JobCase(case=f"scan{seed}", image=path, label=truth))
    return tuple(found)


@pytest.mark.parametrize("kind", SCANS)
def test_they_are_trained_on_and_predicted(tmp_path, kind):
    make, size, spacing, fields, patch = SCANS[kind]
    cases = cases_of(tmp_path / "data", make, size, spacing)
    directory = train_job(tmp_path / "train", cases, tiny_config(**{"patch": None, "steps": 1, **fields}))
    result = process.run(directory)
    assert (result.outcome, result.problem) == ("succeeded", None)
    events = {event.kind: event for event in directory.read_events()}
    told = events["progress"].losses.values()
    assert all(math.isfinite(loss) for terms in told for loss in terms.values())
    data, recipe = events["data"], read_card(directory.model_path).recipe
    assert (tuple(data.patch), tuple(data.spacing)) == (recipe.patch, fields.get("spacing", spacing[::-1]))
    assert patch is None or recipe.patch == patch
    assert (data.windows == [None]) == (kind != "CT")
    assert kind != "CT" or 35 < data.windows[0][0] < data.windows[0][1] < 95
    said = predict_job(tmp_path / "predict", cases[2:], directory.model_path)
    assert process.run(said).predictions
    own = volumes.probe(tmp_path / "data" / "2.nrrd").geometry
    for ending in ("seg", "uncertainty", "disagreement"):
        assert volumes.same_geometry(volumes.probe(said.predictions_path / f"scan2.{ending}.nrrd").geometry, own)
    (row,) = json.loads((said.predictions_path / "predictions.json").read_bytes())["cases"]
    assert all(value is None or 0 <= value <= 1 for value in row["summary"]["predicted_dice_of"].values())
    assert all(math.isfinite(value) for value in row["summary"]["volume_ml"].values())


def test_figures_of_a_scan_are_summed_over_its_slabs():
    generator = torch.Generator().manual_seed(0)
    first, second = (torch.randn((3, 9, 5, 6), generator=generator).softmax(dim=0) for _ in range(2))
    slabs = zip(first.split(4, dim=1), second.split(4, dim=1), strict=True)
    found, wanted = gather(slabs, (9, 5, 6)), combine(first, second)
    assert torch.allclose(found.expected, wanted.expected)
    assert found.agreement == pytest.approx(wanted.agreement)
    assert torch.equal(found.classes, wanted.classes)
    assert torch.equal(found.total, wanted.total)
    assert torch.equal(found.disagreement, wanted.disagreement)


class TestPartialCorrections:
    """What lies outside a verified mask reaches no term of the labels, from the files to the weights."""

    def weights(self, folder, label, mask=None):
        folder.mkdir()
        image, _ = blob()
        case = JobCase(
            case="scan",
            image=write(folder / "scan.nrrd", image),
            label=write(folder / "label.nrrd", label),
            verified=None if mask is None else write(folder / "mask.nrrd", mask),
        )
        directory = train_job(folder / "job", (case,), tiny_config(steps=2, calibration_scans=0))
        assert process.run(directory).model
        return torch.load(directory.model_path / "models" / "model.pt", weights_only=True)

    def same(self, one, other):
        return all(torch.equal(one[name], other[name]) for name in one)

    def test_labels_outside_the_mask_change_no_weight_and_inside_they_do(self, tmp_path):
        label = values_of(blob()[1])
        mask = np.zeros_like(label)
        mask[8:14, 4:14, 10:24] = 1
        scribbled = np.where(mask > 0, label, np.random.default_rng(0).choice([0, 3, 7], label.shape)).astype(np.uint8)
        corrected = label.copy()
        corrected[10:13, 6:12, 12:20] = 7
        plain = self.weights(tmp_path / "plain", label, mask)
        assert not np.array_equal(scribbled, label)
        assert self.same(plain, self.weights(tmp_path / "scribbled", scribbled, mask))
        assert not self.same(plain, self.weights(tmp_path / "corrected", corrected, mask))
        assert not self.same(plain, self.weights(tmp_path / "whole", label))

    def test_255_in_a_label_file_says_the_same_as_a_mask(self, tmp_path):
        """The command line takes folders of labels; there, 255 stands for 'not verified'."""
        label = values_of(blob()[1])
        mask = np.zeros_like(label)
        mask[:, :9] = 1
        masked = self.weights(tmp_path / "masked", label, mask)
        assert self.same(masked, self.weights(tmp_path / "marked", np.where(mask > 0, label, 255).astype(np.uint8)))

    def test_the_server_hands_the_mask_on_to_the_training(self, tmp_path):
        """Every file by its digest; without a mask the whole label counts."""
        blobs = SimpleNamespace(path=lambda digest: tmp_path / digest)
        corrected = SimpleNamespace(case="a", image="image", label="label", verified="mask")
        found = orders._case(blobs, corrected, with_label=True)
        assert [Path(path).name for path in (found.image, found.label, found.verified)] == ["image", "label", "mask"]
        whole = SimpleNamespace(case="a", image="image", label="label", verified=None)
        assert orders._case(blobs, whole, with_label=True).verified is None
