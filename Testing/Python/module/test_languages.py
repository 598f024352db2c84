"""The panel speaks Slicer's language, and leaves it to a language pack of Slicer where there is one."""

from __future__ import annotations

import pytest
from panelfixtures import User
from panelserver import MODULE

FOLDER = MODULE.parent / "Resources" / "Translations"


@pytest.fixture
def speak(slicer_host, load_module, pump, tmp_path, monkeypatch):
    """``speak(locale)``: the module as a Slicer of that language loads it."""
    import qt
    import slicer

    installed = []

    def load(locale):
        monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
        qt.QSettings().remove("DualNetSSL")
        monkeypatch.setattr(slicer.app, "_locale", locale)
        user = User(load_module(str(MODULE)), pump)
        installed.extend(slicer.app.findChildren(qt.QTranslator))
        return user

    yield load
    for translator in installed:
        qt.QCoreApplication.removeTranslator(translator)
        translator.deleteLater()


@pytest.mark.parametrize(
    ("locale", "button", "said"),
    [
        ("de_CH", "Lokalen Server starten", "Not connected"),
        ("es-419", "Iniciar servidor local", "Not connected"),
        ("en_US", "Start local server", "Nicht verbunden"),
        ("fr_FR", "Start local server", "Sin conexión"),
    ],
)
def test_forms_and_code_speak_slicers_language(speak, locale, button, said):
    user = speak(locale)
    assert user.ui.startLocalButton.text == button
    assert said not in user.ui.serverStateLabel.text
    assert user.ui.overlayThresholdSlider.property("SlicerParameterName") == "uncertaintyThreshold"


def test_words_with_values_in_them_are_german_too(speak):
    from DualNetSSLLib.panel.common.words import scans_in_words
    from DualNetSSLLib.panel.overlay.words import meaning

    speak("de_DE")
    assert scans_in_words(3) == "3 Scans"
    table = {"scans": 2, "held_out": True, "uncertainty": [[0.0, 1.0, 1000, 120]], "disagreement": []}
    assert meaning({"reliability": table}, 0.3, "uncertainty").startswith("0.30: etwa 12 % solcher Voxel waren")


def test_a_language_pack_of_slicer_goes_before_ours(speak):
    import qt
    import slicer

    pack = qt.QTranslator(slicer.app)
    assert pack.load(str(FOLDER / "DualNetSSL_es.qm"))
    qt.QCoreApplication.installTranslator(pack)
    assert speak("de_DE").ui.startLocalButton.text == "Iniciar servidor local"
