"""What this machine has for the host: the packages, the libraries that Qt wants, a way to render.

Without libEGL PySide6 does not import; without OpenGL VTK ends the whole process at its first picture, so that is tried
in a child process.
"""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import os
import subprocess
import sys

SYSTEM = "64-bit Linux with Python 3.11 or 3.12"
PACKAGES = ("slicer_core", "PySide6", "vtkmodules")
LIBRARIES = (
    "libEGL.so.1",
    "libGL.so.1",
    "libxkbcommon.so.0",
    "libdbus-1.so.3",
    "libfontconfig.so.1",
    "libglib-2.0.so.0",
)
DEBIAN = (
    "libegl1 libegl-mesa0 libgl1 libgl1-mesa-dri libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 "
    "fonts-dejavu-core"
)
WINDOW_KEY, WINDOW = "VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow"  # never asks for an X server
RENDER = """
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow, vtkWindowToImageFilter
import vtkmodules.vtkRenderingOpenGL2
window, renderer, grabber = vtkRenderWindow(), vtkRenderer(), vtkWindowToImageFilter()
window.SetOffScreenRendering(1)
window.SetSize(16, 16)
renderer.SetBackground(1.0, 0.0, 0.0)
window.AddRenderer(renderer)
window.Render()
grabber.SetInput(window)
grabber.Update()
assert grabber.GetOutput().GetPointData().GetScalars().GetTuple(0)[0] > 200
"""


def _loads(library):
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


@functools.cache
def why_not():
    """Why the host cannot run here; empty if it can."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        return (
            f"{', '.join(missing)} not installed (requirements/test.lock; for Linux on x86-64, Python 3.11 and later)"
        )
    missing = [name for name in LIBRARIES if not _loads(name)]
    if missing:
        return f"{', '.join(missing)} not found; on Debian and Ubuntu: apt-get install {DEBIAN}"
    return ""


@functools.cache
def can_render():
    """Whether VTK can draw offscreen."""
    environment = {**os.environ, WINDOW_KEY: WINDOW}
    child = subprocess.run([sys.executable, "-c", RENDER], capture_output=True, env=environment, check=False)
    return child.returncode == 0


def main():
    """For scripts/setup.sh: prints which Debian packages to install and exits 1, if the host cannot run or draw."""
    if any(importlib.util.find_spec(name) is None for name in PACKAGES):
        return 1
    if why_not() or not can_render():
        print(DEBIAN)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
