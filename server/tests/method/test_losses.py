from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from dualnetssl.method import losses

LN2, LN3 = math.log(2), math.log(3)


def row(*values):
    """Class values per voxel, one voxel per argument: ``[1, C, 1, 1, N]``."""
    return torch.tensor(values, dtype=torch.float32).T[None, :, None, None, :].contiguous()


def line(*values, dtype=torch.uint8):
    """One value per voxel: ``[1, 1, 1, N]``."""
    return torch.tensor(values, dtype=dtype)[None, None, None, :]


def everywhere(tensor):
    return torch.ones(tensor.shape[0], *tensor.shape[2:], dtype=torch.bool)


@pytest.mark.parametrize("classes", [1, 2, 3, 8, 9, 200])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last_3d])
def test_the_most_likely_is_the_first_of_equals(classes, layout):
    generator = torch.Generator().manual_seed(1)
    coarse = (3 * torch.rand((2, classes, 3, 4, 50), generator=generator)).round().contiguous(memory_format=layout)
    wanted = torch.from_numpy(coarse.numpy().argmax(axis=1))
    found = losses.most_likely(coarse.requires_grad_())
    assert found.dtype == torch.int64
    assert torch.equal(found, wanted)
    scan = losses.most_likely(coarse[1], 0, torch.uint8)
    assert scan.dtype == torch.uint8
    assert torch.equal(scan, wanted[1].byte())


class TestValues:
    """Each loss against numbers worked out by hand."""

    def test_one_hot(self):
        hot = losses.one_hot(line(0, 2, 255), 3)
        assert hot.dtype == torch.float32
        assert torch.equal(hot, row((1, 0, 0), (0, 0, 1), (0, 0, 0)))

    def test_masked_mean(self):
        values = torch.tensor([1.0, 2.0, 6.0])
        assert losses.masked_mean(values, torch.tensor([True, False, True])).item() == 3.5
        assert losses.masked_mean(values, torch.zeros(3, dtype=torch.bool)).item() == 0.0

    def test_cross_entropy(self):
        logits = row((0, LN3), (0, LN3), (9, -9))
        value = losses.cross_entropy(logits, line(1, 0, 255)).item()
        assert value == pytest.approx((-math.log(0.75) - math.log(0.25)) / 2, rel=1e-6)

    def test_dice(self):
        chances = row((0.2, 0.8), (0.6, 0.4), (0.5, 0.5))
        value = losses.dice_loss(chances, line(1, 0, 255)).item()
        assert value == pytest.approx(1 - 2 * 0.8 / (0.8**2 + 0.4**2 + 1), abs=2e-5)

    def test_dice_averages_foreground_classes_that_are_present(self):
        chances = row((0.0, 1.0, 0.0), (0.5, 0.0, 0.5))
        only_first = losses.dice_loss(chances, line(1, 0)).item()
        both = losses.dice_loss(chances, line(1, 0), present_only=False).item()
        assert only_first == pytest.approx(0, abs=1e-4)
        assert both == pytest.approx(0.5, abs=1e-4)

    def test_dice_is_of_the_batch(self):
        chances = torch.cat([row((0.0, 1.0)), row((1.0, 0.0))])
        value = losses.dice_loss(chances, torch.cat([line(1), line(1)])).item()
        assert value == pytest.approx(1 - 2 * 1 / (1 + 2), abs=1e-5)

    def test_confident_classes(self):
        assert losses.confident_classes(row((0.3, 0.7), (0.45, 0.55), (0.4, 0.6))).flatten().tolist() == [1, 0, 1]

    def test_cross_review(self):
        own = row((0.3, 0.7), (0.3, 0.7), (0.3, 0.7), (0.3, 0.7))
        other = row((0.9, 0.1), (0.2, 0.8), (0.55, 0.45), (0.9, 0.1))
        value = losses.cross_review(own, other, line(0, 0, 1, 255)).item()
        wrong, right = (0.7**2 + 0.7**2) / 2, (0.3**2 + 0.3**2) / 2
        assert value == pytest.approx((wrong + right) / 2, rel=1e-6)

    def test_supervised_is_the_sum_of_its_parts(self):
        generator = torch.Generator().manual_seed(0)
        own, other = (torch.randn((2, 3, 4, 4, 4), generator=generator) * 3 for _ in range(2))
        labels = torch.randint(0, 3, (2, 4, 4, 4), generator=generator).to(torch.uint8)
        both = chances, _ = own.softmax(1), other.softmax(1)
        review = losses.cross_review(*both, labels)
        plain = losses.cross_entropy(own, labels) + losses.dice_loss(chances, labels)
        assert review > 0.01
        assert torch.allclose(losses.supervised(own, both, labels, 0.5), plain + 0.5 * review)
        assert torch.allclose(losses.supervised(own, both, labels, 0.0), plain)

    def test_consistency(self):
        student = row((1.0, 0.0), (0.5, 0.5), (1.0, 0.0))
        teacher = row((0.0, 1.0), (0.5, 0.5), (0.0, 1.0))
        where = line(True, True, False, dtype=torch.bool)
        assert losses.consistency(student, teacher, where).item() == pytest.approx(0.5, abs=1e-6)

    def test_normalised_entropy(self):
        found = losses.normalised_entropy(row((1.0, 0.0, 0.0), (1 / 3, 1 / 3, 1 / 3), (0.5, 0.5, 0.0))).flatten()
        assert found.tolist() == pytest.approx([0, 1, LN2 / LN3], abs=1e-6)

    def test_divergence(self):
        found = losses.divergence(row((0.5, 0.5), (1.0, 0.0)), row((0, LN3), (0, LN3)).log_softmax(1)).flatten()
        expected = [0.5 * math.log(0.5 / 0.25) + 0.5 * math.log(0.5 / 0.75), math.log(1 / 0.25)]
        assert found.tolist() == pytest.approx(expected, rel=1e-5)

    def test_mean_pseudo_labels(self):
        found = losses.mean_pseudo_labels(row((0.9, 0.1), (0.6, 0.4)), row((0.4, 0.6), (0.1, 0.9)))
        assert found.flatten().tolist() == [0, 1]

    def test_union_pseudo_labels(self):
        first = row((0.9, 0.1, 0.0), (0.1, 0.9, 0.0), (0.8, 0.2, 0.0), (0.1, 0.7, 0.2), (0.1, 0.6, 0.3))
        second = row((0.4, 0.0, 0.6), (0.8, 0.0, 0.2), (0.9, 0.0, 0.1), (0.1, 0.1, 0.8), (0.3, 0.2, 0.5))
        assert losses.union_pseudo_labels(first, second).flatten().tolist() == [2, 1, 0, 2, 1]

    def test_uncertain_pseudo_labels(self):
        logits, teacher = row((0, LN3), (0, LN3), (5, 5)), row((0.5, 0.5), (0.25, 0.75), (1.0, 0.0))
        reliable = line(True, False, True, dtype=torch.bool)
        where = line(True, True, False, dtype=torch.bool)
        apart = 0.5 * math.log(0.5 / 0.25) + 0.5 * math.log(0.5 / 0.75)
        expected = math.exp(-apart) * -math.log(0.25) + (apart + 0) / 2
        found = losses.uncertain_pseudo_labels(logits, teacher, line(0, 1, 1, dtype=torch.long), reliable, where)
        assert found.item() == pytest.approx(expected, rel=1e-5)

    def test_contrast(self):
        queries = losses.Queries(
            torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]]), torch.tensor([0, 0, 1]), torch.tensor([0.5, 1.0, 0.25])
        )
        prototypes, known = torch.eye(2), torch.tensor([True, True])

        def loss_of(own, other):
            return -own / 0.1 + math.log(math.exp(own / 0.1) + math.exp(other / 0.1))

        first = (0.5 * loss_of(1, 0) + 1.0 * loss_of(0, 1)) / 1.5
        found = losses.contrast(queries, prototypes, known).item()
        assert found == pytest.approx((first + loss_of(0.8, 0.6)) / 2, rel=1e-5)

    def test_contrast_knows_only_classes_with_a_prototype(self):
        queries = losses.Queries(torch.tensor([[1.0, 0.0], [1.0, 0.0]]), torch.tensor([0, 2]), torch.ones(2))
        prototypes = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
        found = losses.contrast(queries, prototypes, torch.tensor([True, True, False])).item()
        assert found == pytest.approx(-10 + math.log(math.exp(10) + 1), abs=1e-5)

    def test_contrast_paper(self):
        queries = losses.Queries(torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 0]), torch.tensor([1.0, 3.0]))
        means = torch.tensor([[1.0, 0.0], [0.6, 0.8], [0.0, -1.0]])
        known, present = torch.ones(3, dtype=torch.bool), torch.tensor([True, True, False])
        pull = (1 * 0 + 3 * 1.0) / 4
        assert losses.contrast_paper(queries, torch.eye(3)[:, :2], known, means, present).item() == pytest.approx(
            pull + 0.6, rel=1e-5
        )

    @pytest.mark.parametrize(
        ("progress", "length", "value"),
        [(0, 0.5, math.exp(-5)), (0.25, 0.5, math.exp(-1.25)), (0.5, 0.5, 1), (0.9, 0.5, 1), (0.1, 0, 1)],
    )
    def test_gaussian_ramp(self, progress, length, value):
        assert losses.gaussian_ramp(progress, length) == pytest.approx(value)


class TestReliableVoxels:
    def case(self, count=100):
        uncertainty = torch.linspace(0, 1, count)[None, None, None]
        pseudo = torch.zeros((1, 1, 1, count), dtype=torch.long)
        return uncertainty, pseudo, torch.ones_like(pseudo, dtype=torch.bool)

    def test_the_surest_share_is_taken(self):
        uncertainty, pseudo, where = self.case()
        reliable = losses.reliable_voxels(uncertainty, pseudo, where, 0.2, 2)
        assert reliable.flatten().tolist() == [True] * 20 + [False] * 80

    def test_each_class_has_its_own_threshold(self):
        uncertainty, pseudo, where = self.case()
        pseudo[..., 50:] = 1
        reliable = losses.reliable_voxels(uncertainty, pseudo, where, 0.5, 2)
        assert (int(reliable[..., :50].sum()), int(reliable[..., 50:].sum())) == (25, 25)

    @pytest.mark.parametrize(("count", "expected"), [(31, 0), (32, 32)])
    def test_fewer_than_32_voxels_are_none(self, count, expected):
        uncertainty, pseudo, where = self.case(count)
        assert int(losses.reliable_voxels(uncertainty, pseudo, where, 1.0, 2).sum()) == expected

    def test_verified_voxels_neither_count_nor_set_the_threshold(self):
        uncertainty, pseudo, where = self.case()
        where[..., :50] = False
        reliable = losses.reliable_voxels(uncertainty, pseudo, where, 0.5, 2)
        assert torch.equal(reliable.flatten().nonzero().flatten(), torch.arange(50, 75))

    def test_large_volumes_are_sampled(self, monkeypatch):
        monkeypatch.setattr(losses, "_LARGEST_SAMPLE", 100)
        uncertainty, pseudo, where = self.case(1000)
        share = losses.reliable_voxels(uncertainty, pseudo, where, 0.3, 2).float().mean().item()
        assert share == pytest.approx(0.3, abs=0.02)


SHAPE = (1, 4, 4, 4)


def noise(classes, seed=0, scale=2.0, dtype=torch.float32):
    values = torch.randn((1, classes, 4, 4, 4), generator=torch.Generator().manual_seed(seed)) * scale
    return values.to(dtype).requires_grad_()


def random_labels(classes, seed=0):
    return torch.randint(0, classes, SHAPE, generator=torch.Generator().manual_seed(seed)).to(torch.uint8)


SUPERVISED = {
    "cross_entropy": lambda logits, labels: losses.cross_entropy(logits, labels),
    "dice": lambda logits, labels: losses.dice_loss(logits.float().softmax(1), labels),
    "cross_review": lambda logits, labels: losses.cross_review(
        logits.float().softmax(1), noise(logits.shape[1], 5).float().softmax(1), labels
    ),
    "supervised": lambda logits, labels: losses.supervised(
        logits, (logits.softmax(1), noise(logits.shape[1], 5).softmax(1)), labels, 0.5
    ),
}


def teacher_like(logits, seed=9):
    return noise(logits.shape[1], seed).detach().softmax(1)


def queries_like(logits):
    features = F.normalize(logits.float().flatten(2)[0].T, dim=1)
    classes = (torch.arange(len(features)) % logits.shape[1]).long()
    return losses.Queries(features, classes, torch.full((len(features),), 0.5))


def paper_form(logits):
    count = logits.shape[1]
    means = F.normalize(logits.float().flatten(2)[0] @ torch.ones(64, count), dim=1)
    return losses.contrast_paper(
        queries_like(logits), torch.eye(count), torch.ones(count, dtype=torch.bool), means, torch.ones(count).bool()
    )


UNSUPERVISED = {
    "consistency": lambda logits, where: losses.consistency(logits.float().softmax(1), teacher_like(logits), where),
    "pseudo": lambda logits, where: losses.uncertain_pseudo_labels(
        logits, teacher_like(logits), teacher_like(logits).argmax(1), where, where
    ),
    "size": lambda logits, where: losses.believed_size(logits.float().softmax(1), where),
    "contrast": lambda logits, where: losses.contrast(
        queries_like(logits), torch.eye(logits.shape[1]), torch.ones(logits.shape[1]).bool()
    ),
    "contrast_paper": lambda logits, where: paper_form(logits),
}


def check_scalar(value, source):
    """Float32, finite, attached to the graph, with a finite gradient."""
    assert value.shape == ()
    assert value.dtype == torch.float32
    assert math.isfinite(value.item())
    (gradient,) = torch.autograd.grad(value, source)
    assert bool(gradient.isfinite().all())
    return gradient


@pytest.mark.parametrize("name", SUPERVISED)
@pytest.mark.parametrize("classes", [2, 5])
def test_unverified_voxels_teach_no_supervised_term(name, classes):
    loss, labels = SUPERVISED[name], random_labels(classes)
    labels[..., 2:] = 255
    first = noise(classes)
    second = torch.where(labels[:, None] == 255, -7.0 * first.detach() + 3, first.detach()).requires_grad_()
    assert loss(first, labels).item() > 0
    assert loss(first, labels).item() == loss(second, labels).item()
    before, after = (check_scalar(loss(logits, labels), logits) for logits in (first, second))
    assert torch.equal(before, after)
    assert before[..., :2].abs().sum() > 0
    assert before[..., 2:].abs().sum() == 0


@pytest.mark.parametrize("name", ["consistency", "pseudo", "size"])
@pytest.mark.parametrize("classes", [2, 5])
def test_unsupervised_terms_see_exactly_the_voxels_they_are_given(name, classes):
    logits = noise(classes)
    where = torch.zeros(SHAPE, dtype=torch.bool)
    where[..., 2:] = True
    gradient = check_scalar(UNSUPERVISED[name](logits, where), logits)
    touched = gradient.abs().sum(dim=1) > 0
    assert torch.equal(touched, where)


def test_size_is_the_mean_belief_in_organs_and_leaves_what_is_sure():
    logits = torch.tensor([[0.0, 0.0], [0.0, 12.0]]).view(2, 2, 1, 1, 1).requires_grad_()
    where = torch.ones((2, 1, 1, 1), dtype=torch.bool)
    value = losses.believed_size(logits.softmax(1), where)
    assert value.item() == pytest.approx((0.5 + 1) / 2, abs=1e-4)
    few = torch.tensor([True, False]).view(2, 1, 1, 1)
    assert losses.believed_size(logits.softmax(1), few).item() == pytest.approx(0.5 / 2), "few voxels weigh little"
    gradient = check_scalar(value, logits)[:, 1].abs().flatten()
    assert gradient[0] > 1000 * gradient[1]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("name", [*SUPERVISED, *UNSUPERVISED])
def test_results_are_float32_whatever_the_networks_run_in(name, classes, dtype):
    logits = noise(classes, dtype=dtype)
    if name in SUPERVISED:
        value = SUPERVISED[name](logits, random_labels(classes))
    else:
        value = UNSUPERVISED[name](logits, everywhere(logits))
    assert value.item() > 0
    assert check_scalar(value, logits).abs().sum() > 0


@pytest.mark.parametrize("name", ["dice", "cross_review", "consistency", "contrast"])
def test_half_precision_arguments_are_summed_in_float32(name):
    ones = torch.full((1, 2, 48, 48, 48), 0.5, dtype=torch.float16, requires_grad=True)
    labels = torch.ones((1, 48, 48, 48), dtype=torch.uint8)
    sure = torch.zeros_like(ones).index_fill(1, torch.tensor(0), 1)
    value, expected = {
        "dice": lambda: (losses.dice_loss(ones, labels), 1 - 2 * 0.5 / (0.25 + 1)),
        "cross_review": lambda: (losses.cross_review(sure.detach() + 0 * ones, 1 - sure, labels), 1.0),
        "consistency": lambda: (losses.consistency(ones, sure, labels > 0), 1 - math.sqrt(0.5)),
        "contrast": lambda: (
            losses.contrast(
                losses.Queries(ones.flatten(2)[0].T, torch.zeros(48**3, dtype=torch.long), torch.ones(48**3).half()),
                torch.eye(2),
                torch.ones(2).bool(),
            ),
            LN2,
        ),
    }[name]()
    assert value.dtype == torch.float32
    assert value.item() == pytest.approx(expected, rel=1e-3)


DEGENERATE_LABELS = {
    "no verified voxel": lambda classes: torch.full(SHAPE, 255, dtype=torch.uint8),
    "all background": lambda classes: torch.zeros(SHAPE, dtype=torch.uint8),
    "a class absent": lambda classes: torch.full(SHAPE, classes - 1, dtype=torch.uint8),
    "one verified voxel": lambda classes: torch.full(SHAPE, 255, dtype=torch.uint8).index_fill(
        3, torch.tensor(0), classes - 1
    ),
}


@pytest.mark.parametrize("scale", [1.0, 1e4])
@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("labels", DEGENERATE_LABELS)
@pytest.mark.parametrize("name", SUPERVISED)
def test_supervised_terms_survive(name, labels, classes, scale):
    logits = (noise(classes).sign() * scale).detach().requires_grad_()
    check_scalar(SUPERVISED[name](logits, DEGENERATE_LABELS[labels](classes)), logits)


@pytest.mark.parametrize("labels", ["no verified voxel"])
@pytest.mark.parametrize("name", SUPERVISED)
def test_nothing_to_learn_is_zero(name, labels):
    assert SUPERVISED[name](noise(3), DEGENERATE_LABELS[labels](3)).item() == 0


@pytest.mark.parametrize("scale", [1.0, 1e4])
@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("teacher", ["one-hot", "uniform"])
@pytest.mark.parametrize("empty", [True, False])
def test_teaching_terms_survive(empty, teacher, classes, scale):
    logits = (noise(classes).sign() * scale).detach().requires_grad_()
    certain = losses.one_hot(random_labels(classes, 3), classes)
    q = certain if teacher == "one-hot" else torch.full_like(certain, 1 / classes)
    where = torch.full(SHAPE, not empty)
    uncertainty = losses.normalised_entropy(q)
    assert bool(uncertainty.isfinite().all())
    reliable = losses.reliable_voxels(uncertainty, q.argmax(1), where, 0.8, classes)
    pseudo = losses.uncertain_pseudo_labels(logits, q, q.argmax(1), reliable, where)
    regular = losses.consistency(logits.softmax(1), q, where)
    for value in (pseudo, regular):
        check_scalar(value, logits)
        assert value.item() >= -1e-6
        assert (value.item() == 0) or not empty


@pytest.mark.parametrize("known", [[False, False, False], [False, True, False], [True, True, False]])
@pytest.mark.parametrize("count", [0, 5])
@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_contrast_survives(known, count, weight):
    features = torch.randn((count, 4), generator=torch.Generator().manual_seed(0)).requires_grad_()
    queries = losses.Queries(features, torch.arange(count) % 3, torch.full((count,), weight))
    value = losses.contrast(queries, torch.zeros(3, 4), torch.tensor(known))
    check_scalar(value, features)
    if count == 0 or sum(known) < 2 or weight == 0:
        assert value.item() == 0


@pytest.mark.parametrize("known", [[False, False, False], [False, True, False], [True, True, True]])
@pytest.mark.parametrize("count", [0, 5])
def test_the_papers_contrast_survives(known, count):
    features = torch.randn((count, 4), generator=torch.Generator().manual_seed(0)).requires_grad_()
    queries = losses.Queries(features, torch.arange(count) % 3, torch.ones(count))
    means = F.normalize(torch.zeros(3, 4) + 0 * features.sum(), dim=1)
    value = losses.contrast_paper(queries, torch.zeros(3, 4), torch.tensor(known), means, torch.tensor(known))
    check_scalar(value, features)


def test_disagreement_is_not_rewarded():
    logits, teacher = noise(3), teacher_like(noise(3))
    pseudo, where = teacher.argmax(1), everywhere(logits)
    value = losses.uncertain_pseudo_labels(logits, teacher, pseudo, where, where, divergence_weight=0.0)
    found = check_scalar(value, logits)
    weight = torch.exp(-losses.divergence(teacher, logits.detach().log_softmax(1)))
    plain = F.cross_entropy(logits, pseudo, reduction="none")
    (expected,) = torch.autograd.grad((weight * plain).mean(), logits)
    assert torch.allclose(found, expected, atol=1e-7)
    pull = found.gather(1, pseudo[:, None])
    assert bool((pull <= 0).all()), "descending must raise the logit of the pseudo-label everywhere"


def test_more_disagreement_costs_more():
    teacher, where = row((0.1, 0.9)), everywhere(row((0, 0)))
    costs = [
        losses.uncertain_pseudo_labels(row((gap, -gap)), teacher, line(1, dtype=torch.long), where, where).item()
        for gap in (-2.0, 0.0, 2.0, 4.0)
    ]
    assert costs[1] < costs[2] < costs[3]


def test_teachers_get_no_gradient():
    teacher = noise(3, 4)
    student, where = noise(3), torch.ones(SHAPE, dtype=torch.bool)
    value = losses.consistency(student.softmax(1), teacher.softmax(1), where)
    value = value + losses.uncertain_pseudo_labels(student, teacher.softmax(1), teacher.argmax(1), where, where)
    value = value + losses.contrast(queries_like(student), teacher.flatten(2)[0][:, :3], torch.ones(3).bool())
    value = value + losses.cross_review(student.softmax(1), teacher.softmax(1), random_labels(3))
    value.backward()
    assert student.grad.abs().sum() > 0
    assert teacher.grad is None
