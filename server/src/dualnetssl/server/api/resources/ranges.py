"""Serve a whole blob or one range of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from dualnetssl.server.api.gate.problems import answer, framework_problem, request_id_of

CHUNK = 1 << 20
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
"""One range; numbers that no file reaches are no range, and the whole is sent, as for all that is not understood."""


def file_response(request: Request, path: Path, digest: str, media_type: str = "application/octet-stream") -> Response:
    """Answer with a blob, or the part that the ``Range`` header asks for.

    The digest is the strong entity tag: ``If-None-Match`` gives 304, and ``If-Range`` with another tag the whole.
    Several ranges in one request are answered with the whole, as HTTP allows.
    """
    size, headers = path.stat().st_size, {"ETag": f'"{digest}"', "Accept-Ranges": "bytes"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    wanted = _wanted(request, headers["ETag"], size)
    if wanted is None:
        return _stream(path, range(size), 200, headers, media_type)
    if not wanted:
        problem = framework_problem(416, f"a range beyond the {size} bytes", request_id_of(request.scope))
        return answer(problem, {"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
    return _stream(path, wanted, 206, headers, media_type)


def _wanted(request: Request, tag: str, size: int) -> range | None:
    if request.headers.get("if-range", tag) != tag:
        return None
    return parse_range(request.headers.get("range", ""), size)


def parse_range(header: str, size: int) -> range | None:
    """Return the bytes that a ``Range`` header asks for; None for the whole, empty if there are no such bytes.

    Example:
        >>> parse_range("bytes=2-", 10), parse_range("bytes=-3", 10), parse_range("bytes=0-3", 10)
        (range(2, 10), range(7, 10), range(0, 4))
    """
    found = _RANGE.fullmatch(header)
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    return range(int(first), min(int(last) + 1 if last else size, size))


def _stream(path: Path, wanted: range, status: int, headers: dict[str, str], media_type: str) -> Response:
    headers = {**headers, "Content-Length": str(len(wanted))}
    return StreamingResponse(_read(path, wanted), status, headers=headers, media_type=media_type)


def _read(path: Path, wanted: range) -> Iterator[bytes]:
    left = len(wanted)
    with path.open("rb") as file:
        file.seek(wanted.start)
        while left and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
