"""``trash``: see what was erased or collected and is still there, and put it back."""

from __future__ import annotations

import argparse

from dualnetssl.cli.administration.records import add_folder, by_command_line, checked_folder, held
from dualnetssl.server import settings
from dualnetssl.server.audit import Audit
from dualnetssl.server.datafolder import check_before_use
from dualnetssl.server.datafolder import opened as opened_folder
from dualnetssl.server.datafolder.putback import Returned, in_trash, is_dataset, put_back
from dualnetssl.server.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the commands and their options."""
    group = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    listing = group.add_parser("list", help="show what can be put back, the newest first")
    listing.set_defaults(act=_list)
    back = group.add_parser("restore", help="put it back; the server must be stopped, and nothing is overwritten")
    back.add_argument(
        "names", metavar="NAME", nargs="+", help="as 'trash list' shows it, or a beginning of 8 characters or more"
    )
    back.set_defaults(act=_restore)
    for command in (listing, back):
        add_folder(command)


def run(arguments: argparse.Namespace) -> int:
    """Carry out one of the commands.

    Raises:
        Conflict: a running server has the folder, or there is something of the same name again.
        NotFound: there is nothing of that name, or what it belongs to is gone.
        InvalidRequest: a name that is none of one thing.
        UnusableDataFolder: the folder or what lies in its trash is damaged.
        DiskFull: there is no room.
    """
    chosen = Settings(data_folder=checked_folder(arguments))
    check_before_use(chosen)
    arguments.act(chosen, arguments)
    return 0


def _list(chosen: Settings, _: argparse.Namespace) -> None:
    kept = in_trash(chosen)
    for one in kept:
        print(f"{ascii(one.day)[1:-1]}  {ascii(one.name)[1:-1]}  {one.words}")
    if not kept:
        print("The trash is empty.")


def _restore(chosen: Settings, arguments: argparse.Namespace) -> None:
    settings.keep_private()
    with held(chosen.data_folder), opened_folder(chosen) as (store, blobs):
        audit = Audit(chosen.audit_root, store.anchor)
        for name in sorted(arguments.names, key=lambda name: not is_dataset(chosen, name)):
            fields = {**by_command_line(), "what": "trash restore", "name": name}
            audit.append({**fields, "outcome": "begun"}, flush=True)
            returned = put_back(chosen, store, blobs, name)
            audit.append({**fields, "restored": returned.words, "outcome": "done"}, flush=True)
            _tell(returned)


def _tell(returned: Returned) -> None:
    print(f"Put back: {returned.words} ({returned.files} files came out of the trash).")
    for what in returned.left:
        print(f"  Not put back: {what}.")
    if returned.rows.get("jobs"):
        print("  Not put back: the folders of its jobs, with their histories, which were erased for good.")
