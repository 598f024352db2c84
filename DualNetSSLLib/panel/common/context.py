"""What every section is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from DualNetSSLLib.background.session import Session
from DualNetSSLLib.panel.common.loader import Loader
from DualNetSSLLib.panel.common.settings import PanelSettings
from DualNetSSLLib.panel.common.state import Notice, PanelState
from DualNetSSLLib.panel.common.words import case_in_words

ANNOTATOR = "annotator"
"""Setting that keeps the name that was entered in the panel."""


@dataclass(frozen=True)
class PanelContext:
    """What every section is given.

    Attributes:
        session: runs operations away from the GUI thread.
        state: what is known; sections watch it.
        loader: asks the server again and puts the answer into the state.
        settings: what is remembered from one start of Slicer to the next.
        parameters: returns the parameter node, or None while the scene is being closed.
        open_case: call it with a case's name to have it opened; the label section subscribes.
        consent_changed: told when the user has allowed or forbidden to send scans to the server.
        entered: told True when the panel comes to the front and False when it goes.
        scene_closing: told before the scene is closed: nodes are about to go.
    """

    session: Session
    state: PanelState
    loader: Loader
    settings: PanelSettings
    parameters: Callable[[], Any]
    open_case: Notice = field(default_factory=Notice)
    consent_changed: Notice = field(default_factory=Notice)
    entered: Notice = field(default_factory=Notice)
    scene_closing: Notice = field(default_factory=Notice)

    @property
    def annotator(self) -> str:
        """Whose work it is: that of the account on the server, else of the name in the panel; empty: nobody's."""
        connection = self.state.connection
        named = str(self.settings.get(ANNOTATOR, "") or "")
        return (connection.account if connection is not None else "") or named

    def may_send(self) -> bool:
        """Tell whether scans may be sent: the server is on this computer, or the user has agreed."""
        connection = self.state.connection
        return connection is not None and (connection.local or self.settings.consented(connection.address))

    def title(self, case: str) -> str:
        """Say a case by what it is called on this computer, if that may be shown, and by its name on the server."""
        return case_in_words(case, self.state.called.get(case, ""))
