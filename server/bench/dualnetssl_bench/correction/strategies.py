"""Where a clinician looks next: strategies of correction, from whole scans at random to the places of most doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from dualnetssl.contract.jobspec import JobCase
from dualnetssl_bench.correction.effort import Mask
from dualnetssl_bench.correction.looking import Look, Proposal, opinions_beside, reviewed_mask, uncertain_regions
from dualnetssl_bench.experiments.experiments import predict
from dualnetssl_bench.labelling.ways import SLICES_AT

if TYPE_CHECKING:
    from DualNetSSLLib.regions.in_memory import Region

_PARTS = ("seg", "uncertainty", "disagreement")
_MARGIN_SLICES = 2
_MOST_REGIONS = 6
_HAND = 12
"""Regions that are dealt out over all scans at a time: some six minutes of a clinician, by the prices of `effort`."""


@dataclass(frozen=True)
class View:
    """All scans that could be corrected, predicted by the present model when they are looked at.

    Attributes:
        model: folder of the model.
        cases: the scans, by name.
        folder: where their predictions are kept.
        device: where to predict.
        verified: voxels verified so far, of the scans that were corrected.
        classes: number of classes with the background.
        number: of the round, from 1.
    """

    model: Path
    cases: Mapping[str, JobCase]
    folder: Path
    device: str
    verified: Mapping[str, Mask]
    classes: int
    number: int = 1

    def look(self, case: str) -> Look:
        """Look at one scan."""
        self._predict([case])
        segmentation, uncertainty = (sitk.ReadImage(str(self._path(case, part))) for part in _PARTS[:2])
        verified = self.verified.get(case, np.zeros(uncertainty.GetSize()[::-1], bool))
        said = opinions_beside(self._path(case, "seg"), uncertainty.GetSize())
        return Look(case, segmentation, uncertainty, verified, said)

    def look_at_all(self) -> Iterator[Look]:
        """Look at all scans, one after the other."""
        self._predict(list(self.cases))
        return (self.look(case) for case in self.cases)

    def _predict(self, names: Sequence[str]) -> None:
        missing = [name for name in names if not all(self._path(name, part).exists() for part in _PARTS)]
        if missing:
            unlabelled = [self.cases[name].model_copy(update={"label": None}) for name in missing]
            predict(self.model, unlabelled, self.folder, self.device)

    def _path(self, case: str, part: str) -> Path:
        return self.folder / f"{case}.{part}.nrrd"


Strategy = Callable[[View, np.random.Generator], Iterator[Proposal]]


def nothing(view: View, rng: np.random.Generator) -> Iterator[Proposal]:
    """Correct nothing: what the further training alone is worth."""
    return iter(())


def random_scan(view: View, rng: np.random.Generator) -> Iterator[Proposal]:
    """Take a random scan and go through all of it."""
    for look in _untouched(view, rng):
        yield Proposal(look, np.ones(look.verified.shape, bool))


def foreground_scan(view: View, rng: np.random.Generator) -> Iterator[Proposal]:
    """Take a random scan and go through the slices in which anything was found, and two more at either end."""
    for look in _untouched(view, rng):
        yield Proposal(look, slices_about(look.predicted > 0))


def uncertain_scan(view: View, rng: np.random.Generator) -> Iterator[Proposal]:
    """Take the scan of the highest mean uncertainty and go through all of it."""
    doubt = {
        look.case: float(sitk.GetArrayViewFromImage(look.uncertainty).mean())
        for look in view.look_at_all()
        if not look.verified.any()
    }
    for case in sorted(doubt, key=lambda name: -doubt[name]):
        look = view.look(case)
        yield Proposal(look, np.ones(look.verified.shape, bool))


def slices(view: View, rng: np.random.Generator) -> Iterator[Proposal]:
    """Take a random scan and go through three of its slices: at 1/6, 1/2 and 5/6 of what was found."""
    for look in _untouched(view, rng):
        first, last = _extent(look.predicted > 0)
        yield Proposal(look, _planes(look, [first + int(share * (last - first + 1)) for share in SLICES_AT]))


def uncertain_slices(view: View, rng: np.random.Generator) -> Iterator[Proposal]:
    """Take a random scan and go through its three most uncertain slices, a quarter of what was found apart."""
    for look in _untouched(view, rng):
        first, last = _extent(look.predicted > 0)
        doubt = sitk.GetArrayViewFromImage(look.uncertainty).sum(axis=(1, 2))
        apart, chosen = max(1, (last - first) // 4), list[int]()
        for place in np.argsort(-doubt, kind="stable").tolist():
            if len(chosen) < len(SLICES_AT) and all(abs(place - other) >= apart for other in chosen):
                chosen.append(place)
        yield Proposal(look, _planes(look, chosen))


def random_places(view: View, rng: np.random.Generator) -> Iterator[Proposal]:
    """Take a random scan and look at places of the predicted organs, as many and as large as `regions` would show.

    The rival that says what the map of uncertainty is worth: all the same, but for where the places lie.
    """
    for case in _shuffled(list(view.cases), rng):
        look = view.look(case)
        for wanted in _places(look, view.classes):
            yield Proposal(look, ball(look, int(wanted.sum()), rng))


def regions(view: View, rng: np.random.Generator) -> Iterator[Proposal]:
    """Take the scan whose uncertain regions promise most wrong voxels, and look at these: this project's way."""
    promise = {
        look.case: sum(region.found.remaining_error_mm3 for region in _regions(look, view.classes))
        for look in view.look_at_all()
    }
    for case in sorted(promise, key=lambda name: -promise[name]):
        look = view.look(case)
        for place in _places(look, view.classes):
            yield Proposal(look, place)


def worklist(view: View, rng: np.random.Generator) -> Iterator[Proposal]:
    """Take the regions of all scans as the panel's list deals them: two of three by class, one by expected error.

    Each hand is gone through scan by scan. The regions are those that `regions` has, so that only their order differs.
    """
    from DualNetSSLLib.regions.dealing import Candidate, by_scan, deal

    found = {look.case: _regions(look, view.classes) for look in view.look_at_all()}
    left = [
        Candidate(name, place, region.found.label, region.found.remaining_error_mm3)
        for name, regions in found.items()
        for place, region in enumerate(regions)
    ]
    seed = str(rng.integers(2**32))
    while dealt := deal(left, view.number, _HAND, seed):
        for name, hand in by_scan(dealt).items():
            look = view.look(name)
            yield from (Proposal(look, _place(look, found[name][one.place])) for one in hand)
        left = [one for one in left if one not in dealt]


STRATEGIES: Mapping[str, Strategy] = {
    "nothing": nothing,
    "random-scan": random_scan,
    "foreground-scan": foreground_scan,
    "uncertain-scan": uncertain_scan,
    "slices": slices,
    "uncertain-slices": uncertain_slices,
    "random-places": random_places,
    "regions": regions,
    "worklist": worklist,
}


def _untouched(view: View, rng: np.random.Generator) -> Iterator[Look]:
    return (view.look(case) for case in _shuffled([name for name in view.cases if name not in view.verified], rng))


def _shuffled(names: list[str], rng: np.random.Generator) -> list[str]:
    return [names[index] for index in rng.permutation(len(names))]


def _regions(look: Look, classes: int) -> list[Region]:
    return uncertain_regions(look, classes, _MOST_REGIONS)


def _places(look: Look, classes: int) -> list[Mask]:
    """Return the voxels that are looked at for each region."""
    return [_place(look, region) for region in _regions(look, classes)]


def _place(look: Look, region: Region) -> Mask:
    """Return the voxels that are looked at for a region: its own and those next to them."""
    return reviewed_mask(look, [region], 1.01 * max(look.uncertainty.GetSpacing()))


def slices_about(foreground: Mask) -> Mask:
    """Return the slices (planes of equal k) with foreground and two more at either end; all if there is none."""
    first, last = _extent(foreground)
    mask = np.zeros(foreground.shape, bool)
    mask[max(0, first - _MARGIN_SLICES) : last + _MARGIN_SLICES + 1] = True
    return mask


def _extent(foreground: Mask) -> tuple[int, int]:
    """Return the first and last slice (planes of equal k) with foreground; of the scan if there is none."""
    shown = np.flatnonzero(foreground.any(axis=(1, 2)))
    return (int(shown[0]), int(shown[-1])) if shown.size else (0, len(foreground) - 1)


def _planes(look: Look, places: Sequence[int]) -> Mask:
    mask = np.zeros(look.verified.shape, bool)
    mask[list(places)] = True
    return mask


def ball(look: Look, voxels: int, rng: np.random.Generator) -> Mask:
    """Return the so many voxels that lie closest to a random voxel of the predicted organs, verified ones left out."""
    candidates = np.flatnonzero((look.predicted > 0) & ~look.verified)
    if not candidates.size:
        candidates = np.flatnonzero(~look.verified)
    if not candidates.size:
        return np.zeros(look.verified.shape, bool)
    centre = np.unravel_index(int(rng.choice(candidates)), look.verified.shape)
    spacing = look.uncertainty.GetSpacing()[::-1]
    axes = [
        ((np.arange(size) - middle) * step) ** 2
        for size, middle, step in zip(look.verified.shape, centre, spacing, strict=True)
    ]
    distance = axes[0][:, None, None] + axes[1][None, :, None] + axes[2][None, None, :]
    nearest: Mask = distance <= np.partition(distance.ravel(), voxels - 1)[voxels - 1]
    return nearest
