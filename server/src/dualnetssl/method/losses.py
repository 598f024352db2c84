"""The losses of the method as pure functions, all in float32.

Symbols follow ``docs/method.md``. Shapes: logits and probabilities ``[B, C, D, H, W]``, labels ``[B, D, H, W]`` with
values 0..C-1 and 255 for voxels that nobody verified, maps ``[B, D, H, W]``. Every function returns a scalar that is
attached to the graph and finite, also when it has nothing to say (no verified voxel, no reliable voxel, one class).
``pool`` brings in what other ranks have seen; without it a function sees its own patches alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from dualnetssl.contract.schema import IGNORED
from dualnetssl.method.pooling import ALONE, Pool

_EPSILON = 1e-5
_CONFIDENT = 0.6
_FEWEST_RELIABLE = 32
_LARGEST_SAMPLE = 2**20
_MOST_SIDE_BY_SIDE = 8


def one_hot(labels: Tensor, classes: int) -> Tensor:
    """Return float32 ``[B, C, ...]``; a voxel of value 255 is zero in every class."""
    indices = torch.arange(classes, device=labels.device).view(1, -1, *[1] * (labels.ndim - 1))
    return (labels[:, None] == indices).float()


def most_likely(scores: Tensor, axis: int = 1, dtype: torch.dtype = torch.int64) -> Tensor:
    """Return the class of the highest score, the first of equals.

    On a CPU the classes are compared one after the other: that takes a third to a tenth of what `max` takes, which
    takes a seventh of what `argmax` takes. Only where many classes lie beside each other in each voxel it is slower.

    Args:
        scores: ``[B, C, ...]``, 256 classes at most.
        axis: that of the classes; 0 for one scan, ``[C, D, H, W]``.
        dtype: of what is returned; uint8 takes least.

    Example:
        >>> most_likely(torch.tensor([[0.5, 0.2, 0.1], [0.5, 0.2, 0.2], [0.0, 0.6, 0.7]]), 0).tolist()
        [0, 2, 2]
    """
    if scores.device.type != "cpu" or (scores.stride(axis) == 1 and scores.shape[axis] > _MOST_SIDE_BY_SIDE):
        return scores.max(dim=axis).indices.to(dtype)
    highest, *others = scores.detach().unbind(axis)
    found = torch.zeros(highest.shape, dtype=torch.uint8)
    for index, other in enumerate(others, start=1):
        better = (other > highest).view(torch.uint8)
        found = better if index == 1 else torch.maximum(found, better.mul_(index))
        highest = highest if index == len(others) else torch.maximum(highest, other)
    return found.to(dtype)


def masked_mean(values: Tensor, mask: Tensor, pool: Pool = ALONE) -> Tensor:
    """Return the mean of ``values`` where ``mask`` is true; zero, attached to the graph, where it never is."""
    weights = mask.float()
    total, count = pool.sums((values * weights).sum(), weights.sum())
    return total / count.clamp(min=1.0)


def dice_loss(probabilities: Tensor, labels: Tensor, present_only: bool = True, pool: Pool = ALONE) -> Tensor:
    """Return 1 minus the mean soft Dice of the foreground classes, squared denominators (Milletari et al. 2016).

    Args:
        probabilities: ``[B, C, D, H, W]``.
        labels: ``[B, D, H, W]``; voxels of 255 take no part.
        present_only: average only over classes that occur in ``labels``.
        pool: the other ranks.
    """
    truth = one_hot(labels, probabilities.shape[1])
    kept = probabilities.float() * (labels != IGNORED)[:, None]
    axes = (0, 2, 3, 4)
    overlap = (kept * truth).sum(axes)[1:]
    own_voxels = truth.sum(axes)[1:]
    overlap, total, voxels = pool.sums(overlap, (kept**2).sum(axes)[1:] + own_voxels, own_voxels)
    loss = 1 - (2 * overlap + _EPSILON) / (total + _EPSILON)
    return masked_mean(loss, voxels > 0 if present_only else torch.ones_like(loss, dtype=torch.bool))


def cross_entropy(logits: Tensor, labels: Tensor, pool: Pool = ALONE) -> Tensor:
    """Return the mean cross-entropy over verified voxels; zero, attached to the graph, without any."""
    voxelwise = F.cross_entropy(logits.float(), labels.long(), ignore_index=IGNORED, reduction="none")
    return masked_mean(voxelwise, labels != IGNORED, pool)


def confident_classes(probabilities: Tensor) -> Tensor:
    """Return the predicted class where its probability is at least 0.6, else background; ``[B, D, H, W]``."""
    return torch.where(probabilities.amax(dim=1) >= _CONFIDENT, most_likely(probabilities), 0)


def cross_review(probabilities: Tensor, other: Tensor, labels: Tensor, pool: Pool = ALONE) -> Tensor:
    """Return the squared error on verified voxels where the two networks confidently disagree (L_cr)."""
    differ = confident_classes(probabilities.detach()) != confident_classes(other.detach())
    squared = ((probabilities.float() - one_hot(labels, probabilities.shape[1])) ** 2).sum(dim=1) / 2
    return masked_mean(squared, differ & (labels != IGNORED), pool)


def supervised(
    logits: Tensor, both: tuple[Tensor, Tensor], labels: Tensor, review_weight: float, pool: Pool = ALONE
) -> Tensor:
    """Return cross-entropy + Dice loss + ``review_weight`` times cross-review of one network on verified voxels.

    Args:
        logits: of the network.
        both: its probabilities, then the other's.
        labels: ``[B, D, H, W]``.
        review_weight: of the cross-review; with 0 it is not computed.
        pool: the other ranks.
    """
    probabilities, other = both
    loss = cross_entropy(logits, labels, pool) + dice_loss(probabilities, labels, pool=pool)
    if review_weight == 0:
        return loss
    return loss + review_weight * cross_review(probabilities, other, labels, pool)


def believed_size(probabilities: Tensor, where: Tensor, pool: Pool = ALONE) -> Tensor:
    """Return the belief in any organ, 1 - p_0, over the voxels of ``where``, by the size of the patches (L_size).

    Linear, unlike -log p_0: where a network is sure its gradient p_0 (1 - p_0) vanishes, so that organ that nobody
    painted stays organ, and only what no label speaks for is given up (a linear loss bears wrong targets, Ghosh et al.
    2017). Divided by all voxels and not by those of ``where``: a few of them must not weigh as much as many.

    Args:
        probabilities: ``[B, C, D, H, W]``.
        where: voxels beyond reach of anything verified, ``[B, D, H, W]``.
        pool: the other ranks, which have as many patches.

    Returns:
        A scalar in [0, 1].
    """
    (mean,) = pool.sums(((1 - probabilities.float()[:, 0]) * where).mean())
    return mean / pool.size


def consistency(probabilities: Tensor, teacher: Tensor, where: Tensor, pool: Pool = ALONE) -> Tensor:
    """Return the mean of 1 - cosine similarity between student and teacher distributions (L_reg), in [0, 1].

    Args:
        probabilities: student, ``[B, C, D, H, W]``.
        teacher: detached distribution of the same shape.
        where: voxels that take part, ``[B, D, H, W]``.
        pool: the other ranks.
    """
    student, teacher = probabilities.float(), teacher.detach().float()
    product = (student * teacher).sum(dim=1)
    lengths = ((student * student).sum(dim=1) * (teacher * teacher).sum(dim=1)).sqrt()
    return masked_mean(1 - product / lengths, where, pool)


def normalised_entropy(probabilities: Tensor) -> Tensor:
    """Return the entropy over classes divided by ln C, ``[B, D, H, W]`` in [0, 1].

    Example:
        >>> normalised_entropy(torch.full((1, 2, 1, 1, 1), 0.5)).item()
        1.0
    """
    entropy = -(torch.xlogy(probabilities, probabilities)).sum(dim=1)
    return (entropy / math.log(probabilities.shape[1])).clamp(0, 1)


def divergence(teacher: Tensor, log_student: Tensor) -> Tensor:
    """Return KL(teacher || student) per voxel, ``[B, D, H, W]``, at least 0; of the student it takes log p."""
    teacher = teacher.detach().float()
    return (torch.xlogy(teacher, teacher) - teacher * log_student).sum(dim=1).clamp(min=0)


def mean_pseudo_labels(first: Tensor, second: Tensor) -> Tensor:
    """Return the argmax of the mean of both networks' distributions, ``[B, D, H, W]``."""
    return most_likely(first + second)


def union_pseudo_labels(first: Tensor, second: Tensor) -> Tensor:
    """Return the union of both networks' organs: where one says background the other counts (preset ``paper``).

    Where both name different organs, the one with the larger probability counts.
    """
    (best_first, class_first), (best_second, class_second) = first.max(dim=1), second.max(dim=1)
    surer = torch.where(best_first >= best_second, class_first, class_second)
    either = torch.where(class_first == 0, class_second, class_first)
    return torch.where((class_first > 0) & (class_second > 0), surer, either)


def reliable_voxels(
    uncertainty: Tensor, pseudo: Tensor, where: Tensor, share: float, classes: int, pool: Pool = ALONE
) -> Tensor:
    """Return, per class, the ``share`` of voxels with the lowest uncertainty, as a boolean ``[B, D, H, W]``.

    A class with fewer than 32 voxels gives none. The quantile is taken of at most 2^20 evenly spaced voxels, sorted
    once for all classes; how many voxels a class has stays on the device. Both are of the patches of all ranks.
    """
    reliable = torch.zeros_like(where)
    stride = max(1, math.ceil(uncertainty.numel() * pool.size / _LARGEST_SAMPLE))
    ordered, order = pool.gather(uncertainty.flatten()[::stride]).sort()
    ordered_classes = pool.gather(torch.where(where, pseudo, -1).flatten()[::stride])[order]
    for index in range(classes):
        own = where & (pseudo == index)
        threshold = _quantile(ordered, ordered_classes == index, share)
        (voxels,) = pool.sums(own.sum())
        reliable |= own & (uncertainty <= threshold) & (voxels >= _FEWEST_RELIABLE)
    return reliable


def _quantile(ordered: Tensor, member: Tensor, share: float) -> Tensor:
    """Return the quantile of the members among ascending values ``[N]``, between two of them if it falls there."""
    ranks = member.cumsum(0)
    position = share * (ranks[-1] - 1).clamp(min=0).double()
    around = torch.stack([position.floor(), position.ceil()]).long() + 1
    below, above = ordered[nth_places(ranks, around)]
    return torch.lerp(below, above, position.frac().float())


def nth_places(ranks: Tensor, wanted: Tensor) -> Tensor:
    """Return where the n-th members are, given how many there are up to each place; the last place if there are fewer.

    Args:
        ranks: running count of members, int64 ``[N]``.
        wanted: n, from 1 on, int64 of any shape.

    Example:
        >>> nth_places(torch.tensor([0, 1, 1, 2]), torch.tensor([1, 2, 3])).tolist()
        [1, 3, 3]
    """
    return torch.searchsorted(ranks, wanted).clamp(max=len(ranks) - 1)


def pick_evenly(classes: Tensor, index: int, most: int) -> tuple[Tensor, Tensor]:
    """Pick voxels of a class evenly, as many places as there can be, so that no shape depends on what is found.

    Args:
        classes: class indices, flat ``[N]``.
        index: the class.
        most: number of voxels wanted.

    Returns:
        Places ``[min(most, N)]`` and how many of them, from the first on, are voxels of the class.

    Example:
        >>> places, count = pick_evenly(torch.tensor([1, 0, 1, 1, 0, 1]), 1, 3)
        >>> places[:count].tolist()
        [0, 2, 5]
    """
    ranks = (classes == index).cumsum(0)
    slots = torch.arange(min(most, len(classes)), device=classes.device)
    spread = slots * (ranks[-1] - 1) // max(1, len(slots) - 1)
    wanted = torch.where(ranks[-1] > len(slots), spread, slots) + 1
    return nth_places(ranks, wanted), ranks[-1].clamp(max=len(slots))


def uncertain_pseudo_labels(
    logits: Tensor,
    teacher: Tensor,
    pseudo: Tensor,
    reliable: Tensor,
    where: Tensor,
    divergence_weight: float = 1.0,
    pool: Pool = ALONE,
) -> Tensor:
    """Return ``mean over reliable of e^-D * CE`` + ``mean of D`` (L_unc), D = KL(teacher || student) per voxel.

    The weight e^-D is detached: otherwise disagreement would be rewarded.
    """
    log_student = logits.float().log_softmax(dim=1)
    kl = divergence(teacher, log_student)
    voxelwise = F.nll_loss(log_student, pseudo.long(), reduction="none")
    weighted = torch.exp(-kl.detach()) * voxelwise
    return masked_mean(weighted, reliable & where, pool) + divergence_weight * masked_mean(kl, where, pool)


@dataclass(frozen=True)
class Queries:
    """Voxels that take part in the contrast: unit features ``[N, F]``, class ``[N]`` and weight in [0, 1] ``[N]``."""

    features: Tensor
    classes: Tensor
    weights: Tensor


def contrast(
    queries: Queries, prototypes: Tensor, known: Tensor, temperature: float = 0.1, pool: Pool = ALONE
) -> Tensor:
    """Return the weighted cross-entropy of unreliable voxels against the class prototypes (L_c, InfoNCE form).

    Args:
        queries: the unreliable voxels.
        prototypes: ``[C, F]``, unit length, detached.
        known: which classes have a prototype, boolean ``[C]``.
        temperature: divisor of the similarities.
        pool: the other ranks.

    Returns:
        The mean over classes of their weighted means; zero, attached, without a query or with fewer than two
        prototypes.
    """
    usable = known[queries.classes] & (known.sum() >= 2)
    similarity = queries.features.float() @ prototypes.detach().T / temperature
    log_share = similarity.masked_fill(~known, -1e4).log_softmax(dim=1)
    own = -log_share.gather(1, queries.classes[:, None])[:, 0]
    weights = queries.weights.detach().float() * usable
    hot = one_hot(queries.classes, prototypes.shape[0]) * weights[:, None]
    total, weighted = pool.sums(hot.sum(dim=0), (hot * torch.where(usable, own, 0)[:, None]).sum(dim=0))
    per_class = weighted / total.clamp(min=1e-6)
    return masked_mean(per_class, total > 0) + 0 * queries.features.float().sum()


def contrast_paper(
    queries: Queries, prototypes: Tensor, known: Tensor, means: Tensor, present: Tensor, pool: Pool = ALONE
) -> Tensor:
    """Return the paper's form: pull each query to its prototype, push the batch's own class means apart.

    Args:
        queries: the unreliable voxels.
        prototypes: ``[C, F]``, detached.
        known: which classes have a prototype, ``[C]``.
        means: unit-length class means of this batch's features, ``[C, F]``, attached to the graph.
        present: which classes occur in the batch, ``[C]``.
        pool: the other ranks; ``means`` and ``present`` are of all of them already.
    """
    usable = known[queries.classes].float() * queries.weights.detach()
    distance = ((queries.features.float() - prototypes.detach()[queries.classes]) ** 2).sum(dim=1) / 2
    pulled, weight = pool.sums((usable * distance).sum(), usable.sum())
    pull = pulled / weight.clamp(min=1e-6)
    cosine = (means @ means.T).clamp(min=0)
    apart = ~torch.eye(means.shape[0], dtype=torch.bool, device=means.device)
    push = masked_mean(cosine, apart & present[:, None] & present[None, :])
    return pull + push


def gaussian_ramp(progress: float, length: float) -> float:
    """Return g = exp(-5 (1 - min(1, progress/length))^2), in (0, 1]; 1 if ``length`` is 0 (Laine & Aila 2017).

    Example:
        >>> gaussian_ramp(1.0, 0.25), round(gaussian_ramp(0.0, 0.25), 4)
        (1.0, 0.0067)
    """
    if length <= 0:
        return 1.0
    return math.exp(-5 * (1 - min(1.0, progress / length)) ** 2)
