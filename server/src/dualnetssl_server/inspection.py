"""Check uploaded volumes in a process of their own: a hostile file can kill that process and nothing else.

This side imports neither numpy nor SimpleITK; the other side is `dualnetssl_server.volumes.inspector`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dualnetssl_server import errors
from dualnetssl_server.schema import Geometry

TIMEOUT_SECONDS = 120.0

_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS": "1"}
_REFUSALS = (errors.InvalidVolume, errors.GeometryMismatch, errors.InvalidLabelValue, errors.VolumeTooLarge)


@dataclass(frozen=True)
class CaseFacts:
    """What a case's volumes turned out to be.

    Attributes:
        geometry: grid of the image.
        verified_fraction: share of voxels that teach; 0 without a label, 1 with a label and no mask.
        benefit_ml: volume that the map of uncertainty expects to be wrong outside the mask; None without a map.
    """

    geometry: Geometry
    verified_fraction: float
    benefit_ml: float | None = None


def inspect_case(
    image: Path,
    label: Path | None = None,
    verified: Path | None = None,
    uncertainty: Path | None = None,
    *,
    allowed_values: Collection[int] = (),
    max_voxels: int,
    timeout: float = TIMEOUT_SECONDS,
) -> CaseFacts:
    """Check the volumes of a case, and that label and mask lie on the image.

    Args:
        image: file of the scan.
        label: file of its label, if there is one.
        verified: file of the mask of verified voxels (0 and 1), if there is one.
        uncertainty: map of a prediction of the same scan, if there is one.
        allowed_values: values that the label may have besides 0.
        max_voxels: largest volume to accept.
        timeout: seconds after which the check is given up.

    Raises:
        InvalidVolume: a file is no usable volume, or its reader crashed or did not come to an end.
        GeometryMismatch: label or mask do not lie on the image.
        InvalidLabelValue: values outside the label set, or a mask of other values than 0 and 1.
        VolumeTooLarge: over the cap.
    """
    files = {"image": image, "label": label, "verified": verified, "uncertainty": uncertainty}
    request = {
        "files": {role: str(path) for role, path in files.items() if path is not None},
        "allowed": sorted({0, *allowed_values}),
        "max_voxels": max_voxels,
    }
    answer = _ask(request, timeout)
    if "refusal" in answer:
        raise _refusal(**answer["refusal"])
    geometry = Geometry.model_validate(answer["geometry"])
    return CaseFacts(geometry, answer["verified_fraction"], answer["benefit_ml"])


def _ask(request: dict[str, Any], timeout: float) -> dict[str, Any]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "dualnetssl_server.volumes.inspector"],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=timeout,
            check=False,
            env={**os.environ, **_ONE_THREAD},
        )
    except subprocess.TimeoutExpired as error:
        raise _gave_up(f"a file whose check did not end within {timeout:g} seconds") from error
    if done.returncode != 0:
        raise _gave_up("a file on which its reader crashed")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _gave_up(received: str) -> errors.InvalidVolume:
    return errors.InvalidVolume(
        received, "files that can be read whole", "Load the scan in 3D Slicer, save it as NRRD and try again."
    )


def _refusal(kind: str, received: str, allowed: str, remedy: str) -> errors.ProblemError:
    refusals = {refusal.kind: refusal for refusal in _REFUSALS}
    return refusals[kind](received, allowed, remedy)
