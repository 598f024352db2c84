"""A store of as many cases as wanted, each with a prediction, half of them served before, and as many waiting jobs.

One of each is made as the server makes it; the others are copies of its rows under other names, in one transaction, as
ten thousand commits take minutes on a slow disk.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from dualnetssl.contract.schema import (
    CasePut,
    DatasetCreate,
    Geometry,
    JobCreate,
    JobKind,
    JobState,
    LabelDefinition,
    NextRequest,
)
from dualnetssl.server.blobs import Blobs
from dualnetssl.server.store import NewPrediction, Store
from dualnetssl.server.store.cases import CheckedCase
from dualnetssl.server.store.named import PREDICTED

GRID = Geometry(size=(2, 2, 2), spacing=(1, 1, 1), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
LABELS = (LabelDefinition(value=1, name="organ"), LabelDefinition(value=2, name="tumour"))
ANNOTATOR = "ann"


def fill(store: Store, blobs: Blobs, file: Path, cases: int, queued: int) -> str:
    """Fill an empty store and return its data set.

    Args:
        store: open.
        blobs: gets what the first case names.
        file: of the store.
        cases: how many, from one on.
        queued: jobs that wait, beside one that runs.
    """
    dataset = _one_of_each(store, blobs)
    chance = random.Random(0)  # noqa: S311 - figures to sort by
    with closing(sqlite3.connect(file)) as connection, connection:
        names = [f"scan{number:06}" for number in range(1, cases)]
        _copy(connection, "revisions", ({"name": name} for name in names))
        _copy(connection, "cases", ({"name": name} for name in names))
        _copy(connection, "predictions", (_predicted(name, chance) for name in names))
        _copy(connection, "servings", ({"name": name} for name in names[1::2]))
        _copy(connection, "jobs", ({"id": f"job-waits{number:06}"} for number in range(queued)), "state = 'queued'")
    return dataset


def _one_of_each(store: Store, blobs: Blobs) -> str:
    """Make a data set with one case, predicted and served, a training that has ended and one that waits."""
    dataset = store.datasets.create(DatasetCreate(name="scans", labels=LABELS)).id
    first, image = "scan000000", _stored(blobs, b"scan")
    store.cases.put(dataset, first, CheckedCase(CasePut(image=image), GRID, 0.0), None)
    training, _ = store.jobs.create(JobCreate(kind=JobKind.TRAIN, dataset=dataset, predict_after=False))
    store.jobs.transition(training.id, [JobState.QUEUED], JobState.SUCCEEDED)
    model = store.models.record(training.id, LABELS, {}, _stored(blobs, b"model")).id
    files = {part: _stored(blobs, part.encode()) for part in PREDICTED}
    figures = _figures(random.Random(0))  # noqa: S311 - figures to sort by
    store.predictions.record(model, [NewPrediction(case=first, image=image, summary=figures, **files)])
    store.worklist.serve(dataset, NextRequest(annotator=ANNOTATOR))
    store.jobs.create(JobCreate(kind=JobKind.TRAIN, dataset=dataset, cases=(first,)))
    return dataset


def _stored(blobs: Blobs, data: bytes) -> str:
    digest = _digest(data.decode())
    blobs.append(digest, 0, len(data), data)
    return digest


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _predicted(name: str, chance: random.Random) -> dict[str, Any]:
    figures = json.dumps(_figures(chance))
    return {"name": name, "summary": figures, **{part: _digest(name + part) for part in PREDICTED}}


def _figures(chance: random.Random) -> dict[str, Any]:
    """Return what a prediction says of its case: all that a worker's says."""
    names = [label.name for label in LABELS]
    dice = {name: chance.random() for name in names}
    return {
        "volume_ml": {name: 40 * chance.random() for name in names},
        "expected_volume_ml": {name: 40 * chance.random() for name in names},
        "mean_uncertainty": chance.random(),
        "foreground_uncertainty": chance.random(),
        "expected_error_ml": 10 * chance.random(),
        "predicted_dice": sum(dice.values()) / len(dice),
        "predicted_dice_of": dice,
    }


def _copy(connection: sqlite3.Connection, table: str, changes: Iterable[Mapping[str, Any]], which: str = "1") -> None:
    """Copy the one row of a table that is chosen, once for each set of changes."""
    found = connection.execute(f"SELECT * FROM {table} WHERE {which}")  # noqa: S608 - constants
    columns = [column[0] for column in found.description]
    row = dict(zip(columns, found.fetchone(), strict=True))
    places = ", ".join(f":{column}" for column in columns)
    rows = ({**row, **change} for change in changes)
    connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 - constants
