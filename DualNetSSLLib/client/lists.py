"""Reads lists: in pages, and not again what has not changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .answers import NOT_MODIFIED, Answer, Answers
from .errors import Conflict, UnexpectedAnswer
from .transport import Transport

PAGE = 500
"""Entries that are asked for at once."""
TRIES = 3
"""Times that an ordered list in pages is read before it is asked for as a whole."""


class Lists:
    """The lists of one server. Not to be shared by threads; their answers may be."""

    def __init__(self, transport: Transport, answers: Answers | None = None) -> None:
        """Ask through a transport; ``answers`` is what was answered before, with the same token."""
        self._transport, self._answers = transport, Answers() if answers is None else answers

    def ask(self, path: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Ask for a list or a page of one; an unchanged list is answered from the cache (304)."""
        known = self._answers.known(path, params)
        condition, accept = ({"If-None-Match": known.tag}, (NOT_MODIFIED,)) if known.tag else ({}, ())
        response = self._transport.send("GET", path, params=params, headers=condition, accept=accept)
        if response.status_code == NOT_MODIFIED:
            return known
        answer = Answer(_list_in(self._transport.body(response)), response.headers.get("ETag", ""))
        self._answers.keep(path, params, answer)
        return answer

    def by_name(self, path: str) -> list[Any]:
        """Read a list of cases that is ordered by their names."""
        found: list[Any] = []
        while True:
            after = _last(found)
            page = self.ask(path, {"after": after, "limit": PAGE}).data
            if page and _last(page[:1]) <= after:  # a server that knows no pages sent all of them at once
                return found
            found += page
            if len(page) < PAGE:
                return found

    def in_order(self, path: str, asked: Mapping[str, Any]) -> list[Any]:
        """Read a list of cases in an order that any change of the server may make another one."""
        for _ in range(TRIES):
            found = self._steady(path, asked)
            if found is not None:
                return found
        whole: list[Any] = self.ask(path, asked).data
        return whole

    def _steady(self, path: str, asked: Mapping[str, Any]) -> list[Any] | None:
        """Read all pages; None if something changed in between."""
        found: list[Any] = []
        tags: set[str] = set()
        while True:
            try:
                page = self.ask(path, {**asked, "after": _last(found), "limit": PAGE})
            except Conflict:  # the last case of the page before has left the list
                return None
            found += page.data
            tags.add(page.tag)
            if len(tags) > 1:
                return None
            if len(page.data) != PAGE:
                return found


def _list_in(data: Any) -> list[Any]:
    if not isinstance(data, list) or not all(isinstance(item, Mapping) for item in data):
        raise UnexpectedAnswer("The answer is not the list that was asked for.", "Update the older of the two.")
    return data


def _last(items: list[Any]) -> str:
    return str(items[-1].get("case", "")) if items else ""
