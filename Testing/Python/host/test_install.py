"""The extension as CMake installs it, and as a folder dragged into Slicer: the module loads, no file is missing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from slicerhost.probe import why_not

from DualNetSSLLib.localserver.sources import find_sources

ROOT = Path(__file__).resolve().parents[3]
HOST = ROOT / "Testing" / "SlicerHost"
LOAD = """
import importlib, json, sys
sys.path.insert(0, {host!r})
import slicerhost
host = slicerhost.start()
widget = host.load_module({module!r})
import DualNetSSLLib
names = {names!r}
for name in names:
    importlib.import_module(name)
host.pump(seconds=0.05)
host.unload_module("DualNetSSL")
print(json.dumps({{"library": DualNetSSLLib.__file__, "errors": [repr(error) for error in host.errors]}}))
"""
NO_COMPILER = [
    f"-DCMAKE_{language}_COMPILER{key}"
    for language in ("C", "CXX")
    for key in ("=/bin/true", "_FORCED=TRUE", "_ID_RUN=TRUE")
]

pytestmark = pytest.mark.skipif(bool(why_not()), reason=f"no Slicer host: {why_not()}")


def library_modules():
    """Every module of the library, as it lies in the source folder."""
    files = (path.relative_to(ROOT).with_suffix("") for path in (ROOT / "DualNetSSLLib").rglob("*.py"))
    return sorted(".".join(path.parts).removesuffix(".__init__") for path in files)


def load(module, folder):
    """Load the module in a process of its own that knows nothing of this checkout but the host."""
    code = LOAD.format(host=str(HOST), module=str(module), names=library_modules())
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    if not shutil.which("cmake") or not shutil.which("make"):
        pytest.skip("cmake or make is not installed")
    folder = tmp_path_factory.mktemp("installed")
    configure = ["cmake", "-S", ROOT, "-B", folder / "build", f"-DSlicer_DIR={HOST / 'cmake'}"]
    configure += [f"-DCMAKE_INSTALL_PREFIX={folder / 'tree'}", "-DBUILD_TESTING=ON", "-Wno-dev", *NO_COMPILER]
    for command in (configure, ["cmake", "--install", folder / "build"]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "tree" / "lib" / "Slicer-5.12" / "qt-scripted-modules"


@pytest.mark.long
def test_the_installed_module_runs_on_the_installed_library(installed):
    outcome = load(installed / "DualNetSSL.py", installed.parent)
    assert outcome == {"library": str(installed / "DualNetSSLLib" / "__init__.py"), "errors": []}


def test_the_build_folder_has_the_server_too(installed):
    """Developers, and the extension's own tests, run it from there."""
    build = installed.parents[3] / "build"
    done = subprocess.run(["cmake", "--build", build], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    sources = find_sources(build / installed.relative_to(installed.parents[2]) / "DualNetSSLLib")
    assert sources.package.parents[2].name == "local"
    assert sources.torch.startswith("torch==")
    assert (sources.package / "cli" / "main.py").exists()
    assert sources.count == find_sources().count


def test_the_source_folder_runs_as_it_is(tmp_path):
    outcome = load(ROOT / "DualNetSSL" / "DualNetSSL.py", tmp_path)
    assert outcome == {"library": str(ROOT / "DualNetSSLLib" / "__init__.py"), "errors": []}


def test_a_file_that_cmake_names_but_nobody_wrote_is_noticed(tmp_path):
    if not shutil.which("cmake") or not shutil.which("make"):
        pytest.skip("cmake or make is not installed")
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.16)\nproject(X NONE)\nfind_package(Slicer REQUIRED)\n"
        "include(${Slicer_USE_FILE})\nslicerMacroBuildScriptedModule(NAME X SCRIPTS X.py)\n"
    )
    command = ["cmake", "-S", tmp_path, "-B", tmp_path / "build", f"-DSlicer_DIR={HOST / 'cmake'}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "'X.py' does not exist" in done.stderr
