"""``backup``: write all that a server keeps into another folder, while it runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from dualnetssl.cli.numbers import named_folder
from dualnetssl.server import settings
from dualnetssl.server.datafolder.backup import back_up
from dualnetssl.server.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="new or empty folder for the backup")
    parser.add_argument(
        "--data-folder", type=named_folder("--data-folder"), default=None, help="the server's data folder"
    )


def run(arguments: argparse.Namespace) -> int:
    """Back up; return 1 if files were missing or damaged, which the backup can then not have.

    Raises:
        InvalidRequest: the folder for the backup cannot be used.
        NotFound: there is nothing to back up.
        UnusableDataFolder: the data folder is damaged.
        DiskFull: there is no room for the backup.
    """
    settings.keep_private()
    chosen = Settings(data_folder=(arguments.data_folder or settings.default_data_folder()).resolve())
    made = back_up(chosen, arguments.folder)
    print(f"The backup is whole: {len(made.files)} files in {arguments.folder}.")
    for words, digests in (("was missing", made.missing), ("is damaged", made.damaged)):
        for digest in digests:
            print(f"wrong  the file {digest} {words}; 'dualnetssl check' says whose it is")
    return 1 if made.missing or made.damaged else 0
