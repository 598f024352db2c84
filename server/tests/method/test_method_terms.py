from __future__ import annotations

import dataclasses
import math

import pytest
import torch
from method_support import PATCH, random_batch, tiny_config, tiny_model
from pydantic import ValidationError

from dualnetssl.contract.config import TrainConfig, resolve
from dualnetssl.method import step
from dualnetssl.method.model import build_optimizers, learning_rate, parameters_of, teacher_share
from dualnetssl.method.step import Ramps
from dualnetssl.worker import moving

FULL = Ramps(1.0, 1.0)
OFF = {"pseudo_weight": 0.0, "consistency_weight": 0.0, "contrast_weight": 0.0}
ALONE = {
    "supervised": {"review_weight": 0.0},
    "pseudo": {"pseudo_weight": 1.0},
    "consistency": {"consistency_weight": 1.0},
    "contrast": {"contrast_weight": 1.0, "contrast_form": "prototype"},
    "paper contrast": {"contrast_weight": 1.0, "contrast_form": "paper"},
}
FAST = {"optimizer": "sgd", "learning_rate": 0.1, "gradient_clip": None}


def copies(parameters):
    return [parameter.detach().clone() for parameter in parameters]


def moved(parameters, before):
    return any(not torch.equal(now, old) for now, old in zip(parameters, before, strict=True))


def own_terms(terms, name, student):
    """The terms of one student whose first word is ``name``; a supervised step has no other."""
    return [term for key, term in terms.items() if key == (name.split()[-1 if "paper" in name else 0], student)]


def descend(model, config, student, loss):
    optimizer = build_optimizers(model, config)[student]
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


@pytest.mark.parametrize("preset", ["default", "paper"])
@pytest.mark.parametrize("student", [0, 1])
@pytest.mark.parametrize("name", ALONE)
def test_each_term_alone_moves_the_student_and_leaves_the_teacher(name, student, preset):
    config = tiny_config(**{"preset": preset, **FAST, **OFF, **ALONE[name]})
    model = tiny_model(config)
    terms, _ = step.step_terms(model, random_batch(), config, FULL, (student,))
    (term,) = own_terms(terms, name, student)
    assert term.item() > 0
    teachers, other = copies(model.teachers.parameters()), parameters_of(model, 1 - student)
    own, others = copies(parameters_of(model, student)), copies(other)
    descend(model, config, student, term)
    assert moved(parameters_of(model, student), own)
    assert not moved(model.teachers.parameters(), teachers)
    assert not moved(other, others)
    assert all(parameter.grad is None for parameter in [*model.teachers.parameters(), *other])
    assert all(not parameter.requires_grad for parameter in model.teachers.parameters())


@pytest.mark.parametrize("student", [0, 1])
def test_cross_review_alone_moves_the_network_it_corrects(student):
    config = tiny_config()
    model, batch = tiny_model(config), random_batch()
    for network in model.networks:
        torch.nn.init.normal_(network.head.weight, std=5.0)
    outputs = step.forward(model, batch)
    with_review = step.supervised_terms(outputs, batch, config)[student]
    without = step.supervised_terms(outputs, batch, config.model_copy(update={"review_weight": 0.0}))[student]
    review = with_review - without
    assert review.item() > 0.01
    review.backward()
    assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in model.networks[student].parameters())
    assert all(p.grad is None for p in model.networks[1 - student].parameters())


@pytest.mark.parametrize("preset", ["default", "paper"])
@pytest.mark.parametrize("name", [name for name in ALONE if name != "supervised"])
def test_each_term_reaches_the_whole_network(name, preset):
    config = tiny_config(**{"preset": preset, **OFF, **ALONE[name]})
    model = tiny_model(config)
    terms, _ = step.step_terms(model, random_batch(), config, FULL, (1,))
    (term,) = own_terms(terms, name, 1)
    parameters = list(model.networks[1].encoder.parameters())
    gradients = torch.autograd.grad(term, parameters)
    assert all(bool(gradient.isfinite().all()) for gradient in gradients)
    assert all(gradient.abs().sum() > 0 for gradient in gradients if gradient.ndim == 5)


def test_the_projection_head_learns_from_the_contrast():
    config = tiny_config(**OFF | ALONE["contrast"])
    model = tiny_model(config)
    terms, _ = step.step_terms(model, random_batch(), config, FULL, (0,))
    gradients = torch.autograd.grad(terms["contrast", 0], list(model.heads[0].parameters()))
    assert all(gradient.abs().sum() > 0 for gradient in gradients)


@pytest.mark.parametrize("directions", ["winner", "mutual"])
@pytest.mark.parametrize("smoothed", [[0.3, 0.6], [0.6, 0.3]])
def test_winner_teaches_only_the_loser_and_mutual_halves_both(directions, smoothed):
    config = tiny_config(preset="paper", directions=directions)
    model, batch = tiny_model(config).eval(), random_batch()
    students = moving.students(config, smoothed)
    loser = smoothed.index(max(smoothed))
    assert students == ((loser,) if directions == "winner" else (0, 1))
    terms, _ = step.step_terms(model, batch, config, FULL, students)
    unsupervised = {name: term for name, term in terms.items() if name[0] != "supervised"}
    names = ("pseudo", "consistency", "contrast")
    assert set(unsupervised) == {(name, index) for name in names for index in students}
    if directions == "winner":
        sum(unsupervised.values()).backward()
        assert all(parameter.grad is None for parameter in parameters_of(model, 1 - loser))
    else:
        alone, _ = step.step_terms(model, batch, config, FULL, (1,))
        assert torch.allclose(terms["pseudo", 1], alone["pseudo", 1] / 2)


def test_ramps_scale_the_terms():
    config = tiny_config()
    model, batch = tiny_model(config).eval(), random_batch()
    full, _ = step.step_terms(model, batch, config, FULL, (0,))
    part, _ = step.step_terms(model, batch, config, Ramps(0.5, 0.25), (0,))
    assert torch.allclose(part["pseudo", 0], full["pseudo", 0] * 0.5)
    assert torch.allclose(part["consistency", 0], full["consistency", 0] * 0.5)
    assert torch.equal(part["supervised", 0], full["supervised", 0])
    none, _ = step.step_terms(model, batch, config, Ramps(0.0, 0.0), (0, 1))
    assert set(none) == {("supervised", 0), ("supervised", 1)}


def test_without_unlabelled_patches_only_labels_teach():
    config = tiny_config()
    batch = random_batch()
    alone = dataclasses.replace(
        batch,
        views=tuple(view[:1] for view in batch.views),
        labels=batch.labels[:1],
        clean=batch.clean[:0],
        unverified=batch.unverified[:0],
        inside=batch.inside[:0],
    )
    terms, _ = step.step_terms(tiny_model(config), alone, config, FULL, (0, 1))
    assert set(terms) == {("supervised", 0), ("supervised", 1)}


@pytest.mark.parametrize(("teacher", "expected"), [("opposite", 1), ("ensemble", None)])
def test_who_teaches(teacher, expected):
    config = tiny_config(teacher=teacher)
    model, batch = tiny_model(config), random_batch()
    beliefs = step.teacher_beliefs(model, batch, step.forward(model, batch), config)
    guidance, _ = step.guide(beliefs, batch.unverified, config)
    wanted = (beliefs[0] + beliefs[1]) / 2 if expected is None else beliefs[expected]
    assert torch.equal(guidance.teacher, wanted)
    assert not guidance.teacher.requires_grad


def test_teachers_see_the_clean_patches_without_dropout():
    config = tiny_config()
    model, batch = tiny_model(config), random_batch()
    outputs = step.forward(model, batch)
    first, again = (step.teacher_beliefs(model, batch, outputs, config) for _ in range(2))
    assert torch.equal(first[0], again[0])
    other = dataclasses.replace(batch, views=(batch.views[0] * 0, batch.views[1] * 0))
    assert torch.equal(step.teacher_beliefs(model, other, outputs, config)[1], first[1])
    assert torch.allclose(first[0].sum(dim=1), torch.ones(2, *PATCH))


def test_without_moving_averages_the_students_teach_each_other():
    config = tiny_config(preset="paper")
    model, batch = tiny_model(config), random_batch()
    assert len(model.teachers) == 0
    outputs = step.forward(model, batch)
    beliefs = step.teacher_beliefs(model, batch, outputs, config)
    assert torch.equal(beliefs[0], outputs[0].logits[1:].softmax(dim=1))
    assert not beliefs[0].requires_grad


def test_verified_voxels_of_unlabelled_patches_are_not_taught():
    config = tiny_config()
    model, batch = tiny_model(config), random_batch()
    labels = batch.labels.clone()
    labels[1:, ..., :8] = 1
    beliefs = step.teacher_beliefs(model, batch, step.forward(model, batch), config)
    guidance, _ = step.guide(beliefs, labels[1:] == 255, config)
    assert torch.equal(guidance.where, labels[1:] == 255)
    assert not bool((guidance.reliable & ~guidance.where).any())


def test_partial_corrections_teach_only_where_somebody_verified():
    """Label values outside the verified mask change nothing; those voxels do enter the unsupervised terms."""
    config = tiny_config()
    batch = random_batch(labelled=1, unlabelled=1)
    verified = torch.zeros(batch.labels.shape, dtype=torch.bool)
    verified[..., 5:9, 4:12] = True
    generator = torch.Generator().manual_seed(3)
    found = []
    for _ in range(2):
        scribble = torch.randint(0, 3, batch.labels.shape, generator=generator, dtype=torch.uint8)
        labels = torch.where(verified, batch.labels.clamp(max=2), scribble)
        masked = dataclasses.replace(batch, labels=torch.where(verified, labels, 255))
        model = tiny_model(config).eval()
        terms, _ = step.step_terms(model, masked, config, FULL, (0, 1))
        found.append({name: term.item() for name, term in terms.items()})
    assert found[0] == found[1]
    assert found[0]["supervised", 0] > 0
    beliefs = step.teacher_beliefs(model, batch, step.forward(model, batch), config)
    guidance, _ = step.guide(beliefs, masked.labels[1:] == 255, config)
    logits = torch.zeros_like(beliefs[0], requires_grad=True)
    term = step.consistency_term(logits, guidance) + step.pseudo_label_term(logits, guidance)
    term.backward()
    assert torch.equal(logits.grad.abs().sum(dim=1) > 0, ~verified[1:])


@pytest.mark.parametrize("preset", ["default", "paper"])
@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize(
    "labels", ["nothing verified", "everything verified", "all background", "extreme logits", "one-hot teachers"]
)
def test_a_step_survives(labels, classes, preset):
    config = tiny_config(preset=preset, contrast_weight=1.0)
    model, batch = tiny_model(config, classes), random_batch(classes=classes)
    values = {"nothing verified": 255, "everything verified": 1, "all background": 0}
    if labels in values:
        batch.labels[1 if labels == "everything verified" else 0 :] = values[labels]
    else:
        for network in [*model.networks, *model.teachers]:
            with torch.no_grad():
                network.head.weight.mul_(1e4 if labels == "extreme logits" else 1e3)
    terms, _ = step.step_terms(model, batch, config, FULL, (0, 1))
    assert len(terms) == 8
    assert all(term.dtype == torch.float32 and math.isfinite(term.item()) for term in terms.values())
    sum(terms.values()).backward()
    gradients = [p.grad for index in (0, 1) for p in parameters_of(model, index) if p.grad is not None]
    assert gradients
    assert all(bool(gradient.isfinite().all()) for gradient in gradients)


@pytest.mark.parametrize("preset", ["default", "paper"])
def test_a_step_is_float32_under_mixed_precision_outputs(preset):
    config = tiny_config(preset=preset)
    model, batch = tiny_model(config), random_batch()
    outputs = tuple(
        step.Outputs(output.logits.to(torch.bfloat16), output.features.to(torch.bfloat16))
        for output in step.forward(model, batch)
    )
    beliefs = step.teacher_beliefs(model, batch, outputs, config)
    terms = [*step.supervised_terms(outputs, batch, config)]
    guidance, _ = step.guide(beliefs, batch.unverified, config)
    student = step.Student(model, 0, outputs[0], guidance, batch, config)
    terms += [term.loss(student) for term in step.TERMS.values()]
    assert [term.dtype for term in terms] == [torch.float32] * 5
    assert all(math.isfinite(term.item()) for term in terms)


class TestPrototypes:
    def test_the_first_mean_is_taken_and_later_ones_blend_in(self):
        config = tiny_config(contrast_form="paper")
        model = tiny_model(config, classes=3)
        first, second = torch.tensor([[1.0, 0.0]] * 3), torch.tensor([[0.0, 1.0]] * 3)
        model.update_prototypes(0, first, torch.tensor([True, True, False]))
        assert model.known.tolist() == [[True, True, False], [False] * 3]
        model.update_prototypes(0, second, torch.tensor([True, False, False]))
        blended = torch.nn.functional.normalize(torch.tensor([0.99, 0.01]), dim=0)
        assert torch.allclose(model.prototypes[0], torch.stack([blended, first[1], torch.zeros(2)]))
        assert model.prototypes[1].abs().sum() == 0

    @pytest.mark.parametrize(("count", "known"), [(31, False), (32, True)])
    def test_too_few_voxels_make_none(self, count, known):
        config = tiny_config(reliable_share=0.5)
        model, batch = tiny_model(config), random_batch()
        batch.labels[:] = 255
        batch.labels[0].view(-1)[:count] = 0
        certain = torch.zeros_like(step.forward(model, batch)[0].logits)
        certain[:, 0] = 5
        output = step.Outputs(certain, torch.randn(3, 2, *PATCH, requires_grad=True))
        nothing = torch.zeros(2, *PATCH, dtype=torch.bool)
        guidance = step.Guidance(certain[1:], nothing.long(), nothing.float(), nothing, nothing)
        step.contrast_term(model, 0, output, batch, guidance, config)
        assert model.known[0].tolist() == [known, False, False]

    def test_wrong_predictions_make_none(self):
        config = tiny_config()
        model, batch = tiny_model(config), random_batch()
        batch.labels[:1] = 1
        certain = torch.zeros(3, 3, *PATCH)
        certain[:, 2] = 5
        output = step.Outputs(certain, torch.randn(3, 2, *PATCH, requires_grad=True))
        nothing = torch.zeros(2, *PATCH, dtype=torch.bool)
        guidance = step.Guidance(certain[1:], nothing.long(), nothing.float(), nothing, nothing)
        step.contrast_term(model, 0, output, batch, guidance, config)
        assert not bool(model.known.any())


@pytest.mark.parametrize(("step", "factor"), [(0, 0.0), (1, 0.5), (9, 0.9), (1000, 0.99)])
def test_teachers_follow_the_students(step, factor):
    config = tiny_config(norm="batch")
    model = tiny_model(config)
    for parameter in model.networks.parameters():
        torch.nn.init.normal_(parameter)
    model.networks[0].encoder[0][0][1].running_mean.fill_(4.0)
    before, students = copies(model.teachers.parameters()), copies(model.networks.parameters())
    model.follow(teacher_share(0.99, step), torch.tensor(True))
    for now, old, student in zip(model.teachers.parameters(), before, students, strict=True):
        assert torch.allclose(now, factor * old + (1 - factor) * student, atol=1e-6)
    assert model.teachers[0].encoder[0][0][1].running_mean[0] == 4.0
    assert not moved(model.networks.parameters(), students)
    assert all(not teacher.training for teacher in model.teachers)


def test_ramps_follow_the_formula():
    config = TrainConfig(steps=1000, warm_up=0.2, ramp=0.5, contrast_ramp=1.0)
    assert step.ramps(config, 199) == Ramps(0.0, 0.0)
    assert step.ramps(config, 200) == Ramps(math.exp(-5), math.exp(-5))
    assert step.ramps(config, 400) == Ramps(math.exp(-5 * 0.25), math.exp(-5 * 0.75**2))
    assert step.ramps(config, 600).unsupervised == 1.0
    paper = resolve({"preset": "paper"})
    assert step.ramps(paper, 0) == Ramps(1.0, math.exp(-5))
    assert step.ramps(paper, 6000) == Ramps(1.0, 1.0)


@pytest.mark.parametrize(
    ("fields", "rates"),
    [
        ({"preset": "paper"}, {0: 0.01, 2499: 0.01, 2500: 0.001, 4999: 0.001, 5000: 1e-4, 5999: 1e-4}),
        (
            {"steps": 100, "learning_rate": 0.1, "schedule": "poly"},
            {0: 0.1, 50: 0.1 * 0.5**0.9, 99: 0.1 * 0.01**0.9},
        ),
    ],
)
def test_learning_rates(fields, rates):
    config = resolve(fields)
    assert {step: learning_rate(config, step) for step in rates} == pytest.approx(rates)


def test_presets():
    assert resolve({}) == TrainConfig()
    paper = resolve({"preset": "paper"})
    published = (paper.optimizer, paper.learning_rate, paper.steps, paper.norm, paper.reliable_share, paper.ema)
    assert published == ("sgd", 0.01, 6000, "batch", 0.2, 0.0)
    assert resolve({"preset": "paper", "steps": 5}).steps == 5
    supervised = resolve({"preset": "supervised"})
    assert (supervised.unlabelled_per_step, supervised.pseudo_weight, supervised.copy_paste) == (0, 0.0, False)


@pytest.mark.parametrize(
    "fields", [{"stepz": 1}, {"preset": "best"}, {"steps": 0}, {"width": 1}, {"ema": 1.0}, {"optimizer": "lion"}]
)
def test_unknown_fields_and_values_are_refused(fields):
    with pytest.raises(ValidationError):
        resolve(fields)


@pytest.mark.parametrize(("name", "kind"), [("sgd", torch.optim.SGD), ("adamw", torch.optim.AdamW)])
def test_each_network_has_an_optimizer_of_its_own(name, kind):
    config = tiny_config(optimizer=name, learning_rate=0.5, weight_decay=0.25)
    model = tiny_model(config)
    optimizers = build_optimizers(model, config)
    for index, optimizer in enumerate(optimizers):
        (group,) = optimizer.param_groups
        assert isinstance(optimizer, kind)
        assert {id(p) for p in group["params"]} == {id(p) for p in parameters_of(model, index)}
        assert (group["lr"], group["weight_decay"]) == (0.5, 0.25)
    assert name == "adamw" or optimizers[0].param_groups[0]["momentum"] == 0.9
