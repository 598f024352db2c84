"""``doctor``: is this computer ready? Each line says ok, warn or fail, and what to do."""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import os
import platform
import shutil
import socket
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dualnetssl.cli.main import FAILED
from dualnetssl.cli.numbers import named_folder, whole
from dualnetssl.contract.words import size_in_words
from dualnetssl.server.datafolder.copying import existing

State = Literal["ok", "warn", "fail"]
_PACKAGES = {"torch": (2, 10), "monai": (1, 6, 1), "numpy": (1, 26), "SimpleITK": (2, 3), "fastapi": (0, 115)}
_LITTLE_MEMORY, _LITTLE_DISK, _NO_DISK = 6e9, 10e9, 1e9
_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Check:
    """One line of the doctor's findings; ``remedy`` is empty where all is well."""

    state: State
    name: str
    found: str
    remedy: str = ""

    def __str__(self) -> str:
        line = f"{self.state:4}  {self.name:14}{self.found}"
        return f"{line}\n      {'':14}→ {self.remedy}" if self.remedy else line


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from dualnetssl.server.settings import DEFAULT_PORT

    parser.add_argument(
        "--data-folder", metavar="DIR", type=named_folder("--data-folder"), help="where the server keeps its data"
    )
    parser.add_argument(
        "--port", type=whole("--port", 1, 65535), default=DEFAULT_PORT, help=f"of the server (default: {DEFAULT_PORT})"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what is found; the exit status is 2 if anything failed."""
    from dualnetssl.server.settings import default_data_folder

    folder = arguments.data_folder or default_data_folder()
    checks: list[Callable[[], Check]] = [
        check_python,
        *(lambda name=name: check_package(name) for name in _PACKAGES),
        check_device,
        check_memory,
        lambda: check_disk(folder),
        lambda: check_writing(folder),
        lambda: check_port(arguments.port),
        check_inspection,
        check_step,
    ]
    found = []
    for check in checks:
        found.append(check())
        print(found[-1], flush=True)
    return FAILED if any(check.state == "fail" for check in found) else 0


def check_python() -> Check:
    """Tell which Python this is; one that is too old could not have read this file."""
    return Check("ok", "Python", platform.python_version())


def check_package(name: str) -> Check:
    """Tell whether a package is there, loads, and is new enough."""
    wanted = ".".join(map(str, _PACKAGES[name]))
    try:
        importlib.import_module(name)
        version = importlib.metadata.version(name)
    except (ImportError, OSError) as error:
        return Check("fail", name, f"does not load ({error})", f"Install {name} {wanted} or newer.")
    if numbers(version) < _PACKAGES[name]:
        return Check("fail", name, version, f"Install {name} {wanted} or newer.")
    return Check("ok", name, version)


def numbers(version: str) -> tuple[int, ...]:
    """Return the leading numbers of a version.

    Example:
        >>> numbers("2.13.0+cpu"), numbers("1.6rc1")
        ((2, 13, 0), (1,))
    """
    parts = version.split("+")[0].split(".")
    whole = next((index for index, part in enumerate(parts) if not part.isdigit()), len(parts))
    return tuple(int(part) for part in parts[:whole])


def check_device() -> Check:
    """Tell what training will run on."""
    import torch

    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        return Check("ok", "device", f"{properties.name}, {size_in_words(properties.total_memory)}")
    cores = os.cpu_count() or 1
    remedy = "Training on a processor is slow: use small networks (--width 8), or a computer with an NVIDIA GPU."
    return Check("warn", "device", f"no GPU; processor with {cores} cores", remedy)


def check_memory() -> Check:
    """Tell how much memory there is."""
    try:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError):
        return Check("ok", "memory", "not known on this system")
    if size < _LITTLE_MEMORY:
        return Check("warn", "memory", size_in_words(size), "Use small patches (--patch 64 64 64) and networks.")
    return Check("ok", "memory", size_in_words(size))


def check_disk(folder: Path) -> Check:
    """Tell how much room there is where the server keeps its data."""
    free = shutil.disk_usage(existing(folder)).free
    state: State = "fail" if free < _NO_DISK else "warn" if free < _LITTLE_DISK else "ok"
    remedy = "" if state == "ok" else "Free some space, or choose another folder with --data-folder."
    return Check(state, "disk", f"{size_in_words(free)} free for {folder}", remedy)


def check_writing(folder: Path) -> Check:
    """Tell whether files can be written there."""
    try:
        with tempfile.TemporaryFile(dir=existing(folder)) as file:
            file.write(b"0")
    except OSError as error:
        remedy = "Choose a folder of your own with --data-folder."
        return Check("fail", "write access", f"none to {folder} ({error.strerror})", remedy)
    return Check("ok", "write access", str(folder))


def check_port(port: int) -> Check:
    """Tell whether the server could listen."""
    try:
        with socket.socket() as listener:
            listener.bind((_LOOPBACK, port))
    except (OSError, OverflowError):
        remedy = "A server may be running already: use it, stop it, or choose another port with --port."
        return Check("warn", "port", f"{port} is taken", remedy)
    return Check("ok", "port", f"{port} is free")


def check_inspection() -> Check:
    """Tell what keeps the processes that open uploaded files from everything else."""
    from dualnetssl.server.inspection import protection

    try:
        found = protection()
    except OSError:
        return Check("fail", "inspection", "no process for it can be started", "Install the server's packages again.")
    if {"Landlock", "seccomp"} <= set(found):
        return Check("ok", "inspection", f"uploads are opened without file system and network ({', '.join(found)})")
    remedy = (
        "Linux 6.7 or newer keeps them from file system and network; uploads are read by our own parsers either way."
    )
    if found:
        return Check("warn", "inspection", f"uploads are opened with {found[0]} alone", remedy)
    return Check(
        "warn", "inspection", "uploads are opened in processes that may open files and use the network", remedy
    )


def check_step() -> Check:
    """Run one step of a small network, forward and backward."""
    import torch

    from dualnetssl.method.networks import build_network, plan_levels
    from dualnetssl.worker.jobs import choose_device

    device, begun = choose_device("auto"), time.monotonic()
    plan = plan_levels((1.0, 1.0, 1.0))
    network = build_network("residual", channels=1, classes=2, width=4, norm="instance", plan=plan).to(device)
    logits, _ = network(torch.randn(1, 1, 32, 32, 32, device=device))
    logits.square().mean().backward()
    gradients = [parameter.grad for parameter in network.parameters() if parameter.grad is not None]
    if not gradients or not all(bool(torch.isfinite(gradient).all()) for gradient in gradients):
        return Check("fail", "self-test", "a training step gave numbers that are not finite", "Reinstall PyTorch.")
    return Check("ok", "self-test", f"a training step on {device} took {time.monotonic() - begun:.2f} s")
