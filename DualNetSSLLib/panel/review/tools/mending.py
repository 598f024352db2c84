"""Second opinions and touches that spread: asked for in the background, previewed, taken with the same key again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from slicer.i18n import tr as _

from DualNetSSLLib.background.session import Call
from DualNetSSLLib.client.errors import DualNetSSLError, InvalidRequest
from DualNetSSLLib.client.records import LabelDefinition
from DualNetSSLLib.labels.bounding import refuse_painted_outside
from DualNetSSLLib.labels.interpolation import packed, unpacked
from DualNetSSLLib.labels.marks import Labels
from DualNetSSLLib.mending.kinds import (
    ALL,
    BETWEEN,
    FIRST,
    FROM_PAINT,
    GROWN,
    KINDS,
    LARGER,
    NOTHING,
    RUNNER_UP,
    SECOND,
    SMALLER,
    TOUCHED,
)
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.keys import Keys, slice_views
from DualNetSSLLib.panel.common.message import MessageLine, guarded
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.common.words import volume_in_words
from DualNetSSLLib.panel.review.first_look import FirstLook
from DualNetSSLLib.panel.review.keys import MENDING_DEFAULTS, MENDING_SETTING, full, short
from DualNetSSLLib.panel.review.tools.candidates import Candidates
from DualNetSSLLib.panel.review.tools.hover import Hover
from DualNetSSLLib.panel.review.tools.preview import hide_preview, show_preview
from DualNetSSLLib.panel.review.view.slices import RegionSlices
from DualNetSSLLib.panel.review.visit import Visit, mouse_at, packed_dabs
from DualNetSSLLib.panel.review.walk import OPINION, TOUCH, Walk
from DualNetSSLLib.tasks.reports import MendedRegion

Dabs = Mapping[int, Labels]
Answered = Callable[[MendedRegion], None]


class Mending:
    """What can be done to the selected region beside painting; nothing changes before it is taken.

    Attributes:
        keys: of all that.
        preview: the answer that is shown; None: none is.
        visit: the region that is selected; None: none is.
    """

    def __init__(
        self,
        context: PanelContext,
        ui: Any,
        message: MessageLine,
        elder: Keys,
        reviewing: Callable[[], Walk | None],
        look: FirstLook,
        taken: Callable[[Walk], None],
        updated: Callable[[], None],
        slices: RegionSlices,
    ) -> None:
        """Build the part of the section.

        Args:
            context: of the panel.
            ui: its widgets.
            message: where to say what is shown.
            elder: keys of the section, which come before these.
            reviewing: returns the walk if a region is selected, as for all that is done to one.
            look: whether anybody can have looked at what is shown.
            taken: called once an answer is the region's label, and vouched for.
            updated: brings the section up to date.
            slices: of the region, as the views show them.
        """
        self._context, self._ui, self._reviewing, self._taken = context, ui, reviewing, taken
        self._updated, self._slices, self._look = updated, slices, look
        self.message = message
        self._walk: Walk | None = None
        self.visit: Visit | None = None
        self._locked: frozenset[int] = frozenset()
        self._listening = False
        self._call: Call | None = None
        self._wanted = ""
        self._answers: tuple[bytes, Mapping[str, MendedRegion]] | None = None
        self.preview: MendedRegion | None = None
        self._slots = {kind: self._asking(kind) for kind in (*KINDS, *FROM_PAINT)} | {
            "touch": self.touch,
            "clear": self.clear,
        }
        self.keys = Keys(context.settings, MENDING_SETTING, self._slots, MENDING_DEFAULTS, self._places, elder=elder)
        self.candidates = Candidates(self._buttons())
        self.hover = Hover(context.settings, ui.hoverCheck, self._hovered, self._ask_hovered, self._show_hovered)
        ui.mendingKeysEdit.text = short(self.keys.text)
        self._wiring = Wiring(
            *((button, "clicked()", self._slots[kind]) for kind, button in self._buttons().items()),
            (ui.mendingKeysEdit, "editingFinished()", self.choose_keys),
        )

    def _buttons(self) -> dict[str, Any]:
        ui = self._ui
        return {
            FIRST: ui.opinionFirstButton,
            SECOND: ui.opinionSecondButton,
            RUNNER_UP: ui.opinionRunnerUpButton,
            SMALLER: ui.opinionSmallerButton,
            LARGER: ui.opinionLargerButton,
            ALL: ui.opinionAllButton,
            NOTHING: ui.opinionNothingButton,
            BETWEEN: ui.opinionBetweenButton,
            GROWN: ui.opinionGrownButton,
        }

    def _places(self) -> tuple[Any, ...]:
        return (self._ui.reviewSection, *slice_views())

    def _asking(self, kind: str) -> Callable[[], None]:
        return lambda: self.ask(kind)

    # what the user does

    @guarded
    def ask(self, kind: str) -> None:
        """Preview an opinion of this kind; take it if it is the one that is shown."""
        walk = self._reviewing()
        if walk is None or self.visit is None:
            return
        if self.preview is not None and self.preview.kind == kind:
            if not self._look.too_soon(self.keys.keys[kind]):
                self.take()
            return
        self.visit.dabs = {}
        self._wanted = kind
        if kind in FROM_PAINT:
            self._go_on_from_paint(kind)
        elif self._answers is not None and self._answers[0] == self._label(self.visit).tobytes():
            self._show_wanted()
        else:
            self._ask_opinions()

    @guarded
    def touch(self) -> None:
        """Let the class in question spread from where the mouse points."""
        visit = self.visit
        if self._reviewing() is None or visit is None:
            return
        if visit.value is None:
            said = _("No class is in question in this region.")
            raise InvalidRequest(said, _("Paint it, or choose another answer."))
        self._touch(visit.value)

    @guarded
    def clear(self) -> None:
        """Let background spread from where the mouse points."""
        if self._reviewing() is not None:
            self._touch(0)

    @guarded
    def choose_keys(self) -> None:
        """Use other keys."""
        self.keys.choose(full(self._ui.mendingKeysEdit.text))
        self.message.show(self.keys.conflicts())

    def unseen(self, key: str) -> bool:
        """Tell whether an answer is shown that has only just come, which nobody can mean to paint on; and say so."""
        return self.preview is not None and self._look.too_soon(key)

    def take(self) -> bool:
        """Let what is shown be the region's label, and vouch for it; tells whether there was anything.

        Raises:
            InvalidRequest: somebody has painted in the region outside the bounds of the organ.
        """
        walk, visit, shown = self._walk, self.visit, self.preview
        canvas = None if walk is None else walk.shown.canvas()
        if walk is None or visit is None or shown is None or canvas is None:
            return False
        what = OPINION if shown.kind != TOUCHED else TOUCH
        values = visit.wanted(shown, canvas.read(visit.place.where))
        refuse_painted_outside(walk.contradictions(visit.place.where, values))
        self.leave()
        walk.shown.marks.restore(canvas, visit.place.where, values, what)
        self._taken(walk)
        return True

    def keep(self) -> None:
        """Let what is shown be the region's label, to be painted on and accepted later; one undo takes it back."""
        walk, visit, shown = self._walk, self.visit, self.preview
        canvas = None if walk is None else walk.shown.canvas()
        if walk is not None and visit is not None and shown is not None and canvas is not None:
            before = canvas.read(visit.place.where)
            canvas.write(visit.place.where, visit.wanted(shown, before))
            walk.take_stroke(before)
            self.drop()

    def drop(self) -> bool:
        """Show no answer any more, and forget what was touched; tells whether there was anything."""
        there = self.preview is not None or bool(self._wanted)
        self._cancel()
        if self._walk is not None:
            hide_preview(self._walk.shown)
        if self.visit is not None:
            self.visit.dabs = {}
        self.preview, self._wanted = None, ""
        if there:
            self.message.clear()
        return there

    # where the walk is

    def enter(self, walk: Walk) -> None:
        """A region was selected: ask for its opinions ahead, so that a key shows one at once."""
        self.leave()
        place = walk.place
        self._walk, self.visit = walk, None if place is None else Visit.of(walk, place)
        if self.visit is not None and self.possible:
            self._ask_opinions()

    def leave(self) -> None:
        """No region is selected."""
        self.drop()
        self._walk = self.visit = self._answers = None
        self.candidates.clear()

    def about(self, value: int | None, locked: frozenset[int]) -> None:
        """Let answers be about another class (None: about none), and leave these classes as they are."""
        visit = self.visit
        if visit is None or (value, locked) == (visit.value, self._locked):
            self._locked = locked
            return
        self.drop()
        self._answers, visit.value, self._locked = None, value, locked
        self.candidates.clear()
        if self.possible:
            self._ask_opinions()

    def painted(self) -> None:
        """A stroke has changed the label: the other answers differ from that in another way."""
        if self.visit is not None and self.possible:
            self._answers = None
            self.candidates.clear()
            self._ask_opinions()

    @property
    def outdated(self) -> bool:
        """Whether the bounds of the organ have moved since the region was entered: no answer knows of that."""
        walk, visit = self._walk, self.visit
        return walk is not None and visit is not None and visit.bounds != walk.shown.marks.bounds

    @property
    def possible(self) -> bool:
        """Whether the prediction tells what each network says."""
        said = None if self._walk is None else self._walk.prediction
        return said is not None and said.opinions_file is not None

    def enable(self, on: bool) -> None:
        """Listen to keys and buttons, or be silent."""
        self._listening = on
        self.keys.enable(on)
        self._ui.hoverCheck.enabled = on and self.possible
        self.candidates.name(self.keys.keys)
        for button in self._buttons().values():
            button.enabled = on
        hint = _("Point into the region: {touch} spreads its class from there, {clear} background.")
        self._ui.touchHint.text = hint.format(
            touch=short(self.keys.keys["touch"]), clear=short(self.keys.keys["clear"])
        )

    def update(self) -> None:
        """Bring the section up to date, after something was done or refused here."""
        self._updated()

    def close(self) -> None:
        """Let go of everything."""
        self.leave()
        self.hover.close()
        self.keys.close()
        self._wiring.close()

    # asking

    def _label(self, visit: Visit) -> Labels:
        walk = self._walk
        canvas = None if walk is None else walk.shown.canvas()
        return np.zeros(visit.shape, np.uint8).ravel() if canvas is None else canvas.read(visit.flat)

    def _ask_opinions(self) -> None:
        walk, visit = self._walk, self.visit
        if walk is None or visit is None or walk.prediction is None:
            return
        self._cancel()
        label = self._label(visit)
        self._call = self._context.session.call(
            "second_opinions",
            prediction=walk.prediction,
            region=visit.record(label, self._locked),
            label=visit.value or 0,
            done=lambda found: self._answered(label.tobytes(), found),
            failed=self._failed,
        )

    def _touch(self, value: int) -> None:
        walk, visit = self._walk, self.visit
        if walk is None or visit is None or walk.prediction is None:
            return
        at = mouse_at(visit.geometry)
        if at is None:  # whoever works with keys alone touches amid what is not of the class yet
            at = visit.next_touch(value, self._label(visit).reshape(visit.shape), self._slices.there())
        dabs = None if at is None else visit.touched(value, at)
        if dabs is None:
            said = _("The mouse points at nothing that may change.")
            raise InvalidRequest(said, _("Point at a voxel of the region in a slice view that is not verified yet."))
        visit.dabs, self._wanted = dabs, ""
        self._cancel()
        self._call = self._spread_touch(dabs, self._spread, self._failed)

    def _spread_touch(self, dabs: Dabs, done: Answered, failed: Callable[[DualNetSSLError], None]) -> Call | None:
        """Ask what these dabs come to."""
        walk, visit = self._walk, self.visit
        if walk is None or visit is None or walk.prediction is None:
            return None
        return self._context.session.call(
            "spread_touch",
            prediction=walk.prediction,
            image=walk.shown.opened.image,
            region=visit.record(self._label(visit), self._locked),
            dabs=packed_dabs(dabs),
            done=done,
            failed=failed,
        )

    # what the mouse only points at

    def _hovered(self) -> Visit | None:
        """Return the region in which a touch would spread, unless another answer is shown or on its way."""
        free = self.preview is None or self.preview.kind == TOUCHED
        here = self._listening and self.possible and self._call is None and free
        return self.visit if here else None

    def _ask_hovered(self, dabs: Dabs, done: Answered) -> Call | None:
        return self._spread_touch(dabs, done, lambda _error: self.hover.forget())

    def _show_hovered(self, found: MendedRegion | None) -> None:
        """Draw round what a touch would change, over which nothing is filled; None: show what was there."""
        walk, visit, kept = self._walk, self.visit, self.preview
        if walk is None or visit is None:
            return
        hide_preview(walk.shown)
        shown = kept if found is None else found
        if shown is not None:
            label = self._label(visit).reshape(visit.shape)
            show_preview(walk.shown, visit, shown, label, filled=found is None)

    def _go_on_from_paint(self, kind: str) -> None:
        walk, visit = self._walk, self.visit
        if walk is None or visit is None:
            return
        self._cancel()
        self._call = self._context.session.call(
            "go_on_from_paint",
            prediction=walk.prediction,
            image=walk.shown.opened.image,
            region=visit.record(self._label(visit), self._locked),
            painted=packed(visit.boxed(walk.painted)),
            kind=kind,
            done=self._carried_on,
            failed=self._failed,
        )

    def _carried_on(self, found: MendedRegion) -> None:
        self._call, self._wanted = None, ""
        if found.changed_mm3:
            self._show(found)
        else:
            self._hide(_("That is how the region is labelled already."))

    def _cancel(self) -> None:
        self.hover.forget()
        if self._call is not None:
            self._call.cancel()
        self._call = None

    def _answered(self, label: bytes, found: Sequence[MendedRegion]) -> None:
        self._call = None
        self._answers = label, {each.kind: each for each in found}
        walk, visit = self._walk, self.visit
        if walk is not None and visit is not None:
            self.candidates.show(walk.shown, visit, self._answers[1])
        if self._wanted:
            self._show_wanted()

    def _spread(self, found: MendedRegion) -> None:
        self._call = None
        self._show(found)

    def _failed(self, error: DualNetSSLError) -> None:
        self._call = None
        if self._wanted or (self.visit is not None and self.visit.dabs):
            self.message.error(error)
        self._wanted = ""

    def _show_wanted(self) -> None:
        found = {} if self._answers is None else self._answers[1]
        kind, self._wanted = self._wanted, ""
        if kind in found:
            self._show(found[kind])
            return
        self._hide(_("That is how the region is labelled, or it is the same as an answer of another key."))

    def _hide(self, said: str) -> None:
        """Show no preview, and say why."""
        if self._walk is not None:
            hide_preview(self._walk.shown)
        self.preview = None
        self.message.show(said)

    def _show(self, mended: MendedRegion) -> None:
        walk, visit = self._walk, self.visit
        if walk is None or visit is None:
            return
        self.preview = mended
        visit.seen = label = self._label(visit).reshape(visit.shape)
        show_preview(walk.shown, visit, mended, label)
        changed = np.argwhere(unpacked(mended.label, visit.shape) != label) + [part.start for part in visit.box]
        self._slices.reveal(changed[:, ::-1])
        self._look.at_preview()
        key = short(self.keys.keys.get(mended.kind, ""))
        change = change_in_words(mended, walk.shown.dataset.labels)
        if key:
            self.message.show(_("{change} {key} again takes it.").format(change=change, key=key))
        else:
            self.message.show(_("{change} Accept takes it; touch again for more.").format(change=change))


def change_in_words(mended: MendedRegion, labels: Sequence[LabelDefinition]) -> str:
    """Say what an answer changes: the volume, and what each class gains and loses; one may do both in two places."""
    if not mended.changed_mm3:
        return _("This changes nothing.")
    told = [(label.name, str(label.value)) for label in labels]
    moved = [
        f"{name} {_moved(mended.gained_mm3.get(value, 0.0), mended.lost_mm3.get(value, 0.0))} mm³"
        for name, value in told
        if value in mended.gained_mm3 or value in mended.lost_mm3
    ]
    changes = _("This changes {volume} mm³").format(volume=volume_in_words(mended.changed_mm3))
    return f"{changes}: {', '.join(moved)}." if moved else f"{changes}."


def _moved(gained: float, lost: float) -> str:
    signed = (("+", gained), ("-", lost))
    return " ".join(f"{sign}{volume_in_words(volume)}" for sign, volume in signed if volume)
