"""Volumes of the server as files that can be memory-mapped, so that no GUI ever has to parse or unpack one."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.client.cancel import CancelToken
from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.files import Progress, local_file
from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.client.volumes import channels_of, geometry_of, read_volume
from DualNetSSLLib.tasks.lock import locked
from DualNetSSLLib.tasks.reports import CachedVolume
from DualNetSSLLib.tasks.user_folders import private_folder

CAP_BYTES = 20 << 30
SPARED_SECONDS = 3600.0
"""A volume that was used within this time is never thrown out: it may be on the screen."""
SAMPLE = 1_000_000
"""Voxels that are looked at, at most, to find the window of a scan."""


class Cache:
    """A folder of volumes by the SHA-256 that the server keeps them under; what was not used for long is thrown out."""

    def __init__(self, folder: Path, cap_bytes: int = CAP_BYTES) -> None:
        """Keep at most about so many bytes in ``folder``."""
        self._folder, self._cap = folder, cap_bytes

    def volume(
        self, client: Client, digest: str, *, progress: Progress | None = None, cancel: CancelToken | None = None
    ) -> CachedVolume:
        """Return a volume, fetching it if it is not here; what came of a broken download is used.

        Raises:
            LocalFileError: the disk is full, or the folder cannot be used.
            TransportError: the server cannot be reached.
        """
        found = self._find(digest)
        if found is not None:
            return found
        self._make_folder()
        # Two calls may want the same volume at the same time; the second waits and finds it.
        with locked(self._folder / f".lock-{digest[:2]}", cancel or CancelToken()):
            found = self._find(digest)
            if found is not None:
                return found
            packed = client.download(digest, self._folder / f"{digest}.nrrd", progress=progress, cancel=cancel)
            stored = self._store(packed, digest)
        self._prune()
        return stored

    def channels(
        self,
        client: Client,
        digest: str,
        count: int,
        *,
        progress: Progress | None = None,
        cancel: CancelToken | None = None,
    ) -> tuple[CachedVolume, ...]:
        """Return a volume for each channel of a scan, fetching the scan if one is not here; errors as `volume`."""
        wanted = [_of_channel(digest, number) for number in range(count)]
        for _ in range(2):  # one that was thrown out is fetched again with the others
            first = self.volume(client, digest, progress=progress, cancel=cancel)
            found = [first, *(self._find(key) for key in wanted[1:])]
            if None not in found:
                return tuple(each for each in found if each is not None)
            with local_file(self._folder):
                self._paths(digest)[0].unlink(missing_ok=True)
        return (first,)

    def file(
        self,
        client: Client,
        digest: str,
        ending: str,
        *,
        progress: Progress | None = None,
        cancel: CancelToken | None = None,
    ) -> Path:
        """Return a file as the server has it, fetching it if it is not here; errors as `volume`."""
        path = self._folder / f"{digest}{ending}"
        self._make_folder()
        with locked(self._folder / f".lock-{digest[:2]}", cancel or CancelToken()):
            client.download(digest, path, progress=progress, cancel=cancel)  # a whole one is here already
            with local_file(path):
                os.utime(path)
        self._prune()
        return path

    def derived(self, key: str, make: Callable[[], tuple[npt.NDArray[Any], Geometry]]) -> CachedVolume:
        """Return a volume that is made from others, making it if it is not here.

        Args:
            key: says what it is made of and how; the same key always stands for the same voxels.
            make: returns the voxels ``[k, j, i]`` and their grid.

        Raises:
            LocalFileError: the disk is full, or the folder cannot be used.
        """
        digest = hashlib.sha256(key.encode()).hexdigest()
        found = self._find(digest)
        if found is not None:
            return found
        self._make_folder()
        voxels, geometry = make()
        stored = self._keep(np.ascontiguousarray(voxels), geometry, digest)
        self._prune()
        return stored

    def _make_folder(self) -> None:
        with local_file(self._folder):
            private_folder(self._folder)

    def _find(self, digest: str) -> CachedVolume | None:
        """Return a volume that is here, noting that it was used."""
        note, voxels = self._paths(digest)
        try:
            found = CachedVolume.from_json(json.loads(note.read_text(encoding="utf-8")) | {"file": str(voxels)})
            os.utime(voxels)
        except (OSError, ValueError):
            return None
        return found

    def _store(self, packed: Path, digest: str) -> CachedVolume:
        """Unpack a volume; the note of the first channel, which makes it count, comes last."""
        image = read_volume(packed)
        first, *others = channels_of(image)
        for number, channel in enumerate(others, 1):
            self._keep(channel, geometry_of(image), _of_channel(digest, number))
        found = self._keep(first, geometry_of(image), digest)
        with local_file(packed):
            packed.unlink(missing_ok=True)
        return found

    def _keep(self, array: npt.NDArray[Any], geometry: Geometry, digest: str) -> CachedVolume:
        """Write a volume down; its note, which makes it count, comes last."""
        note, voxels = self._paths(digest)
        part = self._folder / f"{digest}.{os.getpid()}-{threading.get_ident()}.part"
        low, high = window_of(array)
        found = CachedVolume(file=str(voxels), geometry=geometry, digest=digest, low=low, high=high)
        with local_file(voxels):
            with part.open("wb") as file:
                np.save(file, np.ascontiguousarray(array))
            part.replace(voxels)
            part.write_text(json.dumps(found.to_json()), encoding="utf-8")
            part.replace(note)
        return found

    def _prune(self) -> None:
        """Throw out what was not used for longest, until the rest is under the cap."""
        spared = time.time() - SPARED_SECONDS
        total = 0
        for path, used, size in sorted(self._files(), key=lambda entry: -entry[1]):
            total += size
            if total > self._cap and used < spared:
                with contextlib.suppress(OSError):
                    path.with_suffix(".json").unlink(missing_ok=True)
                    path.unlink()

    def _files(self) -> Iterator[tuple[Path, float, int]]:
        for path in self._folder.glob("*.np[yz]"):
            with contextlib.suppress(OSError):
                status = path.stat()
                yield path, status.st_mtime, status.st_size

    def _paths(self, digest: str) -> tuple[Path, Path]:
        return self._folder / f"{digest}.json", self._folder / f"{digest}.npy"


def window_of(voxels: npt.NDArray[Any]) -> tuple[float, float]:
    """Return 1st and 99th percentile of a scan or map; the extremes of a volume of bytes, which are labels.

    Example:
        >>> window_of(np.array([[[0, 2, 255]]], np.uint8)), window_of(np.linspace(0, 1, 101).reshape(1, 1, 101))
        ((0.0, 255.0), (0.01, 0.99))
    """
    if voxels.dtype == np.uint8:
        return float(voxels.min()), float(voxels.max())
    flat = voxels.reshape(-1)
    low, high = np.percentile(flat[:: max(1, flat.size // SAMPLE)], (1, 99))
    return float(low), float(high)


def _of_channel(digest: str, number: int) -> str:
    """Return the key of a channel of a scan; the first one has the scan's own."""
    return hashlib.sha256(f"channel {number} of {digest}".encode()).hexdigest() if number else digest


def geometry_from(value: Geometry | dict[str, Any]) -> Geometry:
    """Return a geometry that was given as a record or as its JSON."""
    return value if isinstance(value, Geometry) else Geometry.from_json(value)
