"""What is done to the label of the case that is open: painted, begun anew, vouched for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from DualNetSSLLib.panel.common.scene import IMAGE, LABEL
from DualNetSSLLib.panel.common.state import Notice
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.desk.watching import SceneWatch


class LabelWork:
    """The case that is open, and whether and how often its label was changed.

    Attributes:
        shown: the case that is open, or None.
        modified: whether it was painted on since it was opened or submitted.
        version: a number that is another one after every stroke.
        changed: told when any of this changed.
        painted: told after every stroke and every mark.
        watch: tells of what others do to the label.
    """

    def __init__(self, removed: Callable[[], None], brought: Callable[[], None]) -> None:
        """Begin with no case; ``removed`` and ``brought`` are told as `SceneWatch` does."""
        self.shown: ShownCase | None = None
        self.modified = False
        self.version = 0
        self.changed = Notice()
        self.painted = Notice()
        self.watch = SceneWatch(self.label, self.needed, self._stroke, removed, brought)

    def label(self) -> Any | None:
        """Return the node of the label, or None."""
        return None if self.shown is None else self.shown.node(LABEL)

    def needed(self) -> list[Any]:
        """Return the nodes without which the case cannot stay open: what one paints, and what one paints on."""
        shown = self.shown
        return [] if shown is None else [node for role in (LABEL, IMAGE) if (node := shown.node(role)) is not None]

    def take_up(self, shown: ShownCase, *, modified: bool) -> None:
        """Let this case be the one that is open."""
        self.shown, self.modified = shown, modified
        self.watch.start()

    def put_down(self) -> ShownCase | None:
        """Let no case be open; returns the one that was, whose nodes stay where they are."""
        self.watch.stop()
        shown, self.shown, self.modified = self.shown, None, False
        return shown

    # what the user does with the label

    def begin_with_prediction(self, *, worth_keeping: bool = True) -> None:
        """Start the label from the prediction; only voxels changed after that count, unless the user says otherwise.

        Args:
            worth_keeping: whether this alone is work that a draft keeps.
        """
        if self.shown is not None and not self.modified:
            self._relabel(self.shown.begin_with_prediction)
            if worth_keeping:
                self._stroke()
            self.changed()

    def take_joined(self, label_file: str, mask_file: str) -> None:
        """Go on with a label that holds somebody else's work too, and with what its mask tells to be verified."""
        if self.shown is not None:
            shown = self.shown
            self._relabel(lambda: shown.take_joined(label_file, mask_file))
            self._stroke()
            self.changed()

    def vouch(self, whole: bool) -> None:
        """Note whether the whole scan is vouched for, or what was changed alone."""
        if self.shown is not None and self.shown.whole != whole:
            self.shown.marks.vouch(whole)
            self.marked()

    def marked(self) -> None:
        """Note that something was verified, or is no more: it is kept as what was painted is."""
        if self.shown is not None:
            self.shown.note_marks()
            self._stroke()
            self.changed()

    @contextmanager
    def arranging(self) -> Iterator[None]:
        """What is done to the label's node meanwhile is nobody's painting."""
        self.watch.stop()
        try:
            yield
        finally:
            self.watch.start()

    def _relabel(self, change: Callable[[], None]) -> None:
        """Make another node of the label; that the one before goes is nobody's doing."""
        with self.arranging(), self.watch.own_doing():
            change()

    def _stroke(self) -> None:
        self.version += 1
        if not self.modified:
            self.modified = True
            self.changed()
        self.painted()
