"""The whole panel: makes the sections, keeps them in the order of the work, and ends them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from slicer.i18n import tr as _

from DualNetSSLLib.background.session import Session
from DualNetSSLLib.labels.local_drafts import Drafts
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.curtain import Curtain
from DualNetSSLLib.panel.common.loader import Loader
from DualNetSSLLib.panel.common.sentences import in_slicers_language
from DualNetSSLLib.panel.common.settings import PanelSettings
from DualNetSSLLib.panel.common.state import PanelState, call
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.common.words import scans_in_words
from DualNetSSLLib.panel.dataset.section import DatasetSection
from DualNetSSLLib.panel.desk.case import CaseDesk
from DualNetSSLLib.panel.desk.section import LabelSection
from DualNetSSLLib.panel.rail.section import RailSection
from DualNetSSLLib.panel.rail.tour import Tour
from DualNetSSLLib.panel.results.section import ResultsSection
from DualNetSSLLib.panel.review.section import ReviewSection
from DualNetSSLLib.panel.server import ServerSection
from DualNetSSLLib.panel.slices.section import SlicesSection
from DualNetSSLLib.panel.training.section import TrainSection
from DualNetSSLLib.panel.worklist.section import WorklistSection

REFRESH_MS = 5000


class Section(Protocol):
    """What the panel asks of a section; it is made with ``(context, ui)``, and the desk if it shows a case."""

    def update(self) -> None:
        """Bring the widgets up to date with the state."""

    def close(self) -> None:
        """Stop timers and calls, let go of observers; no callback comes afterwards."""


class Panel:
    """Six sections, two of them in two parts, and the rail that leads through them, over one session and one state."""

    def __init__(self, ui: Any, parameters: Callable[[], Any], session: Session | None = None) -> None:
        """Build every section on the widgets of ``ui``, a namespace of named widgets."""
        session, state = session or Session(words=in_slicers_language), PanelState()
        self.context = PanelContext(session, state, Loader(session, state), PanelSettings(), parameters)
        self._ui = ui
        drafts = Drafts()
        desk = CaseDesk(self.context, drafts)
        label = LabelSection(self.context, ui, desk, drafts)
        train = TrainSection(self.context, ui, label)
        results = ResultsSection(self.context, ui, desk)
        review = ReviewSection(self.context, ui, desk, label.editor, results.overlay)
        server, dataset = ServerSection(self.context, ui), DatasetSection(self.context, ui)
        slices = SlicesSection(self.context, ui, desk, label.editor, results.overlay.judge)
        worklist = WorklistSection(self.context, ui, desk, review)
        rail = RailSection(self.context, ui, desk, train.unsubmitted.glance)
        tour = Tour(
            self.context,
            ui,
            step=lambda: rail.step,
            go=rail.go,
            leave=desk.leave,
            adding=lambda: dataset.adding.running,
            extra=train.extra,
            first_region=review.begin_walk,
        )
        self.sections: tuple[Section, ...] = (
            server,
            dataset,
            label,
            slices,
            train,
            results,
            review,
            worklist,
            rail,
            tour,
        )
        self._titles = {name: str(getattr(ui, name).text) for name in ("serverSection", "datasetSection")}
        self._stop = [
            state.watch(self._summarise, "connection", "dataset", "cases"),
            state.watch(self._connection_changed, "connection"),
        ]
        self._curtain = Curtain()
        self._wiring = Wiring()
        self._timer = self._wiring.timer(REFRESH_MS, self.context.loader.refresh)

    def enter(self) -> None:
        """The panel comes to the front."""
        self._timer.start()
        self._curtain.open()
        self.context.entered(True)
        self.context.loader.refresh()

    def exit(self) -> None:
        """The panel goes to the back; what runs goes on, and the views are those of other modules."""
        self._timer.stop()
        self.context.entered(False)
        self._curtain.draw()

    def scene_closing(self) -> None:
        """The nodes are about to go: let go of them."""
        self.context.scene_closing()
        self.context.state.change(open_case=None)

    def scene_closed(self) -> None:
        """The scene is empty again."""
        for section in self.sections:
            section.update()

    def close(self) -> None:
        """End everything; no callback comes afterwards."""
        self._wiring.close()
        self._curtain.close()
        for stop in self._stop:
            stop()
        for section in reversed(self.sections):
            call(section.close)
        self.context.session.close()

    def _connection_changed(self) -> None:
        """Open the section that comes next; the server's stays open until scans may be sent there."""
        connected = self.context.state.connection is not None
        self._ui.serverSection.collapsed = connected and self.context.may_send()
        self._ui.datasetSection.collapsed = not connected

    def _summarise(self) -> None:
        """Say in the headings what is inside, so that a section can stay closed."""
        connection, dataset = self.context.state.connection, self.context.state.dataset
        where = "" if connection is None else _("this computer") if connection.local else connection.address
        what = "" if dataset is None else _("{name}, {scans}")
        if dataset is not None:
            what = what.format(name=dataset.name, scans=scans_in_words(len(self.context.state.cases)))
        for name, text in (("serverSection", where), ("datasetSection", what)):
            getattr(self._ui, name).text = f"{self._titles[name]} – {text}" if text else self._titles[name]
