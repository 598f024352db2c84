"""What memory a job needs of a node: ``python -m dualnetssl.worker.needs JOBDIR [--gpu]`` prints bytes.

From headers and cards alone; no voxel is read. Who hands jobs in to a cluster has to say it beforehand.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from dualnetssl import volumes
from dualnetssl.bundle.model_card import read_card
from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.jobspec import JobSpec
from dualnetssl.prediction.footprint import largest
from dualnetssl.scans.preparation import Recipe, choose_grid, grid_size, probe_image
from dualnetssl.worker.memory import BYTES_A_VOXEL, Load, training_bytes

_PROGRAM = 1_000_000_000
_PROGRAM_WITH_CUDA = 5_000_000_000
_MARGIN = 1.25  # a training was measured to take 15 % more than is estimated
_READING = 24  # bytes a voxel of the one scan that is being read and resampled


def needed_bytes(spec: JobSpec, *, on_gpu: bool) -> int:
    """Estimate the bytes of a node's memory that a job takes, the program included.

    Args:
        spec: the order.
        on_gpu: whether networks and scans rest on a GPU.
    """
    program = _PROGRAM_WITH_CUDA if on_gpu else _PROGRAM
    if spec.train is None:
        return program + int(_MARGIN * largest(spec.cases, read_card(Path(str(spec.model)))).overlapped)
    grid = choose_grid(spec.cases, spec.train)
    sizes = [_voxels(case.image, grid.spacing) for case in spec.cases]
    reading = _READING * max(own for own, _ in sizes)
    # what is kept is mapped: the system takes that memory back whenever it is needed
    scans = 0 if spec.prepared else BYTES_A_VOXEL * sum(prepared for _, prepared in sizes)
    return program + int(_MARGIN * (reading + (0 if on_gpu else _training(spec, spec.train, scans))))


def _training(spec: JobSpec, config: TrainConfig, scan_bytes: int) -> int:
    grid = choose_grid(spec.cases, config)
    recipe = Recipe(spacing=grid.spacing, windows=(None,) * grid.channels, patch=grid.patch)
    return training_bytes(Load(config, recipe, grid.plan), len(spec.labels) + 1, scan_bytes)


def _voxels(image: str, spacing: Sequence[float]) -> tuple[int, int]:
    """Return the voxels of a scan on its own grid and on that of the training, of all channels."""
    header = probe_image(image)
    own = volumes.canonical_geometry(header.geometry)
    return (
        header.channels * math.prod(own.size),
        header.channels * math.prod(grid_size(own, spacing)),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what the job of a directory needs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=Path)
    parser.add_argument("--gpu", action="store_true")
    chosen = parser.parse_args(arguments)
    sys.stdout.write(f"{needed_bytes(JobDirectory(chosen.directory).read_spec(), on_gpu=chosen.gpu)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
