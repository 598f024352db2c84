"""Who may enter, and how far: looked at before a byte of a body is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, cast

from anyio.to_thread import run_sync
from fastapi import Depends, Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from dualnetssl.contract.errors import Forbidden, Unauthorized
from dualnetssl.contract.schema import Identity, Role
from dualnetssl.server.api.gate.audit import Strangers, Trail
from dualnetssl.server.api.gate.problems import refuse
from dualnetssl.server.api.gate.rules import Operation, Rulebook
from dualnetssl.server.settings import is_loopback
from dualnetssl.server.store.accounts import OWNER, Accounts, no_token

NOBODY_ASKED = Identity(name=OWNER, role=Role.ADMIN, owner=True)
"""Who everybody on this computer is to a server without tokens."""


_PLAIN = frozenset(
    [
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "accept-language",
        "accept-charset",
        "connection",
        "authorization",
        "cache-control",
        "pragma",
        "if-none-match",
        "if-modified-since",
        "content-type",
        "content-length",
        "x-prometheus-scrape-timeout-seconds",
    ]
)
"""Headers that programs send for themselves; each other may be of a proxy that passes on what somebody else asked."""


@dataclass(frozen=True)
class Access:
    """Finds out whose a request is and whether they may do that; the rest of the app never sees the others.

    Attributes:
        app: the rest.
        accounts: who may enter.
        trail: where refusals of known people are noted.
        open: whether everybody is the owner (a server on this computer alone, without tokens).
    """

    app: ASGIApp
    accounts: Accounts
    trail: Trail
    open: bool = False
    rules: Rulebook = field(default_factory=Rulebook)
    strangers: Strangers = field(default_factory=Strangers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if its account may do what it asks for."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        operation = self.rules.find(scope["method"], scope["path"])
        state = scope.setdefault("state", {})
        state["operation"] = operation
        if operation is None or not _is_open(operation, scope):
            try:
                state["ask_again"] = partial(self._let_in, scope, operation)
                await run_sync(state["ask_again"])
            except Unauthorized as error:
                await self.strangers.count(self.trail, scope)
                await refuse(error, scope, {"WWW-Authenticate": "Bearer"})(scope, receive, send)
                return
            except Forbidden as error:
                await self.trail.refused(refuse(error, scope))(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _let_in(self, scope: Scope, operation: Operation | None) -> None:
        who = NOBODY_ASKED if self.open else self._identify(scope)
        scope["state"]["identity"] = who
        _check_role(who, operation)

    def _identify(self, scope: Scope) -> Identity:
        scheme, _, word = Headers(scope=scope).get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not word.strip():
            raise no_token()
        return self.accounts.identify(word.strip())


def _is_open(operation: Operation, scope: Scope) -> bool:
    """Whether a request may be answered without a token."""
    return operation.rule.role is None or (operation.rule.local and is_local(scope))


def is_local(scope: Scope) -> bool:
    """Tell whether a request was made on this computer, as far as can be known: none that a proxy passed on."""
    address = (scope.get("client") or ("",))[0]
    return is_loopback(address) and _PLAIN.issuperset(Headers(scope=scope))


def _check_role(who: Identity, operation: Operation | None) -> None:
    if operation is not None and operation.rule.role is not None:
        require(who, operation.rule.role, str(operation))


def require(who: Identity, role: Role, what: str) -> None:
    """Refuse what needs another role.

    Raises:
        Forbidden: the account has a lesser one.
    """
    if who.role.covers(role):
        return
    raise Forbidden(
        f"{what} from {who.name}, who is {who.role.value}",
        f"this from the role {role.value}" + ("" if role is Role.ADMIN else " and above"),
        f"Ask a colleague who is {role.value}, or who runs the server ('dualnetssl user role NAME ROLE').",
    )


def check_ruled(request: Request) -> None:
    """Refuse an operation that no row of the rules stands for, whoever asks: what was forgotten stays closed.

    Raises:
        Forbidden: there is no row.
    """
    if request.scope.get("state", {}).get("operation") is None:
        raise Forbidden(
            f"{request.method} of an address for which there is no rule",
            "operations of which the server knows who may do them",
            "Report this: the operation was added without a rule.",
        )


def still_welcome(request: Request) -> None:
    """Ask again whether a request may be answered, on behalf of answers that take long.

    Raises:
        Unauthorized: its token was revoked or has expired meanwhile.
        Forbidden: its account has a lesser role now.
    """
    request.state.ask_again()


def identity_of(request: Request) -> Identity:
    """Return who a request comes from."""
    return cast(Identity, request.state.identity)


Who = Annotated[Identity, Depends(identity_of)]
