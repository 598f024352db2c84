"""Which build of PyTorch suits a computer: for its processor, or for NVIDIA cards; and where it can be had."""

from __future__ import annotations

from dataclasses import dataclass

from DualNetSSLLib.localserver.layouts import FolderOfPackages, Layout
from DualNetSSLLib.localserver.machine import Machine
from DualNetSSLLib.localserver.sources import RUNTIME, Sources


@dataclass(frozen=True)
class Try:
    """One way to install PyTorch.

    Attributes:
        arguments: what pip or uv installs.
        by_uv: whether uv does it, which knows where PyTorch keeps its builds.
    """

    arguments: tuple[str, ...]
    by_uv: bool = False


def tries(layout: Layout, sources: Sources, machine: Machine, *, cuda: bool) -> list[Try]:
    """Return the ways to install PyTorch, the best first.

    The common index has one build for each system: for NVIDIA cards on Linux, for the processor on Windows and on a
    Mac, where it is for Apple's. The others are at PyTorch's own index, or at a site's index under their names.

    Args:
        layout: where it goes.
        sources: which version.
        machine: the computer.
        cuda: whether it is to compute on NVIDIA cards.
    """
    torch = sources.torch
    plain = Try((*_limits(layout, sources), torch))
    if machine.mac or (machine.windows and not cuda) or (cuda and not machine.windows):
        return [plain]
    if cuda:
        return [Try(("--torch-backend", "auto", *plain.arguments), by_uv=True), plain]
    return [
        Try(("--no-deps", f"{torch}+cpu")),
        Try(("--torch-backend", "cpu", "--no-deps", torch), by_uv=True),
        plain,
    ]


def _limits(layout: Layout, sources: Sources) -> tuple[str, ...]:
    """Return options that keep the versions of the lock: for a folder, what PyTorch needs is fetched once more."""
    if layout.name != FolderOfPackages.name:
        return ()
    limits = layout.packages.parent / "limits.txt"
    limits.write_text("\n".join(sources.pins(RUNTIME)) + "\n", encoding="utf-8")
    return ("--constraint", str(limits))
