"""What an exported bundle runs in plain MONAI; copied into the bundle beside the networks it builds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dualnetssl.method.networks import PAIR, Kind, Norm, build_network, plan_levels
from dualnetssl.scans.intensity import Window, normalise


class DualPredictor(nn.Module):
    """Both networks as one: image in MONAI's axis order (i, j, k), mean probability of both networks out."""

    def __init__(
        self,
        *,
        channels: int,
        classes: int,
        width: int,
        norm: Norm,
        spacing: Sequence[float],
        temperature: float = 1.0,
        networks: Sequence[Kind] = PAIR,
    ) -> None:
        """Build the networks; ``spacing`` in mm along (k, j, i) as they were trained."""
        super().__init__()
        self._temperature = temperature
        plan = plan_levels(spacing)
        for index, kind in enumerate(networks):
            network = build_network(kind, channels=channels, classes=classes, width=width, norm=norm, plan=plan)
            self.add_module(str(index), network)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``[B, N, I, J, K]`` to probabilities ``[B, C, I, J, K]``."""
        turned = x.permute(0, 1, 4, 3, 2).contiguous()
        first, second = ((module(turned)[0] / self._temperature).softmax(dim=1) for module in self.children())
        mean: Tensor = (first + second) / 2
        return mean.permute(0, 1, 4, 3, 2)


class GridInferer:
    """Lets an inferer work at the spacing of training and brings the probabilities back to the scan's own grid."""

    def __init__(self, inferer: Callable[[Tensor, nn.Module], Tensor], spacing: Sequence[float]) -> None:
        """Keep the inferer; ``spacing`` in mm along (i, j, k) as in training."""
        self._inferer, self._spacing = inferer, spacing

    def __call__(self, image: Tensor, network: nn.Module) -> Tensor:
        """Map ``[1, N, I, J, K]``, a MONAI tensor that knows its affine, to probabilities ``[1, C, I, J, K]``."""
        affine = getattr(image, "affine").reshape(-1, 4, 4)[0]  # noqa: B009 - MONAI's tensors have it, torch's do not
        own = affine[:3, :3].norm(dim=0).tolist()
        pairs = zip(image.shape[2:], own, self._spacing, strict=True)
        size = [max(1, round(count * present / wanted)) for count, present, wanted in pairs]
        seen = _resize(image, size).half().float()  # as precise as scans are in training
        return _resize(self._inferer(seen, network), image.shape[2:])


def _resize(volume: Tensor, size: Sequence[int]) -> Tensor:
    if tuple(volume.shape[2:]) == tuple(size):
        return volume
    return F.interpolate(volume, size=tuple(size), mode="trilinear", align_corners=False)


def normalise_image(image: Tensor, windows: Sequence[Window], soft: bool) -> Tensor:
    """Normalise a channel-first image as in training, keeping its type and its metadata."""
    scaled = normalise(np.asarray(image, dtype=np.float32), windows, soft)
    result = image.clone().float()
    result[:] = torch.from_numpy(scaled)
    return result


def load_weights(network: nn.Module, path: str) -> None:
    """Fill the network from ``models/model.pt``, which holds tensors and nothing that could run."""
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))


def segment(
    scans: Iterable[dict[str, Any]],
    network: nn.Module,
    inferer: Callable[[Tensor, nn.Module], Tensor],
    finish: Callable[[dict[str, Any]], object],
    device: torch.device,
) -> None:
    """Segment prepared scans one by one; MONAI's evaluator would do the same but needs PyTorch Ignite.

    Args:
        scans: dictionaries with ``image`` ``[N, I, J, K]``.
        network: the predictor.
        inferer: moves it over a scan.
        finish: takes the dictionary with the probabilities ``pred`` ``[C, I, J, K]`` and saves the segmentation.
        device: where to run.
    """
    network.eval()
    with torch.no_grad():
        for scan in scans:
            finish({**scan, "pred": inferer(scan["image"].to(device)[None], network)[0].cpu()})


def to_values(indices: Tensor, values: Sequence[int]) -> Tensor:
    """Turn class indices into label values, on the axes of a scan without channels, as MONAI's writer is told.

    Example:
        >>> to_values(torch.tensor([0, 1]), [0, 7]).tolist()
        [0, 7]
    """
    result = indices.clone()
    table = torch.tensor(values, dtype=indices.dtype, device=indices.device)
    result[:] = table[indices.long()]
    if hasattr(result, "meta"):
        result.meta["original_channel_dim"] = float("nan")
    return result
