"""Requests made from the committed contract, valid and broken, on data sets, cases, jobs and models that exist."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.python import asgi

CONTRACT = json.loads((Path(__file__).parents[3] / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = sorted((path, method) for path, methods in CONTRACT["paths"].items() for method in methods)
SAID_NO = {"positive_data_acceptance"}
"""A check that does not know rules between fields, such as that a mask needs a label, nor what a precondition is."""


@dataclass
class Things:
    """What exists on a server, made anew for each request, so that one that deletes leaves the next its own."""

    rig: object
    seen: Counter = field(default_factory=Counter)

    def fresh(self) -> dict[str, str]:
        """Make one of everything and return its names, as an address has them."""
        rig = self.rig
        dataset = rig.dataset()
        image = rig.case(dataset, "a", image=b"image", label=b"label")["image"]
        order = {"kind": "train", "dataset": dataset}
        job = rig.client.post("/v1/jobs", json=order).json()["id"]
        rig.client.post(f"/v1/jobs/{job}/cancel")
        labels = rig.services.store.datasets.get(dataset).labels
        model = rig.services.store.models.record(job, labels, {}, image)
        draft = {"base_revision": 1, "label": image, "verified": image}
        url = f"/v1/datasets/{dataset}/cases/a/drafts/me"
        assert rig.client.put(url, json=draft, headers={"If-None-Match": "*"}).status_code == 201
        return {"dataset": dataset, "case": "a", "annotator": "me", "job": job, "model": model.id, "sha256": image}

    def put_into(self, case) -> None:
        """Let a valid request be about them."""
        names = self.fresh()
        case.path_parameters = {name: names[name] for name in case.path_parameters or {}}
        if case.method in ("PUT", "DELETE"):
            case.headers = {**(case.headers or {}), "If-Match": '"1"'}
        if isinstance(case.body, dict):
            digests = {name: names["sha256"] for name in ("image", "label", "verified") if case.body.get(name)}
            case.body = {**case.body, **digests, **({"dataset": names["dataset"]} if "dataset" in case.body else {})}


@pytest.fixture
def things(make_rig):
    """What exists; the app's own tasks end with the test, or they would go on without a store until all tests have."""
    things = Things(make_rig(host="0.0.0.0"))
    yield things
    asgi.shutdown_lifespans()
    assert things.rig.services.supervisor.calls == ["start", "stop"]


def made_from(operation, mode: GenerationMode, count: int):
    """Return the decorator that draws requests of an operation."""

    def decorate(function):
        quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture]
        limits = settings(
            max_examples=count,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=quiet,
        )
        return limits(given(operation.as_strategy(generation_mode=mode))(function))

    return decorate


def whole_in_an_address(case) -> bool:
    """Tell whether a request is broken on paper alone: in an address a list of one value is that value."""
    return any(isinstance(value, list) and len(value) == 1 for value in (case.query or {}).values())


def fuzz(things: Things, path: str, method: str, count: int) -> None:
    schema = schemathesis.openapi.from_dict(CONTRACT)
    schema.app = things.rig.client.app
    operation = schema[path][method]
    refused = [schemathesis.checks.CHECKS.get_one(name) for name in SAID_NO]
    headers = {"Authorization": things.rig.client.headers["Authorization"]}

    @made_from(operation, GenerationMode.POSITIVE, count)
    def valid(case):
        things.put_into(case)
        answer = case.call_and_validate(headers=headers, excluded_checks=refused)
        things.seen[answer.status_code] += 1

    @made_from(operation, GenerationMode.NEGATIVE, count)
    def broken(case):
        if not whole_in_an_address(case):
            case.call_and_validate(headers=headers)

    valid()
    if operation.body or any(operation.iter_parameters()):
        broken()


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_the_server_keeps_its_contract(things, path, method):
    fuzz(things, path, method, 4)
    assert any(status < 300 for status in things.seen), f"no request was answered: {things.seen}"


@pytest.mark.long
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_the_server_keeps_its_contract_for_long(things, path, method):
    fuzz(things, path, method, 150)
