"""Figures of matplotlib in one style, and their SVG."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

_STYLE = Path(__file__).with_name("charts.mplstyle")
_NOT_TOLD = ("Creator", "Date", "Format", "Type")
_POINTS_AN_INCH = 72
_TIP = "tip:"
_GROUP = re.compile(rf'<g id="(?:{_TIP}([^"]*)|[^"]*)"([^>]*)>')


@contextmanager
def figure(width: float, height: float) -> Iterator[Figure]:
    """Make a figure of a size in points; inside the block the style holds for what is drawn and for `svg`."""
    with rc_context(fname=_STYLE):
        yield Figure(figsize=(width / _POINTS_AN_INCH, height / _POINTS_AN_INCH), layout="constrained")


def svg(drawn: Figure, title: str) -> str:
    """Return a figure as an SVG element that stands alone or in a page; equal figures are equal texts.

    No two charts of a page may share an id: groups have none, and marks are called after their form and the title.

    Args:
        drawn: the figure.
        title: what a screen reader says of it; in a page no two have the same.
    """
    canvas: Any = FigureCanvasSVG(drawn)
    document, metadata = io.StringIO(), {"Title": title, **dict.fromkeys(_NOT_TOLD)}
    with rc_context({"svg.hashsalt": title}):
        canvas.print_svg(document, metadata=metadata)
    element = document.getvalue()
    element = element[element.index("<svg") :].replace("<svg ", '<svg role="img" ', 1)
    return _GROUP.sub(_without_id, element)


def gid_of_tip(text: str) -> str:
    """Return the gid for an artist of which `svg` shows a text when the mouse rests on it."""
    return _TIP + quote(text)


def _without_id(group: re.Match[str]) -> str:
    tip, rest = group.groups()
    return f"<g{rest}>" + (f"<title>{escape(unquote(tip))}</title>" if tip else "")
