"""Where a server's jobs run: options of ``serve`` for this computer or a Slurm cluster."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from dualnetssl.cli.numbers import above_zero, whole
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.contract.schema import Device
from dualnetssl.server.devices import find_devices
from dualnetssl.server.engines import Engine, Unavailable
from dualnetssl.server.engines.local import LocalEngine
from dualnetssl.server.engines.slurm import SlurmEngine, SlurmOptions
from dualnetssl.server.engines.slurm.programs import try_out
from dualnetssl.server.supervisor import slots_on

_HELP = {
    "partition": "where at the cluster jobs may run (default: the cluster's own)",
    "gpus": "GPUs for each training; 0 trains on CPUs (default: 1)",
    "cpus": "cores for each job (default: 8)",
    "memory-gb": "memory for each job (default: what it is estimated to need)",
    "hours": "after which a job makes room for others and waits for its next turn (default: 8)",
    "jobs": "most jobs that are at the cluster at a time (default: 16)",
    "option": "a further option of sbatch, such as account=radiology; repeatable",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--engine", choices=("local", "slurm"), default="local", help="where jobs run (default: this computer)"
    )
    configure_slurm(parser)


def configure_slurm(parser: argparse.ArgumentParser) -> None:
    """Declare what a job asks of a cluster."""
    kinds: dict[str, Callable[[str], object]] = {
        "partition": str,
        "gpus": whole("--slurm-gpus", 0, 64),
        "cpus": whole("--slurm-cpus", 1, 1024),
        "memory-gb": above_zero("--slurm-memory-gb", 1e6),
        "hours": above_zero("--slurm-hours", 24 * 365),
        "jobs": whole("--slurm-jobs", 1, 10_000),
    }
    for name, kind in kinds.items():
        parser.add_argument(f"--slurm-{name}", metavar="NAME" if kind is str else "N", type=kind, help=_HELP[name])
    parser.add_argument("--slurm-option", metavar="NAME=VALUE", action="append", default=[], help=_HELP["option"])


def slurm_options(arguments: argparse.Namespace) -> SlurmOptions:
    """Turn the options into what a job asks of a cluster.

    Raises:
        InvalidRequest: a name or an option of sbatch is not taken.
    """
    names = ("partition", "gpus", "cpus", "memory_gb", "hours", "jobs")
    given = {name: value for name in names if (value := getattr(arguments, f"slurm_{name}")) is not None}
    return SlurmOptions(**given, extra=tuple(arguments.slurm_option))


def engine_of(arguments: argparse.Namespace, each: int) -> tuple[Engine, tuple[str, ...], tuple[Device, ...]]:
    """Return where jobs run, a slot for each that may run at a time, and what there is to compute on.

    Args:
        arguments: of the command line.
        each: jobs that run at a time on each device of this computer.

    Raises:
        InvalidRequest: options for Slurm without it, or Slurm would refuse a job with them.
    """
    options = slurm_options(arguments)
    if arguments.engine == "slurm":
        return _cluster(options)
    refuse_slurm_options(options)
    devices = find_devices()
    slots = slots_on(devices, each)
    return LocalEngine(workers=len(slots)), slots, devices


def refuse_without(option: str, arguments: argparse.Namespace) -> None:
    """Refuse a cluster, or options for one, where one process of this computer does everything.

    Args:
        option: that would spread the work.
        arguments: of the command line, without it.

    Raises:
        InvalidRequest: a cluster is chosen.
    """
    refuse_slurm_options(slurm_options(arguments))
    if arguments.engine != "local":
        raise InvalidRequest(
            f"--engine {arguments.engine} without {option}",
            f"--engine {arguments.engine} with {option}",
            f"Add {option}, or leave the engine out.",
        )


def refuse_slurm_options(options: SlurmOptions) -> None:
    """Refuse what would have no effect where jobs run on this computer.

    Raises:
        InvalidRequest: something is chosen.
    """
    if options != SlurmOptions():
        raise InvalidRequest(
            "options for Slurm and jobs that run on this computer",
            "options for Slurm with --engine slurm",
            "Add --engine slurm, or leave the options that begin with --slurm out.",
        )


def _cluster(options: SlurmOptions) -> tuple[Engine, tuple[str, ...], tuple[Device, ...]]:
    try:
        try_out(options.arguments(None, options.gpus))
    except Unavailable as error:
        print(f"\n  Warning: the cluster does not answer yet ({error}); jobs wait until it does.", flush=True)
    title = f"Slurm cluster{f', partition {options.partition}' if options.partition else ''}"
    # a cluster has no names for its places: who runs where is its own choice
    return SlurmEngine(options), ("slurm",) * options.jobs, (Device(name="slurm", title=title, memory_bytes=0),)
