"""The report's sections with pictures: the corrected scan, all scans, and where to look next."""

from __future__ import annotations

from html import escape

import numpy as np
import SimpleITK as sitk

from dualnetssl_bench.findings.colours import REVIEW, css
from dualnetssl_bench.showcase import pictures
from dualnetssl_bench.showcase.pictures import Picture, Slice
from dualnetssl_bench.showcase.story import Correction, Round, Story


def legend(story: Story, *, truth: bool = True, uncertainty: bool = True, reviewed: bool = False) -> str:
    """Explain the lines and colours of the pictures."""
    parts = [
        f'<span><i style="--c:{css(label.colour)}"></i>{escape(label.name)}, predicted</span>' for label in story.labels
    ]
    if truth:
        parts.append('<span><i class="white"></i>true outline</span>')
    if reviewed:
        parts.append(f'<span><i style="--c:{css(REVIEW)}"></i>reviewed region</span>')
    if uncertainty:
        bar = pictures.data_uri(pictures.colour_bar(150, 12))
        parts.append(f'<span>sure <img src="{bar}" alt="colours from sure to unsure"> unsure</span>')
    return f'<div class="legend">{"".join(parts)}</div>'


def correction(story: Story) -> str:
    """Show each corrected scan before and after, on the slice with most errors before."""
    shown = "".join(_corrected(story, one) for one in story.corrections)
    return (
        "<h2>The scans that were corrected</h2><p>Each row shows the same slice: the outlines, the uncertainty laid "
        "over the anatomy, and the scan itself with what was reviewed.</p>"
        f"{legend(story, reviewed=True)}{shown}"
    )


def _corrected(story: Story, done: Correction) -> str:
    scan, truth = story.scan(done.case), story.truth(done.case)
    wrong = _array(story.first.volume(done.case, "seg")) != _array(truth)
    plane = pictures.plane_through(scan, pictures.height_of(wrong, scan))
    mask = sitk.ReadImage(str(done.mask))
    rows = [
        f'<div class="three">{_row(story, told, done.case, plane, mask if told is story.first else None)}</div>'
        f"<figcaption>{word}: mean Dice {_dice(told, done.case)}</figcaption>"
        for word, told in (("Before the correction", story.first), ("After the second training", story.second))
    ]
    heading = f"<h3>{escape(done.case)}</h3>"
    return heading + "".join(f"<figure>{row}</figure>" for row in rows)


def _row(story: Story, told: Round, case: str, plane: Slice, mask: sitk.Image | None) -> str:
    grey = pictures.grey(plane, story.scan(case))
    outlines = pictures.with_outlines(grey, plane, told.volume(case, "seg"), story.truth(case), story.labels)
    doubt = pictures.with_uncertainty(grey, plane, told.volume(case, "uncertainty"))
    plain = grey if mask is None else pictures.with_review(grey, plane, mask)
    words = ("outlines", "uncertainty", "scan")
    return "".join(
        _image(picture, f"{case}: {word}") for picture, word in zip((outlines, doubt, plain), words, strict=True)
    )


def _image(picture: Picture, text: str) -> str:
    return f'<img src="{pictures.data_uri(picture)}" alt="{escape(text)}">'


def _array(volume: sitk.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    array: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] = sitk.GetArrayFromImage(volume)
    return array


def _dice(told: Round, case: str) -> str:
    value = told.dice(case)
    return "–" if value is None else f"{value:.2f}"


def gallery(story: Story) -> str:
    """Show every scan with outlines and uncertainty after the second training."""
    tiles = "".join(_tile(story, case) for case in story.cases)
    return (
        "<h2>All scans after the second training</h2><p>Above the outlines, below how unsure the networks are, each on "
        "the slice where the organs are largest.</p>"
        f'{legend(story)}<div class="gallery">{tiles}</div>'
    )


def _tile(story: Story, case: str) -> str:
    plane, grey = _organ_slice(story, case)
    outlines = pictures.with_outlines(grey, plane, story.second.volume(case, "seg"), story.truth(case), story.labels)
    doubt = pictures.with_uncertainty(grey, plane, story.second.volume(case, "uncertainty"))
    both = np.concatenate([outlines, doubt])
    caption = f"{escape(case)}<br>{story.role(case)}, Dice {_dice(story.second, case)}"
    return f"<figure>{_image(both, case)}<figcaption>{caption}</figcaption></figure>"


def _organ_slice(story: Story, case: str) -> tuple[Slice, Picture]:
    scan, truth = story.scan(case), _array(story.truth(case))
    smallest = min(story.labels, key=lambda label: int((truth == label.value).sum()) or truth.size)
    plane = pictures.plane_through(scan, pictures.height_of(truth == smallest.value, scan))
    return plane, pictures.grey(plane, scan)


def next_looks(story: Story) -> str:
    """Tell where a look would help most now."""
    if not story.next_looks:
        return "<h2>Where to look next</h2><p>The networks are sure of every scan; no region stands out.</p>"
    rows = "".join(
        f"<tr><td>{escape(look.case)}</td><td>{-look.centre[0]:.0f}, {-look.centre[1]:.0f}, {look.centre[2]:.0f}</td>"
        f'<td>{look.gain_mm3:.0f}</td><td class="text">{escape(look.label)}</td></tr>'
        for look in story.next_looks
    )
    return (
        "<h2>Where to look next</h2><p>These places promise the most for the least work: here the volume expected "
        "to be wrong is largest.</p>"
        "<table><tr><th>scan</th><th>place (R, A, S in mm)</th><th>expected error in mm³</th>"
        f'<th class="text">in question</th></tr>{rows}</table>'
    )


def picture_of(story: Story) -> Picture:
    """Return the project's picture: one scan in four tiles — scan, outlines, uncertainty and their legend."""
    case = story.corrections[0].case if story.corrections else story.cases[-1]
    scan = story.scan(case)
    wrong = _array(story.first.volume(case, "seg")) != _array(story.truth(case))
    plane = pictures.plane_through(scan, pictures.height_of(wrong, scan))
    grey = pictures.grey(plane, scan)
    outlines = pictures.with_outlines(grey, plane, story.first.volume(case, "seg"), story.truth(case), story.labels)
    doubt = pictures.with_uncertainty(grey, plane, story.first.volume(case, "uncertainty"))
    bar = np.rot90(pictures.colour_bar(grey.shape[0], 28))
    return pictures.beside([grey, outlines, doubt, np.ascontiguousarray(bar)])
