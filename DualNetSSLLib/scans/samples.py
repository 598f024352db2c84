"""Write the phantom scans as files, for whoever has no scans at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.client.volumes import volume_from_array
from DualNetSSLLib.scans.phantoms import make_phantom
from DualNetSSLLib.tasks.call import Task
from DualNetSSLLib.tasks.user_folders import user_folder

SEED = 0


def write_samples(
    task: Task, cases: int = 10, labelled: int = 3, folder: str | None = None, scale: float = 1.0
) -> dict[str, str]:
    """Write ``images/NAME.nrrd``, and ``labels/NAME.nrrd`` for the first few; returns the ``folder``.

    Args:
        task: the call.
        cases: how many scans.
        labelled: for how many of them the truth is written as well.
        folder: where; by default the user's own folder.
        scale: see `make_phantom`.
    """
    target = Path(folder) if folder else user_folder() / "samples"
    with local_file(target):
        for part in ("images", "labels"):
            (target / part).mkdir(parents=True, exist_ok=True)
    for number in range(1, cases + 1):
        name = sample_name(number)
        task.say(f"Making {name}", number - 1, cases)
        phantom = make_phantom(SEED, number, scale)
        parts: dict[str, npt.NDArray[Any]] = {"images": phantom.image}
        if number <= labelled:
            parts["labels"] = phantom.label
        for part, voxels in parts.items():
            path = target / part / f"{name}.nrrd"
            with local_file(path):
                path.touch()
            sitk.WriteImage(volume_from_array(voxels, phantom.geometry), str(path), useCompression=True)
    return {"folder": str(target)}


def sample_arrays(task: Task, folder: str, cases: int = 10, scale: float = 1.0) -> list[dict[str, Any]]:
    """Write phantom scans as ``.npy`` files ``[k, j, i]`` into a folder; returns name, file and geometry of each."""
    made = []
    for number in range(1, cases + 1):
        name = sample_name(number)
        task.say(f"Making {name}", number - 1, cases)
        phantom = make_phantom(SEED, number, scale)
        path = Path(folder) / f"{name}.npy"
        with local_file(path):
            np.save(path, phantom.image)
        made.append({"name": name, "file": str(path), "geometry": phantom.geometry})
    return made


def sample_name(number: int) -> str:
    """Return the pseudonym of a sample scan.

    Example:
        >>> sample_name(3)
        'phantom-03'
    """
    return f"phantom-{number:02d}"
