"""Store and audit of a data folder for commands, also while a server uses them."""

from __future__ import annotations

import argparse
import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dualnetssl.cli.numbers import named_folder
from dualnetssl.contract.errors import AddressInUse, Conflict, InvalidRequest
from dualnetssl.server import settings
from dualnetssl.server.audit import Audit
from dualnetssl.server.datafolder import check_before_use
from dualnetssl.server.store import Store
from dualnetssl.server.store.accounts import OWNER


@dataclass(frozen=True)
class Records:
    """What a command may look into and change.

    Attributes:
        store: accounts and the end of the audit, among others.
        audit: the record.
    """

    store: Store
    audit: Audit

    def note(self, what: str, **facts: str) -> None:
        """Enter a command in the audit, before it is carried out."""
        self.audit.append({**by_command_line(), "what": what, **facts, "outcome": "begun"}, flush=True)


def by_command_line() -> dict[str, str]:
    """Say in the words of the audit who gives a command."""
    return {"who": OWNER, "role": "admin", "from": f"command line of {_user()}"}


def add_folder(parser: argparse.ArgumentParser) -> None:
    """Declare the option that chooses the data folder."""
    parser.add_argument(
        "--data-folder", type=named_folder("--data-folder"), default=None, help="data folder of the server"
    )


def checked_folder(arguments: argparse.Namespace) -> Path:
    """Return the data folder that was chosen.

    Raises:
        InvalidRequest: it is another user's, and would be no longer usable by them.
    """
    folder: Path = (arguments.data_folder or settings.default_data_folder()).absolute()
    if folder.exists():
        _check_user(folder)
    return folder


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[Records]:
    """Open store and audit of the data folder that was chosen.

    Raises:
        InvalidRequest: it is another user's, and would be no longer usable by them.
        UnusableDataFolder: there is no store in it, or one in doubt, which opening could make worse.
    """
    folder = checked_folder(arguments)
    check_before_use(settings.Settings(data_folder=folder))
    store = Store(settings.store_path(folder))
    try:
        yield Records(store, Audit(settings.audit_root(folder), store.anchor))
    finally:
        store.close()


@contextmanager
def held(folder: Path, remedy: str = "Stop the server, then give the command again.") -> Iterator[None]:
    """Keep every server off a data folder.

    Raises:
        Conflict: a server that runs has it.
    """
    try:
        lock = settings.lock_data_folder(folder)
    except AddressInUse as error:
        raise Conflict(error.received, "a data folder that no running server uses", remedy) from error
    try:
        yield
    finally:
        lock.release()


def _check_user(folder: Path) -> None:
    """Refuse to leave files that the server could not write to.

    Raises:
        InvalidRequest: the administrator of the computer asks, and the folder is another user's.
    """
    administrator = hasattr(os, "geteuid") and os.geteuid() == 0
    if administrator and folder.stat().st_uid != 0:
        raise InvalidRequest(
            "a command of root for a data folder of another user",
            "commands of the user whose server it is",
            f"Run it as 'sudo -u #{folder.stat().st_uid} dualnetssl ...'.",
        )


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a system without names of users
        return "somebody"
