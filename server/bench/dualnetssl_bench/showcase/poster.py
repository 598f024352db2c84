"""The picture that stands for the demo: a scan that nobody touched, its outlines and its map, with the map's scale."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import SimpleITK as sitk
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from dualnetssl_bench.findings import canvas
from dualnetssl_bench.showcase import pictures
from dualnetssl_bench.showcase.pictures import Mask, Picture
from dualnetssl_bench.showcase.story import Story

_WIDTH, _HEIGHT, _SHARPNESS = 720, 205, 2.0
_POINTS_AN_INCH = 72
_SCALE = (0.0, 0.25, 0.5, 0.75, 1.0)


def draw(story: Story) -> bytes:
    """Return the picture as PNG: scan, outlines and uncertainty after the second training, and the scale of colours.

    Shown is the best of the scans that nobody touched, so that no mistake of a demo of minutes stands for the program;
    what it gets wrong is in the report.
    """
    case = max(story.untouched or story.cases, key=lambda name: story.second.dice(name) or 0.0)
    scan, truth = story.scan(case), story.truth(case)
    plane = pictures.plane_through(scan, pictures.height_of(_telling(story, case), scan))
    grey = pictures.grey(plane, scan)
    segmentation = story.second.volume(case, "seg")
    shown = {
        "a scan that nobody touched": grey,
        "predicted; dashed white: the truth": pictures.with_outlines(grey, plane, segmentation, truth, story.labels),
        "uncertainty": pictures.with_uncertainty(grey, plane, story.second.volume(case, "uncertainty")),
    }
    with canvas.figure(_WIDTH, _HEIGHT) as figure:
        return _png(_arranged(figure, shown))


def _telling(story: Story, case: str) -> Mask:
    """Return the voxels of the classes that lie at heights where all of them are; of all where there is no such one."""
    truth: Any = sitk.GetArrayFromImage(story.truth(case))
    each = [truth == label.value for label in story.labels]
    together = np.minimum.reduce([mask.sum(axis=(1, 2)) for mask in each]) > 0
    found: Mask = np.logical_or.reduce(each)
    return found & together[:, None, None] if together.any() else found


def _arranged(figure: Figure, shown: dict[str, Picture]) -> Figure:
    places = figure.subplots(1, len(shown))
    for place, (title, picture) in zip(places, shown.items(), strict=True):
        place.imshow(picture)
        place.set_title(title, fontsize=9)
        place.set_axis_off()
    scale = places[-1].inset_axes((1.03, 0, 0.05, 1))
    bar = np.rot90(pictures.colour_bar(256, 16))
    scale.imshow(bar, aspect="auto", extent=(0, 1, 0, 1))
    scale.set_xticks([])
    scale.set_yticks(_SCALE)
    scale.yaxis.tick_right()
    scale.tick_params(labelsize=8)
    scale.set_ylabel("0 certain, 1 unsure", fontsize=8)
    scale.yaxis.set_label_position("right")
    scale.grid(visible=False)
    return figure


def _png(figure: Figure) -> bytes:
    drawn: Any = FigureCanvasAgg(figure)
    file = io.BytesIO()
    drawn.figure.set_dpi(_POINTS_AN_INCH * _SHARPNESS)
    drawn.print_png(file, metadata={"Software": None})
    return file.getvalue()
