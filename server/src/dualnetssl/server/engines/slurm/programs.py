"""Slurm's programs, called as they are; what they say is read and nothing is passed through a shell."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dualnetssl import processes
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.contract.jobdir import write_atomic
from dualnetssl.server.engines import Unavailable
from dualnetssl.server.engines.slurm.script import SCRIPT
from dualnetssl.server.engines.threads import brief_waiting

_SECONDS = 30.0
_SCRIPT_NAME = "worker.sh"
_KEPT = re.compile(
    r"PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|LD_LIBRARY_PATH|PYTHONPATH|VIRTUAL_ENV|SLURM_CONF|G?OMP_\w+|MKL_\w+|NCCL_\w+"
)
_NUMBER = re.compile(r"(\d+)(;.*)?")
# what tells that the cluster cannot be asked, from what tells that it refused
_AWAY = re.compile(
    r"[Uu]nable to contact|[Cc]ommunication (connection )?failure|[Tt]imed out|[Cc]onnection refused"
    r"|backup controller|[Zz]ero [Bb]ytes|[Uu]nexpected message|[Mm]unge|[Tt]emporarily|try again"
)


@dataclass(frozen=True)
class Waiting:
    """A line of squeue: the number, name and state of a job that has not ended."""

    number: str
    name: str
    state: str


def name_of(directory: Path) -> str:
    """Return the name under which a job directory is known at the cluster, where everybody can read it.

    It is made of the folder's whole path and tells nothing about it: a folder may be called after a patient.

    Example:
        >>> name_of(Path("/data/jobs/job_1"))
        'dualnetssl-5b1115be813e'
    """
    return f"dualnetssl-{hashlib.sha256(str(directory).encode()).hexdigest()[:12]}"


def submit(
    directory: Path,
    command: Sequence[str],
    options: Sequence[str],
    *,
    tasks: Sequence[object] = (),
    at_a_time: int = 1,
) -> str:
    """Hand in a job that runs a command in a directory; return its number.

    Args:
        directory: where it runs.
        command: the program with its arguments.
        options: of sbatch.
        tasks: of an array; each runs in the folder of its number. None of them: it is no array.
        at_a_time: most tasks of it that run at a time.

    Raises:
        InvalidRequest: Slurm refused it.
        Unavailable: Slurm cannot be asked.
    """
    script = directory / _SCRIPT_NAME
    write_atomic(script, SCRIPT.encode())
    array = [f"--array={','.join(map(str, tasks))}%{at_a_time}"] if tasks else []
    said = _ask([*_sbatch(directory), *options, *array, str(script), *command])
    found = _NUMBER.fullmatch(said.strip())
    if found is None:
        raise _refused(f"an answer without a number ({said[:80]!r})")
    return found[1]


def _sbatch(directory: Path) -> list[str]:
    return [
        "sbatch",
        "--parsable",
        "--requeue",
        f"--job-name={name_of(directory)}",
        f"--chdir={directory}",
        "--output=slurm.log",
        "--open-mode=append",
    ]


def try_out(options: Sequence[str]) -> None:
    """Ask Slurm whether it would take a job with these options; nothing is handed in.

    Raises:
        InvalidRequest: it would not, or this computer has no Slurm.
        Unavailable: Slurm cannot be asked.
    """
    _ask(["sbatch", "--test-only", *options], reading=b"#!/bin/sh\n")


def present() -> tuple[Waiting, ...]:
    """Return all jobs of ours that have not ended, of every server and command of this user.

    Raises:
        Unavailable: Slurm cannot be asked.
    """
    try:
        lines = _ask(["squeue", "--me", "--array", "--noheader", "--format=%i|%j|%T"]).splitlines()
    except InvalidRequest as error:
        raise Unavailable(str(error)) from error
    rows = [line.split("|") for line in lines]
    return tuple(Waiting(*row) for row in rows if len(row) == 3 and row[1].startswith("dualnetssl-"))


def cancel(numbers: Sequence[str]) -> None:
    """End jobs; one that has ended meanwhile is no error.

    Raises:
        Unavailable: Slurm cannot be asked.
    """
    try:
        _ask(["scancel", "--quiet", *numbers])
    except InvalidRequest as error:
        raise Unavailable(str(error)) from error


def kept(variables: Mapping[str, str]) -> dict[str, str]:
    """Return what a job may know of the variables of who starts it: no token, and nothing that changes sbatch.

    Example:
        >>> kept({"PATH": "/bin", "SBATCH_PARTITION": "gpu", "API_TOKEN": "secret"})
        {'PATH': '/bin'}
    """
    return {name: value for name, value in variables.items() if _KEPT.fullmatch(name)}


def _ask(command: list[str], reading: bytes = b"") -> str:
    program = shutil.which(command[0])
    if program is None:
        raise InvalidRequest(
            f"an order for Slurm on a computer without {command[0]}",
            "a computer from which jobs are handed in to a cluster (a login node)",
            "Start it there, or leave the option out.",
        )
    own = kept(os.environ)
    environment = own | brief_waiting(own)
    try:
        done = processes.run([program, *command[1:]], seconds=_SECONDS, reading=reading, environment=environment)
    except processes.TooLong as error:
        raise Unavailable(f"{command[0]} did not answer within {_SECONDS:g} seconds") from error
    if done.returncode == 0:
        return done.stdout.decode(errors="replace")
    said = " ".join(done.stderr.decode(errors="replace").split())[:400]
    if _AWAY.search(said):
        raise Unavailable(said)
    raise _refused(said)


def _refused(said: str) -> InvalidRequest:
    return InvalidRequest(
        f"a job that Slurm refused: {said or 'it did not say why'}",
        "what the cluster allows",
        "Correct the options for Slurm: partition, account, gpus, cpus, memory and hours; 'sinfo' shows what there is.",
    )
