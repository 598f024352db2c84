"""The panel in other languages: up to date with the sources, the same fields, nothing half compiled."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest
import translations

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(translations.FOLDER.glob("*.ts"))
LEAST_DONE = 0.9
"""Share of the texts that a language must have; what is new may stay English for a while."""
SENTENCE = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
NOT_FOR_USERS = ("selftest", "dicom_map", "terms", "budget", "sentence_list")
"""Files of the panel with English words that nobody reads there: node names, codes of DICOM, steps of a test, keys."""


def fields(text: str) -> list[str]:
    """The places of values in a text: ``{name}`` with its format, and those of Qt's progress bars."""
    parts = string.Formatter().parse(text)
    named = [f"{name}!{conversion}:{form}" for _text, name, form, conversion in parts if name is not None]
    return sorted(named + re.findall(r"%[vmp]", text))


def tags(text: str) -> list[str]:
    return re.findall(r"</?\w+", text)


def test_there_are_german_and_spanish():
    assert [translations.language_of(path) for path in FILES] == ["de", "es"]


@pytest.mark.parametrize("path", FILES, ids=translations.language_of)
def test_a_translation_has_the_texts_of_the_sources(path: Path):
    now = translations.written(translations.language_of(path), translations.renewed(translations.read(path)))
    assert now == path.read_text(encoding="utf-8"), f"{path.name} is out of date. {translations.RENEW}"


def test_the_list_of_what_the_library_says_is_that_of_the_sources():
    assert translations.LIST.read_text(encoding="utf-8") == translations.listed(), translations.RENEW
    listed = translations.sentences()
    for said in ("No server listens at {0}.", "The disk is full.", "Starting the server", "Try again."):
        assert said in listed


@pytest.mark.parametrize("path", FILES, ids=translations.language_of)
def test_a_translation_is_nearly_complete_and_keeps_what_is_filled_in(path: Path):
    said = translations.read(path)
    done = {text: translation for text, translation in said.items() if translation}
    assert len(done) >= LEAST_DONE * len(said)
    wrong = [
        text.source
        for text, translation in done.items()
        if (fields(text.source), tags(text.source), text.source[:1] == " ")
        != (fields(translation), tags(translation), translation[:1] == " ")
    ]
    assert wrong == []


def test_a_term_has_one_word_in_a_language_too():
    """Whoever reads *Region* in a table looks for no *Bereich*."""
    others = {
        "de": {r"\bregion": r"[Bb]ereich", r"\blabel": r"Segmentierung"},
        "es": {r"\bregion": r"\bzona", r"\bscans?\b": r"[Ii]m[aá]gen"},
    }
    wrong = [
        (term, text.source, translation)
        for path in FILES
        for text, translation in translations.read(path).items()
        for term, other in others[translations.language_of(path)].items()
        if re.search(term, text.source) and re.search(other, translation)
        if not re.search(r"image|segmentation", text.source)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=translations.language_of)
def test_what_is_loaded_is_what_is_written(path: Path):
    from PySide6.QtCore import QTranslator

    compiled = QTranslator()
    assert compiled.load(str(path.with_suffix(".qm")))
    wrong = [
        text.source
        for text, translation in translations.read(path).items()
        if compiled.translate(text.context, text.source) != translation and translation
    ]
    assert wrong == [], translations.RENEW


def test_a_text_that_moves_to_another_file_takes_its_translation_along():
    text = next(text for text in translations.texts() if text.source == "Start local server")
    renewed = translations.renewed({translations.Text("elsewhere", text.source): "Los"})
    assert renewed[text] == "Los"
    assert sum(bool(translation) for translation in renewed.values()) == 1


def sentences(path: Path) -> list[str]:
    """Words for people in a file of the panel that no translation is looked up for."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    covered = set()
    for node in ast.walk(tree):
        looked_up = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"
        said_to_readers = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if looked_up or said_to_readers:
            covered |= {id(part) for part in ast.walk(node)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in covered)
    return [node.value for node in constants if isinstance(node.value, str) and SENTENCE.search(node.value)]


def test_every_error_and_message_of_the_panel_can_be_translated():
    left = {
        f"{path.name}: {text}"
        for path in sorted((ROOT / "DualNetSSLLib" / "panel").rglob("*.py"))
        if path.stem not in NOT_FOR_USERS
        for text in sentences(path)
        if not re.search(r"[{;:~<]|-1|^DualNetSSL ", text)
    }
    assert left == {
        "editor.py: Fill between slices",
        "editor.py: Grow from seeds",
        "section.py: Sample scans",
        "section.py: left kidney",
        "toolbox.py: Level tracing",
    }, "wrap it in _() and renew the translations"
