"""A model as one file: what runs it computes the same in every voxel."""

import json

import pytest
import torch
from method_support import LABELS, blob, tiny_config, tiny_recipe

from dualnetssl.bundle import portable
from dualnetssl.bundle.export import export, load_networks
from dualnetssl.bundle.model_card import ModelCard
from dualnetssl.cli.main import main
from dualnetssl.method.model import DualModel
from dualnetssl.method.networks import plan_levels
from dualnetssl.prediction.uncertainty import combine


def exported(folder, **fields):
    config, recipe = tiny_config(**fields), tiny_recipe()
    torch.manual_seed(0)
    model = DualModel(config, channels=recipe.channels, classes=3, plan=plan_levels(recipe.spacing))
    export(model, ModelCard(labels=LABELS, recipe=recipe, config=config, step=3), folder)


def test_what_is_written_is_what_prediction_makes_of_both_networks(tmp_path):
    exported(tmp_path / "model")
    card, networks = load_networks(tmp_path / "model", torch.device("cpu"))
    size = card.recipe.patch
    window = torch.from_numpy(blob(size)[0])[None, None].float()
    with torch.no_grad():
        first, second = (network(window)[0].softmax(1)[0] for network in networks)
        beliefs = combine(first, second)
        found = portable.Both(networks, card.temperature).eval()(window.permute(0, 1, 4, 3, 2))
    mean, total, apart = (each[0].permute(0, 3, 2, 1) for each in found)
    torch.testing.assert_close(mean, (first + second) / 2, atol=1e-5, rtol=0)
    torch.testing.assert_close(total[0], beliefs.total, atol=1e-5, rtol=0)
    torch.testing.assert_close(apart[0], beliefs.disagreement, atol=1e-5, rtol=0)


@pytest.mark.parametrize("form", ["torchscript", pytest.param("onnx", marks=pytest.mark.long)])
def test_a_file_is_compared_voxel_by_voxel_and_described(form, tmp_path, capsys):
    if form == "onnx":
        for name in ("onnx", "onnxscript", "onnxruntime"):
            pytest.importorskip(name, reason="needs pip install onnx onnxscript onnxruntime, which only ONNX does")
    exported(tmp_path / "model", norm="batch" if form == "onnx" else "instance")
    output = tmp_path / "out" / "it"
    assert main(["export", str(tmp_path / "model"), "--format", form, "--output", str(output)]) == 0
    assert "another class in 0." in capsys.readouterr().out
    told = json.loads(output.with_name("it.json").read_bytes())
    assert told["checked"]["largest_difference"] < 1e-4
    assert told["classes"] == {"0": "background", "3": "kernel", "7": "shell"}


def test_what_differs_is_not_left_behind(tmp_path, monkeypatch, capsys):
    exported(tmp_path / "model")

    def wrong(both, window, output):
        output.touch()
        return lambda given: tuple(1 - each for each in both(given))

    monkeypatch.setattr(portable, "_WRITERS", {"torchscript": wrong})
    assert main(["export", str(tmp_path / "model"), "--format", "torchscript"]) == 2
    assert "differs from PyTorch" in capsys.readouterr().err
    assert not (tmp_path / "model" / "models" / "model.ts").exists()


def test_what_is_missing_for_onnx_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(portable.importlib.util, "find_spec", lambda name: None)
    assert main(["export", str(tmp_path), "--format", "onnx"]) == 2
    assert "pip install onnx onnxscript onnxruntime" in capsys.readouterr().err
