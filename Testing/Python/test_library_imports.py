"""The library runs on what 3D Slicer brings, and costs nothing before it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LIBRARY = Path(__file__).parents[2] / "DualNetSSLLib"
SERVER = LIBRARY.parent / "server" / "src"
ALLOWED = {"DualNetSSLLib", "dualnetssl", "requests", "numpy", "scipy", "SimpleITK"}
HOOK = """
import sys
from importlib.machinery import PathFinder

OF_REQUESTS = {{"urllib3", "idna", "certifi", "charset_normalizer", "chardet", "simplejson"}}
ALLOWED = {allowed!r} | OF_REQUESTS | set(sys.stdlib_module_names)

class Guard:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in ALLOWED and PathFinder.find_spec(name, path) and {root!r} in importer():
            raise AssertionError("the library imports " + name)

def importer():
    frame, files = sys._getframe(), []
    while frame:
        files.append(frame.f_code.co_filename)
        frame = frame.f_back
    return next((file for file in files[2:] if "importlib" not in file), "")

sys.meta_path.insert(0, Guard())
sys.path[:0] = {path!r}
"""


def run(code):
    hook = HOOK.format(allowed=ALLOWED, root=str(LIBRARY), path=[str(LIBRARY.parent), str(SERVER)])
    return subprocess.run(
        [sys.executable, "-I", "-c", hook + code], capture_output=True, text=True, check=False, timeout=60
    )


def modules():
    """All that needs no Slicer."""
    names = (".".join(path.relative_to(LIBRARY.parent).with_suffix("").parts) for path in LIBRARY.rglob("*.py"))
    return sorted(name for name in names if not name.startswith("DualNetSSLLib.panel."))


def test_every_module_needs_only_what_slicer_brings():
    code = f"import importlib, sys\nfor name in {modules()!r}: importlib.import_module(name)\n"
    code += "from DualNetSSLLib.client.client import Client\nClient('http://127.0.0.1:1', 't').close()\n"
    code += "heavy = {'torch', 'monai', 'scipy', 'qt', 'pydantic', 'dualnetssl.intake'} & set(sys.modules)\n"
    code += "assert not heavy, heavy\nassert 'requests' in sys.modules\n"
    done = run(code)
    assert done.returncode == 0, done.stderr


def test_the_guard_notices_a_forbidden_import(tmp_path):
    code = f"exec(compile('import pydantic', {str(LIBRARY / 'x.py')!r}, 'exec'))"
    assert "the library imports pydantic" in run(code).stderr


def test_requests_is_imported_only_when_it_is_needed():
    code = f"import importlib, sys\nfor name in {modules()!r}: importlib.import_module(name)\n"
    assert run(code + "assert 'requests' not in sys.modules").returncode == 0
