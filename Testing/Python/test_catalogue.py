"""What Slicer's extension catalogue looks at before it takes an entry, looked at here first.

The catalogue does not run CMake: it takes names and addresses out of the text of CMakeLists.txt, and downloads them.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ENTRY = ROOT / "Resources" / "DualNetSSL.json"
ADDRESS = "https://raw.githubusercontent.com/DualNetSSL/SlicerDualNetSSL/main/"
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8")
MOST_MEGABYTES = 100
KEYS = {
    "$schema": str,
    "category": str,
    "scm_url": str,
    "scm_revision": str,
    "scm_type": str,
    "build_dependencies": list,
    "dicom_support_rule": str,
    "build_subdirectory": str,
    "enabled": bool,
    "tier": int,
}
"""What version 1.0.2 of the catalogue's schema knows; anything else is refused."""
NEEDED = {"$schema", "category", "scm_url"}
CATEGORIES = {"Active Learning", "Analysis", "Segmentation"}
"""Of the categories that the catalogue has, those that could be ours."""


def literals(text: str, name: str) -> list[str]:
    """The values that ``set(EXTENSION_NAME "…")`` gives, as a reader that runs no CMake finds them."""
    return re.findall(rf'set\s*\(\s*EXTENSION_{name}\s+"([^"]+)"\s*\)', text, re.IGNORECASE)


def complaints(text: str) -> list[str]:
    """What the catalogue would say against a CMakeLists.txt."""
    said = []
    project = re.search(r"project\s*\(\s*([^\s)]+)", text, re.IGNORECASE)
    if project is None or project[1].strip("\"'") != ENTRY.stem:
        said.append("the project has another name than the entry")
    for name in ("ICONURL", "SCREENSHOTURLS"):
        found = literals(text, name)
        if len(found) != 1:
            said.append(f"{name} is not one literal string")
        for address in " ".join(found).split():
            file = ROOT / address.removeprefix(ADDRESS)
            if not address.startswith(ADDRESS) or not file.is_file() or not file.read_bytes().startswith(PICTURES):
                said.append(f"{address} is not a picture")
    return said


def test_the_catalogue_has_nothing_against_our_cmakelists():
    assert complaints((ROOT / "CMakeLists.txt").read_text()) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("https://raw.githubusercontent.com/DualNetSSL/SlicerDualNetSSL", "https://${REPOSITORY}"),
        ("project(DualNetSSL)", "project(SlicerDualNetSSL)"),
        ("Resources/DualNetSSL.png", "Resources/another.png"),
        ("review-walk.png ", 'review-walk.png" "'),
        ("set(EXTENSION_ICONURL", "set(EXTENSION_PICTURE"),
    ],
)
def test_what_the_catalogue_would_refuse_is_noticed(before: str, after: str):
    text = (ROOT / "CMakeLists.txt").read_text()
    assert before in text
    assert complaints(text.replace(before, after)) != []


def tracked() -> list[str]:
    """The files of the repository, relative to its root."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name]


def test_pictures_are_in_the_repository_and_not_only_on_this_disk():
    text = (ROOT / "CMakeLists.txt").read_text()
    addresses = " ".join(literals(text, "ICONURL") + literals(text, "SCREENSHOTURLS")).split()
    assert {address.removeprefix(ADDRESS) for address in addresses} <= set(tracked())


def test_description_and_keywords_are_ready_for_people_who_search():
    text = (ROOT / "CMakeLists.txt").read_text()
    (description,) = literals(text, "DESCRIPTION")
    assert description.count(". ") <= 2
    (keywords,) = literals(text, "KEYWORDS")
    assert re.fullmatch(r"[a-z-]+( [a-z-]+)*", keywords), "keywords are separated by spaces, so none can have one"


def test_the_entry_is_what_the_schema_wants():
    raw = ENTRY.read_bytes()
    assert b"\r" not in raw
    entry = json.loads(raw)
    assert NEEDED <= set(entry) <= set(KEYS)
    assert {name: type(value) for name, value in entry.items()} == {name: KEYS[name] for name in entry}
    assert entry["$schema"].endswith("/Schemas/slicer-extension-catalog-entry-schema-v1.0.2.json#")
    assert entry["category"] in CATEGORIES
    assert entry["tier"] in {1, 3, 5}


def test_names_are_as_the_catalogue_asks():
    entry = json.loads(ENTRY.read_text())
    assert not ENTRY.stem.lower().startswith("slicer")
    assert re.fullmatch(r"https://[^\s]+/Slicer\w+\.git", entry["scm_url"])
    assert entry["scm_url"].removesuffix(".git") == literals((ROOT / "CMakeLists.txt").read_text(), "HOMEPAGE")[0]


def test_a_checkout_stays_small_and_has_its_licence():
    files = [ROOT / name for name in tracked()]
    megabytes = sum(file.stat().st_size for file in files if file.is_file()) / 2**20
    assert megabytes < MOST_MEGABYTES / 2
    assert (ROOT / "LICENSE").is_file()


def test_the_citation_names_this_version_and_the_paper():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert f'\nversion = "{citation["version"]}"\n' in (ROOT / "DualNetSSLLib" / "pyproject.toml").read_text()
    (paper,) = citation["references"]
    assert [author["family-names"] for author in paper["authors"]] == ["Lu", "Wu", "Kateb", "Chaddad"]
    readme = (ROOT / "README.md").read_text()
    assert paper["title"] in readme
    assert paper["url"] in readme
