"""Draw the panel in its states: ``python Testing/Tools/screenshots.py [FOLDER [without-training]]``, into docs/images.

Everything is real but Slicer itself: the module, the server, the scans, the training. It takes some minutes.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dualnetssl_bench.servers.local_server import LocalServer

from studio import PICTURES, find_sources

find_sources()

WIDTH = 460
STEPS, WATCHED = 60, 36


class Studio:
    """The panel, a folder for pictures, and how to take one."""

    def __init__(self, host, widget, folder: Path) -> None:
        """Wrap the module's Python widget."""
        from panelfixtures import User

        self.host, self.folder = host, folder
        self.user = User(widget, host.pump)
        self.ui = self.user.ui

    @property
    def root(self) -> Any:
        """The panel's outermost widget."""
        return self.ui.railFrame.parent()

    def take(self, name: str) -> None:
        """Take a picture of the panel, as high as it wants to be."""
        root, area, sections = self.root, self.ui.sectionsArea, self.ui.sectionsFrame
        area.setMinimumHeight(0)
        root.setParent(None)
        root.show()
        for _ in range(3):
            root.resize(WIDTH, 400)
            self.host.pump(seconds=0.05)
            root.resize(WIDTH, root.height - area.height + sections.sizeHint.height())
            self.host.pump(seconds=0.05)
        self.host.grab(root, self.folder / "panel" / f"{name}.png", (root.width, root.height))

    def only(self, *sections: str) -> None:
        """Open these sections and close the others."""
        for name in ("server", "dataset", "label", "train", "results", "review"):
            getattr(self.ui, f"{name}Section").collapsed = name not in sections


ELSEWHERE = "http://workstation:8765"


def server_states(studio: Studio, server: LocalServer) -> None:
    """The server section: empty, starting, a wrong token, another computer that asks for a tick, a token that ended."""
    ui, user, address = studio.ui, studio.user, server.address
    studio.take("start")
    section = user.section("ServerSection")
    section._begin("Installing PyTorch (CPU), 84 of 196 MB")
    ui.startingBar.setRange(0, 100)
    ui.startingBar.value = 43
    section._call = user.context.session.call("test", address="http://127.0.0.1:9", token="")
    section.update()
    studio.take("server-starting")
    section.cancel()
    ui.connectGroup.collapsed = False
    user.enter(address.removeprefix("http://"), "a-token-of-another-server")
    ui.testButton.click()
    user.wait(lambda: ui.serverMessage.text and "token" in ui.serverMessage.text)
    studio.take("server-wrong-token")
    account_states(studio, server)


def account_states(studio: Studio, server: LocalServer) -> None:
    """The server section of somebody with an account on another computer, which this one has to play."""
    import DualNetSSLLib.panel.server as module
    from dualnetssl.contract.schema import Role
    from dualnetssl.server.settings import store_path
    from dualnetssl.server.store import Store

    ui, user = studio.ui, studio.user
    accounts = Store(store_path(server.data_folder)).accounts
    is_loopback, module.is_loopback = module.is_loopback, lambda address: False
    user.enter(server.address, accounts.add("Dr Weber", Role.ANNOTATOR, 1))
    ui.connectButton.click()
    user.wait(lambda: user.state.connection is not None)
    module.is_loopback = is_loopback
    _elsewhere(ui, server.address)
    studio.only("server")
    studio.take("server-consent")
    accounts.revoke("Dr Weber")
    user.context.loader.refresh()
    user.wait(lambda: "revoked" in ui.serverMessage.text)
    _elsewhere(ui, server.address)
    studio.take("server-token-ended")
    ui.disconnectButton.click()


def _elsewhere(ui: Any, address: str) -> None:
    for widget in (ui.serverStateLabel, ui.consentLabel, ui.serverSection):
        widget.text = widget.text.replace(address, ELSEWHERE)


def dataset_states(studio: Studio, address: str, token: str) -> None:
    """The data set section: a new one, scans being added, the table of cases."""
    ui, user = studio.ui, studio.user
    user.enter(address, token)
    ui.connectButton.click()
    user.wait(lambda: user.state.connection is not None)
    ui.datasetNameEdit.text = "Abdomen, MR"
    ui.labelSetTable.item(0, 0).setText("liver")
    ui.addLabelButton.click()
    ui.labelSetTable.item(1, 0).setText("left kidney")
    studio.take("dataset-new")
    ui.newDatasetButton.checked = False
    ui.addSampleButton.click()
    user.wait(lambda: user.section("DatasetSection").adding.running and "Making" in ui.addingLabel.text)
    studio.only("dataset")
    studio.take("dataset-adding")
    user.wait(lambda: len(user.state.cases) == 10, 600)
    user.wait(lambda: not user.section("DatasetSection").adding.running, 600)
    studio.only("dataset")
    studio.take("dataset-cases")


def train_states(studio: Studio) -> None:
    """The training section: before, with curves in the whole window, and after a stop."""
    ui, user = studio.ui, studio.user
    studio.only("train")
    studio.take("train")
    ui.widthSpin.value, ui.stepsSpin.value = 4, STEPS
    studio.user.context.open_case("phantom-04")
    ui.curvesCombo.setCurrentIndex(ui.curvesCombo.findData("losses"))
    ui.trainButton.click()
    section = user.section("TrainSection")
    user.wait(lambda: section.follower.curves.step >= WATCHED, 1500)
    studio.only("dataset", "train")
    with in_window(studio):
        studio.host.grab(None, studio.folder / "panel" / "train-curves.png", (1400, 860))
    ui.trainButton.click()
    user.wait(lambda: ui.trainButton.text == "Train again", 600)
    studio.only("train")
    studio.take("train-stopped")


@contextmanager
def in_window(studio: Studio) -> Iterator[None]:
    """Put the panel back into the window's dock for a while."""
    root = studio.root
    layout = studio.user.widget.layout
    layout.insertWidget(0, root)
    studio.host.pump(seconds=0.1)
    yield
    layout.removeWidget(root)


def main() -> None:
    """Take every picture."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else PICTURES)
    with tempfile.TemporaryDirectory(prefix="screenshots-") as scratch:
        os.environ["DUALNETSSL_PANEL"] = str(Path(scratch) / "panel")
        import slicerhost

        host = slicerhost.start(None)
        import qt
        from panelserver import MODULE

        from dualnetssl_bench.servers.local_server import LocalServer

        qt.QSettings().setValue("DualNetSSL/serverFolder", f'"{Path(scratch) / "own"}"')
        with LocalServer(Path(scratch) / "data") as server:
            studio = Studio(host, host.load_module(str(MODULE)), folder)
            server_states(studio, server)
            dataset_states(studio, server.address, server.token)
            if "without-training" not in sys.argv:
                train_states(studio)
            host.unload_module("DualNetSSL")


if __name__ == "__main__":
    main()
