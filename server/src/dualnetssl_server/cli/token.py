"""``token``: show the word that opens the server, or make a new one."""

from __future__ import annotations

import argparse
from pathlib import Path

from dualnetssl_server import settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--new", action="store_true", help="replace the token; the old one opens a restarted server no more"
    )
    parser.add_argument("--data-folder", type=Path, default=None, help="data folder of the server")


def run(arguments: argparse.Namespace) -> int:
    """Print the token alone, so that it can be piped."""
    folder = settings.make_data_folder(arguments.data_folder or settings.default_data_folder())
    print(settings.renew_token(folder) if arguments.new else settings.read_token(folder))
    return 0
