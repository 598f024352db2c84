"""``completion``: a script by which a shell completes commands and options; made from the parsers themselves."""

from __future__ import annotations

import argparse
import re

_BASH = """_dualnetssl() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} words=""
  if [ "$COMP_CWORD" -eq 1 ]; then words="{commands}"; else case ${{COMP_WORDS[1]}} in
{cases}
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ "$COMP_CWORD" -gt 1 ] && [[ $current != -* ]]; then COMPREPLY+=($(compgen -f -- "$current")); fi
}}
complete -o filenames -F _dualnetssl dualnetssl
"""
_ZSH = "#compdef dualnetssl\nautoload -U +X bashcompinit && bashcompinit\n"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="for which the script is")


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    print(script(arguments.shell, known()), end="")
    return 0


def known() -> dict[str, list[str]]:
    """Return the options of every command, by its name."""
    from dualnetssl.cli.main import all_commands, build_parser

    commands = all_commands()
    return {command.name: _options(build_parser(commands, [command.name]), command.name) for command in commands}


def _options(parser: argparse.ArgumentParser, name: str) -> list[str]:
    """Return the options of a command and the commands below it, as its help names them."""
    subparsers = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    child = subparsers.choices[name]
    below = [action.choices for action in child._actions if isinstance(action, argparse._SubParsersAction)]
    own = [option for action in child._actions for option in action.option_strings if option.startswith("--")]
    return sorted({*own, *(str(choice) for choices in below for choice in choices or ())})


def script(shell: str, options: dict[str, list[str]]) -> str:
    """Return the script for a shell.

    Example:
        >>> print(script("fish", {"train": ["--images"]}).splitlines()[1])
        complete -c dualnetssl -n '__fish_seen_subcommand_from train' -l images
    """
    if shell == "fish":
        return _fish(options)
    cases = "\n".join(f'    {name}) words="{" ".join(found)}" ;;' for name, found in options.items())
    bash = _BASH.format(commands=" ".join(options), cases=cases)
    return bash if shell == "bash" else _ZSH + bash


def _fish(options: dict[str, list[str]]) -> str:
    lines = [f"complete -c dualnetssl -n __fish_use_subcommand -f -a '{' '.join(options)}'"]
    for name, found in options.items():
        seen = f"-n '__fish_seen_subcommand_from {name}'"
        lines += [
            f"complete -c dualnetssl {seen} -l {option[2:]}" if option.startswith("--") else
            f"complete -c dualnetssl {seen} -a {option}"
            for option in found
            if re.fullmatch(r"[\w-]+", option)
        ]  # fmt: skip
    return "\n".join(lines) + "\n"
