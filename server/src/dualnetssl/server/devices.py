"""What there is to compute on, found without PyTorch so that the server's process stays small."""

from __future__ import annotations

import os
import shutil

from dualnetssl import processes
from dualnetssl.contract.schema import Device

_QUERY = ("--query-gpu=index,name,memory.total", "--format=csv,noheader,nounits")


def find_devices() -> tuple[Device, ...]:
    """Return the GPUs that nvidia-smi tells of, then the CPU with the computer's memory in bytes."""
    return (*parse_gpus(_ask_nvidia_smi()), cpu())


def cpu() -> Device:
    """Return the CPU; its memory is 0 where the system does not tell.

    Example:
        >>> cpu().name
        'cpu'
    """
    return Device(name="cpu", title=f"CPU with {os.cpu_count()} cores", memory_bytes=_memory())


def parse_gpus(table: str) -> tuple[Device, ...]:
    r"""Read the table that nvidia-smi gives.

    Example:
        >>> parse_gpus("0, NVIDIA RTX A5000, 24564\n")[0].title
        'NVIDIA RTX A5000'
    """
    rows = [[cell.strip() for cell in line.split(",")] for line in table.splitlines() if line.strip()]
    return tuple(
        Device(name=f"cuda:{index}", title=title, memory_bytes=int(mebibytes) << 20 if mebibytes.isdigit() else 0)
        for index, title, mebibytes in rows
    )


def _memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0


def _ask_nvidia_smi() -> str:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ""
    try:
        done = processes.run([program, *_QUERY], seconds=10.0)
    except (OSError, processes.TooLong):
        return ""
    return done.stdout.decode(errors="replace") if done.returncode == 0 else ""
