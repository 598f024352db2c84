"""What a value of the map means: the share of such voxels that was wrong where the truth is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TABLE = "reliability"
"""Where a model's metrics hold the tables: by the map's kind, rows of lowest value, highest value, voxels, wrong ones.

Beside them ``scans`` says on how many scans they were counted, and ``held_out`` whether training never saw these.
"""
FEWEST_VOXELS = 100
"""A share of fewer voxels than this says nothing."""


def share_wrong(metrics: Mapping[str, Any], value: float, kind: str = "uncertainty") -> float | None:
    """Return which share of the voxels with about this value was wrong, or None where nobody knows.

    Args:
        metrics: of a model, as `records.Model` has them.
        value: of the map, in [0, 1].
        kind: of the map, ``uncertainty`` or ``disagreement``.

    Returns:
        A share in [0, 1]; None if the model was never calibrated, or if too few voxels had such a value.

    Example:
        >>> metrics = {"reliability": {"uncertainty": [[0.0, 0.2, 1000, 10], [0.2, 1.0, 500, 60]]}}
        >>> share_wrong(metrics, 0.3), share_wrong(metrics, 0.3, "disagreement"), share_wrong({}, 0.3)
        (0.12, None, None)
    """
    tables = metrics.get(TABLE)
    rows = tables.get(kind) if isinstance(tables, Mapping) else None
    if not isinstance(rows, (list, tuple)):
        return None
    fitting = [row for row in rows if row[0] <= value <= row[1] and row[2] >= FEWEST_VOXELS]
    return fitting[-1][3] / fitting[-1][2] if fitting else None


def measured_on(metrics: Mapping[str, Any]) -> str | None:
    """Return on which scans the shares were counted: ``validation``, ``training``, or None without any.

    Example:
        >>> measured_on({"reliability": {"scans": 3, "held_out": False}}), measured_on({})
        ('training', None)
    """
    tables = metrics.get(TABLE)
    if not isinstance(tables, Mapping):
        return None
    return "validation" if tables.get("held_out") else "training"
