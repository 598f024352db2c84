"""Figures on what the server does, for Prometheus: counted as it happens, or looked up when they are asked for."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dualnetssl.contract.schema import JobState
from dualnetssl.server.api.resources.services import Inspect, Services
from dualnetssl.server.inspection import CaseFacts

SIZES_EVERY = 60.0
"""Seconds for which the size of all files is taken for known: it costs a walk through them."""
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class Metrics:
    """What one app counts.

    Attributes:
        registry: all figures of this app.
        requests: answered requests.
        seconds: time that answers took.
    """

    def __init__(self) -> None:
        """Begin at zero."""
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "dualnetssl_requests", "Answered requests", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "dualnetssl_request_seconds", "Time until an answer was complete", ["route"], registry=self.registry
        )
        self._running = Gauge("dualnetssl_inspections_running", "Checks of volumes now", registry=self.registry)
        self._checks = Histogram(
            "dualnetssl_inspection_seconds",
            "Time that the check of a case's volumes took",
            registry=self.registry,
        )

    def timed(self, inspect: Inspect) -> Inspect:
        """Return an inspector that is counted."""
        return _Timed(inspect, self._running, self._checks)


@dataclass(frozen=True)
class _Timed:
    """An inspector whose checks are counted."""

    inspect: Inspect
    running: Gauge
    seconds: Histogram

    def __call__(self, *volumes: Any, **limits: Any) -> CaseFacts:
        with self.running.track_inprogress(), self.seconds.time():
            return self.inspect(*volumes, **limits)

    def close(self) -> None:
        self.inspect.close()


@dataclass(frozen=True)
class Measured:
    """Counts and times requests, by the template of their address: no name gets into the figures."""

    app: ASGIApp
    metrics: Metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and count how it was answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = ["500"]

        async def seen(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = str(message["status"])
            await send(message)

        start = time.perf_counter()
        try:
            await self.app(scope, receive, seen)
        finally:
            route = getattr(scope.get("route"), "path", "other").removeprefix("/v1")  # as versions of FastAPI have it
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self.metrics.requests.labels(method, route, status[0]).inc()
            self.metrics.seconds.labels(route).observe(time.perf_counter() - start)


class Figures(Collector):
    """What is looked up when it is asked for: connections, jobs, room on the disk, size of the files."""

    def __init__(self, services: Services, connections: Callable[[], int]) -> None:
        """Look at these services.

        Args:
            services: what the handlers work with.
            connections: tells how many are open.
        """
        self._services, self._connections = services, connections
        self._size, self._measured = 0, float("-inf")

    def describe(self) -> list[GaugeMetricFamily]:
        """Name nothing beforehand: the registry would else look everything up at the start."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Look everything up."""
        settings = self._services.settings
        jobs = GaugeMetricFamily("dualnetssl_jobs", "Jobs by state", labels=["state"])
        tally = self._services.store.jobs.tally()
        for state in JobState:
            jobs.add_metric([state.value], tally.get(state, 0))
        yield jobs
        yield GaugeMetricFamily("dualnetssl_connections", "Open connections", self._connections())
        free = shutil.disk_usage(settings.data_folder).free
        yield GaugeMetricFamily("dualnetssl_disk_free_bytes", "Room on the data folder's disk", free)
        size = self._blob_bytes(settings.blobs_root)
        yield GaugeMetricFamily("dualnetssl_blob_bytes", "Size of all files that are kept", size)

    def _blob_bytes(self, root: Path) -> int:
        now = time.monotonic()
        if now - self._measured > SIZES_EVERY:
            self._size, self._measured = sum(_sizes(root)), now
        return self._size


def _sizes(root: Path) -> Iterator[int]:
    for folder, _, names in os.walk(root):
        for name in names if Path(folder) != root else ():  # beside the folders of blobs lies their mark
            try:
                yield os.stat(os.path.join(folder, name)).st_size
            except FileNotFoundError:  # it went away meanwhile
                continue
