"""What the map's values mean, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slicer.i18n import tr as _

from DualNetSSLLib.maps.reliability import measured_on, share_wrong
from DualNetSSLLib.panel.common.scene import UNCERTAINTY


def map_name(kind: str, label: str = "") -> str:
    """Return what a map is called: "uncertainty", or "disagreement, liver"."""
    name = _("uncertainty") if kind == UNCERTAINTY else _("disagreement")
    return f"{name}, {label}" if label else name


def scale_name(kind: str, label: str = "") -> str:
    """Return a map's name with its unit, for the legend."""
    return map_name(kind, label) + "\n" + _("0 certain, 1 unsure")


def meaning(metrics: Mapping[str, Any], value: float, kind: str) -> str:
    """Say how often a model was wrong where its map had about this value.

    Args:
        metrics: of the model.
        value: of the map, in [0, 1].
        kind: of the map.
    """
    scans = measured_on(metrics)
    if scans is None:
        return _("Not calibrated: how often this model errs where it is unsure was not measured.")
    share = share_wrong(metrics, value, kind)
    if share is None:
        return _("{value:.2f}: too few voxels had this value to say how many were wrong.").format(value=value)
    told = {"value": value, "share": _percent(share)}
    if scans == "validation":
        return _("{value:.2f}: {share} of such voxels were wrong on validation scans.").format(**told)
    return _("{value:.2f}: {share} of such voxels were wrong on scans the model learnt from; expect more.").format(
        **told
    )


def _percent(share: float) -> str:
    return _("less than 1 %") if share < 0.01 else _("about {percent:.0f} %").format(percent=100 * share)
