"""Orders, their checks, events and models over HTTP."""

import json
import threading
import time

import anyio
import httpx
import pytest

from dualnetssl.contract.jobdir import EventLog, JobDirectory
from dualnetssl.contract.schema import JobState, Role
from dualnetssl.server.api.resources import events


@pytest.fixture
def dataset(rig):
    found = rig.dataset()
    rig.case(found, "a", label=b"label")
    rig.case(found, "b")
    return found


def order(rig, dataset, key=None, **fields):
    body = {"kind": "train", "dataset": dataset, **fields}
    return rig.client.post("/v1/jobs", json=body, headers={"Idempotency-Key": key} if key else {})


def model_of(rig, dataset, bundle):
    job = order(rig, dataset).json()["id"]
    labels = rig.services.store.datasets.get(dataset).labels
    model = rig.services.store.models.record(job, labels, {"dice": 0.5}, bundle)
    rig.services.store.jobs.transition(job, [JobState.QUEUED], JobState.SUCCEEDED)
    return model.id


def test_order_read_cancel_resume(rig, dataset, expect):
    answer = order(rig, dataset, config={"steps": 5})
    job = answer.json()
    assert (answer.status_code, job["state"], job["attempt"], job["config"]) == (201, "queued", 0, {"steps": 5})
    assert rig.client.get(f"/v1/jobs/{job['id']}").json() == job
    assert rig.client.get("/v1/jobs").json() == [job]
    assert rig.client.get("/v1/jobs", params={"dataset": "other"}).json() == []
    expect(rig.client.post(f"/v1/jobs/{job['id']}/resume"), 409, "conflict")
    assert rig.client.post(f"/v1/jobs/{job['id']}/cancel").json()["state"] == "cancelled"
    assert rig.client.post(f"/v1/jobs/{job['id']}/resume").json()["state"] == "queued"
    for request in (rig.client.get, rig.client.post):
        suffix = "" if request == rig.client.get else "/cancel"
        expect(request(f"/v1/jobs/job_unknown{suffix}"), 404, "not-found")


def test_the_same_key_makes_one_job(rig, dataset, expect):
    first, again = order(rig, dataset, "k"), order(rig, dataset, "k")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    expect(order(rig, dataset, "k", config={"steps": 9}), 409, "conflict")
    assert order(rig, dataset, "other").status_code == 201
    assert len(rig.client.get("/v1/jobs").json()) == 2


@pytest.mark.parametrize(
    ("config", "received", "allowed"),
    [
        ({"steps": 0}, "config.steps = 0", "at least 1"),
        ({"stepz": 1}, "unknown field config.stepz", "steps"),
        ({"preset": "magic"}, "config.preset = 'magic'", "'paper'"),
        ({"preset": []}, "config.preset = []", "'paper'"),
    ],
)
def test_wrong_training_configs(rig, dataset, expect, config, received, allowed):
    found = expect(order(rig, dataset, config=config), 422, "invalid-request")
    assert received in found["received"]
    assert allowed in found["allowed"]
    assert rig.client.get("/v1/jobs").json() == []


def test_orders_that_cannot_be_carried_out(rig, dataset, expect):
    expect(order(rig, "ds_unknown"), 404, "not-found")
    expect(order(rig, dataset, model="model_unknown"), 404, "not-found")
    expect(order(rig, dataset, kind="predict"), 422, "invalid-request")
    expect(order(rig, dataset, kind="dance"), 422, "invalid-request")
    expect(order(rig, dataset, cases=[]), 422, "invalid-dataset")
    assert "label" in expect(order(rig, dataset, cases=["b"]), 422, "invalid-dataset")["remedy"]
    names = [f"x{number}" for number in range(7)]
    assert "x4 and 2 more" in expect(order(rig, dataset, cases=names), 404, "not-found")["received"]
    expect(order(rig, rig.dataset("empty")), 422, "invalid-dataset")


def test_prediction_and_evaluation_need_a_model_of_the_data_set(rig, dataset, expect):
    model = model_of(rig, dataset, "a" * 64)
    other = rig.dataset("other")
    rig.case(other, "c", label=b"label")
    expect(order(rig, other, kind="predict", model=model), 422, "invalid-request")
    assert order(rig, dataset, kind="predict", model=model, cases=["b"]).status_code == 201
    assert order(rig, dataset, model=model).status_code == 201
    expect(order(rig, dataset, kind="evaluate", model=model, cases=["b"]), 422, "invalid-dataset")
    found = expect(order(rig, dataset, kind="predict", model=model, config={"steps": 1}), 422, "invalid-request")
    assert "overlap" in found["allowed"]


def test_models(rig, dataset, expect):
    bundle = rig.upload(b"zip of a bundle")
    model = model_of(rig, dataset, bundle)
    found = rig.client.get(f"/v1/models/{model}").json()
    assert (found["metrics"], found["bundle"], found["dataset"]) == ({"dice": 0.5}, bundle, dataset)
    assert rig.client.get("/v1/models", params={"dataset": dataset}).json() == [found]
    answer = rig.client.get(f"/v1/models/{model}/bundle", headers={"Range": "bytes=0-2"})
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (206, b"zip", "application/zip")
    job = order(rig, dataset, kind="predict", model=model).json()["id"]
    expect(rig.client.delete(f"/v1/models/{model}"), 409, "conflict")
    rig.client.post(f"/v1/jobs/{job}/cancel")
    assert rig.client.delete(f"/v1/models/{model}").json()["models"] == 1
    for request in (rig.client.get, rig.client.delete):
        expect(request(f"/v1/models/{model}"), 404, "not-found")


@pytest.fixture
def running(rig, dataset):
    """A running job and the pen of its worker."""
    job = order(rig, dataset).json()["id"]
    rig.services.store.jobs.transition(job, [JobState.QUEUED], JobState.RUNNING)
    directory = JobDirectory(rig.services.settings.jobs_root / job)
    directory.path.mkdir(parents=True)
    return job, EventLog(directory)


def poll(rig, job, **query):
    return rig.client.get(f"/v1/jobs/{job}/events", params=query)


def test_events_after_a_cursor(rig, running, expect):
    job, log = running
    assert poll(rig, job).json() == {"events": [], "next": 0, "state": "running"}
    log.append("started", attempt=1)
    log.append("progress", step=10)
    page = poll(rig, job).json()
    assert ([event["seq"] for event in page["events"]], page["next"]) == ([1, 2], 2)
    assert poll(rig, job, after=1).json()["events"][0]["step"] == 10
    assert poll(rig, job, after=2).json() == {"events": [], "next": 2, "state": "running"}
    expect(poll(rig, "job_unknown"), 404, "not-found")
    expect(poll(rig, job, after=-1), 422, "invalid-request")
    expect(poll(rig, job, wait=31), 422, "invalid-request")


def test_a_long_poll_returns_when_something_happens(rig, running):
    job, log = running
    writer = threading.Timer(0.3, log.append, ["warning"], {"message": "late"})
    writer.start()
    start = time.monotonic()
    page = poll(rig, job, wait=20).json()
    writer.join()
    assert page["events"][0]["message"] == "late"
    assert time.monotonic() - start < 15


def test_a_long_poll_returns_when_the_job_ends(rig, running):
    job, _ = running
    ended = threading.Timer(0.3, rig.services.store.jobs.transition, [job, [JobState.RUNNING], JobState.CANCELLED])
    ended.start()
    page = poll(rig, job, wait=20).json()
    ended.join()
    assert page == {"events": [], "next": 0, "state": "cancelled"}


def test_waiting_holds_no_thread(rig, running):
    """More polls wait than there are threads, and the others are still served."""
    job, returned = running[0], []

    async def wait(client):
        returned.append(await client.get(f"/v1/jobs/{job}/events", params={"wait": 30}))

    async def scenario():
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(rig.client.app), base_url="http://127.0.0.1", headers=rig.client.headers
        )
        async with client, anyio.create_task_group() as polls:
            for _ in range(60):
                polls.start_soon(wait, client)
            await anyio.sleep(0.5)
            assert (await client.get("/v1/datasets")).status_code == 200
            assert returned == []
            rig.services.store.jobs.transition(job, [JobState.RUNNING], JobState.CANCELLED)

    anyio.run(scenario)
    assert [answer.json()["state"] for answer in returned] == ["cancelled"] * 60


def test_a_long_poll_gives_up(rig, running):
    assert poll(rig, running[0], wait=0.2).json()["events"] == []


def test_server_sent_events(rig, running, monkeypatch):
    monkeypatch.setattr("dualnetssl.server.api.resources.events._KEEP_ALIVE_EVERY", 0.05)
    job, log = running
    log.append("started", attempt=1)
    log.append("progress", step=10)
    waited = events._History.next_page

    async def end_after_nothing(*asked):
        page = await waited(*asked)
        if not page.events:
            log.append("finished", outcome="succeeded")
            rig.services.store.jobs.transition(job, [JobState.RUNNING], JobState.SUCCEEDED)
        return page

    monkeypatch.setattr(events._History, "next_page", end_after_nothing)
    headers = {"Accept": "text/event-stream", "Last-Event-ID": "1"}
    answer = rig.client.get(f"/v1/jobs/{job}/events", headers=headers)
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert ": still there" in answer.text
    blocks = [
        dict(line.split(": ", 1) for line in block.splitlines())
        for block in answer.text.split("\n\n")
        if "id:" in block
    ]
    assert [(block["id"], block["event"]) for block in blocks] == [("2", "progress"), ("3", "finished")]
    assert json.loads(blocks[0]["data"])["step"] == 10


def test_server_sent_events_start_at_the_cursor(rig, running, expect):
    job, log = running
    log.append("started", attempt=1)
    rig.services.store.jobs.transition(job, [JobState.RUNNING], JobState.SUCCEEDED)
    headers = {"Accept": "text/event-stream"}
    assert "id: 1" in rig.client.get(f"/v1/jobs/{job}/events", headers=headers).text
    assert rig.client.get(f"/v1/jobs/{job}/events?after=1", headers=headers).text == ""
    expect(rig.client.get("/v1/jobs/job_unknown/events", headers=headers), 404, "not-found")


def someone(rig, days=1.0):
    """An account's name and the header of its token."""
    token = rig.services.store.accounts.add("Dr Weber", Role.ANNOTATOR, days)
    return "Dr Weber", {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
@pytest.mark.parametrize("ends", ["revoked", "expired"])
def test_waiting_for_events_ends_with_the_token(rig, running, accept, ends):
    """What happens after its end is not told any more, and nobody waits for it."""
    job, log = running
    log.append("started", attempt=1)
    name, token = someone(rig, days=1.0 if ends == "revoked" else 1.5 / 86400)
    end = time.time() + 1.5

    def go_on():
        if ends == "revoked":
            time.sleep(0.5)
            rig.services.store.accounts.revoke(name)
        while ends == "expired" and time.time() <= end:
            time.sleep(0.1)
        log.append("warning", message="not for them")

    worker = threading.Thread(target=go_on)
    ended = threading.Timer(15, rig.services.store.jobs.transition, [job, [JobState.RUNNING], JobState.CANCELLED])
    worker.start()
    ended.start()
    answer = rig.client.get(f"/v1/jobs/{job}/events?after=1&wait=30", headers={**token, "Accept": accept})
    state = rig.services.store.jobs.get(job).state
    ended.cancel()
    worker.join()
    assert ("not for them" in answer.text, state) == (False, JobState.RUNNING)
    if accept == "application/json":
        assert (answer.status_code, ends in answer.json()["received"]) == (401, True)


def test_a_stream_of_a_job_that_is_erased_ends(rig, running, monkeypatch, caplog):
    job, log = running
    log.append("started", attempt=1)
    real = JobDirectory.read_events

    def read_then_erase(*arguments):
        found = real(*arguments)
        rig.services.store.jobs.transition(job, [JobState.RUNNING], JobState.FAILED)
        rig.services.store.erasures.dataset(rig.services.store.jobs.get(job).dataset)
        return found

    monkeypatch.setattr(JobDirectory, "read_events", read_then_erase)
    answer = rig.client.get(f"/v1/jobs/{job}/events", headers={"Accept": "text/event-stream"})
    assert (answer.status_code, answer.text.count("id: 1")) == (200, 1)
    assert [record for record in caplog.records if record.exc_info] == []
