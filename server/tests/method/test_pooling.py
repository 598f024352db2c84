"""Two ranks with a batch each equal one with both: the same terms, and the sum of their gradients."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest
import torch
from method_support import PATCH, random_batch, tiny_config, tiny_model

from dualnetssl.method import step
from dualnetssl.method.model import parameters_of
from dualnetssl.method.pooling import with_gradient_of
from dualnetssl.method.step import Batch, Ramps, step_terms


@dataclass
class Meeting:
    """Where two threads exchange tensors; each calls the same in the same order."""

    size: int = 2
    given: list = field(default_factory=lambda: [None, None])
    all_here: threading.Barrier = field(default_factory=lambda: threading.Barrier(2, timeout=60))

    def exchange(self, rank, own):
        self.given[rank] = own
        self.all_here.wait()
        found = list(self.given)
        self.all_here.wait()
        return found


@dataclass
class Rank:
    """A pool of one of the threads."""

    number: int
    meeting: Meeting
    size: int = 2

    def sums(self, *own):
        first, second = self.meeting.exchange(self.number, [tensor.detach() for tensor in own])
        return tuple(with_gradient_of(tensor, a + b) for tensor, a, b in zip(own, first, second, strict=True))

    def gather(self, own):
        return torch.cat(self.meeting.exchange(self.number, own.detach()))


def both(first: Batch, second: Batch) -> Batch:
    """The labelled patches of both, then the unlabelled ones."""

    def joined(name):
        parts = getattr(first, name), getattr(second, name)
        return [torch.cat(pair) for pair in zip(*parts, strict=True)] if name == "views" else torch.cat(parts)

    def ordered(tensor):
        whole, labelled = len(tensor) // 2, first.labelled
        places = torch.arange(len(tensor))
        of_first, of_second = places[:whole], places[whole:]
        return tensor[torch.cat([of_first[:labelled], of_second[:labelled], of_first[labelled:], of_second[labelled:]])]

    views = tuple(ordered(view) for view in joined("views"))
    rest = {name: joined(name) for name in ("clean", "unverified", "inside")}
    return Batch(views, ordered(joined("labels")), labelled=2 * first.labelled, **rest)


def aligned_model(config):
    model = tiny_model(config)
    model.shares.copy_(torch.tensor([0.6, 0.3, 0.1]))
    return model


def gradients(model, batch, config):
    """A step's terms, and the gradient of each network."""
    terms, _ = step_terms(model, batch, config, Ramps(1.0, 1.0), (0, 1))
    torch.stack(list(terms.values())).sum().backward()
    return terms, [[p.grad for p in parameters_of(model, index) if p.grad is not None] for index in (0, 1)]


@pytest.mark.parametrize("fields", [{}, {"preset": "paper"}], ids=["default", "paper"])
def test_two_ranks_equal_one_with_twice_the_patches(monkeypatch, fields):
    monkeypatch.setattr(step, "_MOST_PROTOTYPE_VOXELS", 10**6)  # all voxels, not an even choice of them
    monkeypatch.setattr(step, "_MOST_QUERIES", 10**6)
    config = tiny_config(patch=PATCH, dropout=0.0, norm="instance", **fields)
    # not one of a kind: a batch of one is computed in another order, and rounding then moves a voxel over a threshold
    batches = [random_batch(labelled=2, unlabelled=2, patch=PATCH, seed=seed) for seed in (1, 2)]
    whole = aligned_model(config)
    wanted, wanted_gradients = gradients(whole, both(*batches), config)
    meeting, found = Meeting(), [None, None]
    models = [aligned_model(config) for _ in range(2)]

    def work(rank):
        models[rank].pool = Rank(rank, meeting)
        found[rank] = gradients(models[rank], batches[rank], config)

    threads = [threading.Thread(target=work, args=(rank,)) for rank in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gradients_of = (found[0][1], found[1][1], wanted_gradients)
    for terms, _ in found:
        assert terms.keys() == wanted.keys()
        for key, term in wanted.items():
            torch.testing.assert_close(terms[key], term, rtol=2e-5, atol=1e-6)
    for index in (0, 1):
        first, second, one = (torch.cat([gradient.flatten() for gradient in part[index]]) for part in gradients_of)
        assert float((first + second - one).norm() / one.norm()) < 1e-4
    for name in ("prototypes", "known", "believed"):
        first, second, one = (getattr(model, name) for model in (*models, whole))
        assert torch.equal(first, second)
        torch.testing.assert_close(first, one, rtol=1e-5, atol=1e-6)
