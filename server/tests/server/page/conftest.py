"""A real server with a small study, and real headless Chromium; without Chromium or playwright the tests say so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from tinyscans import LABELS, TINY, phantom

from dualnetssl.server.store import Store
from dualnetssl_bench.servers.local_server import LocalServer
from DualNetSSLLib.client.client import Client

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SOFTWARE = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
"""WebGL on the processor, so that the pictures are the same wherever the tests run."""
PATIENCE_MS = 90_000
OUR_FAULTS = ("Content Security Policy", "WebGL", "Uncaught")


@dataclass
class Study:
    """A server with a data set of three scans, two of them labelled, and two models that predicted all; the first."""

    server: LocalServer
    client: Client
    dataset: Any
    model: str

    @property
    def address(self) -> str:
        return f"{self.server.address}/"

    def accounts(self):
        return Store(self.server.data_folder / "store.sqlite").accounts

    def train(self, **config):
        return self.client.create_job("train", self.dataset.id, config={**TINY, **config})

    def until(self, job, kind):
        """Wait for an event of a job as long as it lives: its worker may start slower than a browser waits."""
        assert any(event.kind == kind for event in self.client.follow_events(job.id)), f"it ended without {kind}"


@pytest.fixture(scope="package")
def study(tmp_path_factory) -> Iterator[Study]:
    with (
        LocalServer(tmp_path_factory.mktemp("page") / "data") as server,
        Client(server.address, server.token) as client,
    ):
        dataset = client.create_dataset("Livers", LABELS)
        for number in range(3):
            image, label = phantom(number)
            client.upload_case(dataset.id, f"scan-{number}", image, label if number < 2 else None, annotator="A. B.")
        jobs = [client.create_job("train", dataset.id, config={**TINY, "seed": seed}) for seed in (1, 2)]
        for job in jobs:
            client.wait(job.id)
        yield Study(server, client, dataset, client.job(jobs[0].id).result_model)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs requirements/browser.txt")
    program = os.environ.get("DUALNETSSL_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip("needs Chromium, on the path or named by DUALNETSSL_CHROMIUM")
    with playwright.sync_playwright() as driver:
        options = [*SOFTWARE, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else SOFTWARE
        browser = driver.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()


@dataclass
class Browsers:
    """Opens the page in browsers that know nothing of each other, and keeps what went wrong in them."""

    chromium: Any
    study: Study
    faults: list[str] = field(default_factory=list)

    def open(self, token: str | None = None, **options: Any) -> Any:
        """Open the page in a browser of its own; with a token, sign in."""
        context = self.chromium.new_context(**{"viewport": {"width": 1000, "height": 700}, **options})
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._heard)
        page.on("request", self._asked)
        page.goto(self.study.address)
        if token is not None:
            sign_in(page, token)
        return page

    def _heard(self, message: Any) -> None:
        if message.type == "error" and any(word in message.text for word in OUR_FAULTS):
            self.faults.append(message.text)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.study.address, "data:")):
            self.faults.append(f"a request to {request.url[:80]}")
        if self.study.server.token in request.url:
            self.faults.append("a token in an address")


def sign_in(page: Any, token: str) -> None:
    page.get_by_label("Token").fill(token)
    page.get_by_label("Token").press("Enter")
    page.locator("#sign-out").wait_for()


@pytest.fixture
def browsers(chromium: Any, study: Study) -> Iterator[Browsers]:
    made = Browsers(chromium, study)
    yield made
    for context in chromium.contexts:
        context.close()
    assert made.faults == []


@pytest.fixture
def opened(browsers: Browsers, study: Study) -> Callable[..., Any]:
    """Open the page as the owner, at a place of it."""

    def at(place: str = "#/jobs", **options: Any) -> Any:
        page = browsers.open(study.server.token, **options)
        page.goto(f"{study.address}{place}")
        return page

    return at
