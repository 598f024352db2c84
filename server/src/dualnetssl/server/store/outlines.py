"""Outlines: what is asked of very many cases at once, as the store has it. Ten thousand checked records take long."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from dualnetssl.contract.schema import Geometry

_SELECT = (
    "SELECT c.name, r.revision, r.image, r.label, r.verified, r.verified_fraction, r.channels, r.geometry"
    " FROM cases c JOIN revisions r ON (r.dataset, r.name, r.revision) = (c.dataset, c.name, c.revision)"
    " WHERE c.dataset = ?"
)


class Outline(NamedTuple):
    """What a job needs to know of a case.

    Attributes:
        case: pseudonym of the scan.
        revision: its present one.
        image: digest of the scan.
        label: digest of its label; None without one.
        verified: digest of the mask of what is verified; None without one.
        verified_fraction: share of voxels that teach, 0 to 1.
        channels: values of each voxel of the image.
        grid: of the image, as the store has it.
    """

    case: str
    revision: int
    image: str
    label: str | None
    verified: str | None
    verified_fraction: float
    channels: int
    grid: str

    @property
    def geometry(self) -> Geometry:
        """Grid of the image."""
        return Geometry.model_validate(json.loads(self.grid))


def outlines_of(dataset: str, names: Sequence[str] | None) -> tuple[str, tuple[str, ...]]:
    """Return the query, with its parameters, for the outlines of all cases of a data set or of these, by name."""
    if names is None:
        return f"{_SELECT} ORDER BY c.name", (dataset,)
    chosen = "c.name IN (SELECT value FROM json_each(?))"
    return f"{_SELECT} AND {chosen} ORDER BY c.name", (dataset, json.dumps(names))
