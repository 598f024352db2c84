"""Refusals: every error as problem details (RFC 9457), not the framework's own answers; never a path or a trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from dualnetssl.contract.errors import InvalidRequest, ProblemError
from dualnetssl.contract.schema import Problem, problem_of
from dualnetssl.server.api.gate.wanted import own_faults, wanted

MEDIA_TYPE = "application/problem+json"
_SHOWN = 3
_BODY = "the body"
_NO_OBJECT = ("missing", "json_invalid", "model_attributes_type")
_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

_OF_THE_FRAMEWORK = {
    400: ("invalid-request", "The request is not valid", "a well-formed request", "Correct the request."),
    404: ("not-found", "There is nothing of that name", "the addresses of /v1/openapi.json", "Check the address."),
    405: ("method-not-allowed", "The method is not allowed here", "the methods in the Allow header", "Use another."),
    416: ("range-not-satisfiable", "There are no such bytes", "ranges within the file", "Ask for another range."),
    503: (
        "store-unusable",
        "The server's store cannot be read or written",
        "a whole store on a disk that works",
        "Tell who runs the server: 'dualnetssl check' says what is damaged, 'restore' brings a backup back.",
    ),
    413: ("body-too-large", "The request's body is too large", "1 MiB of JSON", "Send volumes to /v1/blobs instead."),
}
_UNEXPECTED = (
    "internal",
    "The server met an unexpected error",
    "requests that the server can carry out",
    "Try again; if it stays, report the request_id, under which the server's log has the details.",
)


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return the response that carries a problem."""
    text = problem.model_dump_json(exclude_none=True)
    return Response(text, problem.status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def request_id_of(scope: Mapping[str, Any]) -> str | None:
    """Return the identifier that the outermost middleware gave to a request."""
    found: str | None = scope.get("state", {}).get("request_id")
    return found


def framework_problem(status: int, received: str, request_id: str | None) -> Problem:
    """Put an error that is not one of ours into the form of ours."""
    kind, title, allowed, remedy = _OF_THE_FRAMEWORK.get(status, _UNEXPECTED)
    return Problem(
        type=f"urn:dualnetssl:problem:{kind}",
        title=title,
        status=status,
        detail=f"{title}: received {received}; allowed: {allowed}. {remedy}",
        received=received,
        allowed=allowed,
        remedy=remedy,
        request_id=request_id,
    )


def invalid_request(errors: Sequence[Any], fields: Sequence[str] = ()) -> InvalidRequest:
    """Say in words which fields did not pass their checks.

    Args:
        errors: the list that pydantic gives.
        fields: names to offer when a field is unknown.

    Example:
        >>> invalid_request([{"loc": ("body", "steps"), "type": "int_type", "input": 0}]).received
        'steps = 0'
    """
    shown = [(_place(error), error) for error in own_faults(errors)[:_SHOWN]]
    names = ", ".join(dict.fromkeys(place for place, _ in shown))
    return InvalidRequest(
        "; ".join(_received(place, error) for place, error in shown),
        "; ".join(_allowed(place, error, fields) for place, error in shown),
        f"Correct {names}.",
    )


def _place(error: Mapping[str, Any]) -> str:
    location: Sequence[str | int] = () if error["type"] == "json_invalid" else error["loc"]
    outer = location[1:] if location[:1] and location[0] in ("body", "query", "path", "header") else location
    return ".".join(map(str, outer)) or _BODY


def _received(place: str, error: Mapping[str, Any]) -> str:
    if error["type"] == "missing":
        return "a request without a body" if place == _BODY else f"no {place}"
    if error["type"] == "extra_forbidden":
        return f"the unknown field {place}"
    if error["type"] == "json_invalid":
        return "a body that is no JSON"
    return f"{place} = {error['input']!r:.80}"


def _allowed(place: str, error: Mapping[str, Any], fields: Sequence[str]) -> str:
    if error["type"] == "extra_forbidden":
        return f"the fields {', '.join(fields)}" if fields else f"nothing in {place}"
    if place == _BODY and error["type"] in _NO_OBJECT:
        return "an object of JSON as the body"
    return f"{place}: {wanted(error)}"


def add_handlers(app: FastAPI) -> None:
    """Answer every error of handlers and framework with a problem."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)


def refuse(error: ProblemError, scope: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Return the response to an error of ours."""
    return answer(problem_of(error, request_id_of(scope)), headers)


async def _on_problem(request: Request, error: Exception) -> Response:
    return refuse(cast(ProblemError, error), request.scope)


async def _on_validation(request: Request, error: Exception) -> Response:
    faults = cast(RequestValidationError, error).errors()
    return refuse(_no_json(request, faults) or invalid_request(faults), request.scope)


def _no_json(request: Request, faults: Sequence[Any]) -> InvalidRequest | None:
    """Return the problem of a body not declared as JSON; None if that is not the fault."""
    kind = request.headers.get("content-type")
    unread = any(tuple(fault["loc"]) == ("body",) and isinstance(fault["input"], bytes) for fault in faults)
    if not unread:
        return None
    return InvalidRequest(
        "a body without the header Content-Type" if kind is None else f"a body with the Content-Type {kind!a:.80}",
        "Content-Type: application/json",
        "Send the body as JSON, and say so in the header.",
    )


async def _on_http(request: Request, error: Exception) -> Response:
    if cast(HTTPException, error).status_code == 304:
        return Response(status_code=304, headers=cast(HTTPException, error).headers)
    refused, received = cast(HTTPException, error), f"{request.method} {ascii(request.url.path)[1:-1]:.200}"
    headers = _allowed_methods(request) if refused.status_code == 405 else refused.headers
    return answer(framework_problem(refused.status_code, received, request_id_of(request.scope)), headers)


def _allowed_methods(request: Request) -> dict[str, str]:
    """Return the header that names the methods of all routes of an address; the framework names those of one."""
    found = [
        method
        for method in _METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]
    return {"Allow": ", ".join(found)}
