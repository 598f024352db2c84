"""Accounts, their roles and their tokens.

A token is kept as its SHA-256 alone. It is 256 random bits, so there is nothing to guess and a slow hash, which is
made for words that people choose, would only slow every request. It is looked up by that hash: how long the look-up
takes tells something of the hash, from which nobody can work back to the token.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
import unicodedata
from dataclasses import dataclass

from dualnetssl.contract.errors import Conflict, InvalidRequest, NotFound, Unauthorized
from dualnetssl.contract.schema import Identity, Role, fault_in_text
from dualnetssl.server.store.database import Database
from dualnetssl.server.store.identifiers import new_id
from dualnetssl.server.store.lookalikes import IMITATED, alphabets, likeness

OWNER = "owner"
"""Name of the account that the server makes by itself."""
ANONYMOUS = "anonymous"
"""Under this name the panel keeps drafts of people who gave none."""
DAY = 86400.0
_LONGEST_NAME = 100
MOST_DAYS = 3660


@dataclass(frozen=True)
class Token:
    """What is known of a token; the token itself is known to its holder alone."""

    id: str
    created: float
    expires: float | None
    revoked: float | None

    @property
    def valid(self) -> bool:
        """Whether it opens the server now."""
        return self.revoked is None and (self.expires is None or time.time() < self.expires)


@dataclass(frozen=True)
class Account:
    """Somebody who may enter."""

    name: str
    role: Role
    owner: bool
    tokens: tuple[Token, ...]


class Accounts:
    """Queries on accounts and tokens; every one reads the file, so that a change by another process holds at once."""

    def __init__(self, database: Database) -> None:
        """Work on an open database."""
        self._database = database

    def identify(self, token: str) -> Identity:
        """Tell whose a token is.

        Raises:
            Unauthorized: nobody's, or it was revoked or has expired; the error says which.
        """
        row = self._database.row(
            "SELECT a.*, t.expires, t.revoked FROM tokens t JOIN accounts a ON a.name = t.account WHERE t.hash = ?",
            (_hash(token),),
        )
        if row is None:
            raise unknown_token()
        if row["revoked"] is not None:
            raise _ended("a token that was revoked", row)
        if row["expires"] is not None and row["expires"] <= time.time():
            raise _ended("a token that has expired", row)
        return Identity(name=row["name"], role=Role(row["role"]), expires=row["expires"], owner=bool(row["owner"]))

    def keep_owner(self, token: str) -> None:
        """Make this the owner's one token; the owner's account is made if there is none."""
        now, digest = time.time(), _hash(token)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO accounts VALUES (?, ?, 1, ?) ON CONFLICT DO NOTHING", (OWNER, Role.ADMIN.value, now)
            )
            connection.execute(
                "UPDATE tokens SET revoked = ? WHERE account = ? AND revoked IS NULL AND hash != ?",
                (now, OWNER, digest),
            )
            connection.execute(
                "INSERT INTO tokens VALUES (?, ?, ?, ?, NULL, NULL) ON CONFLICT (hash) DO UPDATE SET revoked = NULL",
                (new_id("token"), OWNER, digest, now),
            )

    def add(self, name: str, role: Role, days: float) -> str:
        """Make an account and its first token, and return the token; it is shown this once.

        Raises:
            InvalidRequest: the name is none that can be told from others, or the days are none.
            Conflict: there is such an account.
        """
        name = unicodedata.normalize("NFC", name)
        _check_name(name)
        _check_days(days)
        with self._database.transaction() as connection:
            known = {likeness(row["name"]): row["name"] for row in connection.execute("SELECT name FROM accounts")}
            if likeness(name) in known:
                raise Conflict(
                    f"a new account {name!r}, which looks like {known[likeness(name)]!r}",
                    "a name that no account has",
                    "Use 'user token' for another token of that account, or a name that nobody takes for it.",
                )
            connection.execute("INSERT INTO accounts VALUES (?, ?, 0, ?)", (name, role.value, time.time()))
            return _issue(connection, name, days)

    def issue(self, name: str, days: float) -> str:
        """Make another token of an account and return it; it is shown this once.

        Raises:
            NotFound: there is no such account.
            InvalidRequest: the days are none.
        """
        _check_days(days)
        with self._database.transaction() as connection:
            name = _changeable(connection, name)
            return _issue(connection, name, days)

    def change_role(self, name: str, role: Role) -> None:
        """Give an account another role, from its next request on.

        Raises:
            NotFound: there is no such account.
        """
        with self._database.transaction() as connection:
            name = _changeable(connection, name)
            connection.execute("UPDATE accounts SET role = ? WHERE name = ?", (role.value, name))

    def revoke(self, name: str, token: str | None = None) -> int:
        """End one token of an account, or all of them, and return how many ended now.

        Raises:
            NotFound: there is no such account or token.
        """
        with self._database.transaction() as connection:
            name = _changeable(connection, name)
            known = connection.execute("SELECT id FROM tokens WHERE account = ?", (name,)).fetchall()
            if token is not None and token not in [row["id"] for row in known]:
                raise NotFound(f"token {token!r} of {name!r}", "a token of the account", "See 'user list'.")
            return connection.execute(
                "UPDATE tokens SET revoked = ?1 WHERE account = ?2 AND revoked IS NULL AND (?3 IS NULL OR id = ?3)",
                (time.time(), name, token),
            ).rowcount

    def find(self) -> list[Account]:
        """Read all accounts by name, each with its tokens, the oldest first."""
        return [
            Account(row["name"], Role(row["role"]), bool(row["owner"]), self._tokens(row["name"]))
            for row in self._database.rows("SELECT * FROM accounts ORDER BY name")
        ]

    def exists(self, name: str) -> bool:
        """Tell whether somebody has an account of this name, or of one that looks like it."""
        return likeness(name) in {likeness(row["name"]) for row in self._database.rows("SELECT name FROM accounts")}

    def _tokens(self, name: str) -> tuple[Token, ...]:
        query = "SELECT id, created, expires, revoked FROM tokens WHERE account = ? ORDER BY created, rowid"
        return tuple(Token(**dict(row)) for row in self._database.rows(query, (name,)))


def no_token() -> Unauthorized:
    """Say that a token is missing."""
    return Unauthorized(
        "a request without a token",
        "requests with 'Authorization: Bearer TOKEN'",
        "Paste the token that the server shows when it starts, or the one that you were given for it.",
    )


def unknown_token() -> Unauthorized:
    """Say that a token is nobody's."""
    return Unauthorized(
        "a token that this server does not know",
        "the token of the server's owner or of an account",
        "Look whether it was copied whole and belongs to this server; the owner's is what 'dualnetssl token' prints.",
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _issue(connection: sqlite3.Connection, account: str, days: float) -> str:
    token, now = secrets.token_urlsafe(32), time.time()
    row = (new_id("token"), account, _hash(token), now, now + days * DAY)
    connection.execute("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, NULL)", row)
    return token


def _check_days(days: float) -> None:
    if not 0 < days <= MOST_DAYS:
        raise InvalidRequest(f"{days:g} days", f"more than 0 and at most {MOST_DAYS} days", "Give another --days.")


def _ended(what: str, row: sqlite3.Row) -> Unauthorized:
    remedy = (
        "Paste the token that 'dualnetssl token' prints now."
        if row["owner"]
        else "Ask who runs the server for a new one ('dualnetssl user token NAME')."
    )
    return Unauthorized(f"{what}, of {row['name']}", "a token that is still valid", remedy)


def _check_name(name: str) -> None:
    plain = fault_in_text(name) is None and name == name.strip() and 0 < len(name) <= _LONGEST_NAME
    if not plain or likeness(name) in (OWNER, ANONYMOUS):
        raise InvalidRequest(
            f"the account name {name!a:.120}",
            f"1 to {_LONGEST_NAME} printable characters without spaces at the ends; not {OWNER} or {ANONYMOUS}",
            "Use the name under which the department knows the person, such as 'Dr Weber'.",
        )
    found = alphabets(name)
    if len(found) > 1 or IMITATED in found:
        imitating = "that imitate Latin ones (phonetic, small capital, Lisu, Cherokee)"
        raise InvalidRequest(
            f"the account name {name!r} with letters {imitating if IMITATED in found else 'of ' + ' and '.join(found)}",
            "letters of one alphabet, beside which Chinese, Japanese and Korean signs may stand",
            "Write the whole name in one alphabet: letters of another may be drawn alike.",
        )


def _changeable(connection: sqlite3.Connection, name: str) -> str:
    """Return the name as the account has it, however its accents were typed."""
    name = unicodedata.normalize("NFC", name)
    row = connection.execute("SELECT owner FROM accounts WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise NotFound(f"the account {name!r}", "an account of this server", "See 'dualnetssl user list'.")
    if row["owner"]:
        raise Conflict(
            "a change of the owner's account",
            "changes of the accounts that 'user add' made",
            "Renew the owner's token with 'dualnetssl token --new'.",
        )
    return name
