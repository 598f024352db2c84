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


def test_what_the_background_process_and_the_library_say_is_german_too(speak):
    from DualNetSSLLib.panel.common.sentences import in_slicers_language

    user = speak("de_DE")
    user.enter("http://127.0.0.1:9", "token")
    user.ui.connectButton.click()
    user.wait(lambda: user.ui.serverMessage.text)
    assert user.ui.serverMessage.text == (
        "Unter http://127.0.0.1:9 hört kein Server. Starten Sie den Server, oder prüfen Sie den Port."
    )
    user.enter("http://[", "token")
    user.ui.connectButton.click()
    assert user.ui.serverMessage.text.startswith("Die Adresse 'http://[' kann nicht verwendet werden.")
    said = "The disk is full. pip says: ERROR: [Errno 28] No space left on device"
    assert in_slicers_language(said) == said.replace("The disk is full.", "Die Platte ist voll.")
    nested = "Close other programs. The same button goes on where it ended."
    assert in_slicers_language(nested).endswith("Dieselbe Schaltfläche macht dort weiter, wo es endete.")


def test_every_sentence_of_the_library_is_known_again_with_its_values(speak, monkeypatch):
    from DualNetSSLLib.panel.common import sentences

    speak("en_US")
    monkeypatch.setattr(sentences, "translate", lambda _context, text: f"~{text}")
    wrong = []
    for sentence in sentences.SENTENCES:
        values = [f"'v{number} {{0}}'" for number in range(len(sentences.VALUE.findall(sentence)))]
        said = sentences._filled(sentence, values)
        if sentences.in_slicers_language(said) != f"~{said}":
            wrong.append(said)
    assert wrong == []


def test_a_language_pack_of_slicer_goes_before_ours(speak):
    import qt
    import slicer

    pack = qt.QTranslator(slicer.app)
    assert pack.load(str(FOLDER / "DualNetSSL_es.qm"))
    qt.QCoreApplication.installTranslator(pack)
    assert speak("de_DE").ui.startLocalButton.text == "Iniciar servidor local"
