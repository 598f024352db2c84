"""The mean probabilities of both networks, class by class, as a file that numpy reads without this program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from torch import Tensor

from dualnetssl import volumes
from dualnetssl.contract.schema import Geometry, LabelDefinition
from dualnetssl.prediction.archives import write_arrays

BACKGROUND = "background"


def write_probabilities(path: Path, probabilities: Tensor, native: Geometry, labels: Sequence[LabelDefinition]) -> None:
    """Write probabilities on a scan's own grid, as a whole.

    Args:
        path: file to make or replace, an archive of numpy's without pickles.
        probabilities: float16 ``[C, D, H, W]`` on the canonical form of the grid, background first.
        native: the scan's own grid.
        labels: the label set, in order of value.
    """
    parts = {
        "probabilities": np.stack([volumes.from_canonical(part.numpy(), native) for part in probabilities]),
        "names": np.array([BACKGROUND, *(label.name for label in labels)]),
        "values": np.array([0, *(label.value for label in labels)], np.uint8),
        "spacing": np.array(native.spacing),
        "origin": np.array(native.origin),
        "direction": np.reshape(native.direction, (3, 3)),
    }
    write_arrays(path, parts)
