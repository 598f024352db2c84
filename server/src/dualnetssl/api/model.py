"""A trained model that takes volumes from memory: arrays with an affine, SimpleITK images, MONAI's tensors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dualnetssl import volumes
from dualnetssl.api.grids import Given, taken
from dualnetssl.bundle.export import load_networks
from dualnetssl.bundle.model_card import ModelCard
from dualnetssl.contract.jobspec import PredictConfig
from dualnetssl.method.networks import Segmenter
from dualnetssl.prediction.predict import Predictor, Scan, dice_to_expect, summarise
from dualnetssl.prediction.uncertainty import Beliefs, gather
from dualnetssl.prediction.windows import back
from dualnetssl.scans.preparation import prepared, to_values
from dualnetssl.worker.jobs import choose_device


@dataclass(frozen=True)
class Prediction:
    """What a model says of a scan; volumes are of the kind that was given, on the same grid.

    Attributes:
        segmentation: values of the label set, uint8.
        uncertainty: entropy of the mean of both networks, 0 to 1, float32.
        disagreement: Jensen-Shannon divergence of the two networks, 0 to 1, float32.
        probabilities: mean of both networks, float32; channels are background, then the classes by their values.
        summary: volumes in ml, mean uncertainties and predicted Dice; see docs/formats.md.
    """

    segmentation: Any
    uncertainty: Any
    disagreement: Any
    probabilities: Any
    summary: dict[str, Any]


@dataclass(frozen=True)
class Model:
    """A trained model; call it with a volume.

    Attributes:
        card: what it is: label set, preparation, figures of its training.
        networks: both, in evaluation mode.
        device: where it runs.
        overlap: of neighbouring windows, 0 to 0.95.
    """

    card: ModelCard
    networks: tuple[Segmenter, Segmenter]
    device: torch.device
    overlap: float

    def __call__(self, volume: Any, affine: Any = None) -> Prediction:
        """Segment a volume; all classes' probabilities of it are held in memory.

        Args:
            volume: a ``SimpleITK.Image``; a MONAI ``MetaTensor`` ``[c, x, y, z]``; or an array ``[x, y, z]`` or
                ``[c, x, y, z]`` with an affine, as nibabel has them.
            affine: 4×4, from voxel indices to mm in RAS; of arrays alone.

        Raises:
            InvalidVolume: it is none of these, not finite, or has other channels than the model's.
        """
        given = taken(volume, affine)
        image, geometry = volumes.to_canonical(given.image, given.geometry)
        scan = Scan(prepared(image, geometry, self.card.recipe), geometry)
        beliefs, mean = self._believe(scan)
        labels = self.card.labels
        summary = summarise(beliefs, geometry, labels) | dice_to_expect(beliefs, labels, self.card.quality)

        def back_again(array: NDArray[Any]) -> Any:
            return given.like(_from_canonical(array, given))

        return Prediction(
            back_again(to_values(beliefs.classes.numpy(), labels)),
            back_again(beliefs.total.numpy()),
            back_again(beliefs.disagreement.numpy()),
            back_again(mean.numpy()),
            summary,
        )

    def _believe(self, scan: Scan) -> tuple[Beliefs, Tensor]:
        """Return the beliefs of a scan on its canonical grid, and the mean probabilities ``[C, D, H, W]``."""
        predictor = Predictor(self.card, self.networks, self.device, self.overlap)
        size = scan.geometry.size[::-1]
        own = list(back(predictor.slabs(scan.prepared), scan.prepared.shape[1], size))
        pairs = [(slab.chunk(2)[0], slab.chunk(2)[1]) for slab in own]
        return gather(pairs, size), torch.cat([(first + second) / 2 for first, second in pairs], dim=1)


def _from_canonical(array: NDArray[Any], given: Given) -> NDArray[Any]:
    if array.ndim == 3:
        return volumes.from_canonical(array, given.geometry)
    return np.stack([volumes.from_canonical(channel, given.geometry) for channel in array])


def load_model(folder: Path | str, device: str = "cpu", overlap: float = 0.5) -> Model:
    """Read a model.

    Args:
        folder: of the model, as `train` returns it.
        device: ``auto``, ``cpu`` or ``cuda:N``.
        overlap: of neighbouring windows, 0 to 0.95.

    Raises:
        InvalidRequest: no model, one whose weights do not fit its card, or no such device.
    """
    chosen = choose_device(device)
    return Model(*load_networks(Path(folder), chosen), chosen, PredictConfig(overlap=overlap).overlap)
