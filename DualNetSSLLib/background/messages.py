"""The lines that panel and background process write to each other: one JSON object each, records and errors included.

To the process: ``{"call": 7, "operation": "cases", "arguments": {…}}``, ``{"cancel": 7}`` and ``{"use": {…}}``.
From it, for each call: any number of ``progress`` and ``part``, then one ``result`` or ``error``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from DualNetSSLLib.client import errors, records
from DualNetSSLLib.client.errors import DualNetSSLError, ServerProblem, UntrustedCertificate
from DualNetSSLLib.labels import outbox
from DualNetSSLLib.tasks import reports, rounds

RECORD = "$record"
PART = 25
"""Items of a list that are handed over at once, so that a long list never holds up the GUI."""

Kind = TypeVar("Kind")


def to_line(message: Mapping[str, Any]) -> bytes:
    r"""Return a message as a line of ASCII, whatever it holds.

    Example:
        >>> to_line({"call": 1, "result": "é"})
        b'{"call": 1, "result": "\\u00e9"}\n'
    """
    return json.dumps(to_json(message)).encode("ascii") + b"\n"


def from_line(line: bytes) -> Any:
    """Return the message of a line.

    Raises:
        ValueError: it is no JSON.
        UnexpectedAnswer: a record in it lacks a field.
    """
    return from_json(json.loads(line))


def to_json(value: Any) -> Any:
    """Return a value as JSON knows it; records carry their name with them.

    Example:
        >>> to_json((Path("a"), records.Health(status="ok")))
        ['a', {'status': 'ok', '$record': 'Health'}]
    """
    if isinstance(value, records.Record):
        return {**value.to_json(), RECORD: type(value).__name__}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def from_json(value: Any) -> Any:
    """Turn what `to_json` made back into records, lists and dictionaries.

    Example:
        >>> from_json({"status": "ok", "$record": "Health"})
        Health(status='ok')
    """
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    if (name := value.pop(RECORD, None)) is not None:
        return _classes(records.Record, records, reports, rounds, outbox)[name].from_json(value)
    return {key: from_json(item) for key, item in value.items()}


def error_to_json(error: DualNetSSLError) -> dict[str, Any]:
    """Return an error with all that it carries.

    Example:
        >>> error_from_json(error_to_json(errors.ConnectionRefused("No server listens.", "Start it.")))
        ConnectionRefused('No server listens.', 'Start it.')
    """
    return {"type": type(error).__name__, "cause": error.cause, "remedy": error.remedy, "more": _more(error)}


def error_from_json(data: Mapping[str, Any]) -> DualNetSSLError:
    """Turn what `error_to_json` made back into the error."""
    kind = _classes(DualNetSSLError, errors).get(data["type"], DualNetSSLError)
    error: DualNetSSLError = kind(data["cause"], data["remedy"])
    vars(error).update(data["more"])
    return error


def _more(error: DualNetSSLError) -> dict[str, Any]:
    names: tuple[str, ...] = ()
    if isinstance(error, ServerProblem):
        names = ("kind", "status", "received", "allowed", "request_id")
    elif isinstance(error, UntrustedCertificate):
        names = ("fingerprint",)
    return {name: getattr(error, name) for name in names}


def parts(items: list[Any]) -> Iterator[list[Any]]:
    """Cut a list into pieces that are handed over one at a time."""
    yield from (items[start : start + PART] for start in range(0, len(items), PART))


def _classes(base: type[Kind], *modules: Any) -> dict[str, type[Kind]]:
    found = (item for module in modules for item in vars(module).values())
    return {item.__name__: item for item in found if isinstance(item, type) and issubclass(item, base)}
