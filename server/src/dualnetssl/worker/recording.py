"""Steps that a GPU plays back from a recording: some thousand operations, begun by the host at one stroke.

A CUDA graph does again what was recorded, with the same memory and the same numbers. So the batch is copied to where
the recorded one lay, what differs from step to step are scalars on the device, and all that a step changes stays in
its place. There are two kinds of steps, from labels alone and with unlabelled patches, and one recording at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch import Tensor

from dualnetssl.contract.config import TrainConfig
from dualnetssl.method.step import Batch, Ramps, Terms
from dualnetssl.scans.sampling import sent
from dualnetssl.worker import memory
from dualnetssl.worker.checkpoint import TrainState
from dualnetssl.worker.moving import Factors, StepValues, take_step
from dualnetssl.worker.ranks import SOLO
from dualnetssl.worker.restoring import optimizer_memory, unmoved

_UNRECORDED = 2
_LARGEST_DEVIATION = 0.01

Work = Callable[[], Terms]
Record = Callable[[Work], tuple[Terms, Callable[[], object]]]
"""Does some work and returns what it found, and how to do it again: into the same tensors."""


def on_cuda(work: Work) -> tuple[Terms, Callable[[], object]]:
    """Record a CUDA graph, after some rounds in which libraries make what they need; a `Record`."""
    aside, usual = torch.cuda.Stream(), torch.cuda.current_stream()  # type: ignore[no-untyped-call]
    aside.wait_stream(usual)
    with torch.cuda.stream(aside):
        for _ in range(_UNRECORDED):
            work()
    usual.wait_stream(aside)
    torch.cuda.empty_cache()  # a graph has memory of its own and takes none that is kept for other steps
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        found = work()
    return found, graph.replay


def recordable(config: TrainConfig, device: torch.device, ranks: int) -> bool:
    """Tell whether a run's steps can be played back: they want a GPU to themselves and must not ask it who learns."""
    wanted = config.cuda_graph and not config.compile
    return wanted and device.type == "cuda" and ranks == 1 and config.directions == "mutual"


@dataclass
class Recorder:
    """Records each kind of step when it first comes, and plays it back from then on, if that gives the same.

    Attributes:
        record: how.
        warn: told why steps are not played back.
        recording: of the present kind of steps; None if it is not played back.
        kind: which kind that is, by whether there are unlabelled patches; None before the first step.
    """

    record: Record
    warn: Callable[[str], object]
    recording: Recording | None = None
    kind: bool | None = None

    def forget(self) -> None:
        """Let go of the recording, as what it moves does not lie where it lay."""
        self.recording, self.kind = None, None

    def take_step(self, config: TrainConfig, state: TrainState, batch: Batch, factors: Factors) -> StepValues:
        """Learn from a batch; see `moving.take_step`."""
        kind = len(batch.clean) > 0
        if kind != self.kind:
            self.forget()  # the memory of one recording is that of a whole step
            self.kind, self.recording = kind, self._attempt(config, state, batch, factors)
        if self.recording is None:
            return take_step(config, SOLO, state, batch, factors)
        for optimizer in state.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = factors.learning_rate  # for checkpoints: the recorded step has its own
        return StepValues(self.recording.play(batch, factors), {})

    def _attempt(self, config: TrainConfig, state: TrainState, batch: Batch, factors: Factors) -> Recording | None:
        try:
            with unmoved(state):
                recording = record(config, state, batch, self.record)
            apart = deviation(config, state, batch, factors, recording)
        except RuntimeError as error:
            why = "memory is short" if memory.ran_out(error) else f"PyTorch says: {str(error).splitlines()[0]}"
            self.warn(f"steps are not recorded as a CUDA graph: {why}")
            return None
        if apart <= _LARGEST_DEVIATION:
            return recording
        self.warn(f"steps are not recorded as a CUDA graph: one that was played back differs by {apart:.1%}")
        return None


@dataclass(frozen=True)
class Recording:
    """One kind of step.

    Attributes:
        batch: where the patches of a step must lie.
        numbers: learning rate, teachers' share and both ramps, float32 ``[4]``.
        terms: of the loss, as the last step found them.
        again: does the step.
    """

    batch: Batch
    numbers: Tensor
    terms: Terms
    again: Callable[[], object]

    def play(self, batch: Batch, factors: Factors) -> Terms:
        """Do the step with another batch and other numbers; the terms are overwritten by the next one."""
        for field in fields(Batch):
            _fill(getattr(self.batch, field.name), getattr(batch, field.name))
        ramps = factors.ramps
        told = [factors.learning_rate, factors.teacher, ramps.unsupervised, ramps.contrast]
        self.numbers.copy_(sent(torch.tensor(told, dtype=torch.float32), self.numbers.device))
        self.again()
        return self.terms


def record(config: TrainConfig, state: TrainState, batch: Batch, record: Record) -> Recording:
    """Record a step; networks and optimisers move meanwhile."""
    own = replace(batch, **{field.name: _copy(getattr(batch, field.name)) for field in fields(Batch)})
    numbers = torch.zeros(4, device=batch.labels.device)
    rate, teacher, unsupervised, contrast = numbers.unbind()
    factors = Factors(rate, teacher, Ramps(unsupervised, contrast))
    for optimizer in state.optimizers:
        for group in optimizer.param_groups:
            group["capturable"] = True
    terms, again = record(lambda: take_step(config, SOLO, state, own, factors).terms)
    return Recording(own, numbers, terms, again)


def deviation(config: TrainConfig, state: TrainState, batch: Batch, factors: Factors, recording: Recording) -> float:
    """Return how far a step that is played back is from the same one as usual; nothing has moved afterwards.

    Returns:
        The largest of three differences: of the terms, of what the optimisers make of the gradients, and of how far the
        weights move; each by the length of what the usual step gives.
    """
    seed, found = torch.initial_seed(), []
    for played in (False, True):
        with unmoved(state):
            torch.manual_seed(seed)
            begun = _Place.of(state)
            terms = recording.play(batch, factors) if played else take_step(config, SOLO, state, batch, factors).terms
            ended = _Place.of(state)
            way = ended.memory - begun.memory, (ended.weights - begun.weights).norm()[None]
            found.append((torch.stack([*terms.values()]).clone(), *way))
    return max(_apart(usual, other) for usual, other in zip(*found, strict=True))


@dataclass(frozen=True)
class _Place:
    """Where a training stands: all weights, and all that its optimisers remember of gradients."""

    weights: Tensor
    memory: Tensor

    @staticmethod
    def of(state: TrainState) -> _Place:
        """Copy it."""
        remembered = [memory for memory in optimizer_memory(state) if memory.ndim > 0]
        return _Place(_flat([*state.model.parameters()]), _flat(remembered))


def _flat(tensors: Sequence[Tensor]) -> Tensor:
    return torch.cat([tensor.detach().flatten() for tensor in tensors])


def _apart(usual: Tensor, other: Tensor) -> float:
    return float((usual - other).norm() / usual.norm().clamp(min=1e-12))


def _copy(part: Any) -> Any:
    """Return tensors of one's own in place of a batch's."""
    if isinstance(part, Tensor):
        return part.clone()
    return tuple(view.clone() for view in part) if isinstance(part, tuple) else part


def _fill(own: object, part: object) -> None:
    if isinstance(own, Tensor) and isinstance(part, Tensor):
        own.copy_(part)
    elif isinstance(own, tuple) and isinstance(part, tuple):
        for mine, other in zip(own, part, strict=True):
            mine.copy_(other)
