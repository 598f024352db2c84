"""Colours that everybody can tell apart, for lines and marks."""

from __future__ import annotations

from dualnetssl.pictures.colours import Rgb as Rgb
from dualnetssl.pictures.colours import css as css

REVIEW: Rgb = (0, 158, 115)
BEFORE: Rgb = (130, 130, 140)
AFTER: Rgb = (0, 114, 178)
LINES: tuple[Rgb, ...] = ((0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (230, 159, 0), (86, 180, 233))
