"""The command ``dualnetssl``: finds the command asked for, runs it, and turns errors into three clear lines.

Every command lives in a module that offers ``configure(parser)`` and ``run(arguments) -> int``. Only the module of the
command in use is imported, so help is instant and the server never loads PyTorch. Another package adds commands by an
entry point of the group ``dualnetssl.commands`` that names a tuple of `Command`, as the benches do.
"""

from __future__ import annotations

import argparse
import difflib
import errno
import importlib
import importlib.metadata
import os
import re
import select
import sys
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from dualnetssl.contract.errors import Conflict, InvalidRequest, ProblemError, disk_full
from dualnetssl.version import VERSION

if TYPE_CHECKING:
    from dualnetssl.contract.schema import Problem

FAILED = 2
"""Exit status of a command that was refused or could not do its work."""
_INTERRUPTED = 130
_NOBODY_LISTENS = 141


class Parser(argparse.ArgumentParser):
    """A parser whose complaints have the form of all others, with the word that was perhaps meant."""

    def error(self, message: str) -> NoReturn:
        """Refuse what was typed.

        Raises:
            InvalidRequest: always.
        """
        raise InvalidRequest(message, f"what {self.prog} --help lists", meant(message, self.format_help(), self.prog))


def meant(message: str, known: str, program: str) -> str:
    """Say what to do about a word that is not known, with the known one that is most like it.

    Example:
        >>> meant("unrecognized arguments: --probabilites", "--probabilities  --overlap N", "dualnetssl predict")
        'Did you mean --probabilities? See dualnetssl predict --help.'
        >>> meant("invalid choice: 'trian' (choose from train, predict)", "train  predict", "dualnetssl")
        'Did you mean train? See dualnetssl --help.'
        >>> meant("the following arguments are required: --model", "--model DIR", "dualnetssl predict")
        'See dualnetssl predict --help.'
    """
    wrong = re.findall(r"unrecognized arguments:.*?(--[\w-]+)|invalid choice: '([^']*)'", message)
    words = sorted(set(re.findall(r"(?<![\w-])(?:--)?[a-z][\w-]+", known)))
    for typed in ("".join(groups) for groups in wrong):
        alike = [word for word in words if word.startswith("--") == typed.startswith("--")]
        if found := difflib.get_close_matches(typed, alike, 1, 0.7):
            return f"Did you mean {found[0]}? See {program} --help."
    return f"See {program} --help."


def unwritable(error: OSError) -> ProblemError | None:
    """Return the error to show where a file or folder of the user's cannot be made or read; None for another fault."""
    kinds = FileExistsError | NotADirectoryError | IsADirectoryError | PermissionError
    if not isinstance(error, kinds) and error.errno != errno.EROFS:
        return disk_full(error)
    place = error.filename2 or error.filename
    if place is None:
        return None
    received = f"{place}: {(error.strerror or 'it cannot be used').lower()}"
    return Conflict(
        received, "a folder that can be made and written to", "Choose another place, or change who may write."
    )


@dataclass(frozen=True)
class Command:
    """A command, the module behind it, its line in the help, and examples: what follows its name."""

    name: str
    module: str
    summary: str
    examples: tuple[str, ...] = ()


_HERE = "dualnetssl.cli"
_ADMINISTRATION = f"{_HERE}.administration"
_DATA = "--images scans --labels labels --output run"
COMMANDS = (
    Command("inspect", f"{_HERE}.inspect_folder", "show what train would use of a folder, and what not and why",
            ("scans", "scans --labels labels --classes labels.json")),
    Command("train", f"{_HERE}.train", "train on a folder of scans of which a few are labelled",
            (_DATA, f"{_DATA} --width 8 --steps 300", f"{_DATA} --minutes 30",
             f"{_DATA} --labelled 3 --preset supervised", f"{_DATA} --set learning_rate=0.003",
             "--images scans --labels labels --output more --model run/model")),
    Command("predict", f"{_HERE}.predict", "segment a folder of scans, with maps of uncertainty",
            ("--model run/model --images scans --output predictions",
             "--model run/model --images scan.nii.gz --output predictions --format same")),
    Command("evaluate", f"{_HERE}.evaluate", "compare predictions with labels",
            ("--predictions predictions --labels labels",
             "--predictions predictions --labels labels --training run --csv scores.csv")),
    Command("report", f"{_HERE}.reports", "make the report of a training or of predictions anew",
            ("run", "predictions")),
    Command("export", f"{_HERE}.export", "write a model as one file that other programs run",
            ("run/model --format onnx", "run/model --format torchscript --output model.ts")),
    Command("sample-data", f"{_HERE}.sample_data", "make phantom scans with their truth to try things on",
            ("example", "example --cases 20 --seed 1")),
    Command("doctor", f"{_HERE}.doctor", "check that this computer is ready", ("", "--port 9000")),
    Command("completion", f"{_HERE}.completion", "print what makes a shell complete commands and options",
            ("bash > ~/.local/share/bash-completion/completions/dualnetssl", "zsh > ~/.zfunc/_dualnetssl",
             "fish > ~/.config/fish/completions/dualnetssl.fish")),
    Command("serve", f"{_ADMINISTRATION}.serve", "start the server that 3D Slicer connects to",
            ("", "--port 9000 --data-folder data")),
    Command("token", f"{_ADMINISTRATION}.token", "show or renew the owner's token", ("", "--new")),
    Command("user", f"{_ADMINISTRATION}.user", "accounts for colleagues: roles and tokens",
            ('add "Dr Weber" --role annotator', "list")),
    Command("audit", f"{_ADMINISTRATION}.audit", "check or take out the record of who did what",
            ("verify", "export --since 2026-01-31 --format csv")),
    Command("backup", f"{_ADMINISTRATION}.backup", "write all that the server keeps into another folder", ("copy",)),
    Command("restore", f"{_ADMINISTRATION}.restore", "make a new data folder of a backup", ("copy --data-folder new",)),
    Command("check", f"{_ADMINISTRATION}.check", "look through a data folder without changing anything", ("",)),
    Command("trash", f"{_ADMINISTRATION}.trash", "see what was erased or collected, and put it back", ("list",)),
)  # fmt: skip


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
        arguments, left = build_parser(all_commands(), words).parse_known_args(words)
        if left:
            arguments.parser.error(f"unrecognized arguments: {' '.join(left)}")
        arguments.words, arguments.begun = words, begun
        status: int = arguments.run(arguments)
    except ProblemError as error:
        return explain(error)
    except OSError as error:
        if (problem := unwritable(error)) is None:
            raise
        return explain(problem)
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
    parser = Parser(
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
        child = group.add_parser(
            command.name,
            help=command.summary,
            description=_sentence(command.summary),
            epilog=_examples(parser.prog, command),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if command.name in wanted:
            module = importlib.import_module(command.module)
            module.configure(child)
            child.set_defaults(parser=child)
            if hasattr(module, "run"):
                child.set_defaults(run=module.run)


def _examples(program: str, command: Command) -> str | None:
    lines = [f"  {program} {command.name} {words}".rstrip() for words in command.examples]
    return "\n".join(["examples:", *lines]) if lines else None


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def explain(error: ProblemError | Problem) -> int:
    """Print what was received, what is allowed and what to do; return the exit status."""
    print(f"{error.title}: {error.received}.", file=sys.stderr)
    print(f"  Allowed: {error.allowed}.", file=sys.stderr)
    print(f"  What to do: {error.remedy}", file=sys.stderr)
    return FAILED
