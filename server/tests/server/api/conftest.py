"""A server in this process, with a supervisor and an inspector that do only what a test tells them."""

import hashlib
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dualnetssl.contract.errors import Conflict
from dualnetssl.contract.schema import Device, Geometry, Job, JobCreate, JobState
from dualnetssl.server.api.app import create_app
from dualnetssl.server.api.resources.services import Services
from dualnetssl.server.datafolder import opened
from dualnetssl.server.inspection import CaseFacts
from dualnetssl.server.settings import Settings
from dualnetssl.server.store import Store

with warnings.catch_warnings():  # it would rather have the successor of httpx, which does the same
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

TOKEN = "a-token-of-the-tests"
GRID = Geometry(size=(4, 5, 6), spacing=(1, 1, 2), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))


@dataclass
class QueueOnly:
    """A supervisor that stores orders and starts nothing."""

    store: Store
    calls: list[str] = field(default_factory=list)
    alive: bool = True

    def start(self) -> None:
        self.calls.append("start")

    def stop(self) -> None:
        self.calls.append("stop")

    def submit(self, request: JobCreate, idempotency_key: str | None = None) -> tuple[Job, bool]:
        return self.store.jobs.create(request, idempotency_key)

    def cancel(self, job: str) -> Job:
        self.store.jobs.transition(job, [JobState.QUEUED], JobState.CANCELLED)
        return self.store.jobs.get(job)

    def resume(self, job: str) -> Job:
        if not self.store.jobs.transition(job, [JobState.FAILED, JobState.CANCELLED], JobState.QUEUED):
            raise Conflict("a running job", "a failed or cancelled job", "Wait.")
        return self.store.jobs.get(job)


@dataclass
class Verdicts:
    """An inspector that finds what the test put here: an error, or a share of verified voxels."""

    error: Exception | None = None
    fraction: float | None = None
    benefit: float | None = None
    channels: int = 1
    asked: list[dict] = field(default_factory=list)

    def __call__(self, image: Path, label=None, verified=None, uncertainty=None, **limits) -> CaseFacts:
        self.asked.append({"image": image.read_bytes(), "label": label, "verified": verified, **limits})
        if self.error is not None:
            raise self.error
        fraction = self.fraction if self.fraction is not None else float(label is not None)
        return CaseFacts(GRID, fraction, None if uncertainty is None else self.benefit, channels=self.channels)

    def close(self) -> None:
        """Nothing was started."""


@dataclass
class Rig:
    """The services of one test's server and a client that has the token."""

    services: Services
    verdicts: Verdicts
    client: TestClient

    def upload(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        answer = self.patch(digest, 0, len(data), data)
        assert answer.status_code == 201, answer.text
        return digest

    def patch(self, digest: str, offset: int, length: int, data):
        headers = {"Upload-Offset": str(offset), "Upload-Length": str(length)}
        return self.client.patch(f"/v1/blobs/{digest}", content=data, headers=headers)

    def dataset(self, name: str = "livers") -> str:
        body = {"name": name, "labels": [{"value": 2, "name": "tumour"}, {"value": 1, "name": "liver"}]}
        return self.client.post("/v1/datasets", json=body).json()["id"]

    def case(self, dataset: str, name: str, image: bytes = b"image", label: bytes | None = None):
        body = {"image": self.upload(image), "label": self.upload(label) if label else None}
        answer = self.client.put(f"/v1/datasets/{dataset}/cases/{name}", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()


def problem(answer, status: int, kind: str) -> dict:
    """Check that an answer is a whole problem, and return it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert found["type"] == f"urn:dualnetssl:problem:{kind}"
    assert found["status"] == status
    assert found["request_id"] == answer.headers["X-Request-Id"]
    assert all(found[part] for part in ("title", "detail", "received", "allowed", "remedy"))
    for secret in ("Traceback", "site-packages", "dualnetssl/", "dualnetssl.", ".py", "/tmp", "/home"):
        assert secret not in answer.text
    return found


@pytest.fixture
def make_rig(tmp_path: Path) -> Iterator[Callable[..., Rig]]:
    rigs: list[Rig] = []
    folders = ExitStack()

    def make(**choices) -> Rig:
        chosen = {"data_folder": tmp_path / f"data{len(rigs)}", "token": TOKEN, **choices}
        settings = Settings(**chosen)
        settings.data_folder.mkdir()
        store, blobs = folders.enter_context(opened(settings))
        verdicts = Verdicts()
        devices = (Device(name="cpu", title="CPU", memory_bytes=1),)
        services = Services(settings, store, blobs, QueueOnly(store), verdicts, devices)
        client = TestClient(
            create_app(services),
            base_url="http://127.0.0.1",
            headers={"Authorization": f"Bearer {settings.token}"},
            raise_server_exceptions=False,
        )
        rigs.append(Rig(services, verdicts, client))
        return rigs[-1]

    yield make
    for rig in rigs:
        rig.client.close()
    folders.close()


@pytest.fixture
def rig(make_rig: Callable[..., Rig]) -> Rig:
    return make_rig()


@pytest.fixture
def expect():
    """The check of a problem, as a fixture so that every test file has it."""
    return problem
