"""Records and errors stay in step with the server, and forgive what a later server adds."""

from __future__ import annotations

import dataclasses

import pytest
from pydantic import BaseModel

import dualnetssl.contract.errors as server_errors
import dualnetssl.contract.schema as schema
from DualNetSSLLib.client import errors, records

MODELS = {
    name: model
    for name, model in vars(schema).items()
    if isinstance(model, type) and issubclass(model, BaseModel) and model not in (BaseModel, schema.Strict)
}
CASE = {
    "case": "scan-1",
    "dataset": "d",
    "revision": 2,
    "state": "labelled",
    "image": "a" * 64,
    "label": None,
    "verified_fraction": 1,
    "updated": 5.5,
    "geometry": {
        "size": [3, 4, 5],
        "spacing": [1, 1, 2.5],
        "origin": [0, 0, 0],
        "direction": [1, 0, 0, 0, 1, 0, 0, 0, 1],
    },
}


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_server_model_has_a_record_with_the_same_fields(name):
    record = getattr(records, name)
    own = {item.name for item in dataclasses.fields(record)}
    if name == "Event":
        own.remove("fields")
    assert own == set(MODELS[name].model_fields)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_what_the_server_requires_is_what_the_record_requires(name):
    required = {
        item.name
        for item in dataclasses.fields(getattr(records, name))
        if item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
    }
    server = {key for key, item in MODELS[name].model_fields.items() if item.is_required()}
    assert required - {"status", "api"} == server - {"status", "api"}


def test_every_problem_kind_of_the_server_has_its_exception():
    kinds = {error.kind for error in server_errors.ProblemError.__subclasses__()} | {server_errors.ProblemError.kind}
    own = {error.kind: error.__name__ for error in errors.ServerProblem.__subclasses__()}
    assert kinds <= set(own)
    for error in server_errors.ProblemError.__subclasses__():
        assert own[error.kind] == error.__name__


def test_every_error_is_on_the_page_that_the_docstring_draws():
    for name, error in vars(errors).items():
        if isinstance(error, type) and issubclass(error, Exception):
            assert name in errors.__doc__.replace("├── ", " ").split()


def test_a_problem_keeps_the_servers_words():
    problem = server_errors.GeometryMismatch("12 slices", "14 slices", "Resample the label.")
    error = errors.problem_error(
        {
            "type": f"urn:dualnetssl:problem:{problem.kind}",
            "title": problem.title,
            "status": problem.status,
            "detail": "x",
            "received": problem.received,
            "allowed": problem.allowed,
            "remedy": problem.remedy,
            "request_id": "r-1",
        }
    )
    assert type(error) is errors.GeometryMismatch
    assert str(error) == str(problem)
    assert (error.status, error.request_id) == (422, "r-1")


def test_an_unknown_kind_is_still_told():
    error = errors.problem_error(
        {"type": "urn:dualnetssl:problem:eclipse", "title": "Dark", "status": 503, "detail": "No sun."}
    )
    assert (type(error), error.kind, str(error)) == (errors.ServerProblem, "eclipse", "Dark: No sun.")


def test_a_record_goes_through_json_and_back():
    case = records.Case.from_json(CASE | {"of_a_later_version": 1})
    assert case.geometry.spacing == (1.0, 1.0, 2.5)
    assert isinstance(case.verified_fraction, float)
    assert records.Case.from_json(case.to_json()) == case


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"revision": None}, r"Case\.revision, which should be int"),
        ({"revision": True}, r"True in Case\.revision"),
        ({"state": 3}, r"3 in Case\.state, which should be str"),
        ({"geometry": []}, r"\[\] where Geometry"),
        ({"geometry": CASE["geometry"] | {"size": [1, 2]}}, r"2 numbers in Geometry\.size"),
        ({"geometry": CASE["geometry"] | {"size": "big"}}, r"'big' in Geometry\.size"),
    ],
)
def test_a_field_that_does_not_fit_is_named(change, words):
    with pytest.raises(errors.UnexpectedAnswer, match=words):
        records.Case.from_json(CASE | change)


def test_a_missing_field_is_named():
    with pytest.raises(errors.UnexpectedAnswer, match=r"lacks Case\.updated"):
        records.Case.from_json({key: value for key, value in CASE.items() if key != "updated"})


def test_a_job_tells_whether_it_ended():
    for state in schema.JobState:
        assert records.ended(state.value) is state.ended
