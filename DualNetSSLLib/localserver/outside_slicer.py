"""Programs that are not Slicer's: found, and run without what Slicer puts into the environment for itself."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

from DualNetSSLLib.client.cancel import CancelToken
from DualNetSSLLib.client.errors import Cancelled, LaunchFailed

OF_SLICER = (
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PYTHONNOUSERSITE",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "DYLD_LIBRARY_PATH",
    "QT_PLUGIN_PATH",
    "VIRTUAL_ENV",
    "__PYVENV_LAUNCHER__",
)
SAVED = "APPLAUNCHER_0_"
"""Under names that begin so, Slicer's launcher keeps the variables as they were before it changed them."""
HIDDEN = 0x08000000 if sys.platform == "win32" else 0
"""Keeps a console window from opening on Windows."""
OLDEST, NEWEST = (3, 10), (3, 14)
ASK = "import ensurepip, struct, sys, venv; print(*sys.version_info[:2], struct.calcsize('P') * 8)"


def clean_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment as it is outside Slicer.

    Example:
        >>> clean_environment({"PYTHONHOME": "/s", "PATH": "/s/bin", "APPLAUNCHER_0_PATH": "/usr/bin", "HOME": "/h"})
        {'PATH': '/usr/bin', 'HOME': '/h'}
    """
    given = dict(os.environ if environment is None else environment)
    clean = {
        name: value for name, value in given.items() if name not in OF_SLICER and not name.startswith("APPLAUNCHER_")
    }
    clean |= {name.removeprefix(SAVED): value for name, value in given.items() if name.startswith(SAVED) and value}
    home = given.get("SLICER_HOME")
    if home and "PATH" in clean:
        parts = clean["PATH"].split(os.pathsep)
        clean["PATH"] = os.pathsep.join(part for part in parts if not part.startswith(home))
    return clean


def find_python(chosen: str | None = None, environment: Mapping[str, str] | None = None) -> str:
    """Return a Python that environments can be made with; Slicer's own only where there is no other.

    Args:
        chosen: the only one to consider, if the user has chosen; else ``DUALNETSSL_PYTHON`` goes before all.
        environment: variables of the environment; by default those outside Slicer.

    Raises:
        LaunchFailed: there is none.
    """
    environment = clean_environment() if environment is None else dict(environment)
    asked = chosen or environment.get("DUALNETSSL_PYTHON")
    for candidate in [asked] if asked else [*_candidates(environment.get("PATH", "")), sys.executable]:
        if suits(candidate, environment):
            return candidate
    raise LaunchFailed(
        f"{asked or 'No Python on this computer'} can be used for a server.",
        "Install Python 3.12 (64 bit) from your system's software centre or python's website, then try again.",
    )


def suits(python: str, environment: Mapping[str, str]) -> bool:
    """Tell whether a Python is of a version that PyTorch is made for, and can make environments."""
    own = dict(os.environ) if python == sys.executable else dict(environment)
    try:
        said = subprocess.run(
            [python, "-c", ASK], capture_output=True, text=True, timeout=30, check=True, env=own, creationflags=HIDDEN
        )
        major, minor, bits = (int(word) for word in said.stdout.split())
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    return OLDEST <= (major, minor) <= NEWEST and bits == 64


def _candidates(path: str) -> Iterator[str]:
    """Yield the Pythons of the search path and of the usual places; the middle of the range is best supported."""
    places = os.pathsep.join([path, "/usr/local/bin", "/opt/homebrew/bin", "/usr/bin"])
    for name in ("python3.12", "python3.13", "python3.11", "python3", "python3.10", "python3.14", "python"):
        found = shutil.which(name, path=places)
        if found is not None:
            yield found


def has_nvidia_gpu() -> bool:
    """Tell whether NVIDIA's driver knows of a card."""
    program = shutil.which("nvidia-smi", path=clean_environment().get("PATH"))
    if program is None:
        return False
    try:
        said = subprocess.run(
            [program, "-L"], capture_output=True, text=True, timeout=20, check=True, creationflags=HIDDEN
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return said.stdout.startswith("GPU")


def run_lines(
    command: Sequence[str],
    cancel: CancelToken,
    line: Callable[[str], None],
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a program to its end, telling each line that it says.

    Raises:
        LaunchFailed: it did not end well; the error has its last words.
        Cancelled: the token was cancelled; the program was stopped.
    """
    words: deque[str] = deque(maxlen=6)
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=dict(environment or clean_environment()),
        creationflags=HIDDEN,
    ) as process:
        try:
            for said in _lines(process, cancel):
                words.append(said)
                line(said)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        said = next(
            (word for word in reversed(words) if word.lower().startswith("error")), " ".join(words) or "nothing"
        )
        raise LaunchFailed(f"{command[0]} failed: {said}", "Check the network and the disk; the same button goes on.")


def _lines(process: subprocess.Popen[str], cancel: CancelToken) -> Iterator[str]:
    """Yield the lines of a program as they come, looking for a cancel five times a second."""
    said: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_listen, args=(process, said), daemon=True).start()
    while True:
        if cancel.cancelled:
            raise Cancelled("The set-up was stopped.", "The same button goes on where it ended.")
        try:
            line = said.get(timeout=0.2)
        except queue.Empty:
            continue
        if line is None:
            return
        if line.strip():
            yield line.strip()


def _listen(process: subprocess.Popen[str], said: queue.Queue[str | None]) -> None:
    if process.stdout is not None:
        for line in process.stdout:
            said.put(line)
    said.put(None)
