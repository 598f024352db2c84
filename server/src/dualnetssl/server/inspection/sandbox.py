"""Give up what a process does not need: file system and network, for good, as far as the system can take them away.

Landlock and seccomp are asked for through `ctypes`, as neither Python nor a well-kept package speaks to them. Linux
alone has them; elsewhere, and on old kernels, the limits of memory and files remain.
"""

from __future__ import annotations

import ctypes
import platform
import struct
import sys
from collections.abc import Callable
from pathlib import Path

_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_VERSION_FLAG = 1
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER_MODE = 38, 22, 2
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050001
_OTHER_ABI = 0x40000000

_REFUSED = {
    "x86_64": (
        0xC000003E,
        # open openat openat2 creat socket connect bind socketpair execve execveat fork vfork clone clone3 ptrace
        (2, 257, 437, 85, 41, 42, 49, 53, 59, 322, 57, 58, 56, 435, 101),
        # unlink unlinkat rename renameat renameat2 mkdir mkdirat link linkat symlink symlinkat chmod fchmodat truncate
        (87, 263, 82, 264, 316, 83, 258, 86, 265, 88, 266, 90, 268, 76),
        # process_vm_readv process_vm_writev mount umount2 io_uring_setup bpf memfd_create open_by_handle_at
        (310, 311, 165, 166, 425, 321, 319, 304),
    ),
    "aarch64": (
        0xC00000B7,
        (56, 437, 198, 203, 200, 199, 221, 281, 220, 435, 117),
        (35, 38, 276, 34, 37, 36, 53, 45),
        (270, 271, 40, 39, 425, 280, 279, 265),
    ),
}
"""By processor: how the kernel calls it, and the numbers of the system calls that are refused."""


def confine() -> list[str]:
    """Give up file system and network; what is open stays open.

    Only a process of one thread may do this, and it must have imported all it needs.

    Returns:
        names of what protects this process now; empty where the system has nothing.
    """
    steps: dict[str, Callable[[], bool]] = {"Landlock": _landlock, "seccomp": _seccomp}
    return [name for name, step in steps.items() if sys.platform == "linux" and step()]


def limit_memory(growth: int) -> None:
    """Let this process take at most so many bytes more than now, on systems that can tell and limit it."""
    statistics = Path("/proc/self/statm")
    if statistics.exists():
        import resource

        present = int(statistics.read_text().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (present + growth, hard))


def limit_files(size: int) -> None:
    """Let no file that this process writes grow beyond so many bytes, on systems that can limit it."""
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))


def _landlock() -> bool:
    """Allow nothing of what the kernel's Landlock knows: no rule is ever added to the ruleset."""
    library = ctypes.CDLL(None, use_errno=True)
    version = library.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_FLAG)
    if version < 1:
        return False
    files = 13 + (version >= 2) + (version >= 3) + (version >= 5)
    fields = [(1 << files) - 1, 0b11 if version >= 4 else None, 0b11 if version >= 6 else None]
    attributes = struct.pack(f"{sum(field is not None for field in fields)}Q", *filter(None, fields))
    ruleset = library.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0 or library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return bool(library.syscall(_RESTRICT_SELF, ruleset, 0) == 0)


def _seccomp() -> bool:
    """Let the kernel refuse the system calls of the list with 'operation not permitted'."""
    if platform.machine() not in _REFUSED or struct.calcsize("P") != 8:
        return False
    processor, *lists = _REFUSED[platform.machine()]
    calls = [number for numbers in lists for number in numbers]
    program = _program(processor, calls)
    code = ctypes.create_string_buffer(program, len(program))
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    whole = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    return bool(library.prctl(_SET_SECCOMP, _FILTER_MODE, whole, 0, 0) == 0)


def _program(processor: int, calls: list[int]) -> bytes:
    """Return the filter: which processor, which call, then what becomes of it."""
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, processor), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    steps += [(_AT_LEAST, 0, 1, _OTHER_ABI), (_RETURN, 0, 0, _KILL)]
    steps += [(_EQUAL, len(calls) - at, 0, call) for at, call in enumerate(calls)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
