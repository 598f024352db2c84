"""Keeps what was painted: as a draft on disk until it is submitted, whatever happens to scene, panel or server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.labels.local_drafts import Draft, Drafts
from DualNetSSLLib.panel.common.scene import LABEL
from DualNetSSLLib.panel.common.sentences import error_in_words
from DualNetSSLLib.panel.common.state import Notice
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.desk.case_nodes import ShownCase, mapped
from DualNetSSLLib.panel.desk.labelmap import Found, write_label
from DualNetSSLLib.panel.desk.server_drafts import DraftMirror
from DualNetSSLLib.panel.desk.work import LabelWork
from DualNetSSLLib.panel.desk.write_label import LabelWriter

KEEP_MS = 20_000
"""Time after a stroke at which the label is kept as a draft."""

Then = Callable[[], None]


class DraftKeeper:
    """Writes the label of the case that is open into files, some time after a stroke or when it is asked to.

    Attributes:
        waiting: the timer that runs from a stroke to the next draft.
    """

    def __init__(self, work: LabelWork, drafts: Drafts, mirror: DraftMirror, said: Notice) -> None:
        """Keep this work as drafts, here and on the server; ``said`` is told what went wrong."""
        self._work, self._drafts, self._mirror, self._said = work, drafts, mirror, said
        self._writer, self._lost = LabelWriter(), False
        self._wiring = Wiring()
        self.waiting = self._wiring.timer(KEEP_MS, self.keep, once=True)
        self._stop = work.painted.subscribe(self._later)

    @property
    def busy(self) -> bool:
        """Whether a label is being written."""
        return self._writer.busy

    def keep(self, then: Then | None = None) -> None:
        """Keep what was painted as a draft on disk, a little at a time; then go on, unless it cannot be kept."""
        after, shown = then or (lambda: None), self._work.shown
        if shown is None or not self._work.modified or shown.node(LABEL) is None:
            after()
            return
        try:
            file = self._drafts.new_file(shown.dataset.id, shown.name)
            verified = self._drafts.new_file(shown.dataset.id, shown.name, "verified")
        except DualNetSSLError as error:
            self._not_written(error)
            return

        def written(_found: Found) -> None:
            if self._made_draft(shown, file, verified):
                self._work.changed()
                after()

        self.write(shown, file, verified, written, lenient=True)

    def keep_now(self) -> bool:
        """Keep what was painted before this returns, as scene or panel are about to go; tells whether it is kept."""
        self._lost = False
        self.keep()
        self._writer.finish()
        return not self._lost

    def keep_beginning(self, shown: ShownCase) -> None:
        """Let the label as it is now be what the work begins with: what the scene's began with is not known here.

        It is written before this returns: until then all of it would count as painted, and a stroke as begun with.
        """
        file = self._drafts.new_file(shown.dataset.id, shown.name, "begun")

        def written(_found: Found) -> None:
            shown.started = mapped(file)
            self._work.changed()

        self.write(shown, file, None, written, lenient=True)
        self._writer.finish()

    def write(
        self,
        shown: ShownCase,
        file: Path,
        verified: Path | None,
        done: Callable[[Found], None],
        *,
        lenient: bool = False,
    ) -> None:
        """Write the label of a case into files, a little at a time; ``done`` is told what was found."""
        node, labels = shown.node(LABEL), shown.dataset.labels

        def steps(copied: Callable[[], None] | None) -> Iterator[Found]:
            return write_label(
                node,
                shown.geometry,
                labels,
                file,
                verified_file=verified,
                start=shown.start,
                lenient=lenient,
                copied=copied,
            )

        self.waiting.stop()
        self._writer.write(steps, lambda: self._work.version, done, self._not_written)

    def rest(self) -> None:
        """Wait for nothing: the label is gone."""
        self.waiting.stop()

    def close(self) -> None:
        """Stop, whatever is left to be written."""
        self._stop()
        self._wiring.close()
        self._writer.close()

    def _later(self) -> None:
        if not self.waiting.active:
            self.waiting.start()

    def _made_draft(self, shown: ShownCase, file: Path, verified: Path) -> bool:
        """Make files that were written completely the draft of their case, and tell whether that went well."""
        made = (file.name, shown.began, shown.model, shown.whole, time.time(), verified.name, shown.generation)
        draft = Draft(*made)
        try:
            self._drafts.keep(shown.dataset.id, shown.name, draft)
        except DualNetSSLError as error:
            self._not_written(error)
            return False
        self._mirror.send(shown, draft)
        return True

    def _not_written(self, error: DualNetSSLError) -> None:
        self._lost = True
        self._said(error_in_words(error), "bad")
        self._work.changed()
