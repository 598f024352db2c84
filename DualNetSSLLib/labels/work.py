"""A scan that is worked on: what is verified of it, its label, what that began with, and how a step is taken back."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.labels.marks import BOUNDS, Canvas, Labels, Marks, Places, Step


class WholeCanvas(Canvas, Protocol):
    """A label volume that can be read as a whole, too."""

    def volume(self) -> Labels:
        """Return the label volume ``[k, j, i]``, not to be written to."""


class Work(Protocol):
    """A scan that is worked on.

    Attributes:
        marks: what is verified.
        started: label volume ``[k, j, i]`` that the work began with; None: nothing was labelled. It is replaced, never
            written to: a label that is being saved is compared with the one of before.
    """

    marks: Marks
    started: npt.NDArray[Any] | None

    @property
    def geometry(self) -> Geometry:
        """Its grid."""

    def canvas(self) -> WholeCanvas | None:
        """Return its label as it is now; None if that is gone."""


def begin_otherwise(work: Work, where: Places, values: Labels) -> None:
    """Let the work have begun with these labels there, so that they are nobody's doing."""
    if work.started is not None and len(where):
        started = np.array(work.started)
        started.reshape(-1)[where] = values
        work.started = started


def take_back(work: Work) -> Step | None:
    """Take back what was done last; returns it, or None if there is nothing. What is painted since stays."""
    canvas, history = work.canvas(), work.marks.history
    if canvas is None or not history:
        return None
    where, values = history[-1].changes(canvas)
    if history[-1].what == BOUNDS:
        begin_otherwise(work, where, values)
    return work.marks.undo(canvas)
