"""The operation that makes a prediction's surface with the map's value at each of its points, ready to be shown."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.client.errors import NotFound
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.maps.classmap import box_around, map_of, opened
from DualNetSSLLib.maps.surfacenets import evened, mean_around, net_around, normals_of
from DualNetSSLLib.tasks.call import Task
from DualNetSSLLib.tasks.reports import CachedPrediction
from DualNetSSLLib.tasks.user_folders import private_folder

FINEST = 128
"""The surface has at most so many steps along each axis: a finer one would not be seen, but stall the view."""
KEPT = 16
"""Files of so many surfaces are kept."""

Array = npt.NDArray[Any]


def map_surface(task: Task, prediction: CachedPrediction, label: int = 0, kind: str = "uncertainty") -> str:
    """Make the surface of a predicted label, or of all of them together, with the map on it.

    Args:
        task: this call.
        prediction: as `open_case` returned it.
        label: fixed value of the label; 0: of all.
        kind: of the map, ``uncertainty`` or ``disagreement``.

    Returns:
        Path of a ``.npz`` file: ``points`` in mm RAS, ``normals`` and ``values`` (the mean of the voxels about the
        point, 0 to 1) as float32, ``faces`` of four points each as int64. It may go after many more answers.

    Raises:
        InvalidRequest: there is no such map.
        NotFound: the model has not found this label in the scan.
        LocalFileError: a file cannot be read or written.
    """
    source, segmentation = map_of(prediction, kind), prediction.segmentation
    key = f"surface of label {label} (1): {source.digest} {segmentation.digest}"
    file = task.desk.folder / "surfaces" / f"{hashlib.sha256(key.encode()).hexdigest()}.npz"
    if file.exists():
        return str(file)
    voxels = opened(segmentation)
    parts = surface_parts(voxels == label if label else voxels > 0, opened(source), source.geometry)
    if parts is None:
        raise NotFound("The model has not found this label in the scan.", "Choose another label, or all of them.")
    task.cancel.check()
    _keep(file, parts)
    return str(file)


def surface_parts(mask: Array, values: Array, geometry: Geometry, finest: int = FINEST) -> dict[str, Array] | None:
    """Return points, normals, values and faces of the surface around a mask; None if that is empty.

    Args:
        mask: voxels ``[k, j, i]``.
        values: the map, of the same shape.
        geometry: of both.
        finest: voxels are put together until there are at most so many along each axis.
    """
    box = box_around(mask, margin=0)
    if box is None:
        return None
    steps = [-(-(side.stop - side.start) // finest) for side in box]
    box = tuple(slice(max(0, side.start - step), side.stop + step) for side, step in zip(box, steps, strict=True))
    shape = _blocks(mask[box], steps).mean(axis=(1, 3, 5)) >= 0.5
    if not shape.any():
        shape = _blocks(mask[box], steps).any(axis=(1, 3, 5))
    net = net_around(shape)
    mean = mean_around(_blocks(values[box], steps, "edge").mean(axis=(1, 3, 5)), net.cubes)
    mean = evened(mean, net.faces)
    places = (net.points + 0.5) * steps - 0.5 + [side.start for side in box]
    points = _in_ras(places, geometry)
    faces = net.faces if _turns(geometry) else np.ascontiguousarray(net.faces[:, ::-1])
    normals = normals_of(points, faces)
    return {
        "points": points.astype(np.float32),
        "normals": normals,
        "values": mean.astype(np.float32),
        "faces": faces,
    }


def _blocks(voxels: Array, steps: list[int], beyond: Literal["constant", "edge"] = "constant") -> Array:
    """Return voxels cut into blocks, shape (K, k, J, j, I, i); ``beyond`` the last voxel are zeros, or its value."""
    padded = np.pad(voxels, [(0, -size % step) for size, step in zip(voxels.shape, steps, strict=True)], mode=beyond)
    sides = [(size // step, step) for size, step in zip(padded.shape, steps, strict=True)]
    return padded.reshape([number for side in sides for number in side])


def _in_ras(places: Array, geometry: Geometry) -> Array:
    """Turn places [k, j, i] into points in mm, RAS."""
    axes = np.reshape(geometry.direction, (3, 3)) * geometry.spacing
    points: Array = (places[:, ::-1] @ axes.T + geometry.origin) * (-1.0, -1.0, 1.0)
    return points


def _turns(geometry: Geometry) -> bool:
    """Tell whether the axes k, j, i, in this order, are right-handed in space."""
    return bool(np.linalg.det(np.reshape(geometry.direction, (3, 3))) < 0)


def _keep(file: Path, parts: dict[str, Array]) -> None:
    """Write a surface down, and throw out the oldest ones."""
    with local_file(file):
        private_folder(file.parent)
        unfinished = file.with_suffix(f".{os.getpid()}.npz")
        np.savez(unfinished, allow_pickle=False, **parts)
        os.replace(unfinished, file)
        found = sorted(file.parent.glob("*.npz"), key=lambda one: one.stat().st_mtime)
    for old in found[:-KEPT]:
        with contextlib.suppress(OSError):  # Windows keeps a file that is open; it goes another day
            old.unlink()
