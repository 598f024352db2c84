"""Asks the background process for the regions of the open case again whenever the map's controls move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from DualNetSSLLib.background.session import Call
from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.wiring import Wiring
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.overlay.section import KINDS
from DualNetSSLLib.tasks.reports import FoundRegions

SETTLE_MS = 150
LOOK_MS = 250
MOST_REGIONS = 50


class RegionFinder:
    """Keeps one question under way at most; answers that came too late are dropped.

    Attributes:
        looked: called some time after a stroke or a mark, to see how the regions stand.
    """

    def __init__(
        self,
        context: PanelContext,
        ui: Any,
        found: Callable[[FoundRegions], None],
        failed: Callable[[DualNetSSLError], None],
    ) -> None:
        """Follow the controls of the map in ``ui``."""
        self._context, self._ui, self._told, self._failed = context, ui, found, failed
        self._shown: ShownCase | None = None
        self._call: Call | None = None
        self._awake = True
        self._missed = False
        self.looked: Callable[[], None] = lambda: None
        self._wiring = Wiring(
            (ui.overlayThresholdSlider, "valueChanged(double)", self._moved),
            (ui.overlayKindCombo, "currentIndexChanged(int)", self._moved),
        )
        self._settling = self._wiring.timer(SETTLE_MS, self._ask, once=True)
        self._looking = self._wiring.timer(LOOK_MS, self._look, once=True)

    @property
    def busy(self) -> bool:
        """Whether an answer is to come."""
        return self._call is not None or bool(self._settling.active)

    @property
    def awake(self) -> bool:
        """Whether regions are looked for; while not, the wish is kept."""
        return self._awake

    @awake.setter
    def awake(self, awake: bool) -> None:
        self._awake = awake
        if awake and self._missed:
            self._ask()

    @property
    def kind(self) -> str:
        """Of the map in which regions are looked for."""
        return str(KINDS[max(0, min(len(KINDS) - 1, self._ui.overlayKindCombo.currentIndex))])

    def find(self, shown: ShownCase) -> None:
        """Look for the regions of this case from now on."""
        self.forget()
        self._shown = shown
        self._ask()

    def forget(self) -> None:
        """Look for nothing, and drop what is under way."""
        self._settling.stop()
        self._looking.stop()
        self._missed = False
        self._shown = None
        self._cancel()

    def look_later(self) -> None:
        """See how the regions stand, once the hand has come to rest."""
        self._looking.start()

    def close(self) -> None:
        """Stop."""
        self.forget()
        self._wiring.close()

    def _look(self) -> None:
        self.looked()

    def _moved(self, *_arguments: object) -> None:
        if self._shown is not None:
            self._settling.start()

    def _ask(self) -> None:
        shown = self._shown
        prediction = None if shown is None else shown.opened.prediction
        self._cancel()
        self._missed = not self._awake
        if shown is None or prediction is None or not self._awake:
            return
        self._call = self._context.session.call(
            "find_regions",
            dataset=shown.dataset.id,
            case=shown.name,
            kind=self.kind,
            threshold=float(self._ui.overlayThresholdSlider.value),
            limit=MOST_REGIONS,
            verified_file=None if shown.opened.verified is None else shown.opened.verified.file,
            prediction=prediction,
            done=self._answered,
            failed=self._not_answered,
        )

    def _answered(self, found: FoundRegions) -> None:
        self._call = None
        self._told(found)

    def _not_answered(self, error: DualNetSSLError) -> None:
        self._call = None
        self._failed(error)

    def _cancel(self) -> None:
        if self._call is not None:
            self._call.cancel()
        self._call = None
