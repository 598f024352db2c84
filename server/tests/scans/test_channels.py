"""Scans of several channels: trained on, continued and predicted, each channel by its own intensities."""

from __future__ import annotations

import json

import numpy as np
import pytest
import SimpleITK as sitk
import torch
from method_support import (
    IDENTITY,
    LABELS,
    PATCH,
    blob,
    predict_job,
    tiny_config,
    tiny_recipe,
    train_job,
    values_of,
    write,
)

from dualnetssl import volumes
from dualnetssl.bundle.model_card import ModelCard, read_card
from dualnetssl.contract.errors import InvalidVolume
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.contract.schema import Geometry
from dualnetssl.method.networks import plan_levels
from dualnetssl.prediction import footprint
from dualnetssl.scans import preparation, sampling
from dualnetssl.worker import process
from dualnetssl.worker.memory import Load, training_bytes

SIZE = (16, 20, 34)


def two_channels(path, seed):
    """A scan whose first channel is CT of air and noise and whose second, MR, shows the organs."""
    image, label = blob(SIZE, seed=seed)
    air = np.where(label > 0, 40, -1000) + np.random.default_rng(seed).normal(0, 1, SIZE)
    channels = [sitk.GetImageFromArray(channel.astype(np.float32)) for channel in (air, image)]
    sitk.WriteImage(sitk.JoinSeries(channels) if path.name.endswith(".nii.gz") else sitk.Compose(channels), str(path))
    return str(path), label


@pytest.fixture
def cases(tmp_path):
    found = []
    for seed, name in enumerate(("a.nrrd", "b.nii.gz", "c.mha")):
        path, label = two_channels(tmp_path / name, seed)
        truth = write(tmp_path / f"label{seed}.nrrd", values_of(label)) if seed < 2 else None
        found.append(JobCase(case=name[0], image=path, label=truth))
    return tuple(found)


def trained(path, cases, **options):
    directory = train_job(path, cases, tiny_config(steps=1), **options)
    result = process.run(directory)
    assert (result.outcome, result.problem) == ("succeeded", None)
    return directory


def test_they_are_trained_on_continued_and_predicted(tmp_path, cases):
    first = trained(tmp_path / "first", cases)
    (seen,) = [event for event in first.read_events() if event.kind == "data"]
    recipe = read_card(first.model_path).recipe
    assert recipe.channels == 2
    assert recipe.windows[0][1] < 50
    assert recipe.windows[1] is None
    assert [tuple(window) if window else None for window in seen.windows] == list(recipe.windows)
    again = trained(tmp_path / "again", cases, model=first.model_path)
    assert read_card(again.model_path).recipe == recipe
    said = predict_job(tmp_path / "predict", cases[2:], again.model_path)
    assert process.run(said).predictions
    own = preparation.probe_image(cases[2].image).geometry
    for ending in ("seg", "uncertainty", "disagreement"):
        assert volumes.same_geometry(volumes.probe(said.predictions_path / f"c.{ending}.nrrd").geometry, own)
    assert len(json.loads((said.predictions_path / "predictions.json").read_bytes())["cases"]) == 1


def test_a_scan_of_other_channels_is_refused_with_both_numbers(tmp_path, cases):
    model = trained(tmp_path / "train", cases).model_path
    image, label = blob(SIZE)
    truth = write(tmp_path / "truth.nrrd", values_of(label))
    single = JobCase(case="single", image=write(tmp_path / "single.nrrd", image), label=truth)
    for directory in (
        predict_job(tmp_path / "predict", (single,), model),
        train_job(tmp_path / "mixed", (*cases, single), tiny_config(steps=1)),
        train_job(tmp_path / "again", (*cases, single), tiny_config(steps=1), model),
    ):
        problem = process.run(directory).problem
        assert "a scan of 1 channel" in problem.received
        assert "2 channels" in problem.allowed


def test_each_channel_is_prepared_by_its_own_intensities(tmp_path):
    path, label = two_channels(tmp_path / "a.nrrd", 0)
    truth = write(tmp_path / "label.nrrd", values_of(label))
    recipe, _ = preparation.choose_recipe([JobCase(case="a", image=path, label=truth)], LABELS, tiny_config())
    prepared = preparation.read_prepared(path, recipe)[0].float().numpy()
    raw = preparation.read_canonical_image(path)[0]
    assert prepared.shape == (2, *SIZE)
    assert (prepared[0].min(), prepared[0].max()) == pytest.approx((-1, 1), abs=1e-5)
    assert abs(float(np.corrcoef(prepared[1].ravel(), raw[1].ravel())[0, 1])) > 0.95
    with pytest.raises(InvalidVolume, match="2 channels"):
        preparation.read_prepared(path, tiny_recipe())


def test_augmentation_changes_each_channel_by_itself():
    images = torch.randn((1, 1, *PATCH), generator=torch.Generator().manual_seed(0)).expand(2, 2, *PATCH)
    varied = sampling.vary_intensity(images, torch.Generator().manual_seed(1))
    assert varied.shape == images.shape
    flat = varied.flatten(0, 1)
    assert not any(torch.equal(flat[one], flat[other]) for one in range(4) for other in range(one))


def test_memory_estimates_count_channels():
    one, three = tiny_recipe(), tiny_recipe(windows=(None,) * 3)
    plan = plan_levels((1.0, 1.0, 1.0))
    needs = [training_bytes(Load(tiny_config(), recipe, plan), 3, 0) for recipe in (one, three)]
    assert needs[0] < needs[1]
    cards = [ModelCard(labels=LABELS, recipe=recipe, config=tiny_config(), step=1) for recipe in (one, three)]
    geometry = Geometry(size=(256, 256, 100), spacing=(1, 1, 1), origin=(0, 0, 0), direction=IDENTITY)
    least, most = (footprint.footprint(geometry, card) for card in cards)
    assert most.alone > least.alone
    assert most.overlapped > least.overlapped + 2 * 16 * 256 * 256 * 100
