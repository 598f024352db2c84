"""What a report is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dualnetssl.contract.schema import LabelDefinition
from dualnetssl.pictures.colours import css

_LONG = 10
"""Characters that a card shows large on one line."""


@dataclass(frozen=True)
class Chapter:
    """A heading and what is below it, as HTML; ``mark`` is its id in the page."""

    mark: str
    heading: str
    body: str


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, whether it holds figures, and what its figures mean, for who asks."""

    heading: str
    figures: bool = True
    tip: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell: what is written in it as HTML, and what it is sorted by where that is something else."""

    shown: str
    key: float | str | None = None


def table(caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], sortable: bool = False) -> str:
    """Lay out a table, one element with its caption; a sortable one is sorted by the buttons in its headings."""
    head = "".join(_heading(column, sortable) for column in columns)
    body = "".join(f"<tr>{''.join(map(_cell, columns, row, range(len(row))))}</tr>" for row in rows)
    kind = ' class="sortable"' if sortable else ""
    said = escape(caption)
    return (
        f'<div><p class="caption">{said}</p><div class="wide" tabindex="0" role="region" aria-label="{said}">'
        f'<table{kind} aria-label="{said}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></div>'
    )


def _heading(column: Column, sortable: bool) -> str:
    tip = f' title="{escape(column.tip)}"' if column.tip else ""
    text = escape(column.heading)
    shown = f'<button type="button"{tip}>{text}</button>' if sortable else text
    return f'<th scope="col"{"" if column.figures else " class=text"}{"" if sortable else tip}>{shown}</th>'


def _cell(column: Column, cell: Cell, place: int) -> str:
    key = "" if cell.key is None else f' data-key="{escape(str(cell.key))}"'
    kind = "" if column.figures else " class=text"
    return f"<th scope=row{kind}{key}>{cell.shown}</th>" if place == 0 else f"<td{kind}{key}>{cell.shown}</td>"


def cards(pairs: Sequence[tuple[str, str]]) -> str:
    """Show a few figures large, each with its words; a long name is smaller and is broken where it has a `_`.

    Example:
        >>> cards([("hippocampus_042", "is the worst scan")])
        '<dl class="cards"><div><dd class="long">hippocampus_<wbr>042</dd><dt>is the worst scan</dt></div></dl>'
    """
    shown = "".join(f"<div>{_large(big)}<dt>{escape(small)}</dt></div>" for big, small in pairs)
    return f'<dl class="cards">{shown}</dl>'


def _large(words: str) -> str:
    kind = ' class="long"' if len(words) > _LONG else ""
    return f"<dd{kind}>{escape(words).replace('_', '_<wbr>')}</dd>"


def swatch(label: LabelDefinition) -> str:
    """Return the colour of a class as a small square."""
    colour = css(label.colour)
    square = f'<rect width="12" height="12" fill="{colour}"/>'
    return f'<svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">{square}</svg>'
