"""Labels for so many minutes: which scans are labelled, in one way, and the material that a training gets of it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from dualnetssl import volumes
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.contract.schema import IGNORED, Geometry
from dualnetssl_bench.experiments.protocols import Material
from dualnetssl_bench.labelling.prices import Work
from dualnetssl_bench.labelling.ways import WAYS, Painted, Scan, Shares


@dataclass(frozen=True)
class LabelSet:
    """What was labelled in so many minutes.

    Attributes:
        material: the scans, of which the first ones carry these labels.
        scans: how many were labelled.
        work: what it took.
        verified: voxels that somebody vouches for.
        drawn: of these, voxels of a class.
        wrong: voxels that the labels get wrong, as bounds that were fitted may do.
    """

    material: Material
    scans: int
    work: Work
    verified: int
    drawn: int
    wrong: int

    def figures(self) -> dict[str, Any]:
        """Return what is told of it, fit for JSON."""
        counts = {"scans": self.scans, "verified": self.verified, "drawn": self.drawn, "wrong": self.wrong}
        return {"spent_minutes": self.work.seconds / 60, **counts, "work": asdict(self.work)}


@dataclass(frozen=True)
class _Labelled:
    case: JobCase
    painted: Painted
    truth: np.ndarray[Any, np.dtype[np.uint8]]
    geometry: Geometry


def make(material: Material, way: str, minutes: float, seed: int, folder: Path) -> LabelSet:
    """Label scans, the first ones in their order, until the time is spent as nearly as whole scans of work allow.

    Args:
        material: all scans with their true labels.
        way: one of `WAYS`.
        minutes: to spend; at least one scan is labelled.
        seed: of where boxes lie.
        folder: gets the labels; nothing else should be in it.
    """
    done: list[_Labelled] = []
    work = Work()
    for one in _one_by_one(material, way, seed):
        longer = work + one.painted.work
        if done and abs(longer.seconds - 60 * minutes) >= abs(work.seconds - 60 * minutes):
            break
        done.append(one)
        work = longer
    folder.mkdir(parents=True, exist_ok=True)
    cases = [_write(one, folder) for one in done]
    labels = [one.painted.label for one in done]
    return LabelSet(
        replace(material, train=(*cases, *material.train[len(cases) :])),
        scans=len(done),
        work=work,
        verified=sum(int((label != IGNORED).sum()) for label in labels),
        drawn=sum(int(((label != IGNORED) & (label > 0)).sum()) for label in labels),
        wrong=sum(int(((one.painted.label != IGNORED) & (one.painted.label != one.truth)).sum()) for one in done),
    )


def _one_by_one(material: Material, way: str, seed: int) -> Iterator[_Labelled]:
    habit: Shares | None = None
    for case in material.train:
        assert case.label is not None  # noqa: S101 - all scans of a bench come with their truth
        truth, geometry = volumes.read_label(Path(case.label))
        i, j, k = geometry.spacing
        rng = np.random.default_rng([seed, zlib.crc32(case.case.encode())])
        scan = Scan(truth, (k, j, i), habit)
        yield _Labelled(case, WAYS[way](scan, rng), truth, geometry)
        habit = habit or scan.shares()


def _write(one: _Labelled, folder: Path) -> JobCase:
    path = folder / f"{one.case.case}.nrrd"
    volumes.write_volume(path, one.painted.label, one.geometry)
    return one.case.model_copy(update={"label": str(path)})
