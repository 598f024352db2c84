"""``/jobs/{job}/events``: a job's history by long poll, or as server-sent events; waiting holds no thread."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from anyio import sleep
from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Query, Request
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from dualnetssl.contract.errors import Forbidden, NotFound, Unauthorized
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.schema import EventPage
from dualnetssl.server.api.gate.access import still_welcome
from dualnetssl.server.api.gate.digits import DECIMAL, WHOLE
from dualnetssl.server.api.resources.services import Served, Services

LONGEST_WAIT = 30.0
PAGE = 2000
"""Events in one answer."""
_LOOK_EVERY = 0.1
_ASK_STATE_EVERY = 0.5
_KEEP_ALIVE_EVERY = 15.0
_MEDIA_TYPE = "text/event-stream"

router = APIRouter(prefix="/jobs", tags=["jobs"])


@router.get(
    "/{job}/events",
    response_model=EventPage,
    responses={200: {"content": {_MEDIA_TYPE: {"schema": {"type": "string"}}}}},
)
async def events(
    job: str,
    request: Request,
    services: Served,
    after: Annotated[
        int, Field(ge=0, le=2**53 - 1), WHOLE, Query(description="cursor: the last seq that was seen")
    ] = 0,
    wait: Annotated[
        float, Field(ge=0, le=LONGEST_WAIT), DECIMAL, Query(description="seconds to wait for something new")
    ] = 0,
    last_event_id: Annotated[int | None, Field(ge=0, le=2**53 - 1), WHOLE, Header()] = None,
) -> Response:
    """Return what happened after a cursor; at once if there is something or the job has ended."""
    history = _History(services, job, partial(still_welcome, request))
    if _MEDIA_TYPE in request.headers.get("accept", ""):
        await run_sync(services.store.jobs.get, job)
        start = after if last_event_id is None else last_event_id
        return StreamingResponse(_server_sent(history, start), media_type=_MEDIA_TYPE, headers=_UNCACHED)
    page = await history.next_page(after, wait)
    return Response(page.model_dump_json(), media_type="application/json", headers=_UNCACHED)


_UNCACHED = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class _History:
    """The events of one job, as its directory has them, for as long as who asked for them may have them."""

    services: Services
    job: str
    check: Callable[[], None]

    @property
    def directory(self) -> JobDirectory:
        """The job's folder."""
        return JobDirectory(self.services.settings.jobs_root / self.job)

    async def next_page(self, after: int, wait: float) -> EventPage:
        """Return what came after a cursor, waiting for it at most ``wait`` seconds.

        Raises:
            NotFound: there is no such job, or it was erased meanwhile.
            Unauthorized: the token was revoked or has expired meanwhile.
            Forbidden: the account may no longer do this.
        """
        deadline = time.monotonic() + wait
        while True:
            size = self._size()
            page = await run_sync(self._read, after)
            if page.events or page.state.ended or time.monotonic() >= deadline:
                return page
            await self._change(size, deadline)

    async def _change(self, size: int, deadline: float) -> None:
        """Wait until the history grows, or until it is time to ask for the state again."""
        until = min(deadline, time.monotonic() + _ASK_STATE_EVERY)
        while self._size() == size and (left := until - time.monotonic()) > 0:
            await sleep(min(_LOOK_EVERY, left))

    def _size(self) -> int:
        try:
            return self.directory.events_path.stat().st_size
        except FileNotFoundError:
            return 0

    def _read(self, after: int) -> EventPage:
        self.check()
        # the state first: whatever a job wrote before it ended is then seen
        state = self.services.store.jobs.get(self.job).state
        found = tuple(self.directory.read_events(after, PAGE))
        return EventPage(events=found, next=found[-1].seq if found else after, state=state)


async def _server_sent(history: _History, after: int) -> AsyncIterator[str]:
    while True:
        try:
            page = await history.next_page(after, _KEEP_ALIVE_EVERY)
        except (Unauthorized, Forbidden, NotFound):  # too late to say so; whoever asks again is told
            return
        for event in page.events:
            yield f"id: {event.seq}\nevent: {event.kind}\ndata: {event.model_dump_json()}\n\n"
        if not page.events:
            if page.state.ended:
                return
            yield ": still there\n\n"
        after = page.next
