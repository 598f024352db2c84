"""How far windows overlap, where there is not the time for as much as is best."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from dualnetssl.contract.jobspec import PredictConfig
from dualnetssl.contract.schema import Geometry
from dualnetssl.prediction.places import windows_of
from dualnetssl.prediction.predict import Predictor, load_predictor
from dualnetssl.scans.preparation import grid_size
from dualnetssl.volumes import canonical_geometry

OVERLAPS = (0.5, 0.375, 0.25, 0.125)
"""What is tried; with less, seams between windows show."""


@dataclass(frozen=True)
class Pace:
    """What predicting takes.

    Attributes:
        sizes: of the scans on the training grid, (k, j, i).
        patch: of a window.
        window_seconds: that both networks take for one.
    """

    sizes: Sequence[Sequence[int]]
    patch: Sequence[int]
    window_seconds: float

    def seconds(self, overlap: float) -> float:
        """Return what the networks take for all scans."""
        return self.window_seconds * sum(windows_of(size, self.patch, overlap) for size in self.sizes)

    def within(self, seconds: float, most: float) -> tuple[float, str]:
        """Choose the largest overlap, ``most`` at most, with which the networks are done in time; and say so.

        Example:
            >>> Pace([(300, 512, 512)], (96, 96, 96), 6.0).within(1800, 0.5)
            (0.25, 'windows overlap by 0.25: the networks take about 20 minutes, and with 0.5 they would take 60')
        """
        tried = (most, *(overlap for overlap in OVERLAPS if overlap < most))
        fastest = min(tried, key=self.seconds)  # the first of several, which overlaps most
        chosen = next((overlap for overlap in tried if self.seconds(overlap) <= seconds), fastest)
        told = f"windows overlap by {chosen:g}: the networks take about {_minutes(self.seconds(chosen))} minutes"
        if chosen != most:
            told += f", and with {most:g} they would take {_minutes(self.seconds(most))}"
        if self.seconds(chosen) > seconds:
            told += "; less overlap would show seams"
        return chosen, told


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f}" if seconds < 60 else f"{seconds / 60:.0f}"


def measured(model: Path, geometries: Sequence[Geometry], config: PredictConfig, device: torch.device) -> Pace:
    """Try out a model on one window, and return what scans of these grids take.

    Raises:
        InvalidRequest: the folder holds no whole model.
    """
    predictor = load_predictor(model, config, device)
    recipe = predictor.card.recipe
    sizes = [grid_size(canonical_geometry(geometry), recipe.spacing) for geometry in geometries]
    return Pace(sizes, recipe.patch, _window_seconds(predictor))


def _window_seconds(predictor: Predictor) -> float:
    """Return the time of the second look, which does no more than every later one; waits for the device."""
    recipe = predictor.card.recipe
    window = torch.zeros((1, recipe.channels, *recipe.patch), device=predictor.device)
    begun = time.perf_counter()
    with torch.inference_mode():
        for _ in range(2):
            begun = time.perf_counter()
            for said in predictor.look(window):
                said.sum().item()
    return time.perf_counter() - begun
