"""Programs that are not Slicer's, run without what Slicer puts into the environment for itself."""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

from DualNetSSLLib.client.cancel import CancelToken
from DualNetSSLLib.client.errors import Cancelled
from DualNetSSLLib.localserver.advice import SetUpFailed, explain
from DualNetSSLLib.tasks import processes

OF_SLICER = (
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PYTHONNOUSERSITE",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "DYLD_LIBRARY_PATH",
    "QT_PLUGIN_PATH",
    "LIBRARYPATHS",
    "VIRTUAL_ENV",
    "__PYVENV_LAUNCHER__",
)
SAVED = "APPLAUNCHER_0_"
"""Under names that begin so, Slicer's launcher keeps the variables as they were before it changed them."""
SHARED = ("", "/usr", "/usr/local")
"""Where Slicer may lie among everything else, as some Linux distributions have it."""
WORDS = 60
"""Lines of a program that are kept to tell why it failed; pip says the cause some way before its last word."""


def clean_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment as it is outside Slicer.

    Example:
        >>> clean_environment({"PYTHONHOME": "/s", "PATH": "/s/bin", "APPLAUNCHER_0_PATH": "/usr/bin", "HOME": "/h"})
        {'PATH': '/usr/bin', 'HOME': '/h'}
    """
    given = dict(os.environ if environment is None else environment)
    home = given.get("SLICER_HOME")
    clean = {
        name: value
        for name, value in given.items()
        if name.upper() not in OF_SLICER
        and not name.startswith("APPLAUNCHER_")
        and (name == "PATH" or not _inside(value, home))
    }
    clean |= {name.removeprefix(SAVED): value for name, value in given.items() if name.startswith(SAVED) and value}
    if "PATH" in clean:
        parts = clean["PATH"].split(os.pathsep)
        clean["PATH"] = os.pathsep.join(part for part in parts if not _inside(part, home))
    return clean


def _inside(value: str, home: str | None) -> bool:
    r"""Tell whether a variable names something of Slicer's, such as its own certificates, which may go with it.

    Example:
        >>> _inside("C:\\Slicer 5.12\\bin", "C:/Slicer 5.12"), _inside("/s/Slicer-data", "/s/Slicer")
        (True, False)
    """
    if not home or home.rstrip("/") in SHARED:
        return False
    folder = home.replace("\\", "/").rstrip("/").lower()
    return f"{value}/".replace("\\", "/").lower().startswith(f"{folder}/")


def run_lines(
    command: Sequence[str],
    cancel: CancelToken,
    line: Callable[[str], None],
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a program to its end, telling each line that it says.

    Raises:
        SetUpFailed: it did not end well; the error says why, with its last words.
        Cancelled: the token was cancelled; the program was stopped.
    """
    words: deque[str] = deque(maxlen=WORDS)
    try:
        started = processes.start(command, environment=clean_environment() if environment is None else environment)
    except processes.NOT_RUN as error:
        raise SetUpFailed(
            f"{command[0]} cannot be run: {error}.", "Remove the server's folder and try again."
        ) from error
    with started as process:
        try:
            for said in _lines(process, cancel):
                words.append(said)
                line(said)
        except BaseException:
            processes.end(process)
            raise
    if process.returncode:
        raise explain(command, list(words), process.returncode)


def _lines(process: processes.Process, cancel: CancelToken) -> Iterator[str]:
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


def _listen(process: processes.Process, said: queue.Queue[str | None]) -> None:
    if process.stdout is not None:
        for line in process.stdout:
            said.put(line)
    said.put(None)
