"""The table of predicted scans: the worst first, sorted otherwise by its headings."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from dualnetssl.contract.schema import LabelDefinition
from dualnetssl.report.chapter import Cell, Chapter, Column, swatch, table
from dualnetssl.report.facts import LEARNT, Case, Facts, figure, mean

_EACH_CLASS = 4
"""Most classes whose Dice and distance have columns of their own; with more there are means alone."""


def chapter(facts: Facts) -> Chapter | None:
    """Return the table, with the means of scans learnt from and of others above it."""
    if not facts.cases:
        return None
    columns, rows = _columns(facts), [_row(number, case, facts) for number, case in enumerate(facts.cases)]
    by = "Dice" if facts.evaluated else "predicted Dice"
    said = f"{len(rows)} scans, the worst {by} first; a heading sorts, a name leads to the pictures"
    return Chapter("scans", "Scan by scan", _means(facts) + table(said, columns, rows, sortable=True))


def _shown(facts: Facts) -> Sequence[LabelDefinition]:
    return facts.labels if len(facts.labels) <= _EACH_CLASS else ()


def _columns(facts: Facts) -> list[Column]:
    found = [Column("scan", figures=False), Column("was", figures=False, tip="what the scan was to the training")]
    if facts.evaluated:
        found.append(Column("Dice", tip="agreement with the label, mean over classes"))
        if len(facts.labels) > 1:
            found += [Column(f"Dice {label.name}") for label in _shown(facts)]
        found += [Column(f"HD95 mm {label.name}", tip="95 % surface distance") for label in _shown(facts)]
    found.append(Column("predicted Dice", tip="estimated without a label"))
    found += [Column(f"{label.name} ml") for label in _shown(facts)]
    doubt = Column("uncertainty in organs", tip="mean over all voxels that it takes for one, 0 to 1")
    return [*found, doubt, Column("wrong ml", tip="volume that is expected to be wrong")]


def _row(number: int, case: Case, facts: Facts) -> list[Cell]:
    name = escape(case.name)
    link = f'<a href="#sheet-{number}">{name}</a>' if case.sheet else name
    cells = [Cell(link, case.name), Cell(case.role)]
    if facts.evaluated:
        cells.append(_figure(case.dice, 3))
        scores = [case.truth.get("classes", {}).get(label.name, {}) for label in _shown(facts)]
        if len(facts.labels) > 1:
            cells += [_figure(score.get("dice"), 3) for score in scores]
        cells += [_distance(score) for score in scores]
    cells.append(_figure(case.predicted_dice, 3))
    volumes = case.summary.get("volume_ml", {})
    cells += [_figure(volumes.get(label.name), 1) for label in _shown(facts)]
    doubt, wrong = case.summary.get("foreground_uncertainty"), case.summary.get("expected_error_ml")
    return [*cells, _figure(doubt, 3), _figure(wrong, 2)]


def _figure(value: float | None, digits: int) -> Cell:
    return Cell(figure(value, digits), "" if value is None else value)


def _distance(score: dict[str, Any]) -> Cell:
    return Cell("failed", 1e9) if score.get("failed") else _figure(score.get("hd95_mm"), 1)


def _means(facts: Facts) -> str:
    """Scans learnt from and others apart: their means together would flatter the model."""
    apart = {
        "scans not learnt from": [case for case in facts.cases if case.role != LEARNT],
        "scans learnt from": [case for case in facts.cases if case.role == LEARNT],
    }
    rows = [[Cell(words), Cell(str(len(found))), *_mean_cells(found, facts)] for words, found in apart.items() if found]
    truth = [Column("Dice"), *(Column(f"Dice {label.name}") for label in facts.labels)] if facts.evaluated else []
    columns = [Column("mean of", figures=False), Column("scans"), *truth, Column("predicted Dice")]
    swatches = "".join(f"<span>{swatch(label)}{escape(label.name)}</span>" for label in facts.labels)
    return f'<p class="legend">{swatches}</p>' + table("Means, scans learnt from and others apart", columns, rows)


def _mean_cells(found: Sequence[Case], facts: Facts) -> list[Cell]:
    predicted = Cell(figure(mean(case.predicted_dice for case in found), 3))
    if not facts.evaluated:
        return [predicted]
    scores = [case.truth.get("classes", {}) for case in found]
    each = [mean(score.get(label.name, {}).get("dice") for score in scores) for label in facts.labels]
    return [Cell(figure(mean(case.dice for case in found), 3)), *(Cell(figure(one, 3)) for one in each), predicted]
