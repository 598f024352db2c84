"""The process in which uploaded volumes are opened: one JSON question on standard input, one answer on output."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dualnetssl_server.errors import ProblemError, VolumeTooLarge
from dualnetssl_server.schema import Geometry
from dualnetssl_server.volumes.doubt import expected_error_ml
from dualnetssl_server.volumes.geometry import check_same_geometry
from dualnetssl_server.volumes.probe import probe
from dualnetssl_server.volumes.read import check_values, read_image, read_label

_HEADER_ALLOWANCE = 1 << 30
_BYTES_PER_VOXEL = 24
_ROLES = {"image": "the image", "label": "the label", "verified": "the mask of verified voxels"}


def inspect(files: dict[str, str], allowed: list[int], max_voxels: int) -> dict[str, Any]:
    """Check the volumes of a case.

    Args:
        files: paths of ``image`` and, if there are such, ``label``, ``verified`` and ``uncertainty``.
        allowed: values that the label may have.
        max_voxels: largest volume to accept.

    Returns:
        ``geometry`` of the image, ``verified_fraction``, and ``benefit_ml``: the volume that the map of uncertainty
        expects to be wrong outside the mask, or None without a map.

    Raises:
        ProblemError: what is wrong, and with which of the files.
    """
    with _blaming("image"):
        geometry = _check_image(Path(files["image"]), max_voxels)
    fraction = 0.0
    for role, values in (("label", allowed), ("verified", [0, 1])):
        if role in files:
            with _blaming(role):
                mean = _check_label(Path(files[role]), geometry, values, max_voxels)
            fraction = 1.0 if role == "label" else mean
    benefit = _benefit_ml(files, len(allowed), max_voxels) if "uncertainty" in files else None
    return {"geometry": geometry.model_dump(), "verified_fraction": fraction, "benefit_ml": benefit}


def _benefit_ml(files: dict[str, str], classes: int, max_voxels: int) -> float:
    """Return the expected error of the server's own map; it was written by a worker and needs no check."""
    _allow_memory_for(Path(files["uncertainty"]), max_voxels)
    uncertainty, geometry = read_image(Path(files["uncertainty"]), max_voxels)
    verified = read_label(Path(files["verified"]), max_voxels)[0] if "verified" in files else None
    return expected_error_ml(uncertainty, geometry.spacing, classes, verified)


def _check_image(path: Path, max_voxels: int) -> Geometry:
    _allow_memory_for(path, max_voxels)
    return read_image(path, max_voxels)[1]


def _check_label(path: Path, geometry: Geometry, allowed: list[int], max_voxels: int) -> float:
    _allow_memory_for(path, max_voxels)
    check_same_geometry(geometry, probe(path, max_voxels).geometry)
    array, _ = read_label(path, max_voxels)
    check_values(array, allowed)
    return float(array.mean())


@contextmanager
def _blaming(role: str) -> Iterator[None]:
    """Say in an error which of the files it is about."""
    try:
        yield
    except MemoryError as error:
        raise VolumeTooLarge(
            f"{_ROLES[role]}, which takes far more memory than its header declares",
            "files that hold what their header says",
            "Save it again, for instance with 3D Slicer.",
        ) from error
    except ProblemError as error:
        raise type(error)(f"{error.received} ({_ROLES[role]})", error.allowed, error.remedy) from error


def _allow_memory_for(path: Path, max_voxels: int) -> None:
    """Let this process grow by what an honest file of that header takes: 8 bytes a voxel in ITK, 8 + 4 + 1 here."""
    limit_memory(_HEADER_ALLOWANCE)
    voxels = math.prod(probe(path, max_voxels).geometry.size)
    limit_memory(_HEADER_ALLOWANCE + _BYTES_PER_VOXEL * voxels)


def limit_memory(growth: int) -> None:
    """Let this process take at most so many bytes more than now, on systems that can tell and limit it."""
    statistics = Path("/proc/self/statm")
    if statistics.exists():
        import resource

        present = int(statistics.read_text().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (present + growth, hard))


def main() -> None:
    """Answer the question on standard input."""
    try:
        answer = inspect(**json.load(sys.stdin))
    except ProblemError as error:
        fields = {name: getattr(error, name) for name in ("kind", "received", "allowed", "remedy")}
        answer = {"refusal": fields}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
