from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest
import SimpleITK as sitk
import torch
from method_support import LABELS, PATCH, blob, grid_of, tiny_config, tiny_model, tiny_recipe

from dualnetssl import volumes
from dualnetssl.bundle import export
from dualnetssl.bundle.model_card import ModelCard, read_card
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.contract.jobspec import JobCase, PredictConfig
from dualnetssl.method.model import DualModel
from dualnetssl.method.networks import plan_levels
from dualnetssl.prediction.predict import predict_cases
from dualnetssl.scans.preparation import Recipe

RUN = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "dualnetssl":
            raise ImportError("the bundle must stand alone")

sys.meta_path.insert(0, Blocked())
sys.path.insert(0, ".")
import torch
torch.set_num_threads(1)
import monai.bundle
monai.bundle.run(config_file="configs/inference.json")
"""


def card_of(config, recipe, step=3):
    return ModelCard(labels=LABELS, recipe=recipe, config=config, step=step)


def opinionated(model: DualModel) -> DualModel:
    """Make the untrained networks sure of something that depends on place, so that agreement means something."""
    generator = torch.Generator().manual_seed(1)
    for network in [*model.networks, *model.teachers]:
        with torch.no_grad():
            network.head.weight.copy_(torch.randn(network.head.weight.shape, generator=generator) * 3)
    return model


def exported(folder, recipe=None, **fields):
    recipe = recipe or tiny_recipe()
    config = tiny_config(**fields)
    torch.manual_seed(0)
    model = opinionated(DualModel(config, channels=recipe.channels, classes=3, plan=plan_levels(recipe.spacing)))
    export.export(model, card_of(config, recipe), folder)
    return model


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle") / "model"
    exported(folder)
    return folder


@pytest.mark.parametrize("windows", [((-100.0, 300.0),), ((-100.0, 300.0), None)], ids=["CT", "CT and MR"])
def test_plain_monai_runs_the_bundle_and_agrees(tmp_path, windows):
    """A turned scan at a spacing unlike that of training, in a process that cannot import this program."""
    spacing, origin, direction = (0.9, 1.1, 1.3), (-30.0, 12.0, 7.0), (0.0, 0, -1, 1, 0, 0, 0, 1, 0)
    folder, image = tmp_path / "model", blob((26, 24, 40))[0]
    exported(folder, Recipe(spacing=(1.2, 1.0, 0.8), windows=windows, patch=PATCH))
    scan = folder / "images" / "scan.nii.gz"
    scan.parent.mkdir()
    grid = grid_of(image, spacing, origin, direction)
    pictures = [sitk.GetImageFromArray(blob((26, 24, 40), seed=seed)[0]) for seed in range(len(windows))]
    for picture in pictures:
        picture.SetSpacing(spacing)
        picture.SetOrigin(origin)
        picture.SetDirection(direction)
    sitk.WriteImage(sitk.JoinSeries(pictures) if len(pictures) > 1 else pictures[0], str(scan))
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-I", "-W", "ignore", "-c", RUN], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-9000:]
    (result,) = (folder / "predictions").glob("*.nii.gz")
    theirs, their_grid = volumes.read_label(result)
    cases = [JobCase(case="scan", image=str(scan))]
    predict_cases(folder, cases, tmp_path / "ours", PredictConfig(overlap=0.5), torch.device("cpu"))
    ours, _ = volumes.read_label(tmp_path / "ours" / "scan.seg.nrrd")
    assert volumes.same_geometry(their_grid, grid)
    assert set(np.unique(ours)) <= {0, 3, 7}
    assert min(float((ours == value).mean()) for value in np.unique(ours)) < 0.9
    assert len(np.unique(ours)) > 1
    assert float((ours == theirs).mean()) > 0.999


def test_the_weights_hold_tensors_only(model_folder):
    weights = torch.load(model_folder / "models" / "model.pt", weights_only=True)
    assert weights
    assert all(isinstance(value, torch.Tensor) for value in weights.values())
    assert {name.split(".")[0] for name in weights} == {"0", "1"}


def test_nothing_in_the_bundle_needs_this_program(model_folder):
    for script in (model_folder / "scripts").glob("*.py"):
        imports = [line for line in script.read_text().splitlines() if line.startswith(("import ", "from "))]
        assert not [line for line in imports if "dualnetssl" in line]


def test_metadata_has_what_monai_asks_for(model_folder):
    metadata = json.loads((model_folder / "configs" / "metadata.json").read_text())
    required = {"version", "changelog", "monai_version", "pytorch_version", "numpy_version", "task", "description"}
    assert required | {"authors", "copyright", "network_data_format", "required_packages_version"} <= set(metadata)
    assert metadata["version"] in metadata["changelog"]
    image, prediction = (
        metadata["network_data_format"][way][name] for way, name in (("inputs", "image"), ("outputs", "pred"))
    )
    form = {"type", "format", "num_channels", "spatial_shape", "dtype", "value_range", "is_patch_data", "channel_def"}
    assert form <= set(image)
    assert form <= set(prediction)
    assert prediction["channel_def"] == {"0": "background", "1": "kernel", "2": "shell"}
    assert (image["num_channels"], prediction["num_channels"], image["spatial_shape"]) == (1, 3, list(PATCH)[::-1])


def test_the_workflow_names_what_monai_looks_for(model_folder):
    from monai.bundle.properties import InferProperties
    from monai.utils import BundleProperty, BundlePropertyConfig

    config = json.loads((model_folder / "configs" / "inference.json").read_text())
    wanted = [
        entry[BundlePropertyConfig.ID].split("::")[0]
        for entry in InferProperties.values()
        if entry[BundleProperty.REQUIRED]
    ]
    assert len(wanted) > 4
    assert set(wanted) <= set(config)


@pytest.mark.parametrize(("preset", "source"), [("default", "teachers"), ("paper", "networks")])
def test_what_predicts_is_exported(tmp_path, preset, source):
    model = exported(tmp_path / "model", preset=preset)
    if preset == "default":
        torch.nn.init.zeros_(model.networks[0].head.weight)
        export.export(model, card_of(tiny_config(), tiny_recipe()), tmp_path / "model")
    _, networks = export.load_networks(tmp_path / "model", torch.device("cpu"))
    for loaded, own in zip(networks, getattr(model, source), strict=True):
        assert not loaded.training
        assert all(
            torch.equal(one, two)
            for one, two in zip(loaded.state_dict().values(), own.state_dict().values(), strict=True)
        )


def test_exporting_again_replaces_the_whole_bundle(tmp_path):
    folder = tmp_path / "model"
    exported(folder)
    (folder / "stale.txt").write_text("from before")
    model = tiny_model(tiny_config())
    export.export(model, card_of(tiny_config(), tiny_recipe(), step=9), folder)
    assert read_card(folder).step == 9
    assert not (folder / "stale.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_the_card_comes_back_as_it_was(tmp_path, model_folder):
    assert read_card(model_folder) == card_of(tiny_config(), tiny_recipe())


def test_a_model_trained_with_a_field_dropped_since_can_still_be_used(tmp_path):
    folder = tmp_path / "model"
    exported(folder)
    path = folder / "training.json"
    written = json.loads(path.read_text())
    written["config"]["dropped_since"] = 0.4
    path.write_text(json.dumps(written))
    assert read_card(folder) == card_of(tiny_config(), tiny_recipe())


@pytest.mark.parametrize("damage", ["no folder", "no card", "no weights", "cut weights", "other networks"])
def test_damaged_models_are_refused(tmp_path, damage):
    folder = tmp_path / "model"
    if damage != "no folder":
        exported(folder)
    weights, card = folder / "models" / "model.pt", folder / "training.json"
    if damage == "no card":
        card.unlink()
    elif damage == "no weights":
        weights.unlink()
    elif damage == "cut weights":
        weights.write_bytes(weights.read_bytes()[:1000])
    elif damage == "other networks":
        card.write_text(card.read_text().replace('"width": 2', '"width": 3').replace('"width":2', '"width":3'))
    with pytest.raises(InvalidRequest, match="model"):
        export.load_networks(folder, torch.device("cpu"))


@pytest.mark.parametrize("size", [1, 3, 10, 100])
def test_weights_cut_to_a_few_bytes_are_refused(tmp_path, size):
    folder = tmp_path / "model"
    exported(folder)
    weights = folder / "models" / "model.pt"
    weights.write_bytes(weights.read_bytes()[:size])
    with pytest.raises(InvalidRequest, match="model"):
        export.load_networks(folder, torch.device("cpu"))


def test_a_model_from_before_a_bound_was_drawn_is_read(tmp_path):
    exported(tmp_path)
    card = json.loads((tmp_path / "training.json").read_text())
    card["config"] |= {"learning_rate": 50.0, "seed": 2**64, "patch": [1024, 24, 16]}
    (tmp_path / "training.json").write_text(json.dumps(card))
    assert read_card(tmp_path).config.learning_rate == 50.0
    assert read_card(tmp_path).config.patch == (1024, 24, 16)
