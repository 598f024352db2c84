"""What an inspector is asked, and what its answer means."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dualnetssl.contract import errors
from dualnetssl.contract.schema import Geometry

_REFUSALS = (
    errors.InvalidVolume,
    errors.GeometryMismatch,
    errors.InvalidLabelValue,
    errors.VolumeTooLarge,
    errors.DiskFull,
)
_LONGEST_TEXT = 1000


@dataclass(frozen=True)
class CaseFacts:
    """What a case's volumes turned out to be.

    Attributes:
        geometry: grid of the image.
        verified_fraction: share of voxels that teach; 0 without a label, 1 with a label and no mask.
        benefit_ml: volume that the map of uncertainty expects to be wrong outside the mask; None without a map.
        rewritten: by role, the file that is to be kept instead of the one that was sent.
        channels: values of each voxel of the image.
    """

    geometry: Geometry
    verified_fraction: float
    benefit_ml: float | None = None
    rewritten: Mapping[str, Path] = field(default_factory=dict)
    channels: int = 1


@dataclass(frozen=True)
class Question:
    """What an inspector is asked: files by their roles, where to write them anew, and the limits."""

    files: Mapping[str, Path]
    outputs: Mapping[str, Path]
    allowed: Collection[int]
    max_voxels: int

    def message(self, paths: bool) -> dict[str, Any]:
        """Return the message for it, with paths or, where open files go along, with roles alone."""
        parts = {"files": self.files, "outputs": self.outputs}
        named = {
            part: {role: str(path) for role, path in files.items()} if paths else list(files)
            for part, files in parts.items()
        }
        return {**named, "allowed": sorted({0, *self.allowed}), "max_voxels": self.max_voxels}

    def facts(self, answer: Mapping[str, Any]) -> CaseFacts:
        """Turn an answer into facts; it comes from a process that read a stranger's file, so it is looked at closely.

        Raises:
            ProblemError: what the inspector refuses.
            ValueError: this is no answer.
        """
        try:
            if "refusal" in answer:
                raise _refusal(**answer["refusal"])
            benefit = answer["benefit_ml"]
            return CaseFacts(
                Geometry.model_validate(answer["geometry"]),
                float(answer["verified_fraction"]),
                None if benefit is None else float(benefit),
                {role: self.outputs[role] for role in answer["rewritten"]},
                int(answer["channels"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError("no answer of an inspector") from error


def _refusal(kind: str, received: str, allowed: str, remedy: str) -> errors.ProblemError:
    refusals = {refusal.kind: refusal for refusal in _REFUSALS}
    return refusals[kind](*(str(text)[:_LONGEST_TEXT] for text in (received, allowed, remedy)))


def gave_up(received: str) -> errors.InvalidVolume:
    """Return the error for a file that could not be checked."""
    return errors.InvalidVolume(
        received, "files that can be read whole", "Load the scan in 3D Slicer, save it as NRRD and try again."
    )
