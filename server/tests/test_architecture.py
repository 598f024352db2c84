"""Which part may import which, how large things may be, and what never gets into the repository."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections import Counter

import pytest
from codebase import (
    BENCH,
    BENCH_SOURCES,
    LIBRARY,
    ROOT,
    SERVER,
    SERVER_SOURCES,
    reached_on_import,
    sources,
    tracked_files,
    tracked_text_files,
)

MODULES = sources(SERVER)
LIBRARY_MODULES = sources(LIBRARY)
BENCH_MODULES = sources(BENCH)
PRODUCT = {**MODULES, **LIBRARY_MODULES}
ALL_MODULES = {**PRODUCT, **BENCH_MODULES}

KEPT = {"contract", "server", "server.store"}
LEARNING = {"method", "scans", "bundle", "prediction", "worker"}
MAY_IMPORT = {
    "version": set(),
    "processes": set(),
    "contract": set(),
    "files": {"contract"},
    "volumes": {"contract", "files"},
    "intake": {"contract", "files", "volumes"},
    "method": {"contract"},
    "scans": {"contract", "files", "volumes", "method"},
    "bundle": {"contract", "method", "scans", "version"},
    "pictures": {"contract"},
    "prediction": {"contract", "volumes", "method", "scans", "bundle", "pictures"},
    "scores": {"contract", "files", "volumes"},
    "worker": {"contract", "volumes", "method", "scans", "bundle", "prediction", "scores", "processes"},
    "report": {"contract", "files", "volumes", "bundle", "pictures", "scores", "version"},
    "api": LEARNING | {"contract", "files", "volumes", "intake", "scores", "report"},
    "server": {"contract", "processes"},
    "server.inspection": {"contract", "files", "volumes", "server", "processes"},
    "server.store": {"contract", "server"},
    "server.audit": {"contract"},
    "server.engines": {"contract", "server", "processes"},
    "server.datafolder": KEPT | {"server.audit", "version"},
    "server.supervisor": KEPT | {"server.engines", "server.inspection"},
    "server.serving": {"contract", "server"},
    "server.page": set(),
    "server.api": KEPT
    | {"server.audit", "server.datafolder", "server.engines", "server.inspection", "server.page", "server.supervisor"}
    | {"version"},
    "cli": None,
}
"""Rooms of the package and the rooms they may import, anywhere in their code; ``cli`` joins all of them.

``server`` are the files in that folder itself: blobs, settings, devices, trash.
"""

LIBRARY_MAY_IMPORT = {
    "client": set(),
    "tasks": {"client"},
    "scans": {"client", "tasks"},
    "regions": {"client", "tasks", "scans"},
    "mending": {"client", "tasks", "scans", "labels"},
    "maps": {"client", "tasks", "scans"},
    "comparison": {"client", "tasks", "scans", "regions"},
    "labels": {"client", "tasks", "scans", "comparison"},
    "localserver": {"client", "tasks"},
    "background": {"client", "tasks", "scans", "regions", "mending", "maps", "comparison", "labels", "localserver"},
    "panel": None,
}
PANEL_MAY_IMPORT = {
    "common": set(),
    "desk": {"common"},
    "dataset": {"common"},
    "training": {"common", "desk"},
    "overlay": {"common", "desk"},
    "results": {"common", "desk", "overlay"},
    "review": {"common", "desk", "overlay"},
    "slices": {"common", "desk", "review"},
    "worklist": {"common", "desk", "review"},
    "rail": {"common", "desk"},
}
"""Rooms of the panel; ``panel`` and ``server`` beside them put them together."""

SMALL = tuple(name for name in MAY_IMPORT if name in ("contract", "server") or name.startswith("server."))
OWN_PROCESS = {"dualnetssl.server.inspection.inspector"}
"""What runs beside the server and not in it."""
HEAVY = {"torch", "monai", "numpy", "scipy", "SimpleITK"}


def room(name: str) -> str:
    """``server.store`` of ``dualnetssl.server.store.jobs``, ``server`` of a file in that folder; "" of the root."""
    parts = name.split(".")[1:]
    inner = parts[:2] == ["server", *parts[1:2]] and f"server.{'.'.join(parts[1:2])}" in MAY_IMPORT
    return ".".join(parts[: 2 if inner else 1])


def of_rooms(*rooms: str) -> list[str]:
    return [name for name in MODULES if room(name) in rooms and name not in OWN_PROCESS]


def run_python(code: str) -> str:
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return result.stdout.strip()


def test_the_rules_name_every_room_there_is():
    assert {room(name) for name in MODULES} - {"", "__main__"} == MAY_IMPORT.keys()
    assert {name.split(".")[1] for name in LIBRARY_MODULES if "." in name} == LIBRARY_MAY_IMPORT.keys()
    inner = {name.split(".")[2] for name in LIBRARY_MODULES if name.count(".") > 2 and name.split(".")[1] == "panel"}
    assert inner == PANEL_MAY_IMPORT.keys()


@pytest.mark.parametrize("importer", sorted(name for name, allowed in MAY_IMPORT.items() if allowed is not None))
def test_imports_go_one_way(importer: str):
    for name in (name for name in MODULES if room(name) == importer):
        imported = {target for target in MODULES[name].imports(lazy=True) if target in MODULES}
        rooms = {room(target) for target in imported} - {importer, ""}
        assert rooms <= MAY_IMPORT[importer], f"{name} imports {rooms - MAY_IMPORT[importer]}"


def library_room(name: str, depth: int) -> str:
    return name.split(".")[depth] if name.count(".") >= depth else ""


@pytest.mark.parametrize("importer", sorted(LIBRARY_MAY_IMPORT.keys() - {"panel"}))
def test_the_library_imports_one_way(importer: str):
    for name in (name for name in LIBRARY_MODULES if library_room(name, 1) == importer):
        imported = {target for target in LIBRARY_MODULES[name].imports(lazy=True) if target in LIBRARY_MODULES}
        rooms = {library_room(target, 1) for target in imported} - {importer, ""}
        assert rooms <= LIBRARY_MAY_IMPORT[importer], f"{name} imports {rooms - LIBRARY_MAY_IMPORT[importer]}"


@pytest.mark.parametrize("importer", sorted(PANEL_MAY_IMPORT))
def test_the_panel_imports_one_way(importer: str):
    prefix = f"{LIBRARY}.panel."
    for name in (name for name in LIBRARY_MODULES if name.startswith(f"{prefix}{importer}.")):
        imported = {target for target in LIBRARY_MODULES[name].imports(lazy=True) if target in LIBRARY_MODULES}
        rooms = {library_room(target, 2) for target in imported if target.startswith(prefix)} - {importer, ""}
        assert rooms <= PANEL_MAY_IMPORT[importer], f"{name} imports {rooms - PANEL_MAY_IMPORT[importer]}"


def test_the_product_knows_nothing_of_benches_and_the_server_nothing_of_the_library():
    for name, source in PRODUCT.items():
        foreign = {BENCH} if name in LIBRARY_MODULES else {BENCH, LIBRARY}
        assert not {target.split(".")[0] for target in source.imports(lazy=True)} & foreign, name


def test_the_client_stands_alone_under_a_name_of_its_own():
    for name in (name for name in LIBRARY_MODULES if name.startswith(f"{LIBRARY}.client.")):
        absolute = [
            node.module
            for node in ast.walk(LIBRARY_MODULES[name].tree)
            if isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").startswith(LIBRARY)
        ]
        assert absolute == [], f"{name} is also part of dualnetssl_client: import with a dot"


def test_the_public_surface_is_what_it_says():
    import dualnetssl

    public = {name for name in dualnetssl.__all__ if not name.startswith("_")}
    assert {"TrainConfig", "evaluate", "load_model", "predict", "train"} <= public
    assert all(getattr(dualnetssl, name).__doc__ for name in public)
    assert run_python("import sys, dualnetssl; print('torch' in sys.modules)") == "False"


def test_no_folder_is_fuller_than_one_can_read():
    folders = Counter(name.rpartition("/")[0] for name in tracked_files())
    assert {folder: count for folder, count in folders.items() if count > 20} == {}


@pytest.mark.parametrize("name", of_rooms(*SMALL))
def test_the_server_process_stays_small(name: str):
    reached = {target.split(".")[0] for target in reached_on_import(name, MODULES)}
    assert reached & HEAVY == set()


def test_the_server_process_stays_small_when_really_imported():
    imports = "; ".join(f"import {name}" for name in of_rooms(*SMALL))
    assert run_python(f"import sys; {imports}; print({HEAVY!r} & sys.modules.keys())") == "set()"


@pytest.mark.parametrize("name", ["losses", "networks"])
def test_the_mathematics_stands_on_its_own(name: str):
    imported = MODULES[f"{SERVER}.method.{name}"].imports(lazy=True)
    known = {f"{SERVER}.contract", f"{SERVER}.contract.schema", f"{SERVER}.method", f"{SERVER}.method.pooling"}
    assert {target for target in imported if target in MODULES} <= known


def in_slicer(name: str) -> bool:
    """Whether a part of the library lives in Slicer's own process: the panel, the scene, and what hands it results."""
    return name.split(".")[1:2] == ["panel"] or name == f"{LIBRARY}.background.session"


@pytest.mark.parametrize("name", sorted(LIBRARY_MODULES))
def test_the_library_imports_only_what_slicer_brings(name: str):
    imported = {target.split(".")[0] for target in LIBRARY_MODULES[name].imports(lazy=True)}
    third_party = imported - sys.stdlib_module_names - {LIBRARY, SERVER}
    allowed = {"requests", "urllib3", "numpy", "SimpleITK", "scipy"}  # urllib3 is a part of requests
    assert third_party <= (allowed | {"slicer", "qt", "ctk", "vtk", "DICOMLib"} if in_slicer(name) else allowed)


def test_of_the_server_the_library_takes_files_alone_which_slicers_python_can_load():
    """In the background process, which is told where the server lies; the panel itself does without."""
    taken = {name: MODULES.keys() & set(source.imports(lazy=True)) for name, source in LIBRARY_MODULES.items()}
    users = {name for name, targets in taken.items() if targets - {SERVER}}
    assert users == {f"{LIBRARY}.scans.{name}" for name in ("add_scans", "folders", "volume_files")}
    rooms = {room(target) for targets in taken.values() for target in targets}
    assert rooms - {"", "contract"} == {"files"}
    reached = {target.split(".")[0] for name in of_rooms("files") for target in reached_on_import(name, MODULES)}
    assert reached - sys.stdlib_module_names == {SERVER, "numpy"}


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


@pytest.mark.parametrize("name", [name for name in sorted(PRODUCT) if room(name) != "cli"])
def test_only_the_command_line_prints(name: str):
    calls = (node.func for node in ast.walk(ALL_MODULES[name].tree) if isinstance(node, ast.Call))
    assert "print" not in {function.id for function in calls if isinstance(function, ast.Name)}


@pytest.mark.parametrize("name", sorted(ALL_MODULES))
def test_nothing_rebinds_a_global(name: str):
    assert [node.names for node in ast.walk(ALL_MODULES[name].tree) if isinstance(node, ast.Global)] == []


def panel_calls(*names: str) -> dict[str, list[str]]:
    """Calls of these names in each file of the panel, whatever they are called on; empty lists are left out."""
    found = {
        name: [
            f"line {node.lineno}: {ast.unparse(node.func)}(…)"
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
        ]
        for name, source in LIBRARY_MODULES.items()
        if name.startswith(f"{LIBRARY}.panel.")
    }
    return {name: calls for name, calls in found.items() if calls}


def test_the_panel_connects_in_one_place_which_undoes_it():
    made = panel_calls("connect", "disconnect", "QTimer", "QShortcut", "singleShot")
    assert made.keys() == {f"{LIBRARY}.panel.common.wiring"}, f"use Wiring: {made}"


def test_the_desk_is_made_of_parts_that_do_one_thing_each():
    desk = [source for name, source in LIBRARY_MODULES.items() if name.startswith(f"{LIBRARY}.panel.desk.")]
    classes = [node for source in desk for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)]
    methods = {each.name: sum(isinstance(part, ast.FunctionDef) for part in each.body) for each in classes}
    assert {name: count for name, count in methods.items() if count > 20} == {}


def test_no_file_names_a_place_on_a_developers_machine():
    place = re.compile(r"(?<![\w.~$}>-])/(?:work|root|home|Users|tmp|opt(?!/homebrew/|/local/bin))/\w[^\s\"'`)]*")
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
    project = "".join((root / "pyproject.toml").read_text() for root in (SERVER_SOURCES.parent, BENCH_SOURCES))
    folders = ("server/src/", "server/bench/dualnetssl_bench/")
    files = [name for name in tracked_text_files() if name.startswith(folders) and not name.endswith(".py")]
    assert len(files) >= 2
    patterns = {name: (f'"{name.rsplit("/", 1)[1]}"', f'"*.{name.rsplit(".", 1)[1]}"') for name in files}
    assert [name for name in files if not any(pattern in project for pattern in patterns[name])] == []


def test_locks_pin_every_package_with_hashes_and_leave_torch_out():
    for lock in ("runtime", "bench", "test", "setup"):
        text = (ROOT / "requirements" / f"{lock}.lock").read_text()
        entries = re.split(r"\n(?=\S)", "\n".join(line for line in text.splitlines() if not line.startswith("#")))
        assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
        assert not re.search(r"^(torch|nvidia-|triton)", text, re.MULTILINE)


def locked(name: str) -> dict[str, set[str]]:
    """Packages of a lock with their versions, one for each range of Python."""
    pins: dict[str, set[str]] = {}
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    for package, version in re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE):
        pins.setdefault(package, set()).add(version)
    return pins


def test_the_lock_satisfies_what_the_package_asks_for():
    asked = re.findall(r"^([A-Za-z-]+)", (SERVER_SOURCES.parent / "dependencies.txt").read_text(), re.MULTILINE)
    assert len(asked) >= 9
    assert {name.lower() for name in asked} - locked("runtime").keys() == {"torch"}


def test_the_locks_satisfy_what_the_benches_ask_for():
    project = (BENCH_SOURCES / "pyproject.toml").read_text()
    asked = set(re.findall(r'"([a-z]+)', re.findall(r"^dependencies = \[(.*)\]", project, re.MULTILINE)[0]))
    assert asked - locked("runtime").keys() - locked("bench").keys() == {"dualnetssl"}
    assert "matplotlib" not in locked("runtime"), "no clinic installs it"


def test_what_is_locked_twice_has_the_same_versions():
    for name, of in (("bench", "runtime"), ("test", "runtime"), ("test", "bench")):
        pins, others = locked(name), locked(of)
        assert {package for package in pins.keys() & others.keys() if not pins[package] <= others[package]} == set()
