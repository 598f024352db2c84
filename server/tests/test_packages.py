"""Each package as a wheel, built from a copy of its sources and used from where it was unpacked."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile

import pytest
from codebase import ROOT, tracked_files

PAGE = "from dualnetssl.server.page import page_files as files; assert {'main.js', 'niivue.js'} <= files().keys(); "
PACKAGES = {
    "server": (
        "dualnetssl",
        PAGE + "import dualnetssl as used; used.TrainConfig(steps=1); used.load_model; "
        "from dualnetssl.report import page; page.framed(page.Frame('', '', ''), [])",
    ),
    ".": (
        "dualnetssl",
        PAGE + "from dualnetssl.cli.main import main; import dualnetssl as used; main(['evaluate', '--help'])",
    ),
    "server/bench": ("dualnetssl_bench", "import dualnetssl_bench.commands as used; used.COMMANDS[0].name"),
    "DualNetSSLLib": (
        "dualnetssl_client",
        "import dualnetssl_client as used; used.Client('http://127.0.0.1:1', 'x').close(); "
        "assert 'DualNetSSLLib' not in sys.modules",
    ),
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of what is under version control, since building leaves files beside the sources."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in tracked_files():
        if name.startswith(("server/src", "server/bench", "DualNetSSLLib")) or name.endswith((".toml", "encies.txt")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.mark.parametrize("place", PACKAGES)
def test_a_wheel_has_what_its_package_needs(place, checkout, tmp_path):
    package, use = PACKAGES[place]
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*build, "--wheel-dir", str(tmp_path), str(checkout / place)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    names = {path.name for path in (tmp_path / "installed").iterdir() if not path.name.endswith(".dist-info")}
    assert names == {package}
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'installed')!r})\ntry:\n    {use}\nexcept SystemExit: pass\n"
    )
    code += f"assert used.__file__.startswith({str(tmp_path)!r}), used.__file__"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, stdout=subprocess.DEVNULL)
