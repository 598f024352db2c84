"""``predict --shards``: the scans in parts, each predicted by a worker of its own, and one table at the end."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from dualnetssl.bundle.model_card import read_card
from dualnetssl.cli.main import explain
from dualnetssl.cli.monitor import graceful_stop
from dualnetssl.cli.outputs import FRESH, Before, Origin, Withdrawal
from dualnetssl.cli.parallel.options import place_of
from dualnetssl.cli.parallel.side_by_side import run
from dualnetssl.cli.terminal import Progress
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.contract.jobdir import JobDirectory, JobResult, write_atomic
from dualnetssl.contract.jobspec import JobCase, JobSpec, PredictConfig
from dualnetssl.contract.schema import Event, JobKind
from dualnetssl.intake.places import TABLE
from dualnetssl.prediction.footprint import free_bytes
from dualnetssl.scans.cache import chosen_folder

FOLDER = ".shards"
"""Inside the output, as long as there is something to go on from."""

_SHARE = 0.8
_PARTS = ("segmentation", "uncertainty", "disagreement", "opinions", "sheet")


def split(cases: Sequence[JobCase], shards: int) -> list[tuple[JobCase, ...]]:
    """Deal out the scans like cards; no shard is empty.

    Example:
        >>> dealt = split([JobCase(case=name, image="/x") for name in ("a", "b", "c")], 2)
        >>> [[case.case for case in shard] for shard in dealt]
        [['a', 'c'], ['b']]
    """
    count = min(shards, len(cases))
    return [tuple(cases[first::count]) for first in range(count)]


def predict(
    arguments: argparse.Namespace,
    cases: Sequence[JobCase],
    wanted: Mapping[str, Origin],
    config: PredictConfig,
    before: Before,
) -> int:
    """Predict scans in shards and write the table of those that are done; return the exit status.

    Args:
        arguments: of the command line.
        cases: the scans.
        wanted: what each prediction is made of; shards of an earlier command that made the same go on.
        config: how to predict.
        before: what lies in the output.

    Raises:
        InvalidRequest: probabilities are asked for, too, which the worker of a shard does not write.
    """
    if arguments.probabilities:
        raise InvalidRequest("--probabilities with --shards", "one of them", "Leave --shards out.")
    shards = split(cases, arguments.shards)
    if arguments.engine == "local" and config.memory_gb is None:
        config = config.model_copy(update={"memory_gb": _share_of_memory(len(shards))})
    root = arguments.output.resolve() / FOLDER / _digest(cases, wanted, len(shards))
    directories = [JobDirectory(root / str(number)) for number in range(len(shards))]
    for directory, shard in zip(directories, shards, strict=True):
        _take(directory, _order(arguments, shard, config))
    stopping = threading.Event()
    done: set[str] = set()
    with Progress("predicting") as progress, graceful_stop(stopping.set, progress.say):

        def show(number: int, event: Event) -> None:
            fields = event.model_dump()
            if event.kind == "warning":
                progress.say(f"Warning: shard {number}: {fields['message']}.")
            if event.kind == "predicted":
                done.add(fields["case"])
                progress.count(len(done), len(cases), fields["case"])

        def wait(count: int) -> None:
            if count and not done:
                progress.show(f"{count} of {len(shards)} shards wait for their turn")

        place = place_of(arguments, gpus=1, at_once=len(shards))
        results = run(root, range(len(shards)), place, stopping.is_set, show, wait)
    Withdrawal(arguments.output, before).of(*(case.case for case in cases))
    gather(arguments.output, directories, arguments.model.name)
    if stopping.is_set() or all(result.outcome == "succeeded" for result in results.values()):
        shutil.rmtree(arguments.output / FOLDER)
        for scans in arguments.output.glob(".joined-*"):
            shutil.rmtree(scans)  # those of a command that was broken off, too
    return _status(results, stopping.is_set())


def _take(directory: JobDirectory, spec: JobSpec) -> None:
    """Order a shard, anew where an earlier command did not come to its end: device, memory and places may be others."""
    result = directory.read_result()
    if result is not None and result.outcome == "succeeded":
        return
    if not (directory.spec_path.exists() and directory.worker_alive()):
        directory.create(spec)
    directory.withdraw_cancel()


def _share_of_memory(shards: int) -> float | None:
    free = free_bytes(torch.device("cpu"))
    return None if free is None else round(_SHARE * free / shards / 1e9, 3)


def _digest(cases: Sequence[JobCase], wanted: Mapping[str, Origin], count: int) -> str:
    content = [count, *((case.case, asdict(wanted[case.case])) for case in cases)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def _order(arguments: argparse.Namespace, shard: tuple[JobCase, ...], config: PredictConfig) -> JobSpec:
    model = arguments.model.resolve()
    return JobSpec(
        kind=JobKind.PREDICT,
        labels=read_card(model).labels,
        cases=shard,
        model=str(model),
        device=arguments.device,
        predict=config,
        prepared=chosen_folder(),
    )


def gather(output: Path, directories: Sequence[JobDirectory], model: str) -> None:
    """Move what the shards have predicted into the output and write one table of it; what is whole counts alone.

    A scan's row is written when all its files are; moving it may be broken off and done again.
    """
    rows: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    for directory in directories:
        spec = directory.read_spec()
        labels = [label.model_dump() for label in spec.labels]
        for row in _rows(directory):
            for part in (part for part in _PARTS if part in row):
                source = directory.predictions_path / row[part]
                if source.exists():
                    source.replace(output / row[part])
            rows.append(row)
    table = {"model": model, "labels": labels, "cases": rows}
    write_atomic(output / FRESH, json.dumps(table, indent=1).encode())


def _rows(directory: JobDirectory) -> list[dict[str, Any]]:
    """Return the rows of a shard's table, or those of the scans that it came to."""
    folder = directory.predictions_path
    try:
        rows: list[dict[str, Any]] = json.loads((folder / TABLE).read_bytes())["cases"]
        return rows
    except FileNotFoundError:
        return [json.loads(path.read_bytes()) for path in sorted(folder.glob(".*.json"))]


def _status(results: Mapping[int, JobResult], stopped: bool) -> int:
    for number, result in results.items():
        if result.problem is not None:
            print(f"Shard {number}:", flush=True)
            return explain(result.problem)
    return 130 if stopped else 0
