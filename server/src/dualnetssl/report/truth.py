"""The outlines of labels, drawn onto the sheets that a prediction has left."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dualnetssl import volumes
from dualnetssl.files.labelling import Classes, read_segmentation
from dualnetssl.files.reading import label_grid
from dualnetssl.pictures import sheet
from dualnetssl.scores.evaluate import PredictedCase, Predictions


def add_truth(predictions: Predictions, labels: Mapping[str, Path], true: Classes) -> None:
    """Draw the label of each case onto its sheet; a case without a sheet has nothing to draw on.

    Args:
        predictions: that were evaluated.
        labels: label file of each case by name.
        true: what the classes are in these files.
    """
    for name in predictions.cases.keys() & labels.keys():
        _add(predictions.cases[name], labels[name], true)


def _add(case: PredictedCase, label: Path, true: Classes) -> None:
    path = case.segmentation.with_name(f"{case.stem}.{sheet.ENDING}")
    drawn = sheet.read(path)
    if drawn is None:
        return
    grid = label_grid(case.segmentation)
    known = read_segmentation(label, grid, true).label
    turned, _ = volumes.to_canonical(known, volumes.geometry_of(grid))
    if turned.shape == drawn.view.size:
        sheet.write(drawn.with_truth(turned), path, case.stem)
