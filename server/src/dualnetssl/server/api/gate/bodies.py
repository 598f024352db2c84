"""What every body must be, before a handler sees it: bytes that keep coming, and JSON of one meaning."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from anyio import move_on_after
from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.contract.schema import fault_in_text
from dualnetssl.server.api.gate.problems import answer, framework_problem, refuse, request_id_of

PACE_SECONDS = 30.0
"""Time for which a body may make no progress; the connection then counts as broken."""
LARGEST_INTEGER = 2**63 - 1


@dataclass(frozen=True)
class BodyPace:
    """Ends requests whose body stops coming, as if the client had gone."""

    app: ASGIApp
    seconds: float = PACE_SECONDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body timed."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        more = True

        async def timed() -> Message:
            nonlocal more
            if not more:  # nothing but the end of the connection can come, and that may take its time
                return await receive()
            message: Message = {"type": "http.disconnect"}
            with move_on_after(self.seconds):
                message = await receive()
            more = bool(message.get("more_body", False))
            return message

        await self.app(scope, timed, send)


@dataclass(frozen=True)
class JsonCheck:
    """Refuses JSON that two readers may understand differently, and text that does not show what it is."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read a body of JSON and pass it on if it has no fault."""
        if not _carries_json(scope):
            await self.app(scope, receive, send)
            return
        try:
            read = await _whole(receive)
        except HTTPException as refused:  # over the cap
            problem = framework_problem(refused.status_code, "a body over the cap", request_id_of(scope))
            await answer(problem)(scope, receive, send)
            return
        fault = await run_sync(fault_in_json, b"".join(message.get("body", b"") for message in read))
        if fault is not None:
            await refuse(fault, scope)(scope, receive, send)
            return
        kept = iter(read)

        async def again() -> Message:
            return next(kept, None) or await receive()

        await self.app(scope, again, send)


def _carries_json(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in ("DELETE", "PATCH", "POST", "PUT"):
        return False
    return "json" in Headers(scope=scope).get("content-type", "").lower()


async def _whole(receive: Receive) -> list[Message]:
    read = [await receive()]
    while read[-1].get("more_body", False):
        read.append(await receive())
    return read


def fault_in_json(body: bytes) -> InvalidRequest | None:
    """Return what is wrong with the form of a body; None for none, and for what is no JSON, which the handler tells.

    Example:
        >>> fault_in_json(b'{"name": "a", "name": "b"}').received
        "the field 'name' twice"
        >>> fault_in_json(b'[NaN]').received
        'the number NaN'
    """
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_finite, parse_int=_integer)
    except InvalidRequest as found:
        return found
    except UnicodeDecodeError:
        return (
            InvalidRequest("a body that is not UTF-8", "JSON in UTF-8", "Encode the body as UTF-8.") if body else None
        )
    except RecursionError:
        return InvalidRequest("JSON of very many levels", "JSON of a few levels", "Correct the body.")
    except ValueError:
        return None
    return next((fault for text in _texts(value) if (fault := _of_text(text)) is not None), None)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise InvalidRequest(f"the field {twice!r:.80} twice", "each field once", "Leave one of them out.")
    return found


def _finite(word: str) -> float:
    raise InvalidRequest(f"the number {word}", "finite numbers", "Correct or leave out the field.")


def _integer(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) > LARGEST_INTEGER:
        raise InvalidRequest(f"the number {digits:.30}", "integers below 2**63", "Correct the field.")
    return int(digits)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _of_text(text: str) -> InvalidRequest | None:
    fault = fault_in_text(text)
    return None if fault is None else unreadable(text, fault)


def unreadable(text: str, fault: str) -> InvalidRequest:
    """Say that a text has a character that must not be in it."""
    return InvalidRequest(
        f"the text {text!a:.80} with {fault}",
        "letters, digits, signs and spaces that can be seen",
        "Take that character out.",
    )
