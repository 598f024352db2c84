"""``check``: look through a data folder without changing anything."""

from __future__ import annotations

import argparse

from dualnetssl.cli.administration.records import held
from dualnetssl.cli.numbers import named_folder
from dualnetssl.server import settings
from dualnetssl.server.datafolder.check import adopt, look_through
from dualnetssl.server.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--data-folder", type=named_folder("--data-folder"), default=None, help="the server's data folder"
    )
    parser.add_argument(
        "--adopt", action="store_true", help="declare that this store is the one to go on with, though it is older"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what is found; return 1 if something is wrong.

    Raises:
        Conflict: a server that runs has the folder, and a store was to be adopted.
        NotFound: there is no store.
        UnusableDataFolder: the store cannot be read.
    """
    chosen = Settings(data_folder=(arguments.data_folder or settings.default_data_folder()).resolve())
    if arguments.adopt:
        with held(chosen.data_folder):
            adopt(chosen)
        print("The store and the files beside it are declared to belong together.")
    wrong = 0
    for finding in look_through(chosen):
        wrong += finding.wrong
        print(f"{'wrong' if finding.wrong else 'note '}  {finding.text}")
    print(f"{wrong} things are wrong." if wrong else "Nothing is wrong.")
    return 1 if wrong else 0
