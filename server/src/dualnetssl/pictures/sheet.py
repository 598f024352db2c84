"""A sheet for each scan: three planes through its most uncertain place, outlines above, the map over the anatomy below.

It is kept as an SVG document that a browser opens by itself: the anatomy once as JPEG, outlines and map as PNG with
few colours. Read back, nothing is taken of it but these pictures and figures, each checked.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt

from dualnetssl.contract.jobdir import write_atomic
from dualnetssl.contract.schema import IGNORED
from dualnetssl.pictures import png
from dualnetssl.pictures.colours import TRUTH, Rgb, opacity, uncertainty_colours
from dualnetssl.pictures.planes import NAMES, Floats, View, most_uncertain, view_through

ENDING = "sheet.svg"
MANY_FROM = 200
"""Scans from which on small pictures must do, so that a report of 1,000 has a few MB."""
_GAP = 4
_LARGEST = 1 << 20
_LAYERS = {"anatomy": b"\xff\xd8\xff", "outlines": b"\x89PNG", "truth": b"\x89PNG", "uncertainty": b"\x89PNG"}
"""Pictures of a sheet and how their files begin."""


@dataclass(frozen=True)
class Detail:
    """How finely a sheet is drawn.

    Attributes:
        edge: pixels of the longest side.
        quality: of the JPEG, 1 to 100.
        finer: pixels of outlines in one of the anatomy, along a side.
        shades: of the map.
    """

    edge: int
    quality: int
    finer: int
    shades: int


FEW, MANY = Detail(160, 75, 2, 32), Detail(72, 45, 1, 16)


@dataclass(frozen=True)
class Sheet:
    """What a sheet shows.

    Attributes:
        view: where the planes lie.
        layers: encoded pictures of all three planes side by side, by name; ``truth`` where somebody gave it.
        peak: mean uncertainty of the voxels around the place, in [0, 1].
    """

    view: View
    layers: Mapping[str, bytes]
    peak: float

    def with_truth(self, truth: npt.NDArray[np.uint8]) -> Sheet:
        """Return the sheet with the outlines of the true classes ``[k, j, i]``, any number for each class."""
        seen = np.unique(np.concatenate([self.view.slice(number, truth).ravel() for number in range(len(NAMES))]))
        finer = png.size_of(self.layers["outlines"])[0] // size_of_strip(self.view)[1]
        drawn = [_outlined(self.view, truth, int(value), finer) for value in seen if value not in (0, IGNORED)]
        line = np.maximum.reduce([_empty(self.view, finer), *drawn])
        rows, columns = np.indices(line.shape)
        dashed = np.where((rows + columns) % 6 < 4, line, 0).astype(np.uint8)
        return replace(self, layers={**self.layers, "truth": png.with_palette(dashed, [(0, 0, 0, 0), (*TRUTH, 255)])})


def draw(
    anatomy: Floats,
    classes: npt.NDArray[np.uint8],
    uncertainty: Floats,
    spacing: tuple[float, float, float],
    colours: Sequence[Rgb],
    many: bool = False,
) -> Sheet:
    """Draw the sheet of a scan; all arrays cover the same extent, i to the left, j to the back, k upwards.

    Args:
        anatomy: intensities ``[k, j, i]``, on whatever grid.
        classes: class indices ``[K, J, I]``, 0 is background.
        uncertainty: of the same shape, in [0, 1].
        spacing: of these in mm (k, j, i).
        colours: of the classes 1, 2, ...
        many: whether there are so many scans that small pictures must do.
    """
    detail = MANY if many else FEW
    place = most_uncertain(uncertainty, classes > 0, spacing)
    view = view_through(place, classes > 0, spacing, detail.edge)
    doubt = view.cut(uncertainty)
    around = tuple(slice(max(0, at - 1), at + 2) for at in place)
    layers = {
        "anatomy": _jpeg(_grey(view, anatomy), detail.quality),
        "outlines": _outline_layer(view, classes, colours, detail.finer),
        "uncertainty": _map_layer(view, doubt, detail.shades),
    }
    return Sheet(view, layers, float(uncertainty[around].mean()))


def _strip(view: View, planes: Sequence[npt.NDArray[Any]], scale: int = 1) -> npt.NDArray[Any]:
    """Put planes side by side, each in the middle of its height."""
    rows, columns = size_of_strip(view)
    strip = np.zeros((rows * scale, columns * scale), planes[0].dtype)
    left = 0
    for plane, top in zip(planes, _tops(view), strict=True):
        strip[top * scale : top * scale + plane.shape[0], left : left + plane.shape[1]] = plane
        left += plane.shape[1] + _GAP * scale
    return strip


def size_of_strip(view: View) -> tuple[int, int]:
    """Return rows and columns of the three planes side by side."""
    shapes = view.shapes()
    return max(rows for rows, _ in shapes), sum(columns for _, columns in shapes) + _GAP * (len(shapes) - 1)


def _tops(view: View) -> list[int]:
    rows, _ = size_of_strip(view)
    return [(rows - height) // 2 for height, _ in view.shapes()]


def _empty(view: View, finer: int) -> npt.NDArray[np.uint8]:
    rows, columns = size_of_strip(view)
    return np.zeros((rows * finer, columns * finer), np.uint8)


def _grey(view: View, anatomy: Floats) -> npt.NDArray[np.uint8]:
    """The darkest 1 % and brightest 0.5 % of what is seen are cut off."""
    planes = view.cut(anatomy)
    low, high = np.percentile(np.concatenate([plane.ravel() for plane in planes]), [1, 99.5])
    shades = [np.rint(235 * np.clip((plane - low) / max(1e-6, high - low), 0, 1)).astype(np.uint8) for plane in planes]
    return _strip(view, shades)


def _outline_layer(view: View, classes: npt.NDArray[np.uint8], colours: Sequence[Rgb], finer: int) -> bytes:
    drawn = _empty(view, finer)
    for index in range(1, len(colours) + 1):
        drawn[_outlined(view, classes, index, finer) > 0] = index
    return png.with_palette(drawn, [(0, 0, 0, 0), *((*colour, 255) for colour in colours)])


def _outlined(view: View, classes: npt.NDArray[np.uint8], value: int, finer: int) -> npt.NDArray[np.uint8]:
    """Return 1 on a line inside the border of a class, as wide as a pixel of the anatomy."""
    slices = [view.slice(number, classes) == value for number in range(len(NAMES))]
    shares = [view.lay(number, voxels, finer) for number, voxels in enumerate(slices)]
    return _strip(view, [_border(share > 0.5, finer).astype(np.uint8) for share in shares], finer)


def _border(mask: npt.NDArray[np.bool_], width: int) -> npt.NDArray[np.bool_]:
    inner = mask
    for _ in range(width):
        padded = np.pad(inner, 1, mode="edge")
        inner = padded[1:-1, 1:-1] & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    border: npt.NDArray[np.bool_] = mask & ~inner
    return border


def _map_layer(view: View, planes: Sequence[Floats], steps: int) -> bytes:
    shades = np.linspace(0, 1, steps)
    palette = [
        (int(red), int(green), int(blue), round(255 * float(share)))
        for (red, green, blue), share in zip(uncertainty_colours(shades), opacity(shades), strict=True)
    ]
    indices = [np.rint(np.clip(plane, 0, 1) * (steps - 1)).astype(np.uint8) for plane in planes]
    return png.with_palette(_strip(view, indices), palette)


def _jpeg(picture: npt.NDArray[np.uint8], quality: int) -> bytes:
    import SimpleITK as sitk

    with TemporaryDirectory(prefix="dualnetssl-") as folder:
        path = Path(folder) / "anatomy.jpg"
        sitk.WriteImage(sitk.GetImageFromArray(picture), str(path), True, quality)
        return path.read_bytes()


def in_svg(sheet: Sheet, name: str, mark: str) -> str:
    """Return a sheet as SVG.

    Args:
        sheet: what to show.
        name: of the scan, for who cannot see it.
        mark: an id that nothing else in the document has: letters and digits.
    """
    rows, columns = size_of_strip(sheet.view)
    height = 2 * rows + _GAP
    lines = [_image(sheet, layer, 0, rows, columns) for layer in ("outlines", "truth") if layer in sheet.layers]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sheet" viewBox="0 0 {columns} {height}" role="img" '
        f'width="{columns * 2}" height="{height * 2}" aria-label="{escape(told(sheet, name))}">'
        f'<rect width="{columns}" height="{height}" fill="#000"/>'
        f'<g id="{mark}">{_image(sheet, "anatomy", 0, rows, columns)}{_ticks(sheet.view)}</g>{"".join(lines)}'
        f'<use href="#{mark}" y="{rows + _GAP}"/>{_image(sheet, "uncertainty", rows + _GAP, rows, columns)}</svg>'
    )


def told(sheet: Sheet, name: str) -> str:
    """Say what a sheet shows."""
    lines = "outlines of prediction and truth" if "truth" in sheet.layers else "outlines of the prediction"
    return f"{name}: {', '.join(NAMES)} through the most uncertain place ({sheet.peak:.2f}); {lines}, and uncertainty"


def _image(sheet: Sheet, layer: str, top: int, rows: int, columns: int) -> str:
    kind = "jpeg" if layer == "anatomy" else "png"
    data = base64.b64encode(sheet.layers[layer]).decode()
    return (
        f'<image class="{layer}" y="{top}" width="{columns}" height="{rows}" preserveAspectRatio="none" '
        f'href="data:image/{kind};base64,{data}"/>'
    )


def _ticks(view: View) -> str:
    """Short lines at the borders of each plane, at the place that all three go through."""
    parts, left = [], 0
    for (rows, columns), (row, column), top in zip(view.shapes(), view.at(), _tops(view), strict=True):
        x, y, long = left + column, top + row, 0.06 * min(rows, columns)
        parts += [f"M{x:.1f} {top}v{long:.1f}", f"M{x:.1f} {top + rows}v{-long:.1f}"]
        parts += [f"M{left} {y:.1f}h{long:.1f}", f"M{left + columns} {y:.1f}h{-long:.1f}"]
        left += columns + _GAP
    return f'<path d="{"".join(parts)}" stroke="#fff" stroke-opacity=".85" stroke-width=".8" fill="none"/>'


def write(sheet: Sheet, path: Path, name: str) -> None:
    """Write a sheet as a document that a browser opens, as a whole."""
    kept = json.dumps({"view": asdict(sheet.view), "peak": sheet.peak})
    text = in_svg(sheet, name, "anatomy").replace("</svg>", f"<metadata>{escape(kept)}</metadata></svg>")
    write_atomic(path, text.encode())


def read(path: Path) -> Sheet | None:
    """Read a sheet; None where there is none that can be used, so that a report does without."""
    try:
        text = path.read_text(encoding="utf-8")
        if len(text) > _LARGEST or "<!" in text:
            return None
        return _read(ElementTree.fromstring(text))  # noqa: S314 - without declarations there are no entities
    except (OSError, ValueError, KeyError, TypeError, ElementTree.ParseError):
        return None


def _read(root: ElementTree.Element) -> Sheet:
    kept = json.loads(root.findtext("{*}metadata") or "")
    view = kept["view"]
    k, j, i = ((float(low), float(high)) for low, high in view["box"])
    size, place = (_triple(view[name]) for name in ("size", "place"))
    depth, height, width = map(float, view["spacing"])
    layers = {
        layer: _checked(layer, image.get("href", ""))
        for image in root.findall(".//{*}image")
        if (layer := image.get("class", "")) in _LAYERS
    }
    if missing := _LAYERS.keys() - {"truth"} - layers.keys():
        raise ValueError(f"no {missing}")
    return Sheet(View(size, (depth, height, width), place, (k, j, i), int(view["edge"])), layers, float(kept["peak"]))


def _triple(values: Sequence[int]) -> tuple[int, int, int]:
    k, j, i = map(int, values)
    return k, j, i


def _checked(layer: str, address: str) -> bytes:
    kind, _, data = address.partition(";base64,")
    found = base64.b64decode(data, validate=True)
    if not kind.startswith("data:image/") or not found.startswith(_LAYERS[layer]):
        raise ValueError(f"the {layer} is none")
    return found
