"""One training step: the two networks learn from labels and from each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.schema import IGNORED
from dualnetssl.method import losses
from dualnetssl.method.model import DualModel
from dualnetssl.method.pooling import ALONE, Pool

_MOST_PROTOTYPE_VOXELS = 4096
_FEWEST_PROTOTYPE_VOXELS = 32
_MOST_QUERIES = 256


@dataclass(frozen=True)
class Batch:
    """Patches of one step: first the labelled, then the unlabelled ones.

    Attributes:
        views: what each network sees, ``[B, K, D, H, W]``.
        labels: class indices ``[B, D, H, W]``, 255 where nobody verified.
        clean: the unlabelled patches as the teachers see them, ``[B_U, K, D, H, W]``.
        labelled: B_L.
        unverified: voxels of the unlabelled patches that lie in their scan, that nobody verified and no labelled
            patch covers, ``[B_U, D, H, W]``; the unsupervised terms see these and no others.
        inside: voxels of the clean patches that lie in their scan, ``[B_U, D, H, W]``.
        unpainted: voxels of the labelled patches that lie in their scan and beyond reach of anything verified,
            ``[B_L, D, H, W]``; None where whole scans tell how much organ there is, or L_size has no weight.
    """

    views: tuple[Tensor, Tensor]
    labels: Tensor
    clean: Tensor
    labelled: int
    unverified: Tensor
    inside: Tensor
    unpainted: Tensor | None = None


@dataclass(frozen=True)
class Outputs:
    """Logits ``[B, C, D, H, W]`` and features ``[B, F, D, H, W]`` of one network."""

    logits: Tensor
    features: Tensor


@dataclass(frozen=True)
class Guidance:
    """What one student is taught on the unlabelled patches.

    Attributes:
        teacher: q, ``[B_U, C, D, H, W]``.
        pseudo: pseudo-labels, ``[B_U, D, H, W]``.
        uncertainty: normalised entropy of the mean of both networks, ``[B_U, D, H, W]``.
        reliable: voxels whose pseudo-label is trusted.
        where: voxels that nobody verified.
    """

    teacher: Tensor
    pseudo: Tensor
    uncertainty: Tensor
    reliable: Tensor
    where: Tensor


@dataclass(frozen=True)
class Ramps:
    """Weights in [0, 1] of L_unc and L_reg, and of L_c, at this step; scalars on the device where it is recorded."""

    unsupervised: float | Tensor
    contrast: float | Tensor

    @property
    def silent(self) -> bool:
        """Whether both are zero; the device is not asked for numbers that rest there."""
        return all(not isinstance(ramp, Tensor) and ramp == 0 for ramp in (self.unsupervised, self.contrast))


def ramps(config: TrainConfig, step: int) -> Ramps:
    """Return both ramps; zero while the networks still learn from labels only."""
    warm = config.warm_up * config.steps
    if step < warm:
        return Ramps(0.0, 0.0)
    progress = (step - warm) / max(1.0, config.steps - warm)
    return Ramps(losses.gaussian_ramp(progress, config.ramp), losses.gaussian_ramp(progress, config.contrast_ramp))


def forward(model: DualModel, batch: Batch) -> tuple[Outputs, Outputs]:
    """Run both students over their views."""
    first, second = (Outputs(*model.run(model.student(index), batch.views[index])) for index in (0, 1))
    return first, second


def supervised_terms(
    outputs: tuple[Outputs, Outputs], batch: Batch, config: TrainConfig, pool: Pool = ALONE
) -> tuple[Tensor, Tensor]:
    """Return L_sup of both networks."""
    first, second = (output.logits.float().softmax(dim=1) for output in outputs)
    return (
        losses.supervised(outputs[0].logits, (first, second), batch.labels, config.review_weight, pool),
        losses.supervised(outputs[1].logits, (second, first), batch.labels, config.review_weight, pool),
    )


@torch.no_grad()
def teacher_beliefs(
    model: DualModel, batch: Batch, outputs: tuple[Outputs, Outputs], config: TrainConfig
) -> tuple[Tensor, Tensor]:
    """Return the distributions that teach, one per network, ``[B_U, C, D, H, W]`` each, detached.

    They come from the moving averages on the clean patches, or without those from the students themselves.
    """
    if len(model.teachers):
        first, second = (model.run(model.predictor(index), batch.clean)[0] for index in (0, 1))
    else:
        first, second = (output.logits[batch.labelled :].detach() for output in outputs)
    beliefs = first.float().softmax(dim=1), second.float().softmax(dim=1)
    return model.align(beliefs, batch.inside) if config.align else beliefs


@torch.no_grad()
def guide(
    beliefs: tuple[Tensor, Tensor], where: Tensor, config: TrainConfig, pool: Pool = ALONE
) -> tuple[Guidance, Guidance]:
    """Turn both networks' beliefs into what each student is taught; all but the teacher is common to both.

    Args:
        beliefs: from `teacher_beliefs`.
        where: voxels of the unlabelled patches that nobody verified.
        config: the run's configuration.
        pool: the other ranks.
    """
    mean = (beliefs[0] + beliefs[1]) / 2
    teachers = (mean, mean) if config.teacher == "ensemble" else (beliefs[1], beliefs[0])
    union = config.pseudo_labels == "union"
    pseudo = losses.union_pseudo_labels(*beliefs) if union else losses.mean_pseudo_labels(*beliefs)
    uncertainty = losses.normalised_entropy(mean)
    reliable = losses.reliable_voxels(uncertainty, pseudo, where, config.reliable_share, mean.shape[1], pool)
    first, second = (Guidance(teacher, pseudo, uncertainty, reliable, where) for teacher in teachers)
    return first, second


def pseudo_label_term(logits: Tensor, guidance: Guidance, pool: Pool = ALONE) -> Tensor:
    """Return L_unc of one student."""
    return losses.uncertain_pseudo_labels(
        logits, guidance.teacher, guidance.pseudo, guidance.reliable, guidance.where, pool=pool
    )


def consistency_term(logits: Tensor, guidance: Guidance, pool: Pool = ALONE) -> Tensor:
    """Return L_reg of one student."""
    return losses.consistency(logits.float().softmax(dim=1), guidance.teacher, guidance.where, pool)


def contrast_term(
    model: DualModel, index: int, output: Outputs, batch: Batch, guidance: Guidance, config: TrainConfig
) -> Tensor:
    """Update one network's prototypes from what is sure and return L_c of what is not."""
    pull_only = config.contrast_form == "prototype"
    with torch.set_grad_enabled(not pull_only):
        means, present = _class_means(model, index, output, batch, guidance)
    model.update_prototypes(index, means.detach(), present)
    queries = _queries(model, index, output, batch, guidance)
    prototypes, known = model.prototypes[index].clone(), model.known[index].clone()
    if pull_only:
        return losses.contrast(queries, prototypes, known, pool=model.pool)
    return losses.contrast_paper(queries, prototypes, known, means, present, model.pool)


def _queries(model: DualModel, index: int, output: Outputs, batch: Batch, guidance: Guidance) -> losses.Queries:
    """At most 256 doubtful voxels per class and volume; a place that no voxel fills has weight 0."""
    classes, unlabelled = output.logits.shape[1], output.features[batch.labelled :]
    unsure = torch.where(guidance.where & ~guidance.reliable, guidance.pseudo, IGNORED).flatten()
    picked = [losses.pick_evenly(unsure, c, _MOST_QUERIES * len(unlabelled)) for c in range(classes)]
    places = torch.cat([found for found, _ in picked])
    filled = torch.cat([_filled(found, count) for found, count in picked])
    return losses.Queries(
        F.normalize(model.heads[index](_voxels(unlabelled, places)), dim=1),
        guidance.pseudo.flatten()[places],
        (1 - guidance.uncertainty.flatten()[places]) * filled,
    )


def _voxels(features: Tensor, places: Tensor) -> Tensor:
    """Return the features ``[N, F]`` of places in ``[B, D, H, W]``, without a copy of the volume in either layout."""
    if features.is_contiguous():
        patch, voxel = places // features[0, 0].numel(), places % features[0, 0].numel()
        return features.flatten(2)[patch, :, voxel].float()
    return features.movedim(1, -1).flatten(0, -2)[places].float()


def _filled(places: Tensor, count: Tensor) -> Tensor:
    return torch.arange(len(places), device=places.device) < count


def _class_means(
    model: DualModel, index: int, output: Outputs, batch: Batch, guidance: Guidance
) -> tuple[Tensor, Tensor]:
    predicted = losses.most_likely(output.logits)
    sure = torch.where(predicted == batch.labels, batch.labels.long(), IGNORED)
    taught = torch.where(guidance.reliable, guidance.pseudo, sure[batch.labelled :])
    classes = torch.cat([sure[: batch.labelled], taught]).flatten()
    means, present = [], []
    for c in range(output.logits.shape[1]):
        places, count = losses.pick_evenly(classes, c, _MOST_PROTOTYPE_VOXELS)
        projected = F.normalize(model.heads[index](_voxels(output.features, places)), dim=1)
        total, voxels = model.pool.sums((projected * _filled(places, count)[:, None]).sum(dim=0), count)
        means.append(F.normalize(total, dim=0))
        present.append(voxels >= _FEWEST_PROTOTYPE_VOXELS)
    return torch.stack(means), torch.stack(present)


@dataclass(frozen=True)
class Student:
    """One network at one step, as the unsupervised terms see it.

    Attributes:
        model: both networks with all that belongs to them.
        index: which of them, 0 or 1.
        output: of this network.
        guidance: what it is taught.
        batch: the step's patches.
        config: the run's configuration.
    """

    model: DualModel
    index: int
    output: Outputs
    guidance: Guidance
    batch: Batch
    config: TrainConfig

    @property
    def logits(self) -> Tensor:
        """Logits of the unlabelled patches."""
        return self.output.logits[self.batch.labelled :]


@dataclass(frozen=True)
class Term:
    """An unsupervised term of the loss.

    Attributes:
        loss: of one student, before weight and ramp.
        weight: from the configuration; a term of weight 0 is not computed.
        ramp: its ramp at a step.
    """

    loss: Callable[[Student], Tensor]
    weight: Callable[[TrainConfig], float]
    ramp: Callable[[Ramps], float | Tensor]


TERMS: Mapping[str, Term] = {
    "pseudo": Term(
        lambda student: pseudo_label_term(student.logits, student.guidance, student.model.pool),
        weight=lambda config: config.pseudo_weight,
        ramp=lambda ramps: ramps.unsupervised,
    ),
    "consistency": Term(
        lambda student: consistency_term(student.logits, student.guidance, student.model.pool),
        weight=lambda config: config.consistency_weight,
        ramp=lambda ramps: ramps.unsupervised,
    ),
    "contrast": Term(
        lambda student: contrast_term(
            student.model, student.index, student.output, student.batch, student.guidance, student.config
        ),
        weight=lambda config: config.contrast_weight,
        ramp=lambda ramps: ramps.contrast,
    ),
}
"""Every unsupervised term by its name in configuration, events and documents; in this order in the sum."""

SUPERVISED = "supervised"
SIZE = "size"
Terms = dict[tuple[str, int], Tensor]
"""Weighted terms of a loss, each by its name and the index of the network that it trains."""


def labelled_terms(outputs: tuple[Outputs, Outputs], batch: Batch, config: TrainConfig, pool: Pool = ALONE) -> Terms:
    """Return the weighted terms of the labelled patches: L_sup, and L_size where labels are sparse."""
    supervised = supervised_terms(outputs, batch, config, pool)
    terms: Terms = {(SUPERVISED, index): term for index, term in enumerate(supervised)}
    if batch.unpainted is not None:
        for index, output in enumerate(outputs):
            beliefs = output.logits[: batch.labelled].float().softmax(dim=1)
            terms[SIZE, index] = config.size_weight * losses.believed_size(beliefs, batch.unpainted, pool)
    return terms


def step_terms(
    model: DualModel, batch: Batch, config: TrainConfig, weights: Ramps, students: tuple[int, ...]
) -> tuple[Terms, tuple[Outputs, Outputs]]:
    """Return every weighted term of the loss and both outputs.

    Args:
        model: the two networks.
        batch: the step's patches.
        config: the run's configuration.
        weights: the ramps at this step.
        students: which networks learn from the unlabelled patches: the loser, or both.
    """
    outputs = forward(model, batch)
    terms = labelled_terms(outputs, batch, config, model.pool)
    if len(batch.clean) == 0 or weights.silent:
        return terms, outputs
    guidance = guide(teacher_beliefs(model, batch, outputs, config), batch.unverified, config, model.pool)
    for index in students:
        student = Student(model, index, outputs[index], guidance[index], batch, config)
        for name, term in TERMS.items():
            if term.weight(config) > 0:
                scale = term.weight(config) * term.ramp(weights) / len(students)
                terms[name, index] = term.loss(student) * scale
    return terms, outputs
