"""Lists that have not changed are not computed again: they carry an entity tag, which is another after every change."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dualnetssl.server.api.resources.services import Served


def unless_unchanged(request: Request, response: Response, services: Served) -> None:
    """Answer 304 before a list is computed if the client has it as it is.

    Raises:
        HTTPException: 304, when ``If-None-Match`` names the present state.
    """
    headers = {"ETag": f'"{services.store.version()}"', "Cache-Control": "no-cache"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        raise HTTPException(304, headers=headers)
    response.headers.update(headers)


IF_CHANGED = Depends(unless_unchanged)
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "Nothing has changed since the answer that had the ETag of If-None-Match"}
}
