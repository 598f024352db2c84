"""Which part may import which, how large things may be, and what never gets into the repository."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys

import pytest
from codebase import LIBRARY, ROOT, SERVER, SERVER_SOURCES, reached_on_import, sources, tracked_text_files

MODULES = sources(SERVER)
LIBRARY_MODULES = sources(LIBRARY)
ALL_MODULES = {**MODULES, **LIBRARY_MODULES}

CONTRACT = {"errors", "schema", "config", "jobspec", "jobdir"}
MAY_IMPORT = {
    "errors": set(),
    "schema": {"errors"},
    "config": {"schema", "errors"},
    "jobspec": {"config", "schema", "errors"},
    "jobdir": {"jobspec", "schema", "errors"},
    "settings": CONTRACT,
    "devices": {"schema", "errors"},
    "sandbox": set(),
    "volumes": {"schema", "errors", "sandbox"},
    "sampledata": {"volumes", "schema", "errors"},
    "inspection": CONTRACT,
    "trash": set(),
    "blobs": {"schema", "errors", "settings", "trash"},
    "store": CONTRACT | {"blobs", "settings"},
    "datafolder": CONTRACT | {"audit", "blobs", "settings", "store", "trash"},
    "audit": {"errors"},
    "engines": CONTRACT | {"settings"},
    "supervisor": CONTRACT | {"settings", "devices", "store", "blobs", "engines", "inspection"},
    "api": CONTRACT
    | {"audit", "settings", "devices", "store", "blobs", "supervisor", "engines", "inspection", "datafolder"},
    "serving": {"settings", "errors"},
    "train": CONTRACT | {"volumes"},
}
"""Parts of the server and the parts they may import, anywhere in their code; ``cli`` joins all of them."""

SMALL = (
    "api",
    "serving",
    "audit",
    "supervisor",
    "store",
    "blobs",
    "trash",
    "datafolder",
    "settings",
    "devices",
    "engines",
    "inspection",
    "sandbox",
    *sorted(CONTRACT),
)
HEAVY = {"torch", "monai", "numpy", "scipy", "SimpleITK"}


def part(name: str) -> str:
    """``store`` of ``dualnetssl.server.store.jobs``; the root package itself, which holds the version, is no part."""
    return name.split(".")[1] if "." in name else ""


def of_parts(*parts: str) -> list[str]:
    return [name for name in MODULES if part(name) in parts]


def run_python(code: str) -> str:
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return result.stdout.strip()


def test_the_rules_name_every_part_there_is():
    parts = {part(name) for name in MODULES} - {"", "cli", "__main__"}
    assert parts - MAY_IMPORT.keys() == set()


@pytest.mark.parametrize("importer", sorted(MAY_IMPORT))
def test_imports_go_one_way(importer: str):
    for name in of_parts(importer):
        imported = {target for target in MODULES[name].imports(lazy=True) if target.startswith(f"{SERVER}.")}
        parts = {part(target) for target in imported} - {importer, "__version__"}
        assert parts <= MAY_IMPORT[importer], f"{name} imports {parts - MAY_IMPORT[importer]}"


@pytest.mark.parametrize("name", of_parts(*SMALL))
def test_the_server_process_stays_small(name: str):
    reached = {target.split(".")[0] for target in reached_on_import(name, MODULES)}
    assert reached & HEAVY == set()


def test_the_server_process_stays_small_when_really_imported():
    imports = "; ".join(f"import {name}" for name in of_parts(*SMALL))
    assert run_python(f"import sys; {imports}; print({HEAVY!r} & sys.modules.keys())") == "set()"


@pytest.mark.parametrize("name", ["losses", "networks"])
def test_the_mathematics_stands_on_its_own(name: str):
    imported = MODULES[f"{SERVER}.train.{name}"].imports(lazy=True)
    assert {target for target in imported if target.startswith(f"{SERVER}.train")} == set()


def in_slicer(name: str) -> bool:
    """Whether a part of the library lives in Slicer's own process: the panel, the scene, and what hands it results."""
    return name.split(".")[1:2] in (["panel"], ["scene"], ["session"])


@pytest.mark.parametrize("name", sorted(LIBRARY_MODULES))
def test_the_library_imports_only_what_slicer_brings(name: str):
    imported = {target.split(".")[0] for target in LIBRARY_MODULES[name].imports(lazy=True)}
    third_party = imported - sys.stdlib_module_names - {LIBRARY}
    allowed = {"requests", "urllib3", "numpy", "SimpleITK"}  # urllib3 is a part of requests
    assert third_party <= (allowed | {"slicer", "qt", "ctk", "vtk", "DICOMLib"} if in_slicer(name) else allowed)


@pytest.mark.parametrize("name", [name for name in sorted(LIBRARY_MODULES) if not in_slicer(name)])
def test_what_needs_no_widget_never_reaches_one(name: str):
    reached = reached_on_import(name, LIBRARY_MODULES)
    assert [other for other in reached if other in LIBRARY_MODULES and in_slicer(other)] == []


def test_the_library_loads_without_requests_and_torch():
    imports = "; ".join(f"import {name}" for name in LIBRARY_MODULES if not in_slicer(name))
    assert (
        run_python(f"import sys; {imports}; print('requests' in sys.modules, 'torch' in sys.modules)") == "False False"
    )


@pytest.mark.parametrize("name", sorted(ALL_MODULES))
def test_no_file_and_no_function_grows_too_large(name: str):
    source = ALL_MODULES[name]
    assert len(source.text.splitlines()) <= 500
    lengths = {function.name: function.end_lineno - function.lineno + 1 for function in source.functions}
    assert {function: length for function, length in lengths.items() if length > 60} == {}


def test_files_and_functions_are_small_as_a_rule():
    functions = [function for source in ALL_MODULES.values() for function in source.functions]
    assert statistics.median(function.end_lineno - function.lineno + 1 for function in functions) <= 10
    assert statistics.median(len(source.text.splitlines()) for source in ALL_MODULES.values()) <= 150


def test_test_files_stay_readable():
    tests = [*(ROOT / "server" / "tests").rglob("*.py"), *(ROOT / "Testing").rglob("*.py")]
    assert {path.name: count for path in tests if (count := len(path.read_text().splitlines())) > 500} == {}


@pytest.mark.parametrize("name", [name for name in sorted(ALL_MODULES) if part(name) != "cli"])
def test_only_the_command_line_prints(name: str):
    calls = (node.func for node in ast.walk(ALL_MODULES[name].tree) if isinstance(node, ast.Call))
    assert "print" not in {function.id for function in calls if isinstance(function, ast.Name)}


@pytest.mark.parametrize("name", sorted(ALL_MODULES))
def test_nothing_rebinds_a_global(name: str):
    assert [node.names for node in ast.walk(ALL_MODULES[name].tree) if isinstance(node, ast.Global)] == []


def test_no_file_names_a_place_on_a_developers_machine():
    place = re.compile(r"(?<![\w.~$}>-])/(?:work|root|home|Users|tmp|opt(?!/homebrew/bin))/\w[^\s\"'`)]*")
    found = {name: hits for name, text in tracked_text_files().items() if (hits := place.findall(text))}
    assert found == {}


def test_no_file_names_a_package_registry():
    parts = [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("download.pytorch", "org"),
        ("npmjs", "org"),
        ("anaconda", "org"),
    ]
    hosts = [".".join(part) for part in parts]  # joined here, so that this file does not name them either
    found = {name for name, text in tracked_text_files().items() for host in hosts if host in text}
    assert found == set()


def test_the_package_ships_every_data_file_it_has():
    project = (SERVER_SOURCES.parent / "pyproject.toml").read_text()
    files = [name for name in tracked_text_files() if name.startswith("server/src/") and not name.endswith(".py")]
    assert len(files) >= 1
    patterns = {name: (f'"{name.rsplit("/", 1)[1]}"', f'"*.{name.rsplit(".", 1)[1]}"') for name in files}
    assert [name for name in files if not any(pattern in project for pattern in patterns[name])] == []


def test_locks_pin_every_package_with_hashes_and_leave_torch_out():
    for lock in ("runtime", "test", "setup"):
        text = (ROOT / "requirements" / f"{lock}.lock").read_text()
        entries = re.split(r"\n(?=\S)", "\n".join(line for line in text.splitlines() if not line.startswith("#")))
        assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
        assert not re.search(r"^(torch|nvidia-|triton)", text, re.MULTILINE)


def test_the_lock_satisfies_what_the_package_asks_for():
    asked = re.findall(
        r'^    "([A-Za-z-]+)[^"]*",$', (SERVER_SOURCES.parent / "pyproject.toml").read_text(), re.MULTILINE
    )
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / "runtime.lock").read_text(), re.MULTILINE))
    assert len(asked) >= 9
    assert {name.lower() for name in asked} - locked == {"torch"}
