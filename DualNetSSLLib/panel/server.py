"""Section 1: start a server on this computer, or connect to another one."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import qt
from slicer.i18n import tr as _

from DualNetSSLLib.background.session import Call, Progress
from DualNetSSLLib.client.address import is_loopback, normalise_address, pasted_token
from DualNetSSLLib.client.errors import (
    DualNetSSLError,
    ServerUnavailable,
    TransportError,
    Unauthorized,
    UntrustedCertificate,
)
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.message import MessageLine, colour_of, guarded
from DualNetSSLLib.panel.common.state import Connection
from DualNetSSLLib.panel.common.wiring import Wire, Wiring
from DualNetSSLLib.panel.common.words import devices_in_words, who_in_words

LOCAL = ("outbox",)
"""What is loaded without asking the server, so that it says nothing about it."""


class ServerSection:
    """Connects, says in words and colour how it stands, and asks once before scans leave this computer."""

    def __init__(self, context: PanelContext, ui: Any) -> None:
        """Fill the section's widgets with what is remembered, and look for a server that runs here already."""
        self._context, self._ui = context, ui
        self.message = MessageLine(ui.serverMessage)
        self._call: Call | None = None
        self._lost: DualNetSSLError | None = None
        self._shown: str | None = None
        self._fill()
        self._wiring = Wiring(*self._wires())
        self._stop = [
            context.state.watch(self.update, "connection"),
            context.consent_changed.subscribe(self.update),
            context.loader.failed.subscribe(self._load_failed),
            context.loader.loaded.subscribe(self._load_worked),
        ]
        self.update()
        self._looked = False
        self._stop.append(context.entered.subscribe(self._entered))

    @property
    def connecting(self) -> bool:
        """Whether a server is being started, tested or connected to."""
        return self._call is not None

    @property
    def lost(self) -> bool:
        """Whether the server that is used does not answer any more."""
        return self._lost is not None

    # what the user does

    @guarded
    def start_local(self) -> None:
        """Start a server on this computer and use it."""
        self._begin(_("Starting the server on this computer…"))
        self._call = self._context.session.call(
            "start_local",
            folder=self._ui.serverFolderButton.directory,
            device=self._ui.serverDeviceCombo.currentData,
            stop_with_session=bool(self._ui.stopWithSlicerCheck.checked),
            environment=self._context.settings.get("environment", None),
            progress=self._starting,
            done=lambda answer: self._connected(answer, True),
            failed=self._failed,
        )

    @guarded
    def stop_local(self) -> None:
        """Stop the server on this computer; a training goes on by itself."""
        self._begin(_("Stopping the server…"))
        self._call = self._context.session.call(
            "stop_local", folder=self._ui.serverFolderButton.directory, done=self._stopped, failed=self._failed
        )

    @guarded
    def connect(self) -> None:
        """Use the server whose address and token were entered."""
        address = normalise_address(self._ui.addressEdit.text)
        self._begin(_("Connecting to {address}…").format(address=address))
        self._call = self._context.session.call(
            "connect",
            **self._entry(address),
            done=lambda answer: self._connected(answer, False),
            failed=self._failed,
        )

    @guarded
    def test(self) -> None:
        """Say whether the server could be used, and if not, what is wrong."""
        address = normalise_address(self._ui.addressEdit.text)
        self._begin(_("Testing {address}…").format(address=address))
        self._call = self._context.session.call("test", **self._entry(address), done=self._tested, failed=self._failed)

    @guarded
    def disconnect(self) -> None:
        """Leave the server, which goes on with what it does."""
        self._end()
        self._leave()

    @guarded
    def cancel(self) -> None:
        """Stop connecting or starting."""
        self._end()
        self.message.show(_("Stopped. What was done so far is used the next time."))

    @guarded
    def agree(self, agreed: bool) -> None:
        """Remember whether scans may be sent to this server."""
        connection = self._context.state.connection
        if connection is not None:
            self._context.settings.consent(connection.address, bool(agreed))
            self._context.consent_changed()

    # what the server answers

    def _entry(self, address: str) -> dict[str, Any]:
        return {
            "address": address,
            "token": self._ui.tokenEdit.text.strip() or pasted_token(self._ui.addressEdit.text) or "",
            "fingerprint": self._ui.fingerprintEdit.text.strip() or None,
        }

    def _begin(self, text: str) -> None:
        self._end()
        self._shown = None
        self._ui.startingLabel.text = text
        self._ui.startingBar.setRange(0, 0)
        self.message.clear()

    def _leave(self) -> None:
        """Forget the server, and what was the matter with it."""
        if self._lost is not None:
            self.message.clear()
        self._lost = None
        self._context.state.disconnected()

    def _end(self) -> None:
        if self._call is not None:
            self._call.cancel()
        self._call = None

    @guarded
    def _starting(self, progress: Progress) -> None:
        self._ui.startingLabel.text = progress.text
        self._ui.startingBar.setRange(0, 100 if progress.total else 0)
        if progress.total:
            self._ui.startingBar.value = int(100 * progress.done / progress.total)

    @guarded
    def _connected(self, answer: dict[str, Any], own: bool) -> None:
        self._call, self._lost = None, None
        address = answer["address"]
        self._context.settings.put("address", "" if own else address)
        self._context.state.disconnected()
        self._context.state.change(
            connection=Connection(
                address=address,
                info=answer["server"],
                local=own or is_loopback(address),
                own=own,
                identity=answer["identity"],
            ),
            datasets=tuple(answer["datasets"]),
        )

    @guarded
    def _tested(self, answer: dict[str, Any]) -> None:
        self._call = None
        self.message.show(
            _("The server can be used: version {version}, {devices}.").format(
                version=answer["server"].version, devices=devices_in_words(answer["server"].devices)
            ),
            "good",
        )

    @guarded
    def _stopped(self, answer: object) -> None:
        self._call = None
        self._leave()
        self.message.show(
            _("The server is stopped. Its data is kept; a training goes on by itself and is found again.")
        )

    @guarded
    def trust(self) -> None:
        """Enter the fingerprint of the certificate that the server showed: this one and no other will be accepted."""
        if self._shown is not None:
            self._ui.fingerprintEdit.text, self._shown = self._shown, None
            self.message.show(_("Compare it with what the server's owner tells you, then connect."))

    @guarded
    def _failed(self, error: DualNetSSLError) -> None:
        self._call = None
        self._shown = error.fingerprint if isinstance(error, UntrustedCertificate) else None
        if isinstance(error, Unauthorized):
            entered = bool(self._entry("")["token"])
            but = _("this token does not open it.") if entered else _("nobody enters without a token.")
            self.message.show(_("The server answers, but {but}").format(but=but) + f" {_reason(error)}", "bad")
        else:
            self.message.error(error)

    @guarded
    def _entered(self, front: bool) -> None:
        """Use a server that runs on this computer already, the first time the panel is shown."""
        if front and not self._looked:
            self._looked = True
            self._context.session.call(
                "find_local", folder=self._ui.serverFolderButton.directory, done=self._found, failed=self._not_found
            )

    @guarded
    def _found(self, answer: dict[str, Any] | None) -> None:
        if answer is not None and self._context.state.connection is None and self._call is None:
            self._connected(answer, True)

    @guarded
    def _not_found(self, error: DualNetSSLError) -> None:
        """Nothing is lost by it: the user starts or chooses a server."""
        if self._call is None and self._context.state.connection is None:
            self.message.error(error)

    @guarded
    def _load_failed(self, error: DualNetSSLError) -> None:
        if self._context.state.connection is None:
            return  # it was asked of a server that has been left since
        if isinstance(error, (TransportError, Unauthorized)) and self._lost is None:
            self._lost = error
            self._ui.serverSection.collapsed = False
        if isinstance(error, Unauthorized):
            self.message.show(_reason(error), "bad")
        else:
            self.message.error(error)

    @guarded
    def _load_worked(self, operation: str) -> None:
        if self._lost is not None and operation not in LOCAL:
            self._lost = None
            self.message.clear()

    # the widgets

    def _fill(self) -> None:
        ui, settings = self._ui, self._context.settings
        ui.addressEdit.text = settings.get("address", "")
        ui.serverFolderButton.directory = settings.get("serverFolder", str(Path.home() / "DualNetSSL"))
        for text, device in (
            (_("What this computer has"), "auto"),
            (_("Processor"), "cpu"),
            (_("NVIDIA graphics card"), "cuda"),
        ):
            ui.serverDeviceCombo.addItem(text, device)
        ui.serverDeviceCombo.setCurrentIndex(max(0, ui.serverDeviceCombo.findData(settings.get("device", "auto"))))
        ui.stopWithSlicerCheck.checked = settings.get("stopWithSlicer", True)
        ui.consentLabel.styleSheet = f"color: {colour_of('busy', ui.consentLabel)}"

    def _wires(self) -> tuple[Wire, ...]:
        ui, put, devices = self._ui, self._context.settings.put, self._ui.serverDeviceCombo
        return (
            (ui.startLocalButton, "clicked(bool)", self.start_local),
            (ui.stopLocalButton, "clicked(bool)", self.stop_local),
            (ui.disconnectButton, "clicked(bool)", self.disconnect),
            (ui.cancelStartButton, "clicked(bool)", self.cancel),
            (ui.testButton, "clicked(bool)", self.test),
            (ui.connectButton, "clicked(bool)", self.connect),
            (ui.trustButton, "clicked(bool)", self.trust),
            (ui.tokenEdit, "returnPressed()", self.connect),
            (ui.addressEdit, "textChanged(QString)", self.update),
            (ui.consentCheck, "toggled(bool)", self.agree),
            (ui.serverFolderButton, "directoryChanged(QString)", lambda folder: put("serverFolder", folder)),
            (ui.stopWithSlicerCheck, "toggled(bool)", lambda on: put("stopWithSlicer", bool(on))),
            (devices, "currentIndexChanged(int)", lambda index: put("device", devices.itemData(index))),
        )

    def update(self, *_arguments: Any) -> None:
        """Bring the widgets up to date."""
        ui, connection = self._ui, self._context.state.connection
        busy, own = self._call is not None, connection is not None and connection.own
        ui.startLocalButton.visible = connection is None
        ui.startLocalButton.enabled = not busy
        ui.stopLocalButton.visible = own
        ui.disconnectButton.visible = connection is not None and not own
        ui.startingFrame.visible = ui.startingLabel.visible = busy
        ui.connectGroup.visible = ui.serverAdvancedGroup.visible = connection is None
        ui.trustButton.visible = connection is None and self._shown is not None
        ui.connectButton.enabled = ui.testButton.enabled = not busy and bool(ui.addressEdit.text.strip())
        self._update_state(connection)
        self._update_consent(connection)

    def _update_state(self, connection: Connection | None) -> None:
        if self._lost is not None:
            colour, text = "bad", _trouble(self._lost)
        elif connection is not None:
            colour, text = "good", _("Connected to {address}, version {version}: {devices}.")
            if connection.account:
                text = _("Connected to {address} as {who}, version {version}: {devices}.")
        elif self._call is not None:
            colour, text = "busy", _("Not connected yet.")
        else:
            colour, text = "info", _("Not connected. Start a server on this computer, or connect to another one.")
        if connection is not None:
            text = text.format(
                address=_("this computer") if connection.local else html.escape(connection.address),
                who=html.escape(who_in_words(connection.identity)),
                version=html.escape(connection.info.version),
                devices=html.escape(devices_in_words(connection.info.devices)),
            )
        self._ui.serverStateLabel.textFormat = qt.Qt.RichText
        shade = colour_of(colour, self._ui.serverStateLabel)
        self._ui.serverStateLabel.text = f'<span style="color: {shade}">●</span> {text}'

    def _update_consent(self, connection: Connection | None) -> None:
        ui = self._ui
        ui.consentFrame.visible = connection is not None and not connection.local
        if connection is None or connection.local:
            return
        ui.consentLabel.text = self._what_is_sent().format(address=connection.address)
        agreed = self._context.settings.consented(connection.address)
        if ui.consentCheck.checked != agreed:
            ui.consentCheck.checked = agreed

    def _what_is_sent(self) -> str:
        if self._context.settings.get("useNames", False):
            return _(
                "What is sent to {address}: voxels, their place in space, labels, and what each scan is called here "
                "(its file, volume or series), because you ticked that below. Rename first what says who it is. "
                "Nothing else of a DICOM header is sent."
            )
        return _(
            "What is sent to {address}: voxels, their place in space, labels, and a number for each scan. Names of "
            "files, volumes, series and patients stay on this computer, and so does every DICOM header."
        )

    def close(self) -> None:
        """Stop what is going on, let go of the widgets."""
        self._end()
        for stop in self._stop:
            stop()
        self._wiring.close()


def _trouble(error: DualNetSSLError) -> str:
    """Say how a server that was connected fails now."""
    if isinstance(error, Unauthorized):
        return _("{address} does not accept the token any more. Disconnect and enter a good one; nothing is lost.")
    if isinstance(error, ServerUnavailable):
        return _("{address} cannot answer now. Trying again every few seconds; nothing is lost.")
    return _("No answer from {address}. Trying again every few seconds; nothing is lost.")


def _reason(error: Unauthorized) -> str:
    """Say why a token does not open the server, if the server tells, and what to do."""
    if error.received and error.allowed:
        return f"{error.received[:1].upper()}{error.received[1:]}. {error.remedy}"
    return _("Paste the one that it shows when it starts.")
