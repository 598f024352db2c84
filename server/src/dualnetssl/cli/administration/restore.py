"""``restore``: make a new data folder of a backup."""

from __future__ import annotations

import argparse
from pathlib import Path

from dualnetssl.cli.administration.records import held
from dualnetssl.cli.numbers import named_folder
from dualnetssl.server import settings
from dualnetssl.server.datafolder.restore import check_target, restore
from dualnetssl.server.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="folder of the backup")
    parser.add_argument(
        "--data-folder", type=named_folder("--data-folder"), default=None, help="new or empty folder to restore into"
    )


def run(arguments: argparse.Namespace) -> int:
    """Restore; return 0 when the folder is whole.

    Raises:
        Conflict: a running server has the folder.
        InvalidRequest: the folder has something in it already.
        UnusableDataFolder: the backup is not whole or damaged.
        DiskFull: there is no room.
    """
    settings.keep_private()
    folder = settings.make_data_folder(arguments.data_folder or settings.default_data_folder())
    check_target(folder)
    with held(folder, "Choose another folder with --data-folder."):
        made = restore(arguments.folder, Settings(data_folder=folder))
    print(f"Restored {len(made.files)} files, as they were on {made.made}, into {folder}.")
    print(f"Start with: dualnetssl serve --data-folder {folder}")
    return 0
