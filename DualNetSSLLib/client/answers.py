"""Lists that were answered before, with their entity tags: what has not changed is not sent again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST = 64
"""Answers that are kept; those that were not asked for the longest are forgotten."""
NOT_MODIFIED = 304


@dataclass(frozen=True)
class Answer:
    """What a server said.

    Attributes:
        data: the JSON of it; not to be changed, since it is given out again.
        tag: another one after every change; empty from a server that gives none.
    """

    data: Any
    tag: str = ""


class Answers:
    """What one server said to one account, under what was asked; may be shared by threads.

    Example:
        >>> answers = Answers(most=1)
        >>> answers.keep("/jobs", None, Answer([], '"1"')); answers.known("/jobs", None)
        Answer(data=[], tag='"1"')
        >>> answers.keep("/models", {"dataset": "d"}, Answer([], '"1"')); answers.known("/jobs", None)
        Answer(data=None, tag='')
    """

    def __init__(self, most: int = MOST) -> None:
        """Keep so many."""
        self._most, self._lock = most, threading.Lock()
        self._kept: OrderedDict[tuple[str, tuple[tuple[str, str], ...]], Answer] = OrderedDict()

    def known(self, path: str, params: Mapping[str, Any] | None) -> Answer:
        """Return what is kept; without a tag if that is nothing."""
        key = _key(path, params)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key, Answer(None))

    def keep(self, path: str, params: Mapping[str, Any] | None, answer: Answer) -> None:
        """Keep an answer in place of an earlier one, provided that it has a tag."""
        key = _key(path, params)
        with self._lock:
            self._kept.pop(key, None)
            if answer.tag and self._most:
                self._kept[key] = answer
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


def _key(path: str, params: Mapping[str, Any] | None) -> tuple[str, tuple[tuple[str, str], ...]]:
    return path, tuple(sorted((name, str(value)) for name, value in (params or {}).items()))
