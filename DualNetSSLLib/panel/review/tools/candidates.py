"""The other answers for a region on their buttons: a small picture of each, its key, and what it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import qt
from slicer.i18n import tr as _

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.labels.interpolation import unpacked
from DualNetSSLLib.mending.kinds import KINDS
from DualNetSSLLib.mending.miniature import Miniature, miniature
from DualNetSSLLib.mending.site import flat_of_box
from DualNetSSLLib.panel.common.words import volume_in_words
from DualNetSSLLib.panel.desk.case_nodes import ShownCase, mapped
from DualNetSSLLib.panel.review.keys import short
from DualNetSSLLib.panel.review.visit import Visit
from DualNetSSLLib.tasks.reports import MendedRegion

PICTURE, HEIGHT = 34, 42
"""Pixels of a picture's longer side, and of a button with one."""
LARGE_MM3 = 1000.0
"""From here on a volume is said in ml."""
LEAST_MM = 15.0
"""Side of what a picture shows, at least."""


class Candidates:
    """Buttons that show which answers differ from the label and from each other before one of them is pressed."""

    def __init__(self, buttons: Mapping[str, Any]) -> None:
        """Use these buttons, one a kind of answer."""
        self._buttons = dict(buttons)
        self._titles = {kind: str(button.text) for kind, button in buttons.items()}
        self._keys: Mapping[str, str] = {}
        self._figures: dict[str, str] = {}
        for button in buttons.values():
            button.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Fixed)
            button.setFixedHeight(HEIGHT)
            button.setIconSize(qt.QSize(PICTURE, PICTURE))

    def name(self, keys: Mapping[str, str]) -> None:
        """Say the keys on the buttons."""
        self._keys = keys
        self._write()

    def show(self, shown: ShownCase, visit: Visit, answers: Mapping[str, MendedRegion]) -> None:
        """Show what each of these answers (by kind, those that differ) changes in a region of this case."""
        geometry, canvas = visit.geometry, shown.canvas()
        wide, inner = surroundings(visit.box, geometry)
        scan = np.asarray(mapped(shown.opened.image.file)[wide])
        flat = flat_of_box(wide, geometry.size)
        around = np.zeros(flat.shape, np.uint8) if canvas is None else canvas.read(flat.ravel()).reshape(flat.shape)
        colours = {one.value: one.colour for one in shown.dataset.labels}
        grid = np.array(geometry.spacing[::-1]), np.reshape(geometry.direction, (3, 3))
        for kind in KINDS:
            found = answers.get(kind)
            self._figures[kind] = _("nothing new") if found is None else _volume(found.changed_mm3)
            small = None
            if found is not None:
                wanted = around.copy()
                wanted[inner] = unpacked(found.label, visit.shape)
                small = miniature(scan, around, wanted, colours, grid)
            self._buttons[kind].setIcon(qt.QIcon() if small is None else qt.QIcon(_pixmap(small)))
        self._write()

    def clear(self) -> None:
        """Show none: they are not known yet, or there is no region."""
        self._figures = {}
        for kind in KINDS:
            self._buttons[kind].setIcon(qt.QIcon())
        self._write()

    def _write(self) -> None:
        for kind, button in self._buttons.items():
            second = f"{short(self._keys.get(kind, ''))} {self._figures.get(kind, '')}".strip()
            text = f"{self._titles[kind]}\n{second}"
            if button.text != text:
                button.text = text


def surroundings(
    box: Sequence[slice], geometry: Geometry, least_mm: float = LEAST_MM
) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Return the box of a region as wide along every axis as along its longest, as far as the scan goes on.

    A flat region alone would make a picture of a few lines.

    Args:
        box: around the region, slices of ``[k, j, i]``.
        geometry: grid of the scan.
        least_mm: what every side is at least, mm.

    Returns:
        The wider box of the scan, and where the region's box lies in it.
    """
    edges = geometry.spacing[::-1]
    side = max(least_mm, *((part.stop - part.start) * edge for part, edge in zip(box, edges, strict=True)))
    wide = []
    for part, edge, length in zip(box, edges, geometry.size[::-1], strict=True):
        more = max(0, round((side / edge - (part.stop - part.start)) / 2))
        wide.append(slice(max(0, part.start - more), min(length, part.stop + more)))
    inner = [slice(one.start - all_.start, one.stop - all_.start) for one, all_ in zip(box, wide, strict=True)]
    return tuple(wide), tuple(inner)


def _volume(changed: float) -> str:
    """Say a volume in the room of a button; the message of a preview has all digits."""
    if changed >= LARGE_MM3:
        return _("{volume} ml").format(volume=f"{changed / 1000:.1f}")
    return _("{volume} mm³").format(volume=volume_in_words(changed))


def _pixmap(small: Miniature) -> Any:
    """Return a picture for a button, its pixels as wide and high as the voxels are."""
    rows, columns = small.pixels.shape[:2]
    picture, wide = qt.QPixmap(), max(small.size_mm)
    picture.loadFromData(f"P6 {columns} {rows} 255\n".encode() + small.pixels.tobytes(), "PPM")
    width, height = (max(1, round(PICTURE * length / wide)) for length in small.size_mm)
    return picture.scaled(width, height, qt.Qt.IgnoreAspectRatio, qt.Qt.SmoothTransformation)
