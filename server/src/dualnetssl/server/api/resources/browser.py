"""``/`` and ``/page/{file}``: the page for a browser, open to everybody since its files hold nothing.

A name is looked up among the files that were read at the start; none reaches the file system.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from dualnetssl.contract.errors import NotFound
from dualnetssl.server.api.gate.access import check_ruled
from dualnetssl.server.api.gate.names import check_names
from dualnetssl.server.page import HEADERS, START, PageFile, page_files

_METHODS = ["GET", "HEAD"]
_GZIP = re.compile(r"(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[0-9.]+\s*)?(?=,|$)", re.IGNORECASE)


def page_router() -> APIRouter:
    """Return the routes of the page; they are no part of the contract of ``/v1``."""
    files = page_files()
    router = APIRouter(include_in_schema=False, dependencies=[Depends(check_ruled), Depends(check_names)])

    @router.api_route("/", methods=_METHODS, response_class=Response)
    def start(request: Request) -> Response:
        return _answer(request, files[START])

    @router.api_route("/page/{file}", methods=_METHODS, response_class=Response)
    def part(file: str, request: Request) -> Response:
        return _answer(request, _find(files, file))

    return router


def _find(files: Mapping[str, PageFile], name: str) -> PageFile:
    found = files.get(name)
    if found is None:
        raise NotFound(
            f"the file {ascii(name)[1:-1]:.80} of the page", "the files that the page names", "Open / instead."
        )
    return found


def _answer(request: Request, file: PageFile) -> Response:
    packed = file.packed and accepts_gzip(request.headers.get("accept-encoding", ""))
    headers = {**HEADERS, "ETag": f'"{file.tag}{"-gzip" if packed else ""}"'}
    if file.packed:
        headers["Vary"] = "Accept-Encoding"
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(file.body(gzip_accepted=packed), headers=headers, media_type=file.media_type)


def accepts_gzip(accepted: str) -> bool:
    """Tell whether an ``Accept-Encoding`` header takes what is packed by gzip.

    Example:
        >>> accepts_gzip("br, gzip;q=0.5"), accepts_gzip("*"), accepts_gzip("identity, gzip;q=0"), accepts_gzip("")
        (True, True, False, False)
    """
    return _GZIP.search(accepted) is not None
