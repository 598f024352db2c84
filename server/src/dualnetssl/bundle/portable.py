"""A model as one file that other programs run: ONNX or TorchScript, checked voxel by voxel against PyTorch.

Both hold the two networks and what is made of them, for one window at a time; a JSON file beside says how scans must be
prepared, of which size windows are, and what comes out. Axes are those of MONAI and nibabel (i, j, k).
"""

from __future__ import annotations

import importlib.util
import json
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from dualnetssl.bundle.export import load_networks
from dualnetssl.bundle.model_card import ModelCard
from dualnetssl.contract.errors import InvalidRequest, TrainingFailed
from dualnetssl.contract.jobdir import write_atomic
from dualnetssl.method.networks import InstanceNorm, Segmenter

Format = Literal["onnx", "torchscript"]
ENDINGS: dict[Format, str] = {"onnx": "onnx", "torchscript": "ts"}
OUTPUTS = ("probabilities", "uncertainty", "disagreement")
MOST_APART = 1e-3
"""Largest difference in any voxel of any output that is let pass."""
_OPSET = 18
_ONNX = ("onnx", "onnxscript")
_Outputs = tuple[Tensor, ...]


class Both(nn.Module):
    """Both networks and what is made of them, in operations that every format knows."""

    def __init__(self, networks: tuple[Segmenter, Segmenter], temperature: float) -> None:
        """Take the networks over; their norms are exchanged for PyTorch's plain ones, which compute the same."""
        super().__init__()
        self.networks = nn.ModuleList(_with_plain_norms(network) for network in networks)
        self._temperature = temperature

    def forward(self, image: Tensor) -> _Outputs:
        """Map ``[1, N, I, J, K]`` to `OUTPUTS`: ``[1, C, I, J, K]`` and twice ``[1, 1, I, J, K]``, all 0 to 1."""
        turned = image.permute(0, 1, 4, 3, 2)
        first, second = (
            (network.head(network(turned)[1]) / self._temperature).softmax(dim=1)  # type: ignore[operator]
            for network in self.networks
        )
        mean = (first + second) / 2
        whole = _entropy(mean)
        apart = whole - (_entropy(first) + _entropy(second)) / 2
        total = (whole / math.log(mean.shape[1])).clamp(0, 1)
        return tuple(each.permute(0, 1, 4, 3, 2) for each in (mean, total, (apart / math.log(2)).clamp(0, 1)))


def _entropy(probabilities: Tensor) -> Tensor:
    """Return the entropy in nats over the classes of ``[1, C, ...]``; ``xlogy`` is unknown to ONNX."""
    return -(probabilities * probabilities.clamp(min=1e-30).log()).sum(dim=1, keepdim=True)


def _with_plain_norms(network: nn.Module) -> nn.Module:
    for name, child in list(network.named_children()):
        if isinstance(child, InstanceNorm):
            plain = nn.InstanceNorm3d(len(child.weight), affine=True)
            plain.weight, plain.bias = child.weight, child.bias
            setattr(network, name, plain)
        else:
            _with_plain_norms(child)
    return network


@dataclass(frozen=True)
class Checked:
    """How an exported file compares with PyTorch on one window of noise.

    Attributes:
        voxels: that were compared.
        apart: largest difference in any of them and any output; None where nothing could run the file.
        other_class: voxels whose most likely class is another.
    """

    voxels: int
    apart: float | None
    other_class: int = 0

    def __str__(self) -> str:
        if self.apart is None:
            return "not checked, as nothing that runs it is installed: pip install onnxruntime, and export again"
        return (
            f"checked against PyTorch in {self.voxels} voxels: differences up to {self.apart:.1e}, "
            f"another class in {self.other_class}"
        )


def save(model: Path, output: Path, form: Format) -> Checked:
    """Write a model as one file, and ``.json`` beside it.

    Args:
        model: its folder.
        output: the file; parents are made.
        form: ``onnx`` or ``torchscript``.

    Raises:
        InvalidRequest: no model, or what writes ONNX is not installed.
        TrainingFailed: the file does not compute what PyTorch does; it is removed.
    """
    if form == "onnx":
        _need_onnx()
    card, networks = load_networks(model, torch.device("cpu"))
    torch.manual_seed(0)
    window = torch.randn(1, card.recipe.channels, *reversed(card.recipe.patch))
    both = Both(networks, card.temperature).to(memory_format=torch.contiguous_format).eval()  # type: ignore[call-overload]
    output.parent.mkdir(parents=True, exist_ok=True)
    with torch.inference_mode(mode=False), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporters about themselves
        wanted = both(window)
        run = _WRITERS[form](both, window, output)
        found = _compared(wanted, run(window) if run else None)
    if found.apart is not None and not found.apart <= MOST_APART:
        output.unlink()
        raise TrainingFailed(
            f"a file that differs from PyTorch by {found.apart:.3g}", f"at most {MOST_APART}", "Please report it."
        )
    write_atomic(description_of(output), json.dumps(described(card, found), indent=1).encode())
    return found


def description_of(output: Path) -> Path:
    """Return the file beside an exported one that describes it.

    Example:
        >>> description_of(Path("model.onnx")).name
        'model.onnx.json'
    """
    return output.with_name(f"{output.name}.json")


def _need_onnx() -> None:
    missing = [name for name in _ONNX if importlib.util.find_spec(name) is None]
    if missing:
        received = f"an export to ONNX without {' and '.join(missing)}"
        raise InvalidRequest(
            received, "PyTorch's own exporter, which needs them", f"Run: pip install {' '.join(_ONNX)} onnxruntime"
        )


_Run = Callable[[Tensor], _Outputs]


def _write_onnx(both: Both, window: Tensor, output: Path) -> _Run | None:
    torch.onnx.export(
        both,
        (window,),
        output,
        input_names=["image"],
        output_names=list(OUTPUTS),
        opset_version=_OPSET,
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    return _by_onnxruntime(output) if importlib.util.find_spec("onnxruntime") is not None else None


def _by_onnxruntime(file: Path) -> _Run:
    runtime: Any = importlib.import_module("onnxruntime")
    session = runtime.InferenceSession(file, providers=["CPUExecutionProvider"])
    return lambda window: tuple(map(torch.from_numpy, session.run(list(OUTPUTS), {"image": window.numpy()})))


def _write_torchscript(both: Both, window: Tensor, output: Path) -> _Run:
    traced: Any = torch.jit.trace(both, window, check_trace=False)  # type: ignore[no-untyped-call]
    traced.save(str(output))
    run: _Run = torch.jit.load(str(output))  # type: ignore[no-untyped-call]
    return run


_WRITERS: dict[Format, Callable[[Both, Tensor, Path], _Run | None]] = {
    "onnx": _write_onnx,
    "torchscript": _write_torchscript,
}


def _compared(wanted: _Outputs, found: _Outputs | None) -> Checked:
    voxels = wanted[0][0, 0].numel()
    if found is None:
        return Checked(voxels, None)
    apart = max(float((one - other).abs().max()) for one, other in zip(wanted, found, strict=True))
    other = (wanted[0].argmax(dim=1) != found[0].argmax(dim=1)).sum()
    return Checked(voxels, apart, int(other))


def described(card: ModelCard, found: Checked) -> dict[str, Any]:
    """Return what who runs the file has to know, fit for JSON."""
    return {
        "input": "image",
        "input_shape": [1, card.recipe.channels, *reversed(card.recipe.patch)],
        "axes": "batch, channel, i, j, k; i to left, j to posterior, k to superior",
        "spacing_mm": list(reversed(card.recipe.spacing)),
        "windows_hu": list(card.recipe.windows),
        "soft_clip": card.recipe.soft_clip,
        "normalisation": "of the whole scan before windows are cut: normalise() of scripts/intensity.py in the model",
        "outputs": list(OUTPUTS),
        "classes": {0: "background"} | {label.value: label.name for label in card.ordered_labels},
        "checked": {"voxels": found.voxels, "largest_difference": found.apart, "other_class": found.other_class},
    }
