"""The panel's texts in other languages: takes them out of the sources, and compiles the translations.

::

    python Testing/Tools/translations.py            # after texts have changed
    python Testing/Tools/translations.py --check    # says whether that is needed

Texts are what ``_("…")`` gets in the panel and in the module, the strings of the .ui files, and what the library's
errors and steps say, whose list is written into ``panel/common/sentence_list.py`` for the panel to translate them where
they come to it. The contexts are those that Slicer looks them up by. New ones come into
``DualNetSSL/Resources/Translations/*.ts`` as *unfinished*: translate
them there (by hand or in Qt Linguist), and run this again. Slicer's language packs take a .ts file as it is.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "DualNetSSL" / "Resources" / "Translations"
SOURCES = (ROOT / "DualNetSSL" / "DualNetSSL.py", *sorted((ROOT / "DualNetSSLLib" / "panel").rglob("*.py")))
LIBRARY = tuple(
    path for path in sorted((ROOT / "DualNetSSLLib").rglob("*.py")) if "panel" not in path.relative_to(ROOT).parts
)
LIST = ROOT / "DualNetSSLLib" / "panel" / "common" / "sentence_list.py"
SAID_BY = "common.sentences"
"""Context of what the library says."""
FORMS = tuple(sorted((ROOT / "DualNetSSL" / "Resources" / "UI").glob("*.ui")))
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
RENEW = "Run: python Testing/Tools/translations.py"


@dataclass(frozen=True, order=True)
class Text:
    """A text in its context.

    Attributes:
        context: what Slicer looks it up by.
        source: as it is in the code, in English.
    """

    context: str
    source: str


def texts() -> list[Text]:
    """Return every text that a user sees, in the order of files and lines, each once."""
    found = [text for path in SOURCES for text in _of_python(path)] + [
        text for path in FORMS for text in _of_form(path)
    ]
    return list(dict.fromkeys([*found, *(Text(SAID_BY, sentence) for sentence in sentences())]))


def sentences() -> list[str]:
    """Return what the library's errors and steps say, with {0}, {1} … for values, in the order of files and lines."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in LIBRARY]
    bases = {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.bases}
    found = [said for tree in trees for node in ast.walk(tree) for said in _said(node, bases)]
    return list(dict.fromkeys(found))


def _said(node: ast.AST, errors: set[str]) -> list[str]:
    """Return the sentences that a call gives to an error or a step, or that are kept under a name for one."""
    if isinstance(node, ast.Assign):
        given: list[ast.expr] = [node.value]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in errors | {"Reason"}:
        given = [*node.args[node.func.id == "Reason" :], *(keyword.value for keyword in node.keywords)]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say":
        given = node.args[:1]
    else:
        return []
    texts = [_pattern(part) for part in given]
    return [text for text in texts if _is_sentence(text) and (text[-1:] in ".:}" or not isinstance(node, ast.Assign))]


def _is_sentence(text: str) -> bool:
    return re.search(r"[A-Za-z]{2,} [a-z]{2,}", text) is not None and (text[0].isupper() or text[0] == "{")


def _pattern(value: ast.expr) -> str:
    """Return a text with its values numbered; empty if it is none.

    Example:
        >>> _pattern(ast.parse('f"{path.name} is damaged."', mode="eval").body)
        '{0} is damaged.'
    """
    if isinstance(value, ast.Constant):
        return value.value if isinstance(value.value, str) else ""
    if not isinstance(value, ast.JoinedStr):
        return ""
    numbers = itertools.count()
    parts = [part.value if isinstance(part, ast.Constant) else f"{{{next(numbers)}}}" for part in value.values]
    return "".join(str(part) for part in parts)


def listed() -> str:
    """Return the contents of the list of what the library says."""
    rows = "".join(f"    {_quoted(sentence)},\n" for sentence in sentences())
    title = '"""What the library says, written by Testing/Tools/translations.py: do not edit."""'
    return f"{title}\n\n# ruff: noqa: E501\n\nSENTENCES: tuple[str, ...] = (\n{rows})\n"


def _quoted(text: str) -> str:
    """Write a text as the formatter of the sources does: between double quotes unless it has some itself."""
    return f"'{text}'" if '"' in text and "'" not in text else json.dumps(text, ensure_ascii=False)


def context_of(path: Path) -> str:
    """Return the context of a Python file: its name, after that of its package if it lies in one."""
    return f"{path.parent.name}.{path.stem}" if (path.parent / "__init__.py").is_file() else path.stem


def _of_python(path: Path) -> list[Text]:
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    ours = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "_"]
    places = sorted(ours, key=lambda call: (call.lineno, call.col_offset))
    return [Text(context_of(path), str(ast.literal_eval(call.args[0]))) for call in places]


def _of_form(path: Path) -> list[Text]:
    form = ET.parse(path).getroot()
    strings = [element for element in form.iter("string") if element.get("notr") != "true" and element.text]
    return [Text(form.findtext("class", ""), str(element.text)) for element in strings]


def read(path: Path) -> dict[Text, str]:
    """Return what a .ts file translates; an unfinished text is empty."""
    found = {}
    for context in ET.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            text = Text(context.findtext("name", ""), message.findtext("source", ""))
            translation = message.find("translation")
            done = translation is not None and translation.get("type") != "unfinished"
            found[text] = str(translation.text or "") if done and translation is not None else ""
    return found


def renewed(known: dict[Text, str]) -> dict[Text, str]:
    """Return a translation of just the texts that there are; one that has moved takes its translation along."""
    moved = {text.source: translation for text, translation in known.items() if translation}
    return {text: known.get(text) or moved.get(text.source, "") for text in texts()}


def written(language: str, translations: dict[Text, str]) -> str:
    """Return the contents of a .ts file, as lupdate would write it; without lines, which change with every edit."""
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en_US")
    contexts: dict[str, ET.Element] = {}
    for text, translation in translations.items():
        if text.context not in contexts:
            contexts[text.context] = ET.SubElement(root, "context")
            ET.SubElement(contexts[text.context], "name").text = text.context
        message = ET.SubElement(contexts[text.context], "message")
        ET.SubElement(message, "source").text = text.source
        ET.SubElement(message, "translation", {} if translation else {"type": "unfinished"}).text = translation
    ET.indent(root, "    ")
    return HEAD + ET.tostring(root, encoding="unicode", short_empty_elements=False) + "\n"


def language_of(path: Path) -> str:
    """Return the language of a .ts file, which its name ends in."""
    return path.stem.partition("_")[2]


def compile_all() -> None:
    """Make the .qm files that Slicer loads."""
    import PySide6

    program = Path(PySide6.__file__).parent / ("lrelease.exe" if sys.platform == "win32" else "lrelease")
    for path in sorted(FOLDER.glob("*.ts")):
        subprocess.run([program, "-silent", path, "-qm", path.with_suffix(".qm")], check=True)


def main() -> int:
    """Renew the translations, or say whether they are up to date; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing, say whether something is to be done")
    check = parser.parse_args().check
    outdated = int(not LIST.is_file() or LIST.read_text(encoding="utf-8") != listed())
    if not check:
        LIST.write_text(listed(), encoding="utf-8", newline="\n")
    for path in sorted(FOLDER.glob("*.ts")):
        now = renewed(read(path))
        missing = sum(not translation for translation in now.values())
        print(f"{path.name}: {len(now)} texts, {missing} not translated yet")
        contents = written(language_of(path), now)
        outdated += contents != path.read_text(encoding="utf-8")
        if not check:
            path.write_text(contents, encoding="utf-8", newline="\n")
    if check:
        print(f"{outdated} files are out of date. {RENEW}" if outdated else "Up to date.")
        return int(outdated > 0)
    compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
