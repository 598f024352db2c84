"""``token``: show the owner's token, or make a new one."""

from __future__ import annotations

import argparse
from pathlib import Path

from dualnetssl.cli.administration.records import opened
from dualnetssl.cli.numbers import named_folder
from dualnetssl.server import settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--new", action="store_true", help="replace the token; the old one opens the server no more")
    parser.add_argument(
        "--data-folder", type=named_folder("--data-folder"), default=None, help="data folder of the server"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the token alone, so that it can be piped."""
    folder = settings.make_data_folder(arguments.data_folder or settings.default_data_folder())
    print(_renew(folder, arguments) if arguments.new else settings.read_token(folder))
    return 0


def _renew(folder: Path, arguments: argparse.Namespace) -> str:
    """Make a new token, which a server that runs goes by from its next request on."""
    if (
        not settings.store_path(folder).exists() and not (folder / "blobs").exists()
    ):  # nothing has run here yet: its first start takes the token up
        return settings.renew_token(folder)
    with opened(arguments) as records:
        records.note("token --new")
        token = settings.renew_token(folder)
        records.store.accounts.keep_owner(token)
    return token
