"""Prepared scans are kept on disk between jobs, and read by mapping their files: nothing is read that is not looked at.

::

    DIGEST-RECIPE/             what was made of one file: its SHA-256, then what it was made by
        about.json             shapes, checksums and facts
        NAME.raw               an array as it lies in memory
    digests.json               SHA-256 of files by path, size and times, so that they are not read again to be known

An entry is written beside its place, synced and renamed, so that it is whole or not there. The recipe names our own
code too: an entry of another version is never taken.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
import uuid
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dualnetssl import files, volumes
from dualnetssl.scans.digests import Digests

_ABOUT = "about.json"
_PART = ".part-"
_DTYPES = {"float16": torch.float16, "float32": torch.float32, "int32": torch.int32, "uint8": torch.uint8}
_SAMPLES = 64
_PAGE = 4096
_SHARE = 0.5
_LEFT_SECONDS = 86_400
_KEY_DIGITS = 16


@dataclass(frozen=True)
class Entry:
    """What is kept of one file: arrays, mapped and not to be written to, and facts as JSON has them."""

    arrays: dict[str, Tensor]
    facts: dict[str, Any]


@dataclass
class PreparedCache:
    """A folder of prepared scans.

    Attributes:
        folder: made when something is kept.
        damaged: keys of entries that were found damaged and taken away, for somebody to tell of.
        unkept: keys of what could not be written, as on a full disk.
    """

    folder: Path
    damaged: list[str] = field(default_factory=list)
    unkept: list[str] = field(default_factory=list)

    @cached_property
    def digests(self) -> Digests:
        """The SHA-256 of files."""
        return Digests(self.folder / "digests.json")

    @cached_property
    def _code(self) -> str:
        """Names the code that prepares: all of the rooms that have a part in it."""
        found = hashlib.sha256()
        for room in (files, volumes):
            _add_sources(found, Path(str(room.__file__)).parent)
        _add_sources(found, Path(__file__).parent)
        return found.hexdigest()

    def key(self, path: Path | str, *made_by: Any) -> str:
        """Name what is made of a file by these choices, which JSON can hold."""
        made = hashlib.sha256(json.dumps([self._code, *made_by]).encode()).hexdigest()
        return f"{self.digests.of(Path(path))}-{made[:_KEY_DIGITS]}"

    def find(self, key: str) -> Entry | None:
        """Return an entry, or None if it is not there; one that is damaged is taken away."""
        place = self.folder / key
        try:
            about = json.loads((place / _ABOUT).read_bytes())
            arrays = {name: _mapped(place / f"{name}.raw", told) for name, told in about["arrays"].items()}
            os.utime(place / _ABOUT)
        except FileNotFoundError:
            if place.exists():
                self._forget_damaged(key)
            return None
        except (OSError, ValueError, KeyError, TypeError, RuntimeError):
            self._forget_damaged(key)
            return None
        return Entry(arrays, about["facts"])

    def has(self, key: str) -> bool:
        """Whether an entry is there; it may be damaged."""
        return (self.folder / key / _ABOUT).exists()

    def _forget_damaged(self, key: str) -> None:
        self.damaged.append(key)
        self._remove(self.folder / key)

    def keep(self, key: str, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> Entry | None:
        """Write an entry and return it as it is read back; None if it cannot be written.

        Args:
            key: see `key`.
            arrays: float16, float32, int32 or uint8, by names that a file can have.
            facts: what else is known of it.
        """
        part = self._beside(key)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part.mkdir()
            about = {name: _written(part / f"{name}.raw", array) for name, array in arrays.items()}
            _synced(part / _ABOUT, json.dumps({"arrays": about, "facts": dict(facts)}).encode())
            _sync_folder(part)
            _into_place(part, self.folder / key)
            _sync_folder(self.folder)
        except OSError:
            self.unkept.append(key)
            return None
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return self.find(key)

    def bound(self) -> int:
        """Return the bytes that all entries together may take: half of what the disk would have without them."""
        folder = self.folder
        while not folder.exists():
            folder = folder.parent
        return int(_SHARE * (shutil.disk_usage(folder).free + sum(size for _, _, size in self._entries())))

    def prune(self, most: int, needed: Collection[str] = ()) -> None:
        """Remove entries, those unused for longest first, until the rest take no more than ``most`` bytes.

        Whoever has a removed entry mapped keeps it until they are done.

        Args:
            most: bytes.
            needed: keys that stay, whatever they take.
        """
        self._sweep()
        entries = sorted(self._entries())
        total = sum(size for _, _, size in entries)
        for _, place, size in entries:
            if total > most and place.name not in needed:
                self._remove(place)
                total -= size

    def _entries(self) -> Iterator[tuple[float, Path, int]]:
        """Yield when each was last used, where it lies and its bytes."""
        for place in self.folder.glob(f"[!.]*/{_ABOUT}"):
            try:
                yield place.stat().st_mtime, place.parent, sum(file.stat().st_size for file in place.parent.iterdir())
            except FileNotFoundError:  # another process removed it
                continue

    def _sweep(self) -> None:
        """Remove what a crash left half written."""
        for part in self.folder.glob(f"{_PART}*"):
            with suppress(FileNotFoundError):
                if time.time() - part.stat().st_mtime > _LEFT_SECONDS:
                    shutil.rmtree(part, ignore_errors=True)

    def _beside(self, key: str) -> Path:
        """Return a folder for what is not to be found yet, or no more; it names the entry, so that it can be erased."""
        return self.folder / f"{_PART}{key}-{uuid.uuid4().hex}"

    def _remove(self, place: Path) -> None:
        """Take an entry away at once: it is renamed first, so that nobody finds a half of it."""
        gone = self._beside(place.name)
        try:
            place.rename(gone)
        except OSError:
            return
        shutil.rmtree(gone, ignore_errors=True)


def chosen_folder() -> str | None:
    """Return the folder in which this user's prepared scans are kept, None if none are.

    ``DUALNETSSL_PREPARED`` names it, or is ``none``; else it lies where the system keeps caches.
    """
    chosen = os.environ.get("DUALNETSSL_PREPARED")
    if chosen == "none":
        return None
    return str(Path(chosen).absolute() if chosen else _user_cache() / "dualnetssl" / "prepared")


def chosen_cache() -> PreparedCache | None:
    """Return the cache in `chosen_folder`."""
    folder = chosen_folder()
    return None if folder is None else PreparedCache(Path(folder))


def _user_cache() -> Path:
    places = {"win32": ("LOCALAPPDATA", "AppData/Local"), "darwin": ("", "Library/Caches")}
    variable, fallback = places.get(sys.platform, ("XDG_CACHE_HOME", ".cache"))
    return Path(os.environ.get(variable) or Path.home() / fallback)


def _add_sources(found: Any, folder: Path) -> None:
    for source in sorted(folder.glob("*.py")):
        found.update(source.read_bytes())


def _written(path: Path, array: NDArray[Any]) -> dict[str, Any]:
    values = np.ascontiguousarray(array)
    _synced(path, values.reshape(-1).view(np.uint8).data)
    return {"dtype": str(values.dtype), "shape": list(values.shape), "check": _check(path)}


def _synced(path: Path, data: bytes | memoryview) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _into_place(part: Path, place: Path) -> None:
    try:
        part.rename(place)
    except OSError:
        if not (place / _ABOUT).exists():  # else another process was faster, with the same
            raise


def _check(path: Path) -> int:
    """Return a checksum of evenly spaced pages of a file and of its size: reading all would take as long as making it.

    It finds what a crash leaves: a file cut short, or stretches of zeros.
    """
    size = path.stat().st_size
    found = zlib.crc32(str(size).encode())
    with path.open("rb") as file:
        for place in np.unique(np.linspace(0, max(size - _PAGE, 0), _SAMPLES).astype(np.int64)).tolist():
            file.seek(place)
            found = zlib.crc32(file.read(_PAGE), found)
    return found


def _mapped(path: Path, told: Mapping[str, Any]) -> Tensor:
    """Map an array.

    Raises:
        ValueError: the file is not the one that was written.
    """
    dtype, shape = _DTYPES[told["dtype"]], tuple(told["shape"])
    size = int(np.prod(shape, dtype=np.int64))
    if path.stat().st_size != size * dtype.itemsize or _check(path) != told["check"]:
        raise ValueError(f"{path.name} is damaged")
    if size == 0:
        return torch.empty(shape, dtype=dtype)
    # no file stays open, as it would with NumPy's maps: a thousand scans are more files than a process may have
    return torch.from_file(str(path), shared=False, size=size, dtype=dtype).view(shape)
