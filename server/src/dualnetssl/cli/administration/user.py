"""``user``: accounts of the people who use the server, their roles and their tokens; works while the server runs."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import datetime

from dualnetssl.cli.administration.records import Records, add_folder, opened
from dualnetssl.cli.numbers import above_zero
from dualnetssl.contract.schema import Role
from dualnetssl.server.store.accounts import DAY, MOST_DAYS, Account, Token

DAYS = 365.0
"""How long a token is valid if nobody says otherwise."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the commands and their options."""
    group = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    roles = [role.value for role in Role]
    add = _command(group, "add", "make an account and print its token, once", _add)
    add.add_argument("--role", choices=roles, required=True, help="what the account may do")
    role = _command(group, "role", "give an account another role", _role)
    role.add_argument("role", choices=roles, metavar="ROLE", help=", ".join(roles))
    token = _command(group, "token", "print another token of an account, once", _token)
    for command in (add, token):
        command.add_argument(
            "--days",
            type=above_zero("--days", MOST_DAYS),
            default=DAYS,
            help="days until the token ends (default: %(default)g)",
        )
    revoke = _command(group, "revoke", "end all tokens of an account, at once", _revoke)
    revoke.add_argument("--token", metavar="ID", help="end this one alone; 'user list' shows the IDs")
    listing = group.add_parser("list", help="show accounts, roles and tokens")
    add_folder(listing)
    listing.set_defaults(act=_list)


def run(arguments: argparse.Namespace) -> int:
    """Carry out one of the commands."""
    with opened(arguments) as records:
        arguments.act(records, arguments)
    return 0


def _command(
    group: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    summary: str,
    act: Callable[[Records, argparse.Namespace], None],
) -> argparse.ArgumentParser:
    parser = group.add_parser(name, help=summary)
    parser.add_argument("name", metavar="NAME", help="name of the person, such as 'Dr Weber'")
    add_folder(parser)
    parser.set_defaults(act=act)
    return parser


def _add(records: Records, arguments: argparse.Namespace) -> None:
    records.note("user add", user=arguments.name, new_role=arguments.role)
    _tell(arguments, records.store.accounts.add(arguments.name, Role(arguments.role), arguments.days))


def _token(records: Records, arguments: argparse.Namespace) -> None:
    records.note("user token", user=arguments.name)
    _tell(arguments, records.store.accounts.issue(arguments.name, arguments.days))


def _tell(arguments: argparse.Namespace, token: str) -> None:
    """Print the token alone, so that it can be piped, and beside it whose it is and until when."""
    until = _day(time.time() + arguments.days * DAY)
    print(f"Token of {arguments.name}, valid until {until}; it is shown this once:", file=sys.stderr, flush=True)
    print(token)


def _role(records: Records, arguments: argparse.Namespace) -> None:
    records.note("user role", user=arguments.name, new_role=arguments.role)
    records.store.accounts.change_role(arguments.name, Role(arguments.role))
    print(f"{arguments.name} is {arguments.role} from now on.")


def _revoke(records: Records, arguments: argparse.Namespace) -> None:
    records.note("user revoke", user=arguments.name)
    ended = records.store.accounts.revoke(arguments.name, arguments.token)
    print(f"{ended} token(s) of {arguments.name} ended; a running server refuses them from now on.")


def _list(records: Records, _: argparse.Namespace) -> None:
    for account in records.store.accounts.find():
        print("\n".join(_lines(account)))


def _lines(account: Account) -> list[str]:
    tokens = [f"    {token.id}  {_state(token)}" for token in account.tokens]
    return [f"{account.name}  {account.role.value}", *(tokens or ["    no token"])]


def _state(token: Token) -> str:
    if token.revoked is not None:
        return f"revoked {_day(token.revoked)}"
    if token.expires is None:
        return "valid"
    return f"{'valid until' if token.valid else 'ended'} {_day(token.expires)}"


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment).astimezone().strftime("%Y-%m-%d %H:%M")
