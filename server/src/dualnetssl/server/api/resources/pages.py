"""Long lists in pages: each begins after a case that the client names, so that the server need remember nothing."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import Field

from dualnetssl.server.api.gate.digits import WHOLE

After = Annotated[str, Query(max_length=128, description="the last case of the page before; empty for the first page")]
Limit = Annotated[int | None, Field(ge=1, le=10_000), WHOLE, Query(description="most entries to list; all if absent")]
