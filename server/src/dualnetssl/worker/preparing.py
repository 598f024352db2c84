"""All scans of a training, prepared: found in the cache, or made there by several processes."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import torch
from pydantic import ValidationError

from dualnetssl import processes, volumes
from dualnetssl.contract.errors import ProblemError
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.contract.schema import LabelSet, Strict
from dualnetssl.prediction.footprint import free_bytes
from dualnetssl.scans.cache import PreparedCache
from dualnetssl.scans.cases import keys_of, prepare_case
from dualnetssl.scans.preparation import Recipe, probe_image
from dualnetssl.scans.sampling import PreparedCase

_SECONDS_A_VOXEL = 6e-8
_SECONDS_WORTH_A_PROCESS = 10.0
_BYTES_A_VOXEL = 24
_PROGRAM_BYTES = 500_000_000
_SHARE = 0.5
_SECONDS_BETWEEN = 2.0
_CPU = torch.device("cpu")
Entries = Sequence[tuple[str, int]]
"""What a scan has in the cache: keys, each with the bytes of its voxels."""
_HELPER = (sys.executable, "-m", "dualnetssl.worker.preparing")


class Errand(Strict):
    """What a process that helps is told: prepare these scans, beginning with the one of this number."""

    folder: str
    labels: LabelSet
    recipe: Recipe
    cases: tuple[JobCase, ...]
    first: int


@dataclass(frozen=True)
class Wanted:
    """The scans of a training and how they are to be prepared."""

    cases: Sequence[JobCase]
    labels: LabelSet
    recipe: Recipe


@dataclass
class Count:
    """Tells how many scans are ready: never in the first two seconds, then at most every two.

    Attributes:
        total: scans there are.
        tell: takes how many are ready, and how many there are.
        done: how many are ready.
    """

    total: int
    tell: Callable[[int, int], object]
    done: int = 0
    _told: float = field(default_factory=lambda: time.monotonic())

    def one_more(self) -> None:
        """Count a scan."""
        self.done += 1
        now = time.monotonic()
        if now - self._told >= _SECONDS_BETWEEN:
            self._told = now
            self.tell(self.done, self.total)


def prepare_all(
    wanted: Wanted,
    cache: PreparedCache | None,
    device: torch.device,
    warn: Callable[[str], object],
    turn: float = 0.0,
    tell: Callable[[int, int], object] = lambda done, total: None,
) -> list[PreparedCase]:
    """Return the scans of a training, in their order.

    Args:
        wanted: the scans.
        cache: what is kept of earlier trainings; None: all is made anew and held in memory.
        device: where they are to rest. On the CPU those that are kept stay in their files.
        warn: takes a sentence.
        turn: share of the scans after which to begin, in [0, 1), where others prepare the same ones meanwhile.
        tell: takes how many scans are ready and how many there are, now and then.
    """
    count = Count(len(wanted.cases), tell)
    if cache is None:
        return [_counted(count, prepare_case(case, wanted.labels, wanted.recipe, device)) for case in wanted.cases]
    keep = _to_keep(wanted, cache, warn)
    missing = [case for case, entries in keep if _missing_bytes(entries, cache)]
    count.done = len(keep) - len(missing)
    _make(Wanted(missing, wanted.labels, wanted.recipe), cache, turn, count)
    kept = {case.case for case, _ in keep}
    found = []
    for case in wanted.cases:
        found.append(prepare_case(case, wanted.labels, wanted.recipe, device, cache if case.case in kept else None))
        if case.case not in kept:
            count.one_more()
    cache.digests.save()
    _tell(cache, warn)
    return found


def _counted(count: Count, case: PreparedCase) -> PreparedCase:
    count.one_more()
    return case


def _to_keep(wanted: Wanted, cache: PreparedCache, warn: Callable[[str], object]) -> list[tuple[JobCase, Entries]]:
    """Return the scans that the cache has room for, with their entries, and make that room."""
    bound, taken, keys, keep = cache.bound(), 0, set[str](), list[tuple[JobCase, Entries]]()
    for case in wanted.cases:
        entries = keys_of(case, wanted.labels, wanted.recipe, cache)
        size = sum(size for key, size in entries if key not in keys)
        if taken + size <= bound:
            taken += size
            keys.update(key for key, _ in entries)
            keep.append((case, entries))
    cache.prune(bound - sum(_missing_bytes(entries, cache) for _, entries in keep), keys)
    if len(keep) < len(wanted.cases):
        warn(
            f"{len(wanted.cases) - len(keep)} of {len(wanted.cases)} prepared scans are held in memory: all of them "
            f"would take more than half of the disk that is free for {cache.folder}. Free some space there, or name "
            "another folder by DUALNETSSL_PREPARED"
        )
    return keep


def _missing_bytes(entries: Entries, cache: PreparedCache) -> int:
    return sum(size for key, size in entries if not cache.has(key))


def _tell(cache: PreparedCache, warn: Callable[[str], object]) -> None:
    if cache.damaged:
        warn(f"prepared scans that were found damaged in {cache.folder} and made anew: {len(cache.damaged)}")
    if cache.unkept:
        warn(
            f"prepared scans that could not be written to {cache.folder} and are held in memory: {len(cache.unkept)}. "
            "Free some space there, or name another folder by DUALNETSSL_PREPARED"
        )
    cache.damaged.clear()
    cache.unkept.clear()


def _make(missing: Wanted, cache: PreparedCache, turn: float, count: Count) -> None:
    """Make what is missing; processes that help begin at other scans, and nobody makes what is there already."""
    voxels = [_voxels(case) for case in missing.cases]
    workers = 1 + helpers(voxels, torch.get_num_threads(), free_bytes(_CPU))
    errands = [
        Errand(
            folder=str(cache.folder),
            labels=missing.labels,
            recipe=missing.recipe,
            cases=tuple(missing.cases),
            first=int(len(missing.cases) * ((turn + share / workers) % 1)),
        )
        for share in range(workers)
    ]
    with _helped_by(errands[1:]):
        run_errand(errands[0], cache, count.one_more)


def _voxels(case: JobCase) -> int:
    header = probe_image(case.image)
    return header.channels * math.prod(volumes.canonical_geometry(header.geometry).size)


def helpers(voxels: Sequence[int], cores: int, free: int | None) -> int:
    """Return how many processes are to help with preparing scans, beside this one.

    Args:
        voxels: of each scan.
        cores: that may be used.
        free: bytes of memory; None if nobody knows.

    Example:
        >>> helpers([10**8] * 20, 4, 10**12), helpers([10**5] * 20, 4, 10**12), helpers([10**8] * 20, 4, 8 * 10**9)
        (3, 0, 0)
    """
    if not voxels:
        return 0
    worth = int(sum(voxels) * _SECONDS_A_VOXEL / _SECONDS_WORTH_A_PROCESS)
    each = _PROGRAM_BYTES + _BYTES_A_VOXEL * max(voxels)
    room = cores if free is None else int(_SHARE * free // each) - 1
    return max(0, min(cores - 1, worth, room, len(voxels) - 1))


@contextmanager
def _helped_by(errands: Sequence[Errand]) -> Iterator[None]:
    """Run errands in processes of their own; at the end all of them are done, or ended if this one fails."""
    started: list[processes.Process] = []
    try:
        for errand in errands:
            started += _started(errand)
        yield
        for child in started:
            child.wait()
    finally:
        for child in started:
            child.kill()
            child.wait()


def _started(errand: Errand) -> list[processes.Process]:
    """Start a process that helps; where none can be had, there is one less."""
    own = {**os.environ, "OMP_NUM_THREADS": "1"}
    try:
        child = processes.start(_HELPER, reading=processes.PIPE, environment=own)
    except OSError:
        return []
    assert child.stdin is not None  # noqa: S101 - it was asked for
    with suppress(OSError), child.stdin as told:  # it may have ended already
        told.write(errand.model_dump_json().encode())
    return [child]


def run_errand(errand: Errand, cache: PreparedCache, on_case: Callable[[], object] = lambda: None) -> None:
    """Prepare scans and keep them; one that cannot be used is left to whoever asked for it, who says why."""
    begun_by = os.getppid()
    for case in (*errand.cases[errand.first :], *errand.cases[: errand.first]):
        if os.getppid() != begun_by:  # nobody waits for it any more
            return
        try:
            if any(not cache.has(key) for key, _ in keys_of(case, errand.labels, errand.recipe, cache)):
                prepare_case(case, errand.labels, errand.recipe, _CPU, cache)
        except (ProblemError, OSError, MemoryError):
            continue
        finally:
            on_case()


def main() -> int:
    """Do the errand on the standard input."""
    try:
        errand = Errand.model_validate_json(sys.stdin.buffer.read())
    except ValidationError:
        return 1
    torch.set_flush_denormal(True)
    run_errand(errand, PreparedCache(Path(errand.folder)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
