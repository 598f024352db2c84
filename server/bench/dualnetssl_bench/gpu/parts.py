"""A data set in parts, for places that take no large folder at once: split by size, and put together again."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from dualnetssl.contract.errors import InvalidDataset
from dualnetssl.intake.folders import list_volumes
from dualnetssl_bench.experiments.protocols import ORDER_FILE

MIB = 2**20
_PARTS = ("images", "labels")


def split(data: Path, target: Path, limits: Sequence[int]) -> list[Path]:
    """Copy a data set into as few folders as its size needs, ``part1``, ``part2`` and so on; files stay as they are.

    Args:
        data: folder with ``images``, ``labels`` and maybe ``train.list``, which goes into the first part.
        target: gets the parts; it must not hold any yet.
        limits: bytes that each part may have; the last number holds for all that follow.

    Raises:
        InvalidDataset: there are parts already, a file cannot be used, or one scan is larger than a part.
    """
    if any(target.glob("part*")):
        received = f"{target}, which holds parts already"
        raise InvalidDataset(received, "a folder without parts", "Choose another folder, or remove them.")
    cases, order = scans(data), data / ORDER_FILE
    sizes = {name: sum(path.stat().st_size for path in paths.values()) for name, paths in cases.items()}
    listed = order.stat().st_size if order.is_file() else 0
    folders = []
    for number, names in enumerate(fill(sizes, [limits[0] - listed, *limits[1:]], limits[-1]), start=1):
        folders.append(target / f"part{number}")
        for kind in _PARTS:
            (folders[-1] / kind).mkdir(parents=True)
        for kind, path in ((kind, path) for name in names for kind, path in cases[name].items()):
            shutil.copyfile(path, folders[-1] / kind / path.name)
    if order.is_file():
        shutil.copyfile(order, folders[0] / ORDER_FILE)
    return folders


def fill(sizes: dict[str, int], limits: Sequence[int], more: int) -> list[list[str]]:
    """Deal names, the largest first, to as few boxes as can be, each time to the one with most room.

    Args:
        sizes: of each name.
        limits: what each box takes.
        more: what each further box takes.

    Raises:
        InvalidDataset: one is larger than a box.

    Example:
        >>> fill({"a": 3, "b": 2, "c": 2, "d": 1}, [4], 4)
        [['a', 'd'], ['b', 'c']]
    """
    largest = max(sizes, key=lambda name: sizes[name])
    if sizes[largest] > max(more, *limits):
        received = f"parts of {max(more, *limits)} bytes, and {largest} with {sizes[largest]}"
        raise InvalidDataset(received, "parts that hold the largest scan", "Ask for larger parts.")
    count = 1
    while (boxes := _dealt(sizes, [*limits, *[more] * count][:count])) is None:
        count += 1
    return boxes


def _dealt(sizes: dict[str, int], rooms: list[int]) -> list[list[str]] | None:
    boxes: list[list[str]] = [[] for _ in rooms]
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        widest = rooms.index(max(rooms))
        if rooms[widest] < sizes[name]:
            return None
        boxes[widest].append(name)
        rooms[widest] -= sizes[name]
    return [sorted(box) for box in boxes]


def scans(data: Path) -> dict[str, dict[str, Path]]:
    """Return the files of each scan, by its name and by ``images`` and ``labels``.

    Raises:
        InvalidDataset: a folder is missing or empty, or two files claim one name.
    """
    found: dict[str, dict[str, Path]] = {}
    for kind in _PARTS:
        folder = list_volumes(data / kind, kind)
        for finding in folder.findings:
            raise InvalidDataset(str(finding), "one file for each scan", "Remove or rename all but one.")
        for name, path in folder.files.items():
            found.setdefault(name, {})[kind] = path
    return found


def join(parts: Sequence[Path], target: Path) -> Path:
    """Return one folder with the scans of all parts: the only part itself, or a copy of all under ``target``.

    Raises:
        InvalidDataset: a part is no data set, or two parts hold a file of the same name.
    """
    if len(parts) == 1:
        return parts[0]
    for part in parts:
        scans(part)  # says what is wrong with a folder before anything is copied
    shutil.rmtree(target, ignore_errors=True)
    for part in parts:
        wanted = [path for kind in _PARTS for path in sorted((part / kind).iterdir()) if path.is_file()]
        for path in (*wanted, part / ORDER_FILE):
            _add(path, target / path.relative_to(part))
    return target


def _add(source: Path, target: Path) -> None:
    if not source.is_file():
        return
    if target.exists():
        received = f"{source.name} in two parts"
        raise InvalidDataset(received, "every file in one part", "Split the data set again.")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
