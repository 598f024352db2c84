"""The page's words in other languages: every sentence of it, no other, with the same values in it."""

import json
import re

import pytest

from dualnetssl.server.page import page_files

FILES = {name: file.data.decode() for name, file in page_files().items() if not file.packed}
SAID = re.compile(r'\bt\("((?:[^"\\]|\\.)*)"')
SHOWN = re.compile(r"data-words>([^<]+)<")


def sentences():
    scripts = [text for name, text in FILES.items() if name.endswith(".js") and len(name) > len("de.js")]
    return {found for text in scripts for found in SAID.findall(text)} | set(SHOWN.findall(FILES["index.html"]))


@pytest.mark.parametrize("language", ["de", "es"])
def test_every_sentence_is_translated(language):
    words = json.loads("{" + FILES[f"{language}.js"].partition("{")[2].rpartition(",")[0] + "}")
    assert len(sentences()) > 100
    assert set(words) == sentences()
    for text, translation in words.items():
        assert translation.strip()
        assert sorted(re.findall(r"\{\w+\}", translation)) == sorted(re.findall(r"\{\w+\}", text)), text


def test_no_script_says_a_sentence_without_translating_it():
    """Two words in quotation marks are a sentence, unless they go into `t`, a selector or a comment."""
    for name in ("case.js", "datasets.js", "job.js", "jobs.js", "layers.js", "signin.js", "patience.js"):
        code = re.sub(r"//.*|/\*.*?\*/|^import .*", "", FILES[name], flags=re.MULTILINE)
        told = re.findall(r'(?<!\bt\()"([A-Z][a-z]+ [a-z][^"]*)"', code)
        assert told == [], name
