"""Options of commands whose jobs may run side by side, here or at a cluster."""

from __future__ import annotations

import argparse

from dualnetssl.cli.administration.engine import configure, refuse_slurm_options, slurm_options
from dualnetssl.cli.parallel.places import Array, Place, Processes
from dualnetssl.server.devices import find_devices
from dualnetssl.server.supervisor import slots_on

__all__ = ["configure", "place_of"]


def place_of(arguments: argparse.Namespace, *, gpus: int, at_once: int | None = None) -> Place:
    """Return where jobs run side by side.

    Args:
        arguments: of the command line.
        gpus: most that each can use, at a cluster.
        at_once: how many run at a time on this computer; None: one on each of its devices.

    Raises:
        InvalidRequest: options for Slurm without it, or what is none of its options.
    """
    options = slurm_options(arguments)
    if arguments.engine == "slurm":
        return Array(options, min(options.gpus, gpus))
    refuse_slurm_options(options)
    slots = slots_on(find_devices()) if arguments.device == "auto" else (arguments.device,)
    return Processes(slots if at_once is None else (slots * at_once)[:at_once])
