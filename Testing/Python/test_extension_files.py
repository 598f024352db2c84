"""What Slicer needs of the extension's files, checked without Slicer: lists, imports, classes, icons."""

from __future__ import annotations

import ast
import re
import struct
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE = ROOT / "DualNetSSL"
LIBRARY = ROOT / "DualNetSSLLib"
BUNDLED_WITH_SLICER = {"slicer", "qt", "vtk", "ctk", "numpy", "SimpleITK"}


def cmake_list(folder: Path, variable: str) -> set[str]:
    text = (folder / "CMakeLists.txt").read_text()
    found = re.search(rf"set\({variable}\s+(.*?)\)", text, re.DOTALL)
    assert found is not None, f"{folder.name}/CMakeLists.txt does not set {variable}"
    return set(found[1].replace("${MODULE_NAME}", folder.name).split())


def module_tree() -> ast.Module:
    return ast.parse((MODULE / "DualNetSSL.py").read_text(), feature_version=(3, 11))


def test_library_ships_every_file_it_has():
    present = {path.relative_to(LIBRARY).as_posix() for path in LIBRARY.rglob("*.py")}
    assert cmake_list(LIBRARY, "DualNetSSLLib_PYTHON_SCRIPTS") == present


def test_module_folder_holds_one_script_because_slicer_takes_each_for_a_module():
    scripts = {path.name for path in MODULE.glob("*.py")}
    assert scripts == cmake_list(MODULE, "MODULE_PYTHON_SCRIPTS") == {"DualNetSSL.py"}


def test_module_ships_every_resource_it_has():
    files = (path for path in (MODULE / "Resources").rglob("*") if path.is_file())
    present = {path.relative_to(MODULE).as_posix() for path in files}
    assert cmake_list(MODULE, "MODULE_PYTHON_RESOURCES") == present


def test_extension_is_described_completely():
    text = (ROOT / "CMakeLists.txt").read_text()
    assert "project(DualNetSSL)" in text
    for name in ("HOMEPAGE", "CONTRIBUTORS", "DESCRIPTION", "ICONURL", "SCREENSHOTURLS", "DEPENDS"):
        assert re.search(rf"^set\(EXTENSION_{name}\s+\S", text, re.MULTILINE), name
    subdirectories = set(re.findall(r"add_subdirectory\((\w+)\)", text))
    assert subdirectories == {"DualNetSSL", "DualNetSSLLib"}


def test_module_imports_only_what_slicer_brings():
    imported = set()
    for node in module_tree().body:
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported <= BUNDLED_WITH_SLICER | sys.stdlib_module_names
    assert "slicer" in imported


def test_loading_the_module_runs_nothing():
    docstring, *statements = module_tree().body
    assert isinstance(docstring, ast.Expr)
    allowed = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.Assign, ast.AnnAssign)
    assert [type(node).__name__ for node in statements if not isinstance(node, allowed)] == []


@pytest.mark.parametrize("suffix", ["", "Widget", "Logic", "Test"])
def test_module_has_the_class_that_slicer_looks_for(suffix: str):
    classes = {node.name: node for node in module_tree().body if isinstance(node, ast.ClassDef)}
    bases = {base.id for base in classes[f"DualNetSSL{suffix}"].bases if isinstance(base, ast.Name)}
    assert f"ScriptedLoadableModule{suffix}" in bases


@pytest.mark.parametrize("icon", ["Resources/DualNetSSL.png", "DualNetSSL/Resources/Icons/DualNetSSL.png"])
def test_icon_is_a_square_picture_of_the_size_that_the_catalogue_asks_for(icon: str):
    head = (ROOT / icon).read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", head[16:24]) == (128, 128)


def told(attribute: str) -> str:
    """The source of what the module's ``parent.ATTRIBUTE`` is set to."""
    for node in ast.walk(module_tree()):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == f"self.parent.{attribute}":
            return ast.unparse(node.value)
    raise AssertionError(f"parent.{attribute} is not set")


def test_slicers_modules_that_the_panel_uses_are_loaded_first():
    used = set()
    for path in LIBRARY.rglob("*.py"):
        used |= set(re.findall(r"slicer\.modules\.(\w+)\.logic\(\)", path.read_text()))
    needed = used | {"segmentations", "subjecthierarchy"}  # the Segment Editor's widget, and what lies in the scene
    assert {name.lower() for name in ast.literal_eval(told("dependencies"))} == needed


def test_the_help_points_to_documents_that_are_there():
    assert "{tutorial}" in told("helpText")
    assert "{panel}" in told("helpText")
    documents = [file for file in re.findall(r"/(\w+\.md)", told("helpText"))]
    assert sorted(documents) == ["panel.md", "tutorial.md"]
    assert all((ROOT / "docs" / file).is_file() for file in documents)
