"""A report as one HTML file: chapters in a frame, with a style and a script that the page allows by their digests."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path

from dualnetssl.contract.jobdir import write_atomic
from dualnetssl.report import agreement, cases, opening, sheets, times, training
from dualnetssl.report.chapter import Chapter
from dualnetssl.report.facts import Facts
from dualnetssl.report.gather import gather

NAME = "report.html"


@dataclass(frozen=True)
class Frame:
    """What stands above and below the chapters.

    Attributes:
        title: of the page.
        opening: HTML above the list of chapters.
        footer: HTML below them.
        style: CSS beside the report's own.
    """

    title: str
    opening: str
    footer: str
    style: str = ""


def write_report(folder: Path) -> Path:
    """Make the report of a folder anew, in it, and return its path.

    Raises:
        InvalidRequest: the folder holds neither a training nor predictions.
    """
    path = folder / NAME
    write_atomic(path, render(gather(folder)).encode())
    return path


def render(facts: Facts, more: Sequence[Chapter] = ()) -> str:
    """Return the report as HTML.

    Args:
        facts: what to tell.
        more: chapters to put before all others.
    """
    frame = Frame(f"{facts.title}: report", opening.opening(facts), opening.footer(facts))
    return framed(frame, [*more, *chapters(facts)])


def chapters(facts: Facts) -> list[Chapter]:
    """Return the chapters of which there is something to tell."""
    trained = [training.data(facts), training.curves(facts)]
    trusted = [agreement.dice(facts), agreement.calibration(facts)]
    order = [*trusted, *trained] if facts.cases else [*trained, *trusted]
    written = [cases.chapter(facts), sheets.chapter(facts), *order, times.chapter(facts), times.repeating(facts)]
    return [chapter for chapter in written if chapter is not None]


def framed(frame: Frame, written: Iterable[Chapter]) -> str:
    """Put chapters into a page that asks nothing of anybody: no address is allowed, and no script but its own."""
    style, script = _text("report.css") + frame.style, _text("report.js")
    told = list(written)
    policy = f"default-src 'none'; img-src data:; style-src {_digest(style)}; script-src {_digest(script)}"
    links = "".join(f'<li><a href="#{one.mark}">{escape(one.heading)}</a></li>' for one in told)
    body = "".join(
        f'<section id="{one.mark}" aria-labelledby="{one.mark}-h"><h2 id="{one.mark}-h">{escape(one.heading)}</h2>'
        f"{one.body}</section>"
        for one in told
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'
        f"<title>{escape(frame.title)}</title><style>{style}</style></head>"
        f'<body><main><header>{frame.opening}</header><nav aria-label="Chapters"><ul>{links}</ul></nav>{body}'
        f"<footer>{frame.footer}</footer></main><script>{script}</script></body></html>"
    )


def _text(name: str) -> str:
    return files("dualnetssl.report").joinpath(name).read_text(encoding="utf-8").strip()


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
