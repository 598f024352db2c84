"""The names in an address: what cannot be one names nothing, and is never looked up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from fastapi import Request

from dualnetssl.contract.errors import InvalidRequest, NotFound
from dualnetssl.contract.schema import fault_in_text
from dualnetssl.server.api.gate.bodies import unreadable

_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_IDENTIFIERS: Mapping[str, str] = MappingProxyType({"job": "job", "model": "model", "dataset": "data set"})
_LISTS = frozenset({"if-none-match"})
"""Headers that may come in several lines."""
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def check_names(request: Request) -> None:
    """Look at all identifiers and texts of an address, on behalf of every handler.

    Raises:
        NotFound: an identifier is none that this server gives.
        InvalidRequest: a text has characters that cannot be seen, a new case has a name that Windows reserves, or
            something is asked for that the address does not know, or asked for twice.
    """
    _check_questions(request)
    for name, value in request.path_params.items():
        if name in _IDENTIFIERS and not _IDENTIFIER.fullmatch(str(value)):
            what = _IDENTIFIERS[name]
            raise NotFound(f"the {what} {value!a:.80}", f"a {what} of this server", "List them to see which exist.")
    for text in (*map(str, request.path_params.values()), *request.query_params.values()):
        fault = fault_in_text(text)
        if fault is not None:
            raise unreadable(text, fault)
    if request.method == "PUT" and "annotator" not in request.path_params and "if-match" not in request.headers:
        _check_new_case(str(request.path_params.get("case", "")))


def _check_questions(request: Request) -> None:
    known = [field.alias for field in request.scope["route"].dependant.query_params]
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise InvalidRequest(
            f"the unknown parameter {unknown[0]!a:.80}",
            f"the parameters {', '.join(known)}" if known else "an address without parameters",
            "Correct or leave out the parameter.",
        )
    _check_once(request, known)


def _check_once(request: Request, parameters: Sequence[str]) -> None:
    """Refuse what is given more than once: one of the values would be taken, and the others silently not."""
    headers = {field.alias for field in request.scope["route"].dependant.header_params} - _LISTS
    counts = {f"the parameter {name}": len(request.query_params.getlist(name)) for name in parameters}
    counts |= {f"the header {name}": len(request.headers.getlist(name)) for name in sorted(headers)}
    again = next((name for name, count in counts.items() if count > 1), None)
    if again is not None:
        raise InvalidRequest(f"{again} {counts[again]} times", f"{again} once", "Leave out all but one.")


def _check_new_case(name: str) -> None:
    if _RESERVED.fullmatch(name) or name.endswith("."):
        raise InvalidRequest(
            f"the case name {name!r:.80}",
            "names that can be files on every system: not con, nul and the like, and no dot at the end",
            "Choose another name.",
        )
