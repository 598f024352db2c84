"""How the map's values are spread over its colours: evenly, or by their logarithm so that small doubt stands out."""

from __future__ import annotations

from typing import Any

from DualNetSSLLib.maps.colourmap import by_logarithm, surface_colours, uncertainty_colours
from DualNetSSLLib.panel.common.colour_tables import colour_table, on_a_scale

COLOUR_TAG = "DualNetSSL.Uncertainty"
SURFACE_TAG = "DualNetSSL.Surface"
LOGARITHMIC = ".Logarithmic"


def spread(display: Any, logarithmic: bool) -> None:
    """Give a volume's display the colours of the map.

    Slicer 5.12 and later takes the logarithm itself, in the slices and in the legend, and shows so in its module
    Volumes; an earlier one gets a table of the colours that this gives.

    Args:
        display: node of a scalar volume with values from 0 to 1.
        logarithmic: whether small values take up more of the colours.
    """
    able = hasattr(display, "SetWindowMappingMethod")
    if able:
        name = "Logarithmic" if logarithmic else "Linear"
        display.SetWindowMappingMethod(display.GetWindowMappingMethodFromString(name))
    _colour(display, map_table(logarithmic and not able))


def spread_on_surface(display: Any, logarithmic: bool) -> None:
    """Give a model's display the colours of the map on a surface; no Slicer takes the logarithm for models."""
    _colour(display, surface_table(logarithmic))


def map_table(logarithmic: bool = False) -> Any:
    """Return the map's colour table."""
    return _table(COLOUR_TAG, "DualNetSSL uncertainty", uncertainty_colours, logarithmic)


def surface_table(logarithmic: bool = False) -> Any:
    """Return the colour table of surfaces."""
    return _table(SURFACE_TAG, "DualNetSSL surface", surface_colours, logarithmic)


def _table(tag: str, name: str, colours: Any, logarithmic: bool) -> Any:
    if not logarithmic:
        return colour_table(tag, name, lambda: on_a_scale(colours()))
    return colour_table(tag + LOGARITHMIC, f"{name} (logarithmic)", lambda: on_a_scale(by_logarithm(colours())))


def _colour(display: Any, table: Any) -> None:
    if display.GetColorNodeID() != table.GetID():
        display.SetAndObserveColorNodeID(table.GetID())
