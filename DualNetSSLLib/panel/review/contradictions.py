"""Asks the background process where the label on the desk contradicts what somebody else has verified."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from DualNetSSLLib.background.session import Call
from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.desk.case_nodes import ShownCase
from DualNetSSLLib.panel.review.walk import places_of
from DualNetSSLLib.tasks.reports import FoundRegions


class ContestFinder:
    """Asks once for each label that may be in contradiction; answers that came too late are dropped."""

    def __init__(
        self,
        context: PanelContext,
        found: Callable[[ShownCase, FoundRegions], None],
        failed: Callable[[DualNetSSLError], None],
    ) -> None:
        """Tell what is found."""
        self._context, self._told, self._failed = context, found, failed
        self._asked: tuple[str, str] | None = None
        self._call: Call | None = None

    def find(self, shown: ShownCase) -> None:
        """Ask, unless it was asked before."""
        if shown.unsettled is None or shown.unsettled is self._asked:
            return
        self.forget()
        self._asked = shown.unsettled
        label_file, mask_file = shown.unsettled
        self._call = self._context.session.call(
            "find_contested",
            dataset=shown.dataset.id,
            case=shown.name,
            label_file=label_file,
            verified_file=mask_file,
            done=lambda found: self._found(shown, found),
            failed=self._not_found,
        )

    def forget(self) -> None:
        """Drop what is under way."""
        if self._call is not None:
            self._call.cancel()
        self._call = self._asked = None

    def _found(self, shown: ShownCase, found: FoundRegions) -> None:
        self._call = None
        shown.contested = np.concatenate([np.zeros(0, np.int64), *(place.where for place in places_of(found))])
        self._told(shown, found)

    def _not_found(self, error: DualNetSSLError) -> None:
        self._call = None
        self._failed(error)
