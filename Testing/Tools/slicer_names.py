"""Reads out of Slicer's and CTK's headers what Python can use of their classes, into the table that the tests go by.

PythonQt shows of a class its properties, public slots, Q_INVOKABLE methods, signals and declared enumerations. A public
method that is none of these exists in C++ alone. Renew the table when a stand-in is added or a Slicer comes out:

    python Testing/Tools/slicer_names.py --slicer SLICER/.git --ctk CTK/.git
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

TABLE = Path(__file__).resolve().parents[1] / "SlicerHost" / "slicerhost" / "names.json"
BESIDE = ("qSlicerCoreApplication", "qMRMLLayoutManager", "ctkDICOMDatabase", "ctkVTKSliceView", "ctkVTKRenderView")
"""Classes that the panel meets, or that others derive from, and that are no widget of the host."""
ASIDE = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/|^[ \t]*#[^\n]*', re.DOTALL | re.MULTILINE)
"""Texts, comments, lines for the preprocessor. Texts come first: an address has two slashes."""
SECTION = re.compile(
    r"(?P<access>public|protected|private)\s*(?P<slots>Q_SLOTS|slots)?\s*:(?!:)|(?P<signals>Q_SIGNALS|signals)\s*:(?!:)"
)
PROPERTY = re.compile(r"Q_PROPERTY\(\s*(?P<type>.+?)[\s*&]+(?P<name>\w+)\s+(?:READ|MEMBER)\b[^)]*\)")
ENUM = re.compile(r"\benum\s+(?:class\s+)?(?P<name>\w+)?\s*(?::\s*\w+\s*)?\{(?P<body>[^}]*)\}")
DECLARED = re.compile(r"Q_(?:ENUM|ENUMS|FLAG|FLAGS|DECLARE_FLAGS)\(\s*(?P<names>[^)]*)\)")
MACRO = re.compile(r"\b(?:Q_OBJECT|QVTK_OBJECT|Q_DISABLE_COPY\([^)]*\)|Q_DECLARE_\w+\([^)]*\)|Q_INTERFACES\([^)]*\))")
METHOD = re.compile(r"^(?P<before>.*?)(?P<name>~?[A-Za-z_]\w*)\s*\(", re.DOTALL)


@dataclass
class Names:
    """What PythonQt shows of one class.

    Attributes:
        base: the class that it derives from.
        returns: the class of Slicer or CTK that a method gives a pointer to.
    """

    base: str = ""
    properties: set[str] = field(default_factory=set)
    methods: set[str] = field(default_factory=set)
    signals: set[str] = field(default_factory=set)
    enumerators: set[str] = field(default_factory=set)
    returns: dict[str, str] = field(default_factory=dict)


def read_class(header: str, name: str) -> Names:
    """Read one class out of the text of its header.

    Raises:
        ValueError: the header does not define it.

    Example:
        >>> text = "class qA : public QWidget { Q_PROPERTY(int n READ n) public: int n(); Q_INVOKABLE qB* b(); };"
        >>> read_class(text, "qA")
        Names(base='QWidget', properties={'n'}, methods={'b'}, signals=set(), enumerators=set(), returns={'b': 'qB'})
    """
    text = ASIDE.sub("", header)
    found = _definition(text, name)
    if found is None:
        raise ValueError(f"the header does not define the class {name}")
    names, body = Names(base=found[1].split("::")[-1]), _inside(text[found.end() :])
    names.properties = {each["name"] for each in PROPERTY.finditer(body)}
    declared = {word.strip() for each in DECLARED.finditer(body) for word in each["names"].replace(",", " ").split()}
    for enum in ENUM.finditer(body):
        if enum["name"] in declared:
            names.enumerators |= {part.split("=")[0].strip() for part in enum["body"].split(",") if part.strip()}
    for part in (PROPERTY, DECLARED, MACRO, ENUM):
        body = part.sub("", body)
    _read_methods(_without_bodies(body), names)
    return names


def _definition(text: str, name: str) -> re.Match[str] | None:
    return re.search(rf"\bclass\s+(?:\w+\s+)?{name}\s*(?:final\s*)?:\s*(?:public\s+)?([\w:]+)[^{{;]*\{{", text)


def _inside(text: str) -> str:
    """Return what comes before the brace that closes the class."""
    depth = 1
    for place, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if depth == 0:
            return text[:place]
    return text


def _without_bodies(text: str) -> str:
    """Take the bodies of functions away."""
    while (shorter := re.sub(r"\{[^{}]*\}", ";", text)) != text:
        text = shorter
    return text


def _read_methods(body: str, names: Names) -> None:
    kind, place = "private", 0
    for section in [*SECTION.finditer(body), None]:
        end = len(body) if section is None else section.start()
        for statement in body[place:end].split(";"):
            _read_statement(statement.strip(), kind, names)
        if section is not None:
            kind, place = _kind(section), section.end()


def _kind(section: re.Match[str]) -> str:
    if section["signals"]:
        return "signals"
    return f"{section['access']} slots" if section["slots"] else str(section["access"])


def _read_statement(statement: str, kind: str, names: Names) -> None:
    found = METHOD.match(statement.replace("Q_INVOKABLE", " Q_INVOKABLE "))
    if found is None or found["name"].startswith("~"):
        return
    invokable = "Q_INVOKABLE" in found["before"] and kind.startswith("public")
    if kind == "signals":
        names.signals.add(found["name"])
    elif kind == "public slots" or invokable:
        names.methods.add(found["name"])
        pointer = re.search(r"\b((?:q|ctk)\w+)\s*\*\s*$", found["before"])
        if pointer:
            names.returns[found["name"]] = pointer[1]


class Checkout:
    """The headers of a git repository, which needs no work tree."""

    def __init__(self, folder: Path) -> None:
        """Look at the newest commit of a git directory."""
        self._folder = folder
        listed = self._git("ls-tree", "-r", "--name-only", "HEAD").splitlines()
        self._headers = {Path(path).stem: path for path in listed if path.endswith(".h")}
        self.commit = self._git("rev-parse", "HEAD").strip()

    def _git(self, *arguments: str) -> str:
        command = ["git", f"--git-dir={self._folder}", *arguments]
        return subprocess.run(command, capture_output=True, check=True).stdout.decode(errors="replace")

    def header(self, name: str) -> str | None:
        """Return the text of NAME.h, if there is one."""
        path = self._headers.get(name)
        return None if path is None else self._git("show", f"HEAD:{path}")


def collect(wanted: list[str], checkouts: list[Checkout]) -> dict[str, Names]:
    """Read these classes and those that they derive from, as far as there are headers for them."""
    found: dict[str, Names] = {}
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        header = next((text for each in checkouts if (text := each.header(name)) is not None), None)
        if name in found or header is None or _definition(ASIDE.sub("", header), name) is None:
            continue
        found[name] = read_class(header, name)
        waiting.append(found[name].base)
    return found


def as_table(found: dict[str, Names], sources: dict[str, str]) -> str:
    """Write the table: one line for each kind of name of a class."""
    lines = []
    for name, names in sorted(found.items()):
        returns = {method: kind for method, kind in sorted(names.returns.items()) if kind in found}
        kinds: dict[str, object] = {"base": names.base}
        for key in ("properties", "methods", "signals", "enumerators"):
            kinds[key] = " ".join(sorted(getattr(names, key)))
        kinds["returns"] = returns
        inner = ",\n".join(f'  "{key}": {json.dumps(value)}' for key, value in kinds.items() if value)
        lines.append(f' "{name}": {{\n{inner}\n }}')
    return f'{{"sources": {json.dumps(sources)},\n"classes": {{\n' + ",\n".join(lines) + "\n}}\n"


def main() -> None:
    """Renew the table."""
    from studio import find_sources

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slicer", type=Path, required=True, help="git directory of Slicer")
    parser.add_argument("--ctk", type=Path, required=True, help="git directory of CTK")
    options = parser.parse_args()
    find_sources()
    import slicerhost

    slicerhost.start()
    from slicerhost.registry import registry

    slicer, ctk = Checkout(options.slicer), Checkout(options.ctk)
    found = collect([*registry(), *BESIDE, "qSlicerApplication"], [slicer, ctk])
    TABLE.write_text(as_table(found, {"Slicer": slicer.commit, "CTK": ctk.commit}))
    missing = sorted({*registry(), *BESIDE} - set(found))
    print(f"{len(found)} classes; without a header of their own: {', '.join(missing) or 'none'}")


if __name__ == "__main__":
    main()
