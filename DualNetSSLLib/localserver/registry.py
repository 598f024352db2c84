"""The Pythons that Windows' registry tells of, as PEP 514 lays them down."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence

Read = Callable[[str], tuple[Sequence[str], Mapping[str, str]]]
"""Returns the names of the keys below a key, and its texts by name; both empty where there is no such key."""
ROOTS = ("HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE")


def read_registry(key: str) -> tuple[Sequence[str], Mapping[str, str]]:
    r"""Read a key such as ``HKEY_CURRENT_USER\\Software\\Python``; other systems have none."""
    names: list[str] = []
    texts: dict[str, str] = {}
    if sys.platform == "win32":
        import winreg

        root, _, path = key.partition("\\")
        with contextlib.suppress(OSError), winreg.OpenKey(getattr(winreg, root), path) as opened:
            keys, values, _ = winreg.QueryInfoKey(opened)
            names = [winreg.EnumKey(opened, number) for number in range(keys)]
            entries = [winreg.EnumValue(opened, number) for number in range(values)]
            texts = {name: value for name, value, kind in entries if kind == winreg.REG_SZ}
    return names, texts


def registered_pythons(read: Read) -> list[str]:
    r"""Return the interpreters in the registry: the user's before the computer's.

    Example:
        >>> key = "HKEY_CURRENT_USER\\Software\\Python"
        >>> keys = {key: (["PythonCore"], {}), key + "\\PythonCore": (["3.12"], {}),
        ...         key + "\\PythonCore\\3.12\\InstallPath": ([], {"": "C:\\Py"})}
        >>> registered_pythons(lambda name: keys.get(name, ([], {})))
        ['C:\\Py\\python.exe']
    """
    found = []
    for root in ROOTS:
        for company in read(f"{root}\\Software\\Python")[0]:
            for tag in read(f"{root}\\Software\\Python\\{company}")[0]:
                texts = read(f"{root}\\Software\\Python\\{company}\\{tag}\\InstallPath")[1]
                folder = texts.get("", "")
                program = texts.get("ExecutablePath") or (folder and folder.rstrip("\\") + "\\python.exe")
                if program:
                    found.append(program)
    return found
