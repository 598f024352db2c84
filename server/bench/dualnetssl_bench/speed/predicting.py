"""``bench predicting``: what a large scan takes to predict beside the networks: reading, windows, maps and writing.

A phantom CT, and networks of a known answer in place of trained ones, whose own time is not counted. Figures are CPU
seconds of one thread, the least of several rounds: on a loaded machine those say most.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from dualnetssl.cli.numbers import whole
from dualnetssl.cli.terminal import Progress
from dualnetssl_bench.findings import frame
from dualnetssl_bench.findings.frame import Findings

if TYPE_CHECKING:
    import torch

    from dualnetssl.prediction.predict import Predictor, Scan
    from dualnetssl.prediction.uncertainty import Beliefs

_SPACING = (0.8, 0.8, 2.0)
_WINDOW = (-160.0, 240.0)
_AIR, _NOISE = -1000, 12
_SURE = 1000
_QUICK = (12, 48, 16)
_PARTS = ("reading", "windows", "maps", "writing")
_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Way:
    """One kind of prediction.

    Attributes:
        sharpness: of the networks' answers: the more, the fewer voxels are in doubt.
        coarser: voxels of the training grid in one of the scan, along an axis in plane.
    """

    sharpness: float
    coarser: float = 1.0


WAYS = {"much in doubt": Way(3.0), "little in doubt": Way(40.0), "another grid": Way(40.0, 1.25)}


@dataclass
class Clock:
    """CPU seconds of parts; those of the networks are taken out of all."""

    seconds: dict[str, float] = field(default_factory=dict)
    networks: float = 0.0

    def time(self, part: str, work: Callable[[], _Found]) -> _Found:
        """Do some work and add its time to that of a part."""
        begun, others = time.process_time(), self.networks
        found = work()
        spent = time.process_time() - begun - (self.networks - others)
        self.seconds[part] = self.seconds.get(part, 0.0) + spent
        return found

    def each(self, part: str, slabs: Iterator[_Found]) -> Iterator[_Found]:
        """Yield what an iterator yields; what it takes for that is added to the time of a part."""
        ended = object()
        while (slab := self.time(part, lambda: next(slabs, ended))) is not ended:
            yield slab  # type: ignore[misc]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--slices", type=whole("--slices", 2, 600), default=96, help="of 512 x 512 voxels (96)")
    parser.add_argument("--rounds", type=whole("--rounds", 1), default=2, help="of all ways in turns (2)")
    parser.add_argument("--quick", action="store_true", help="a tiny scan: shows that it runs, no more")
    frame.add_file(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure, and tell it."""
    import torch

    slices, edge, patch = _QUICK if arguments.quick else (arguments.slices, 512, 96)
    torch.set_num_threads(1)
    rounds: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="dualnetssl-bench-") as scratch, Progress("predictions") as progress:
        write_scan(Path(scratch) / "scan.nrrd", slices, edge)
        for number in range(arguments.rounds):
            for done, (name, way) in enumerate(WAYS.items()):
                progress.count(number * len(WAYS) + done, arguments.rounds * len(WAYS), name)
                rounds.setdefault(name, []).append(measure(Path(scratch), way, patch))
    least = {name: {part: min(one[part] for one in each) for part in each[0]} for name, each in rounds.items()}
    frame.tell(findings(least, (slices, edge, edge)), arguments.output)
    return 0


def write_scan(path: Path, slices: int, edge: int) -> None:
    """Write a CT: a body that fills half of each slice, tissues that pass into each other, noise, and air around."""
    from dualnetssl import volumes
    from dualnetssl.contract.schema import Geometry

    direction = (1, 0, 0, 0, 1, 0, 0, 0, 1)
    grid = Geometry(size=(edge, edge, slices), spacing=_SPACING, origin=(0, 0, 0), direction=direction)
    volumes.write_volume(path, phantom(slices, edge), grid)


def phantom(slices: int, edge: int) -> npt.NDArray[np.int16]:
    """Return Hounsfield units ``[k, j, i]``, the same each time."""
    generator = np.random.default_rng(0)
    k, j, i = np.meshgrid(np.linspace(0, 1, slices), *[np.linspace(-1, 1, edge)] * 2, indexing="ij", sparse=True)
    tissue = 40 + 150 * np.sin(7 * i + 2 * k) * np.cos(6 * j - 3 * k)
    hu = np.where((i / 0.9) ** 2 + (j / 0.7) ** 2 < 1, tissue, _AIR)
    noisy: npt.NDArray[np.int16] = np.rint(hu + generator.normal(0, _NOISE, hu.shape)).astype(np.int16)
    return noisy


def stand_in(way: Way, bias: float, clock: Clock) -> Callable[[torch.Tensor], tuple[torch.Tensor, None]]:
    """Return a network that holds dark tissue for one organ and bright tissue for another; its time is put aside."""
    import torch
    from torch.nn import functional as F

    def network(window: torch.Tensor) -> tuple[torch.Tensor, None]:
        begun = time.process_time()
        coarse = F.avg_pool3d(window, 4, ceil_mode=True)
        seen = F.interpolate(coarse, size=window.shape[2:], mode="trilinear", align_corners=False) - bias
        organs = way.sharpness * torch.cat([0.05 - (seen + 0.55).abs(), seen - 0.5], dim=1)
        # air is as dark as can be, and sure to be no organ
        logits = torch.cat([torch.zeros_like(seen), organs - _SURE * F.relu(-0.9 - seen)], dim=1)
        logits = logits.contiguous(memory_format=torch.channels_last_3d)  # as the head of a network leaves them
        clock.networks += time.process_time() - begun
        return logits, None

    return network


def predictor_of(way: Way, patch: int, clock: Clock) -> Predictor:
    """Return a model of three classes whose networks are stand-ins."""
    import torch

    from dualnetssl.bundle.model_card import ModelCard
    from dualnetssl.contract.config import TrainConfig
    from dualnetssl.contract.schema import LabelDefinition
    from dualnetssl.prediction.predict import Predictor
    from dualnetssl.scans.preparation import Recipe

    labels = tuple(LabelDefinition(value=value, name=name) for value, name in ((1, "dark"), (2, "bright")))
    i, j, k = _SPACING
    recipe = Recipe(spacing=(k, j * way.coarser, i * way.coarser), windows=(_WINDOW,), patch=(patch,) * 3)
    card = ModelCard(labels=labels, recipe=recipe, config=TrainConfig(), step=1)
    networks: Any = stand_in(way, 0.0, clock), stand_in(way, 0.02, clock)
    return Predictor(card, networks, torch.device("cpu"), overlap=0.5)


def measure(folder: Path, way: Way, patch: int) -> dict[str, float]:
    """Predict the folder's scan as a job does; return CPU seconds of each part and the share of voxels in doubt."""
    from dualnetssl.contract.jobspec import JobCase
    from dualnetssl.prediction.opinions import FLOOR
    from dualnetssl.prediction.predict import read_scan, write_case

    clock, case = Clock(), JobCase(case="scan", image=str(folder / "scan.nrrd"))
    predictor = predictor_of(way, patch, clock)
    scan = clock.time("reading", lambda: read_scan(Path(case.image), predictor.card.recipe))
    beliefs = _believed(predictor, scan, clock)
    clock.time("writing", lambda: write_case(beliefs, scan, predictor.card, case, folder))
    clock.seconds["maps"] -= clock.seconds["windows"]
    doubt = float((beliefs.total.maximum(beliefs.disagreement) > FLOOR).float().mean())
    return {part: clock.seconds[part] for part in _PARTS} | {"doubt": doubt}


def _believed(predictor: Predictor, scan: Scan, clock: Clock) -> Beliefs:
    """Predict a scan; what combines the slabs is in the time of the maps, and so is that of the windows."""
    from dualnetssl.prediction.predict import believe_scan

    class Timed(type(predictor)):  # type: ignore[misc]
        def slabs(self, image: torch.Tensor) -> Iterator[torch.Tensor]:
            return clock.each("windows", super().slabs(image))

    timed = Timed(**{name: getattr(predictor, name) for name in predictor.__dataclass_fields__})
    return clock.time("maps", lambda: believe_scan(timed, scan))


def findings(least: dict[str, dict[str, float]], size: tuple[int, int, int]) -> Findings:
    """Put the figures into a table."""
    rows = [
        [
            f"{name} ({100 * one['doubt']:.0f} % of the voxels)",
            *(f"{one[part]:.2f}" for part in _PARTS),
            f"{sum(one[part] for part in _PARTS):.2f}",
        ]
        for name, one in least.items()
    ]
    figures = {"size": size, "ways": least}
    return Findings("predicting", ["CPU seconds", *_PARTS, "all"], rows, figures, ("The networks' time is left out.",))
