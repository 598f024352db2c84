"""The command ``dualnetssl``: finds the command asked for, runs it, and turns errors into three clear lines.

Every command lives in a module that offers ``configure(parser)`` and ``run(arguments) -> int``. Only the module of the
command in use is imported, so help is instant and the server never loads PyTorch. Another package adds commands by an
entry point of the group ``dualnetssl.commands`` that names a tuple of `Command`, as the benches do.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import os
import select
import sys
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dualnetssl.contract.errors import ProblemError
from dualnetssl.version import VERSION

if TYPE_CHECKING:
    from dualnetssl.contract.schema import Problem

FAILED = 2
"""Exit status of a command that was refused or could not do its work."""
_INTERRUPTED = 130
_NOBODY_LISTENS = 141


@dataclass(frozen=True)
class Command:
    """A command, the module behind it and its line in the help."""

    name: str
    module: str
    summary: str


COMMANDS = (
    Command("serve", "dualnetssl.cli.administration.serve", "start the server that 3D Slicer connects to"),
    Command("token", "dualnetssl.cli.administration.token", "show or renew the owner's token"),
    Command("user", "dualnetssl.cli.administration.user", "accounts for colleagues: roles and tokens"),
    Command("audit", "dualnetssl.cli.administration.audit", "check or take out the record of who did what"),
    Command("backup", "dualnetssl.cli.administration.backup", "write all that the server keeps into another folder"),
    Command("restore", "dualnetssl.cli.administration.restore", "make a new data folder of a backup"),
    Command("check", "dualnetssl.cli.administration.check", "look through a data folder without changing anything"),
    Command("trash", "dualnetssl.cli.administration.trash", "see what was erased or collected, and put it back"),
    Command("inspect", "dualnetssl.cli.inspect_folder", "show what train would use of a folder, and what not and why"),
    Command("train", "dualnetssl.cli.train", "train on a folder of scans of which a few are labelled"),
    Command("predict", "dualnetssl.cli.predict", "segment a folder of scans, with maps of uncertainty"),
    Command("evaluate", "dualnetssl.cli.evaluate", "compare predictions with labels"),
    Command("report", "dualnetssl.cli.reports", "make the report of a training or of predictions anew"),
    Command("sample-data", "dualnetssl.cli.sample_data", "make phantom scans with their truth to try things on"),
    Command("doctor", "dualnetssl.cli.doctor", "check that this computer is ready"),
)


def all_commands() -> tuple[Command, ...]:
    """Return our own commands and those of installed packages that add some."""
    points = importlib.metadata.entry_points(group="dualnetssl.commands")
    return (*COMMANDS, *(command for point in points for command in point.load()))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the words after the program's name; those of the process if absent.

    Returns:
        0 on success, 2 when the command was refused or failed for a reason it explains, 130 after Ctrl+C, 141
        when nobody reads what it says any more.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _carried_out(words)
    except BrokenPipeError:
        if not _nobody_listens():
            raise
        _write_to_nobody()
        return _NOBODY_LISTENS


def _carried_out(words: list[str]) -> int:
    try:
        begun = time.time()
        arguments = build_parser(all_commands(), words).parse_args(words)
        arguments.words, arguments.begun = words, begun
        status: int = arguments.run(arguments)
    except ProblemError as error:
        return explain(error)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return _INTERRUPTED
    finally:
        sys.stdout.flush()  # here and not at the end of the process, where nobody catches that nobody listens
    return status


def _nobody_listens() -> bool:
    """Tell whether what reads the output has gone, as in ``doctor | head``; another pipe that broke is a fault."""
    for stream in (sys.stdout, sys.stderr):
        try:
            ended = select.poll()
            ended.register(stream.fileno(), select.POLLOUT)
        except (AttributeError, OSError, ValueError):  # no file, or Windows
            continue
        if any(event & select.POLLERR for _, event in ended.poll(0)):
            return True
    return False


def _write_to_nobody() -> None:
    """Let what is still to be written, at the end of the process, too, go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def build_parser(commands: Sequence[Command], words: Sequence[str]) -> argparse.ArgumentParser:
    """Build the parser; only the command that ``words`` begins with gets its options."""
    parser = argparse.ArgumentParser(
        prog="dualnetssl",
        description="Semi-supervised segmentation with two networks: few labels, many scans, and maps of uncertainty.",
    )
    parser.add_argument("--version", action="version", version=f"dualnetssl {VERSION}")
    add_commands(parser, commands, words[:1])
    return parser


def add_commands(parser: argparse.ArgumentParser, commands: Sequence[Command], wanted: Collection[str]) -> None:
    """Give a parser its commands; those whose names are in ``wanted`` are imported and configured."""
    group = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in commands:
        child = group.add_parser(command.name, help=command.summary, description=_sentence(command.summary))
        if command.name in wanted:
            module = importlib.import_module(command.module)
            module.configure(child)
            if hasattr(module, "run"):
                child.set_defaults(run=module.run)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def explain(error: ProblemError | Problem) -> int:
    """Print what was received, what is allowed and what to do; return the exit status."""
    print(f"{error.title}: {error.received}.", file=sys.stderr)
    print(f"  Allowed: {error.allowed}.", file=sys.stderr)
    print(f"  What to do: {error.remedy}", file=sys.stderr)
    return FAILED
