"""A job that runs in this process: its events as a line of progress, its log in a file, Ctrl+C as a request."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from dualnetssl.cli.machine import Tell
from dualnetssl.cli.terminal import Progress
from dualnetssl.contract.schema import Event
from dualnetssl.contract.words import duration, mean_losses, size_in_words


class Monitor:
    """Shows the events of a training; call it with each one."""

    def __init__(self, tell: Tell = lambda fields: None) -> None:
        """Prepare the lines of progress; ``tell`` is given the fields of every event."""
        self._progress = Progress("training")
        self._tell = tell

    def __enter__(self) -> Monitor:
        """Begin."""
        self._progress.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the newest state on the screen."""
        self._progress.__exit__(kind, error, trace)

    def __call__(self, event: Event) -> None:
        """Show one event."""
        fields = event.model_dump()
        self._tell(fields)
        if event.kind == "progress":
            self._progress.show(describe_progress(fields))
        elif event.kind == "preparing":
            self._progress.show(f"prepares scans: {fields['done']} of {fields['total']}")
        elif (text := describe(fields)) is not None:
            self.say(text)

    def say(self, text: str) -> None:
        """Write a line that stays."""
        self._progress.say(text)


def describe(fields: dict[str, Any]) -> str | None:
    """Say in words what an event tells; None for those that only machines need."""
    if fields["kind"] == "started":
        return f"Device: {fields['device']}."
    if fields["kind"] == "resumed":
        return f"Resumed from the checkpoint of step {fields['step']}."
    if fields["kind"] == "data" and "spacing" in fields:
        spacing = " x ".join(f"{step:g}" for step in reversed(fields["spacing"]))
        patch = " x ".join(str(edge) for edge in reversed(fields["patch"]))
        kept_out = len(fields.get("held_out", ()))
        validation = f" Kept out for validation: {kept_out} of the labelled scans." if kept_out else ""
        return f"Voxels of {spacing} mm, patches of {patch} voxels (i x j x k). {_preparation(fields)}{validation}"
    if fields["kind"] == "validation":
        scores = ", ".join(f"{name} {dice:.2f}" for name, dice in fields["dice"].items() if dice is not None)
        return f"Step {fields['step']}: Dice on {len(fields['cases'])} scans kept out: {scores or 'no label shows'}."
    if fields["kind"] == "calibrated":
        share = f"{fields['error_share']:.1%} of the voxels are expected to be wrong on scans without labels"
        return f"Temperature {fields['temperature']:.2f}: {share}."
    return f"Warning: {fields['message']}." if fields["kind"] == "warning" else None


def _preparation(fields: dict[str, Any]) -> str:
    kinds = [
        "CT, window {:.0f} to {:.0f} HU".format(*window) if window else "MR, each scan by its own mean and deviation"
        for window in fields["windows"]
    ]
    told = kinds if len(kinds) == 1 else [f"channel {number} {kind}" for number, kind in enumerate(kinds, start=1)]
    memory = f"Memory: about {size_in_words(fields['memory_estimate_bytes'])} beside the program."
    return f"Intensities: {'; '.join(told)}. {memory}"


def describe_progress(fields: dict[str, Any]) -> str:
    """Say how training goes: step and time left, then the losses, then the Dice of every class.

    Example:
        >>> print(describe_progress({"step": 5, "steps": 10, "losses": {"vnet": {"supervised": 0.5}},
        ...                          "dice": {"liver": 0.812}, "seconds_left": 75}))
        step 5/10, about 1 min 15 s left
        loss: supervised 0.50
        Dice: liver 0.81
    """
    losses = ", ".join(f"{name} {value:.2f}" for name, value in mean_losses(fields["losses"]).items())
    dice = ", ".join(f"{name} {value:.2f}" for name, value in fields["dice"].items())
    step, steps = fields["step"], fields["steps"]
    left = f", about {duration(fields['seconds_left'])} left" if fields["seconds_left"] else ""
    doing = "" if step < steps else ", now measuring, calibrating and writing the model"
    return f"step {step}/{steps}{doing}{left}\nloss: {losses}\nDice: {dice or 'not yet known'}"


@contextmanager
def log_to(path: Path) -> Iterator[None]:
    """Send what the program logs to a file, so that traces do not tear the line of progress."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger("dualnetssl")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()


@contextmanager
def graceful_stop(stop: Callable[[], object], say: Callable[[str], None]) -> Iterator[None]:
    """Turn the first Ctrl+C (or SIGTERM) into a request to stop; the second one breaks off."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop()
        say("Stopping after this step and keeping the model; press Ctrl+C again to break off.")
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
