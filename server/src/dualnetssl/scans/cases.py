"""Scans as a training takes them: image, label and what the label tells, made from files or found in the cache."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dualnetssl import volumes
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.contract.schema import IGNORED, Geometry, LabelDefinition
from dualnetssl.scans.cache import Entry, PreparedCache
from dualnetssl.scans.extent import reach_in_voxels
from dualnetssl.scans.labelfacts import LabelFacts, facts_of
from dualnetssl.scans.preparation import (
    Recipe,
    Sight,
    grid_size,
    look_at,
    probe_image,
    read_canonical_label,
    read_prepared,
    resize_label,
)
from dualnetssl.scans.sampling import PreparedCase, verified_share
from dualnetssl.scans.structures import RARE, met_alike
from dualnetssl.scans.vanishing import Counts, vanished

_MOST_FOREGROUND = 50_000
_IMAGE_BYTES, _LABEL_BYTES = 2, 1


@dataclass(frozen=True)
class _Labelled:
    """A label on the training grid and all that is found out of it."""

    label: Tensor
    foreground: tuple[Tensor, ...]
    verified: float
    reach: tuple[int, int, int]
    lost: Counts
    facts: LabelFacts | None


def prepare_case(
    case: JobCase,
    labels: Sequence[LabelDefinition],
    recipe: Recipe,
    device: torch.device,
    cache: PreparedCache | None = None,
) -> PreparedCase:
    """Read a scan and its label onto the training grid and the device, intensities in half precision.

    What the cache has is not made again; what it has not is kept there. On the CPU it stays in the cache's files.

    Args:
        case: the scan.
        labels: the label set.
        recipe: of the training grid.
        device: where it is to rest.
        cache: of prepared scans, if there is one.
    """
    image, mapped = image_of(case.image, recipe, cache)
    image = image.to(device)
    if case.label is None:
        return PreparedCase(case.case, image, None, (), 0.0, mapped=mapped and device.type == "cpu")
    made, label_mapped = _label_of(case, labels, recipe, cache)
    return PreparedCase(
        case.case,
        image,
        made.label.to(device),
        made.foreground,
        made.verified,
        made.reach,
        made.lost,
        made.facts,
        mapped and label_mapped and device.type == "cpu",
    )


def image_of(path: str | Path, recipe: Recipe, cache: PreparedCache | None) -> tuple[Tensor, bool]:
    """Return a scan on the training grid, float16 ``[K, D, H, W]``, and whether it is mapped from the cache."""
    if cache is None:
        return read_prepared(path, recipe)[0], False
    key = image_key(path, recipe, cache)
    found = cache.find(key)
    if found is None:
        image = read_prepared(path, recipe)[0]
        found = cache.keep(key, {"image": image.numpy()}, {})
        if found is None:
            return image, False
    return found.arrays["image"], True


def read_kept(path: str | Path, recipe: Recipe, cache: PreparedCache | None) -> tuple[Tensor, Geometry]:
    """Return what `read_prepared` does, from the cache if it is there; nothing is added to the cache.

    Raises:
        InvalidVolume: it cannot be used, or has other channels than the recipe.
    """
    if cache is None or not cache.folder.exists():
        return read_prepared(path, recipe)
    found = cache.find(image_key(path, recipe, cache))
    if found is None:
        return read_prepared(path, recipe)
    return found.arrays["image"], volumes.canonical_geometry(probe_image(path).geometry)


def image_key(path: str | Path, recipe: Recipe, cache: PreparedCache) -> str:
    """Name a prepared image in the cache."""
    return cache.key(path, "image", recipe.spacing, recipe.windows, recipe.soft_clip)


def _label_key(case: JobCase, labels: Sequence[LabelDefinition], recipe: Recipe, cache: PreparedCache) -> str:
    verified = None if case.verified is None else cache.digests.of(Path(case.verified))
    grid = probe_image(case.image).geometry
    size = grid_size(volumes.canonical_geometry(grid), recipe.spacing)
    # a label is turned as its scan is
    return cache.key(str(case.label), "label", verified, _values(labels), recipe.spacing, size, grid.closest_axes())


def _values(labels: Sequence[LabelDefinition]) -> list[int]:
    return sorted(label.value for label in labels)


def keys_of(
    case: JobCase, labels: Sequence[LabelDefinition], recipe: Recipe, cache: PreparedCache
) -> tuple[tuple[str, int], ...]:
    """Return the entries that a scan has in the cache once it is prepared, each with the bytes of its voxels."""
    header = probe_image(case.image)
    size = grid_size(volumes.canonical_geometry(header.geometry), recipe.spacing)
    voxels = int(np.prod(size, dtype=np.int64))
    image = image_key(case.image, recipe, cache), _IMAGE_BYTES * header.channels * voxels
    if case.label is None:
        return (image,)
    return image, (_label_key(case, labels, recipe, cache), _LABEL_BYTES * voxels)


def _label_of(
    case: JobCase, labels: Sequence[LabelDefinition], recipe: Recipe, cache: PreparedCache | None
) -> tuple[_Labelled, bool]:
    if cache is None:
        return _made(case, labels, recipe), False
    key = _label_key(case, labels, recipe, cache)
    found = cache.find(key)
    if found is None:
        made = _made(case, labels, recipe)
        found = cache.keep(key, *_as_entry(made))
        if found is None:
            return made, False
    return _from_entry(found), True


def _made(case: JobCase, labels: Sequence[LabelDefinition], recipe: Recipe) -> _Labelled:
    """Bring a label onto the training grid and look at it."""
    size = grid_size(volumes.canonical_geometry(probe_image(case.image).geometry), recipe.spacing)
    own = read_canonical_label(case, labels)
    label = resize_label(own, size)
    verified = verified_share(label)
    return _Labelled(
        label=label,
        foreground=_foreground(label, len(labels)),
        verified=verified,
        reach=reach_in_voxels(label.numpy(), recipe.spacing),
        lost=vanished(own, label.numpy(), len(labels)),
        facts=facts_of(label.numpy(), len(labels) + 1, recipe.spacing) if verified else None,
    )


def _as_entry(made: _Labelled) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    arrays = {f"foreground-{number}": places.int().numpy() for number, places in enumerate(made.foreground)}
    facts = {
        "foreground": len(arrays),
        "verified": made.verified,
        "reach": list(made.reach),
        "lost": {str(index): list(counts) for index, counts in made.lost.items()},
        "facts": None if made.facts is None else made.facts.model_dump(mode="json"),
    }
    return {"label": made.label.numpy(), **arrays}, facts


def _from_entry(found: Entry) -> _Labelled:
    told = found.facts
    k, j, i = told["reach"]
    return _Labelled(
        label=found.arrays["label"],
        foreground=tuple(found.arrays[f"foreground-{number}"] for number in range(told["foreground"])),
        verified=told["verified"],
        reach=(k, j, i),
        lost={int(index): (had, has) for index, (had, has) in told["lost"].items()},
        facts=None if told["facts"] is None else LabelFacts.model_validate(told["facts"]),
    )


def sights_of(case: JobCase, labels: Sequence[LabelDefinition], cache: PreparedCache) -> tuple[Sight, ...]:
    """Return what a labelled scan's channels show, see `look_at`, from the cache if it is there."""
    label, verified = (None if part is None else cache.digests.of(Path(part)) for part in (case.label, case.verified))
    key = cache.key(case.image, "sight", label, verified, _values(labels))
    found = cache.find(key)
    if found is not None:
        return tuple(_sight_of(found, channel, ct) for channel, ct in enumerate(found.facts["ct"]))
    seen = look_at(case, labels)
    organs = {f"organs-{n}-{index}": voxels for n, sight in enumerate(seen) for index, voxels in sight.organs.items()}
    bodies = {f"body-{n}": sight.body for n, sight in enumerate(seen)}
    classes = [sorted(sight.organs) for sight in seen]
    cache.keep(key, organs | bodies, {"ct": [sight.ct for sight in seen], "classes": classes})
    return seen


def _sight_of(found: Entry, channel: int, ct: bool) -> Sight:
    organs = {index: found.arrays[f"organs-{channel}-{index}"].numpy() for index in found.facts["classes"][channel]}
    return Sight(ct, organs, found.arrays[f"body-{channel}"].numpy())


def _foreground(label: Tensor, classes: int) -> tuple[Tensor, ...]:
    first = 0 if bool((label == IGNORED).any()) else 1
    found = [_sampled(label.numpy(), index) for index in range(first, classes + 1)]
    few = RARE * label.numel()
    return tuple(_alike(voxels) if len(voxels) <= few else voxels for voxels in found if len(voxels))


def _alike(voxels: Tensor) -> Tensor:
    return torch.from_numpy(met_alike(voxels.numpy()))


def _sampled(label: NDArray[np.uint8], index: int) -> Tensor:
    """Return evenly chosen places of a class, ``[N, 3]``: listing all of the background would take gigabytes."""
    here = label == index
    step = max(1, int(np.count_nonzero(here)) // _MOST_FOREGROUND)
    chosen, before = [np.zeros((0, 3), np.int64)], 0
    for number, plane in enumerate(here):
        flat = np.flatnonzero(plane)
        rows, columns = np.unravel_index(flat[-before % step :: step], plane.shape)
        chosen.append(np.stack([np.full_like(rows, number), rows, columns], axis=1))
        before += len(flat)
    return torch.from_numpy(np.concatenate(chosen))
