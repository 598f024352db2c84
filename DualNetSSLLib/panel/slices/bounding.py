"""The buttons and keys that say where the organ begins and ends: outside all is verified as background."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import InvalidRequest
from DualNetSSLLib.labels.bounding import Moved
from DualNetSSLLib.panel.common.message import MessageLine, guarded
from DualNetSSLLib.panel.common.sentences import in_slicers_language
from DualNetSSLLib.panel.common.words import joined
from DualNetSSLLib.panel.slices.choices import Choices
from DualNetSSLLib.panel.slices.part import Part
from DualNetSSLLib.panel.slices.words import (
    bounded_in_words,
    boxed_in_words,
    cornered_in_words,
    moved_in_words,
)

Result = TypeVar("Result")


class Bounding:
    """Marks the bounds of the organ in the scan that is labelled in parts, and says what came of it."""

    def __init__(
        self,
        message: MessageLine,
        choices: Choices,
        keys: Callable[[], Mapping[str, str]],
        working: Callable[[], Part | None],
        too_soon: Callable[[Part, str], bool],
        marked: Callable[[], None],
        update: Callable[[], None],
    ) -> None:
        """Act on one part of the section after the other.

        Args:
            message: where to say what came of it.
            choices: how scans are labelled.
            keys: returns the key of each action.
            working: returns the part to act on, None if there is none.
            too_soon: tells whether nobody can have looked at what an action speaks of, and says so.
            marked: called once something was verified, or is no more.
            update: brings the section up to date.
        """
        self.message, self._choices, self._keys = message, choices, keys
        self._working, self._too_soon, self._marked, self.update = working, too_soon, marked, update

    @guarded
    def begin_here(self) -> None:
        """The organ begins with the slice that is seen: all before it is verified as background."""
        part = self._working()
        if part is not None and not self._too_soon(part, "first"):
            self._ended(part, "first", self._bound(lambda: part.work.begin_at(part.seen)))

    @guarded
    def end_here(self) -> None:
        """The organ ends with the slice that is seen: all after it is verified as background."""
        part = self._working()
        if part is not None and not self._too_soon(part, "last"):
            self._ended(part, "last", self._bound(lambda: part.work.end_at(part.seen)))

    @guarded
    def fit(self) -> None:
        """The organ lies in a box around what is painted, with the margin: all outside is verified as background."""
        part = self._working()
        if part is not None:
            moved = part.work.fit(self._choices.margin_mm)
            self._say(moved, boxed_in_words(part.work))

    @guarded
    def corner(self) -> None:
        """The organ lies in a box with a corner under the mouse: outside the box all is verified as background."""
        part = self._working()
        if part is not None:
            moved = self._bound(part.corner)
            self._say(moved or Moved(None), cornered_in_words(moved, part.work, self._keys()["corner"]))

    @guarded
    def forget(self) -> None:
        """Take the bounds away: nothing is verified because of them any more."""
        part = self._working()
        if part is not None:
            self._say(part.work.bound(None), "")

    def _bound(self, act: Callable[[], Result]) -> Result:
        """Move the bounds; where that is refused, say how the brush gets to what has to be erased.

        Raises:
            InvalidRequest: somebody painted or verified something outside.
        """
        try:
            return act()
        except InvalidRequest as error:
            if not self._choices.boxes:
                raise
            text = _("The brush acts in the box alone: {key} puts it where the views cross.")
            remedy = joined(in_slicers_language(error.remedy), text.format(key=self._keys()["here"]))
            raise InvalidRequest(error.cause, remedy) from error

    def _ended(self, part: Part, end: str, moved: Moved) -> None:
        """The first or the last slice was marked: say what comes next, and go there once both are known."""
        part.ends.add(end)
        plan = () if self._choices.boxes else part.work.plan(self._choices.count)
        self._say(moved, bounded_in_words(part.ends, plan, self._keys()))
        index = part.next_slice(self._choices.count, -1) if plan and len(part.ends) == 2 else None
        if index is not None:
            part.go_to(index)

    def _say(self, moved: Moved, text: str) -> None:
        self._marked()
        self.message.show(joined(moved_in_words(moved, self._keys()["undo"]), text), "good")
