"""The literature's own way to predict and to measure, for tables that are set beside published ones.

Windows at fixed strides, averaged without weights; Dice, Jaccard, HD95 and ASD in voxels; no other step in between, and
the last checkpoint. As in the code of UA-MT (Yu et al., MICCAI 2019), on which the tables of the field are built: HD95
is the 95th percentile over the distances of both surfaces together, ASD the mean distance from the prediction's surface
to the truth's. Ours beside it are in mm, HD95 the larger of both sides, the surface distance symmetric.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from monai.inferers.utils import sliding_window_inference
from torch import Tensor

from dualnetssl.bundle.export import load_networks
from dualnetssl.bundle.model_card import ModelCard
from dualnetssl.cli.terminal import Progress
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.method.networks import Segmenter
from dualnetssl.scans.preparation import read_canonical_label, read_prepared, resize_label
from dualnetssl.scores.evaluate import mean_of
from dualnetssl.scores.metrics import surface_distances
from dualnetssl.worker.jobs import choose_device
from dualnetssl_bench.experiments.protocols import Material

Mask = npt.NDArray[np.bool_]
PUBLISHED = ("dc", "jc", "hd95", "asd")


def published_figures(model: Path, material: Material, strides: Sequence[int], device: str) -> dict[str, Any]:
    """Predict and measure the scans kept out as the literature does; all foreground classes count as one.

    Returns:
        ``dc``, ``jc`` in [0, 1], ``hd95``, ``asd`` in voxels, means over scans, and ``failures``: scans in which
        nothing was found, which count as 0 for ``dc`` and ``jc`` and have no distances.
    """
    place = choose_device(device)
    card, networks = load_networks(model, place)
    rows = []
    with Progress("predicting as published") as progress:
        for number, case in enumerate(material.kept_out, start=1):
            rows.append(_figures_of(case, card, networks, strides, place))
            progress.count(number, len(material.kept_out), case.case)
    means = {name: mean_of(row[name] for row in rows) for name in PUBLISHED}
    return {**means, "failures": sum(row["hd95"] is None for row in rows)}


def _figures_of(
    case: JobCase, card: ModelCard, networks: Sequence[Segmenter], strides: Sequence[int], device: torch.device
) -> dict[str, float | None]:
    image = read_prepared(case.image, card.recipe)[0].float()

    def both(window: Tensor) -> Tensor:
        return torch.stack([network(window)[0].float().softmax(dim=1) for network in networks]).mean(dim=0)

    chances = windowed_mean(image[None], card.recipe.patch, strides, both, device)
    truth = resize_label(read_canonical_label(case, card.labels), image.shape[1:]).numpy()
    return voxel_figures(chances[0].argmax(dim=0).numpy() > 0, truth > 0)


def windowed_mean(
    image: Tensor,
    patch: Sequence[int],
    strides: Sequence[int],
    believe: Callable[[Tensor], Tensor],
    device: torch.device,
) -> Tensor:
    """Return the plain mean over all windows of ``[1, K, D, H, W]`` at fixed strides, float32 ``[1, C, D, H, W]``.

    The last window of each axis is moved back so that it ends with the scan; a scan smaller than the patch is padded
    with zeros.
    """
    # Half a voxel more than the stride keeps MONAI, which truncates, from losing one to rounding.
    overlap = [max(0.0, 1 - (stride + 0.5) / edge) for stride, edge in zip(strides, patch, strict=True)]
    with torch.inference_mode():
        mean = sliding_window_inference(
            image, patch, 1, believe, overlap=overlap, mode="constant", sw_device=device, device=torch.device("cpu")
        )
    assert isinstance(mean, Tensor)  # noqa: S101 - one output was asked for
    return mean


def voxel_figures(prediction: Mask, truth: Mask) -> dict[str, float | None]:
    """Return the literature's figures of one scan, distances in voxels; None where a side is empty.

    Example:
        >>> mask = np.zeros((4, 4, 4), bool)
        >>> mask[1:3, 1:3, 1:3] = True
        >>> voxel_figures(mask, mask)
        {'dc': 1.0, 'jc': 1.0, 'hd95': 0.0, 'asd': 0.0}
    """
    overlap, total = int((prediction & truth).sum()), int(prediction.sum()) + int(truth.sum())
    if not prediction.any() or not truth.any():
        return {"dc": 0.0, "jc": 0.0, "hd95": None, "asd": None}
    there, back = surface_distances(prediction, truth, (1.0, 1.0, 1.0))
    return {
        "dc": 2 * overlap / total,
        "jc": overlap / (total - overlap),
        "hd95": float(np.percentile(np.concatenate([there, back]), 95)),
        "asd": float(there.mean()),
    }
