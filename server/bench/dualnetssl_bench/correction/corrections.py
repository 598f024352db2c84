"""What the simulated clinician has done by now, and the files that hand it to the next training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dualnetssl import volumes
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.contract.schema import Geometry
from dualnetssl_bench.correction.effort import Effort, Labels, Mask, effort_of
from dualnetssl_bench.correction.looking import Proposal

_LABEL, _VERIFIED = ".label.nrrd", ".verified.nrrd"


@dataclass
class Corrections:
    """What the clinician has done by now.

    Attributes:
        verified: voxels vouched for, by scan.
        effort: all that it took.
    """

    verified: dict[str, Mask] = field(default_factory=dict)
    effort: Effort = field(default_factory=Effort)

    def work(self, proposals: Iterator[Proposal], cases: Mapping[str, JobCase], budget_seconds: float) -> None:
        """Take up one proposal after the other until the time is spent; one that was begun is finished."""
        opened: set[str] = set()
        for proposal in proposals:
            if self.effort.seconds >= budget_seconds:
                break
            if proposal.place.any():
                name = proposal.look.case
                self.correct(proposal, read_truth(cases[name]), opens=name not in opened)
                opened.add(name)

    def correct(self, proposal: Proposal, truth: Labels, *, opens: bool) -> None:
        """Correct what is wrong in a place and was not verified before, and vouch for all of it.

        Args:
            proposal: the place.
            truth: label values of its scan, ``[k, j, i]``.
            opens: whether the scan has to be opened for it.
        """
        name, place = proposal.look.case, proposal.place
        known = self.verified.get(name, np.zeros(place.shape, bool))
        shown = proposal.look.predicted
        wrong = place & ~known & (shown != truth)
        self.effort += effort_of(place, shown, wrong, opens=opens)
        self.verified[name] = known | place


def read_truth(case: JobCase) -> npt.NDArray[np.uint8]:
    """Read the label values of a scan, ``[k, j, i]``."""
    assert case.label is not None  # noqa: S101 - all scans of a bench come with their truth
    return volumes.read_label(Path(case.label))[0]


def write_corrections(folder: Path, corrections: Corrections, cases: Mapping[str, JobCase]) -> None:
    """Write the truth inside the verified masks and nothing of it elsewhere, and the masks."""
    for name, mask in corrections.verified.items():
        path = cases[name].label
        assert path is not None  # noqa: S101 - all scans of a bench come with their truth
        truth, geometry = volumes.read_label(Path(path))
        write_correction(folder, name, np.where(mask, truth, 0), mask, geometry)


def write_correction(folder: Path, case: str, label: Labels, verified: Mask, geometry: Geometry) -> tuple[Path, Path]:
    """Write the label of a corrected scan and the mask of its verified voxels, and return both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / f"{case}{_LABEL}", folder / f"{case}{_VERIFIED}"
    for path, voxels in zip(paths, (label, verified), strict=True):
        volumes.write_volume(path, voxels.astype(np.uint8), geometry)
    return paths


def read_corrections(folder: Path, effort: Mapping[str, int]) -> Corrections:
    """Read what was corrected by the end of a round."""
    paths = sorted(folder.glob(f"*{_VERIFIED}"))
    masks = {path.name.removesuffix(_VERIFIED): volumes.read_label(path)[0] > 0 for path in paths}
    return Corrections(masks, Effort(**effort))


def with_correction(case: JobCase, folder: Path, corrections: Corrections) -> JobCase:
    """Return a case with the files of its correction, as it is if it has none."""
    if case.case not in corrections.verified:
        return case
    files = {"label": folder / f"{case.case}{_LABEL}", "verified": folder / f"{case.case}{_VERIFIED}"}
    return case.model_copy(update={part: str(path) for part, path in files.items()})
