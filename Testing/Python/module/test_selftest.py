"""The module's own test, as *Reload and Test* runs it, and what it leaves to the user: everything as it was."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest
from panelfixtures import user

__all__ = ["user"]


def settings():
    import qt

    kept = qt.QSettings()
    return {name: kept.value(name) for name in kept.allKeys() if name.startswith("DualNetSSL/")}


@pytest.mark.long
def test_the_modules_own_test_does_the_whole_loop_and_leaves_the_user_as_he_was(user, monkeypatch):
    import DualNetSSL

    user.context.settings.put("environment", str(Path(sys.prefix)))
    user.context.settings.put("budgetMinutes", 17)
    before, folder = settings(), os.environ["DUALNETSSL_PANEL"]
    said = []
    monkeypatch.setattr(DualNetSSL.DualNetSSLTest, "delayDisplay", lambda _self, text, *_rest: said.append(text))
    DualNetSSL.DualNetSSLTest().runTest()
    assert said[-1] == "DualNetSSL is installed and works: the whole loop has run."
    assert len(said) == 7
    assert settings() == before
    assert os.environ["DUALNETSSL_PANEL"] == folder
    assert user.widget.panel.context.state.connection is None
    assert user.widget.ui.budgetSpin.value == 17
    assert not (Path(folder) / "outbox").exists() or not any((Path(folder) / "outbox").rglob("*.json"))


def test_a_step_that_fails_tells_what_the_panel_said_and_puts_all_back(user, tmp_path):
    from DualNetSSLLib.panel import selftest

    user.context.settings.put("environment", str(tmp_path / "nothing"))
    before = settings()
    with pytest.raises(AssertionError, match=r"The server did not start\. The panel says: .*nothing"):
        selftest.run_loop(user.widget, lambda _text: None)
    assert settings() == before
    assert user.widget.panel is not None


@pytest.mark.long
def test_a_server_that_dies_ends_the_test_with_what_the_panel_said(user, monkeypatch):
    from DualNetSSLLib.panel import selftest

    def say(step):
        if step == "Training":
            note = Path(str(user.widget.ui.serverFolderButton.directory), "server.json").read_text()
            os.kill(json.loads(note)["pid"], signal.SIGKILL)

    user.context.settings.put("environment", str(Path(sys.prefix)))
    before = settings()
    monkeypatch.setattr(selftest, "LOST_SECONDS", 0.0)
    with pytest.raises(AssertionError, match=r"was not done after .* The panel says: .*No server listens"):
        selftest.run_loop(user.widget, say)
    assert settings() == before
    assert user.widget.panel.context.state.connection is None


def test_a_build_without_a_server_downloads_none(user, monkeypatch):
    import DualNetSSL

    said = []
    monkeypatch.setattr(DualNetSSL.DualNetSSLTest, "delayDisplay", lambda _self, text, *_rest: said.append(text))
    DualNetSSL.DualNetSSLTest().test_loop()
    assert len(said) == 1
    assert "left out" in said[0]
