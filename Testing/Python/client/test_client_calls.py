"""Calls that must hold although the connection does not: following a job, making one, waiting for one."""

from __future__ import annotations

import json
import random
from urllib.parse import parse_qs, urlsplit

import pytest
from doubleserver import TOKEN, Fault, double, problem

from DualNetSSLLib.client import errors
from DualNetSSLLib.client.cancel import CancelToken
from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.transport import Backoff, Timeouts

JOB = {
    "id": "j",
    "kind": "train",
    "dataset": "d",
    "state": "succeeded",
    "attempt": 1,
    "created": 1.0,
    "updated": 2.0,
    "result_model": "m",
}


@pytest.fixture
def server():
    with double() as (address, state):
        yield address, state


@pytest.fixture
def state(server):
    return server[1]


@pytest.fixture
def client(server):
    backoff = Backoff(attempts=3, first=0.001, longest=0.002)
    with Client(server[0], TOKEN, backoff=backoff, timeouts=Timeouts(read=5, poll=5)) as client:
        yield client


def history(state, count, page):
    """Answer event polls with a history of ``count`` events, ``page`` of them at a time, and end the job after them."""

    def answer(request):
        after = int(parse_qs(urlsplit(request.path).query)["after"][0])
        events = [{"seq": seq, "time": 0.0, "kind": "progress", "step": seq} for seq in range(after + 1, count + 1)]
        cursor = min(after + page, count)
        return 200, {"events": events[:page], "next": cursor, "state": "succeeded" if cursor == count else "running"}

    state.answers["GET", "/jobs/j/events"] = answer
    state.answers["GET", "/jobs/j"] = lambda _: (200, JOB)


@pytest.mark.parametrize("seed", range(6))
def test_events_come_once_and_in_order_through_lost_connections(client, state, seed):
    history(state, count=50, page=7)
    rng = random.Random(seed)
    faults = [Fault(cut_after=30), Fault(cut_before_answer=True), Fault(status=503)]
    state.fault = lambda method, path: rng.choice(faults) if rng.random() < 0.6 else None
    assert [event.seq for event in client.follow_events("j")] == list(range(1, 51))


def test_following_goes_on_after_a_cursor(client, state):
    history(state, count=9, page=4)
    assert [event.seq for event in client.follow_events("j", after=6)] == [7, 8, 9]


def test_repeated_events_are_passed_over_and_missing_ones_told(client, state):
    def page(*numbers):
        events = [{"seq": seq, "time": 0.0, "kind": "progress"} for seq in numbers]
        return 200, {"events": events, "next": numbers[-1], "state": "running"}

    pages = [page(1, 2), page(2, 3), page(5)]
    state.answers["GET", "/jobs/j/events"] = lambda _: pages.pop(0)
    seen = []
    with pytest.raises(errors.UnexpectedAnswer, match="Event 4 is missing"):
        seen.extend(event.seq for event in client.follow_events("j"))
    follow = client.follow_events("j")
    pages[:] = [page(1, 2), page(2, 3)]
    assert [next(follow).seq for _ in range(3)] == [1, 2, 3]


def test_patience_with_a_lost_server_ends(client, state):
    state.fault = lambda method, path: Fault(cut_before_answer=True)
    with pytest.raises(errors.ConnectionLost):
        list(client.follow_events("j", patience=0.0))


def test_waiting_tells_the_events_and_returns_the_job(client, state):
    history(state, count=3, page=3)
    seen = []
    job = client.wait("j", seen.append)
    assert [event.fields for event in seen] == [{"step": 1}, {"step": 2}, {"step": 3}]
    assert (job.state, job.ended, job.result_model) == ("succeeded", True, "m")


def test_waiting_can_be_cancelled(client, state):
    history(state, count=30, page=1)
    token = CancelToken()
    with pytest.raises(errors.Cancelled):
        client.wait("j", lambda event: token.cancel() if event.seq == 2 else None, cancel=token)
    assert len(state.requests) == 2


def test_a_job_is_asked_for_again_under_the_same_key(client, state):
    seen = []

    def create(request):
        seen.append((request.headers["Idempotency-Key"], json.loads(request.body())))
        return 201, JOB

    state.answers["POST", "/jobs"] = create
    state.fault = lambda method, path: Fault(cut_before_answer=True) if len(seen) < 2 else None
    assert client.create_job("train", "d", config={"steps": 3}, cases=["a"]).id == "j"
    assert len(seen) == 3
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][1] == {
        "kind": "train",
        "dataset": "d",
        "model": None,
        "cases": ["a"],
        "config": {"steps": 3},
        "predict_after": True,
    }


def test_two_jobs_have_two_keys(client, state):
    keys = []

    def create(request):
        keys.append(request.headers["Idempotency-Key"])
        request.body()
        return 201, JOB

    state.answers["POST", "/jobs"] = create
    client.create_job("train", "d")
    client.create_job("train", "d")
    assert len(set(keys)) == 2


def test_names_cannot_leave_their_place_in_the_address(client, state):
    with pytest.raises(errors.NotFound):
        client.case("../jobs", "a/b?c")
    assert state.requests == [("GET", "/datasets/..%2Fjobs/cases/a%2Fb%3Fc")]


def test_a_file_over_the_servers_cap_is_refused_before_it_is_sent(client, state, tmp_path):
    limits = {"blob_bytes": 10, "voxels": 10, "chunk_bytes": 10}
    info = {"version": "1", "api": "v1", "limits": limits, "devices": [], "train_config": {}}
    state.answers["GET", "/server"] = lambda _: (200, info)
    (tmp_path / "big").write_bytes(bytes(11))
    with pytest.raises(errors.VolumeTooLarge, match="11 bytes; this server takes at most 10"):
        client.upload(tmp_path / "big")
    assert [method for method, _ in state.requests] == ["GET"]


def test_a_server_of_before_there_were_accounts_knows_nobody(client, state):
    state.answers["GET", "/whoami"] = lambda _: problem("not-found", 404)
    assert client.whoami() is None


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        ("unauthorized", 401, errors.Unauthorized),
        ("forbidden", 403, errors.Forbidden),
        ("disk-full", 507, errors.DiskFull),
        ("audit-failed", 503, errors.ServerUnavailable),
    ],
)
def test_each_way_to_say_no_keeps_the_servers_words(client, state, kind, status, error):
    state.answers["GET", "/datasets"] = lambda _: problem(kind, status, "Because of this")
    with pytest.raises(error, match="Because of this"):
        client.datasets()
