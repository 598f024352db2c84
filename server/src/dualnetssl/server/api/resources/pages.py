"""Long lists in pages: each begins after a case that the client names, so that the server need remember nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query
from pydantic import Field

from dualnetssl.contract.errors import Conflict
from dualnetssl.server.api.gate.digits import WHOLE
from dualnetssl.server.store.worklist import Candidate

After = Annotated[str, Query(max_length=128, description="the last case of the page before; empty for the first page")]
Limit = Annotated[int | None, Field(ge=1, le=10_000), WHOLE, Query(description="most entries to list; all if absent")]


def page_of(entries: Sequence[Candidate], after: str, limit: int | None) -> list[Candidate]:
    """Return so many entries of an ordered list, from the one that comes after a case.

    Args:
        entries: the whole list.
        after: a case of it; empty: begin with the first.
        limit: how many; None: all that follow.

    Raises:
        Conflict: the case is not in the list, or no longer.
    """
    names = [entry.case for entry in entries] if after else []
    if after and after not in names:
        raise Conflict(
            f"a page of the worklist after case {after!r}, which is not in it",
            "a case that the worklist has now",
            "Ask for the first page again: a case leaves the worklist when it is verified or erased.",
        )
    start = names.index(after) + 1 if after else 0
    return list(entries[start:] if limit is None else entries[start : start + limit])
