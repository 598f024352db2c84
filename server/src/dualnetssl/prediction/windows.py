"""Networks over a whole scan, window by window, without ever holding what they say of all of it.

Windows go through the scan from its first slice to its last. As soon as no window to come reaches a slice, it is
finished and handed on, so that memory follows the windows and not the scan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from monai.data.utils import compute_importance_map
from torch import Tensor
from torch.nn import functional as F

from dualnetssl.prediction.places import Place, layers

_SLAB_VOXELS = 2**18
_DEVICE_SLAB_VOXELS = 2**22
"""A GPU hands over more at once: its host waits for each slab."""
PIECE_VOXELS = 2**16
"""Voxels of all classes that the cache of a core holds together with what is made of them."""
Networks = Callable[[Tensor], Sequence[Tensor]]
"""Maps windows ``[B, K, d, h, w]`` to what each of several networks says of them, ``[B, N, d, h, w]``."""
Finish = Callable[[Tensor], Tensor]
"""Maps slices of what a network says of a window, ``[N, d, h, w]``, to what is blended, float32 of the same shape."""
Answer = Sequence[Tensor]
"""What each network says of one window, ``[N, d, h, w]``, as many channels each."""
Look = Callable[[Sequence[Tensor]], list[Answer]]
"""Maps windows ``[K, d, h, w]`` to the answer for each."""


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

    def over(self, image: Tensor, networks: Networks, finish: Finish = Tensor.float) -> Iterator[Tensor]:
        """Yield what networks say of an image ``[K, D, H, W]``, slabs ``[n N, d, H, W]`` on the CPU, first to last.

        An image smaller than a window is surrounded by its own border. Windows of one value in each channel, as air is
        in a CT that was clipped, all look the same to the networks: they see one of them.

        Args:
            image: what the windows are cut from.
            networks: all N channels of the first are before those of the second.
            finish: what is done to the networks' answers before they are blended, slices by slices.
        """
        padded, (rows, high, wide) = _pad(image, self.patch)
        blend, first = _Blend(self, padded, _once_for_each_value(networks, self.device), finish), 0
        for layer, following, places in layers(padded.shape[1:], self.patch, self.overlap):
            blend.look_at(places)
            for slab in blend.finished(following - layer):
                wanted = slice(max(rows.start - first, 0), max(rows.stop - first, 0))
                first += slab.shape[1]
                yield slab[:, wanted, high, wide].cpu()
            blend.move_on(following - layer)


class _Blend:
    """Weighted sums of what is known of the slices at hand; their last channel is that of the weights."""

    def __init__(self, windows: Windows, image: Tensor, look: Look, finish: Finish) -> None:
        self._windows, self._image, self._look, self._finish = windows, image, look, finish
        self._weights = compute_importance_map(windows.patch, mode="gaussian", sigma_scale=0.125, device=windows.device)
        self._front, self._sums = 0, torch.empty(0)

    def look_at(self, places: Sequence[Place]) -> None:
        """Add windows, which begin at these voxels of the image."""
        for first in range(0, len(places), self._windows.at_once):
            some = places[first : first + self._windows.at_once]
            with torch.inference_mode():
                found = self._look([self._image[self._box(place)] for place in some])
            if not len(self._sums):
                size = (sum(map(len, found[0])) + 1, self._windows.patch[0], *self._image.shape[2:])
                self._sums = torch.zeros(size, device=self._windows.device)
            for (k, j, i), answer in zip(some, found, strict=True):
                self._add(answer, self._sums[self._box((k - self._front, j, i))])

    def _add(self, answer: Answer, sums: Tensor) -> None:
        """Add a window to its part of the sums, so many slices at once as a core's cache holds."""
        most = PIECE_VOXELS if sums.device.type == "cpu" else self._weights.numel()
        for said, own in zip(answer, sums[:-1].chunk(len(answer)), strict=True):
            for part in slabs(self._windows.patch, most):
                own[:, part].addcmul_(self._finish(said[:, part]), self._weights[part])
        sums[-1] += self._weights

    def _box(self, place: Place) -> tuple[slice, ...]:
        """Return where a window lies in ``[K, D, H, W]``."""
        return (
            slice(None),
            *(slice(begin, begin + edge) for begin, edge in zip(place, self._windows.patch, strict=True)),
        )

    def finished(self, count: int) -> Iterator[Tensor]:
        """Yield the weighted means of the first slices, in slabs."""
        most = None if self._sums.device.type == "cpu" else _DEVICE_SLAB_VOXELS
        for part in slabs((count, *self._sums.shape[2:]), most):
            yield self._sums[:-1, part] / self._sums[-1, part]

    def move_on(self, count: int) -> None:
        """Forget the first slices, so that the next layer of windows begins at the front."""
        self._front, left = self._front + count, self._sums.shape[1] - count
        # channel by channel, since source and target overlap: a copy of one channel instead of all
        for channel in self._sums:
            channel[:left] = channel[count:].clone()
            channel[left:] = 0


def _once_for_each_value(networks: Networks, device: torch.device) -> Look:
    """Return the networks of a device, which look at no window a second time that has one value in each channel."""
    known: dict[tuple[float, ...], Answer] = {}

    def look(windows: Sequence[Tensor]) -> list[Answer]:
        names = [_value(window) or number for number, window in enumerate(windows)]
        fresh = {name: window for name, window in zip(names, windows, strict=True) if name not in known}
        said = networks(torch.stack([*fresh.values()]).to(device).float()) if fresh else ()
        found: dict[tuple[float, ...] | int, Answer] = dict(zip(fresh, zip(*said, strict=True), strict=True))
        known.update({name: [*map(torch.clone, answer)] for name, answer in found.items() if isinstance(name, tuple)})
        return [found[name] if isinstance(name, int) else known[name] for name in names]

    return look


def _value(window: Tensor) -> tuple[float, ...] | None:
    """Return the values of a window that has one in each channel.

    Windows that rest on a GPU are not asked: the host would wait for the windows before.
    """
    corner = window[..., :1, :1, :1]
    # most windows show something: a slice in their middle tells, and the rest is not looked at
    middle = window[:, window.shape[1] // 2 :][:, :1]
    if window.device.type != "cpu" or not all(bool((part == corner).all()) for part in (middle, window)):
        return None
    return tuple(corner.flatten().tolist())


def _pad(image: Tensor, patch: Sequence[int]) -> tuple[Tensor, tuple[slice, slice, slice]]:
    """Surround an image with its border up to the size of a window; tell where it lies then."""
    missing = [max(0, edge - size) for edge, size in zip(patch, image.shape[1:], strict=True)]
    k, j, i = (slice(gap // 2, gap // 2 + size) for gap, size in zip(missing, image.shape[1:], strict=True))
    if not any(missing):
        return image, (k, j, i)
    around = [part for gap in reversed(missing) for part in (gap // 2, gap - gap // 2)]
    return F.pad(image[None].float(), around, mode="replicate")[0], (k, j, i)


def slabs(size: Sequence[int], most: int | None = None) -> Iterator[slice]:
    """Cut a scan (D, H, W) along its first axis into slabs of ``most`` voxels, 2^18 if absent, or of one slice."""
    thick = max(1, (most or _SLAB_VOXELS) // (size[1] * size[2]))
    for start in range(0, size[0], thick):
        yield slice(start, min(start + thick, size[0]))


def pieces(size: Sequence[int]) -> Iterator[tuple[slice, slice]]:
    """Cut a slab (d, H, W) into pieces of slices and rows, one after the other in C order; see `PIECE_VOXELS`.

    Example:
        >>> len(list(pieces((2, 512, 512)))), list(pieces((40, 30, 20)))[-1]
        (8, (slice(0, 40, None), slice(0, 30, None)))
    """
    for part in slabs(size, PIECE_VOXELS):
        rows = max(1, PIECE_VOXELS // ((part.stop - part.start) * size[2]))
        for start in range(0, size[1], rows):
            yield part, slice(start, min(start + rows, size[1]))


def back(found: Iterable[Tensor], depth: int, size: Sequence[int]) -> Iterator[Tensor]:
    """Bring slabs ``[N, d, h, w]`` that follow each other to a scan's own size, linearly over the same extent.

    Args:
        found: all of them together are ``depth`` thick.
        depth: slices that there are.
        size: of the scan (D, H, W).

    Yields:
        Slabs ``[N, d, H, W]`` of the scan, see `slabs`; as they come if they have its size.
    """
    source = iter(found)
    foremost = next(source)
    if (depth, *foremost.shape[2:]) == tuple(size):
        yield foremost
        yield from source
        return
    held, first = [*foremost.unbind(1)], 0
    for part in slabs(size):
        places = torch.arange(part.start, part.stop, dtype=torch.float64)
        # centres of voxels, not corners: both grids cover the same extent, as resampling of the scan had it
        places = ((places + 0.5) * depth / size[0] - 0.5).clamp(0, depth - 1)
        below = places.floor().long()
        above = (below + 1).clamp(max=depth - 1)
        while first + len(held) <= int(above[-1]):
            held += next(source).unbind(1)
        # only the slices that this slab and the next need are ever held: memory does not grow with the scan
        held, first = held[int(below[0]) - first :], int(below[0])
        slices = torch.stack([held[index - first] for index in below.tolist()], dim=1)
        if depth != size[0]:
            share = (places - below).float()[:, None, None]
            slices = slices.lerp_(torch.stack([held[index - first] for index in above.tolist()], dim=1), share)
        if slices.shape[2:] != tuple(size[1:]):
            slices = F.interpolate(slices, size=tuple(size[1:]), mode="bilinear", align_corners=False)
        yield slices
