"""``/blobs/{sha256}``: resumable upload and ranged download of files under their SHA-256."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

from anyio import CancelScope
from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Path, Request
from pydantic import Field
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from dualnetssl.contract.errors import NotFound, OffsetConflict, ProblemError
from dualnetssl.contract.schema import Role
from dualnetssl.server.api.gate.access import Who, require
from dualnetssl.server.api.gate.digits import WHOLE
from dualnetssl.server.api.gate.problems import refuse
from dualnetssl.server.api.resources.ranges import file_response
from dualnetssl.server.api.resources.services import Served
from dualnetssl.server.blobs import Blobs, BlobStatus

WRITE_BYTES = 1 << 20
"""Bytes gathered before they are handed to a thread and the disk."""
DRAINED_BYTES = 64 << 20
"""Bytes of a refused upload that are read and thrown away."""

Sha256 = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0, le=2**53 - 1), WHOLE, Header()]
router = APIRouter(prefix="/blobs/{sha256}", tags=["blobs"])


@router.head(
    "",
    response_class=Response,
    responses={200: {"description": "Upload-Offset, Upload-Length and Upload-Complete tell how far it is"}},
)
def look(sha256: Sha256, services: Served) -> Response:
    """Tell how much of a blob is here."""
    return Response(headers=_headers(services.blobs.status(sha256)))


@router.get("", response_class=Response)
def download(sha256: Sha256, request: Request, services: Served, who: Who) -> Response:
    """Send a blob or a range of it; the bundle of a model is for those who may take models out."""
    if services.store.models.has_bundle(sha256):
        require(who, Role.TRAINER, "the bundle of a model")
    return file_response(request, services.blobs.path(sha256), sha256)


@router.patch(
    "",
    response_class=Response,
    status_code=204,
    responses={201: {"description": "The blob is whole"}, 204: {"description": "The bytes are kept, more are missing"}},
    openapi_extra={
        "requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
    },
)
async def upload(
    sha256: Sha256, request: Request, services: Served, upload_offset: Count, upload_length: Count
) -> Response:
    """Write the next bytes of a blob as they come; what arrived before the connection broke is kept."""
    chunks = request.stream()
    try:
        status = await _Upload(services.blobs, sha256, upload_offset, upload_length).take(chunks)
    except ClientDisconnect:
        return Response(status_code=499)
    except ProblemError as error:
        await _drain(chunks)
        headers = await run_sync(_headers_of, services.blobs, sha256, upload_length)
        return refuse(error, request.scope, headers if isinstance(error, OffsetConflict) else None)
    return Response(status_code=201 if status.complete else 204, headers=_headers(status))


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    """Read on for a while: an answer that is sent before the body was read gets lost in a broken connection."""
    left = DRAINED_BYTES
    with suppress(ClientDisconnect):
        async for chunk in chunks:
            left -= len(chunk)
            if left < 0:
                return


@dataclass
class _Upload:
    """The bytes of one request on their way to the disk."""

    blobs: Blobs
    digest: str
    offset: int
    length: int

    async def take(self, chunks: AsyncIterator[bytes]) -> BlobStatus:
        """Write all that comes, in pieces of `WRITE_BYTES`."""
        gathered = bytearray()
        try:
            async for chunk in chunks:
                gathered += chunk
                if len(gathered) >= WRITE_BYTES:
                    await self._write(gathered)
        except ClientDisconnect:
            with CancelScope(shield=True):
                await self._write(gathered)
            raise
        return await self._write(gathered)

    async def _write(self, gathered: bytearray) -> BlobStatus:
        data = bytes(gathered)
        gathered.clear()
        status = await run_sync(self.blobs.append, self.digest, self.offset, self.length, data)
        self.offset += len(data)
        return status


def _headers_of(blobs: Blobs, digest: str, length: int) -> dict[str, str]:
    try:
        return _headers(blobs.status(digest, length))
    except NotFound:
        return {"Upload-Offset": "0", "Upload-Complete": "?0"}


def _headers(status: BlobStatus) -> dict[str, str]:
    return {
        "Upload-Offset": str(status.offset),
        "Upload-Length": str(status.length),
        "Upload-Complete": "?1" if status.complete else "?0",
    }
