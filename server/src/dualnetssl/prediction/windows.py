"""Networks over a whole scan, window by window, without ever holding what they say of all of it.

Windows go through the scan from its first slice to its last. As soon as no window to come reaches a slice, it is
finished and handed on, so that memory follows the windows and not the scan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import torch
from monai.data.utils import compute_importance_map
from torch import Tensor
from torch.nn import functional as F

_SLAB_VOXELS = 2**22
Network = Callable[[Tensor], Tensor]
"""Maps windows ``[B, K, d, h, w]`` to channels ``[B, N, d, h, w]``."""
Look = Callable[[Sequence[Tensor]], list[Tensor]]
"""Maps windows ``[K, d, h, w]`` to channels ``[N, d, h, w]``."""


def starts(size: int, patch: int, overlap: float) -> list[int]:
    """Return where windows of an axis begin; the last one ends where the axis ends.

    Example:
        >>> starts(100, 48, 0.5), starts(48, 48, 0.5)
        ([0, 24, 48, 52], [0])
    """
    step = max(1, int(patch * (1 - overlap)))
    return [*range(0, size - patch, step), size - patch]


def windows_of(size: Sequence[int], patch: Sequence[int], overlap: float) -> int:
    """Return how many windows an image has.

    Example:
        >>> windows_of((100, 48, 20), (48, 48, 48), 0.5)
        4
    """
    return prod(len(starts(max(edge, own), own, overlap)) for edge, own in zip(size, patch, strict=True))


@dataclass(frozen=True)
class Windows:
    """Windows of one size that overlap and are blended with Gaussian weights, as MONAI's inferer does it.

    Attributes:
        patch: size of a window (d, h, w).
        overlap: share of a window that the next one covers, in [0, 1).
        device: where networks and sums are.
        at_once: how many windows the networks see together.
    """

    patch: tuple[int, int, int]
    overlap: float
    device: torch.device
    at_once: int = 1

    def over(self, image: Tensor, network: Network) -> Iterator[Tensor]:
        """Yield what a network says of an image ``[K, D, H, W]``, slabs ``[N, d, H, W]`` on the CPU, first to last.

        An image smaller than a window is surrounded by its own border. Windows of one value in each channel, as air is
        in a CT that was clipped, all look the same to the network: it sees one of them.
        """
        padded, (rows, high, wide) = _pad(image, self.patch)
        depth, first = padded.shape[1], 0
        layers = starts(depth, self.patch[0], self.overlap)
        look = _once_for_each_value(network, self.device)
        weights = compute_importance_map(self.patch, mode="gaussian", sigma_scale=0.125, device=self.device)
        sums: Tensor | None = None
        for layer, following in zip(layers, [*layers[1:], depth], strict=True):
            sums = self._add(sums, padded[:, layer : layer + self.patch[0]], look, weights)
            for slab in _finished(sums, following - layer):
                wanted = slice(max(rows.start - first, 0), max(rows.stop - first, 0))
                first += slab.shape[1]
                yield slab[:, wanted, high, wide].cpu()
            _move_on(sums, following - layer)

    def _add(self, sums: Tensor | None, layer: Tensor, look: Look, weights: Tensor) -> Tensor:
        """Add one layer of windows; the last channel of the sums is that of the weights."""
        _, high, wide = layer.shape[1:]
        pairs = product(starts(high, self.patch[1], self.overlap), starts(wide, self.patch[2], self.overlap))
        places = [(..., slice(j, j + self.patch[1]), slice(i, i + self.patch[2])) for j, i in pairs]
        for first in range(0, len(places), self.at_once):
            some = places[first : first + self.at_once]
            with torch.inference_mode():
                found = [part.float() * weights for part in look([layer[place] for place in some])]
            if sums is None:
                sums = torch.zeros((len(found[0]) + 1, self.patch[0], high, wide), device=self.device)
            for place, part in zip(some, found, strict=True):
                sums[:-1][place] += part
                sums[-1][place] += weights
        assert sums is not None  # noqa: S101 - there is at least one window
        return sums


def _once_for_each_value(network: Network, device: torch.device) -> Look:
    """Return the network of a device, which looks at no window a second time that has one value in each channel."""
    known: dict[tuple[float, ...], Tensor] = {}

    def look(windows: Sequence[Tensor]) -> list[Tensor]:
        names = [_value(window) or number for number, window in enumerate(windows)]
        fresh = {name: window for name, window in zip(names, windows, strict=True) if name not in known}
        answers = network(torch.stack([*fresh.values()]).to(device).float()) if fresh else ()
        found = dict(zip(fresh, answers, strict=True))
        known.update({name: answer.clone() for name, answer in found.items() if isinstance(name, tuple)})
        return [found[name] if isinstance(name, int) else known[name] for name in names]

    return look


def _value(window: Tensor) -> tuple[float, ...] | None:
    """Return the values of a window that has one in each channel.

    Windows that rest on a GPU are not asked: the host would wait for the windows before.
    """
    corner = window[..., :1, :1, :1]
    if window.device.type != "cpu" or not bool((window == corner).all()):
        return None
    return tuple(corner.flatten().tolist())


def _finished(sums: Tensor, count: int) -> Iterator[Tensor]:
    """Yield the weighted means of the first slices, in slabs of at most 2^22 voxels."""
    for part in slabs((count, *sums.shape[2:])):
        yield sums[:-1, part] / sums[-1, part]


def _move_on(sums: Tensor, count: int) -> None:
    """Forget the first slices, so that the next layer of windows begins at the front."""
    left = sums.shape[1] - count
    # channel by channel, since source and target overlap: a copy of one channel instead of all
    for channel in sums:
        channel[:left] = channel[count:].clone()
        channel[left:] = 0


def _pad(image: Tensor, patch: Sequence[int]) -> tuple[Tensor, tuple[slice, slice, slice]]:
    """Surround an image with its border up to the size of a window; tell where it lies then."""
    missing = [max(0, edge - size) for edge, size in zip(patch, image.shape[1:], strict=True)]
    k, j, i = (slice(gap // 2, gap // 2 + size) for gap, size in zip(missing, image.shape[1:], strict=True))
    if not any(missing):
        return image, (k, j, i)
    around = [part for gap in reversed(missing) for part in (gap // 2, gap - gap // 2)]
    return F.pad(image[None].float(), around, mode="replicate")[0], (k, j, i)


def slabs(size: Sequence[int]) -> Iterator[slice]:
    """Cut a scan (D, H, W) along its first axis into slabs of at most 2^22 voxels, or of one slice."""
    thick = max(1, _SLAB_VOXELS // (size[1] * size[2]))
    for start in range(0, size[0], thick):
        yield slice(start, min(start + thick, size[0]))


def back(found: Iterable[Tensor], depth: int, size: Sequence[int]) -> Iterator[Tensor]:
    """Bring slabs ``[N, d, h, w]`` that follow each other to a scan's own size, linearly over the same extent.

    Args:
        found: all of them together are ``depth`` thick.
        depth: slices that there are.
        size: of the scan (D, H, W).

    Yields:
        Slabs ``[N, d, H, W]`` of the scan, see `slabs`.
    """
    source, first = iter(found), 0
    held: list[Tensor] = []
    for part in slabs(size):
        places = torch.arange(part.start, part.stop, dtype=torch.float64)
        # centres of voxels, not corners: both grids cover the same extent, as resampling of the scan had it
        places = ((places + 0.5) * depth / size[0] - 0.5).clamp(0, depth - 1)
        below = places.floor().long()
        above = (below + 1).clamp(max=depth - 1)
        while first + sum(slab.shape[1] for slab in held) <= int(above[-1]):
            held.append(next(source))
        # only the slices that this slab and the next need are ever held: memory does not grow with the scan
        drop = int(below[0]) - first
        held, first = [torch.cat(held, dim=1)[:, drop:]], int(below[0])
        slices = held[0][:, below - first]
        if depth != size[0]:
            share = (places - below).float()[:, None, None]
            slices = torch.lerp(slices, held[0][:, above - first], share)
        if slices.shape[2:] != tuple(size[1:]):
            slices = F.interpolate(slices, size=tuple(size[1:]), mode="bilinear", align_corners=False)
        yield slices
