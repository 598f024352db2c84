"""What refusals of fields say: one problem for each fault, in our own words; and numbers that are plain digits."""

import pytest

from dualnetssl.contract import config, schema
from dualnetssl.server.api.gate.wanted import PATTERNS

FOREIGN = ("Tuple should", "String should", "Input should", "Field required", "Extra inputs", "Value error", "^[", "]{")
GOOD = {"value": 1, "name": "l"}
FAULTS = [
    ({"name": "l"}, "no labels.0.value", "labels.0.value: a value, which must be there"),
    ({"value": 0, "name": "l"}, "labels.0.value = 0", "labels.0.value: a number of at least 1"),
    ({"value": 255, "name": "l"}, "labels.0.value = 255", "labels.0.value: a number of at most 254"),
    ({"value": "1", "name": "l"}, "labels.0.value = '1'", "labels.0.value: a whole number"),
    ({"value": 1, "name": ""}, "labels.0.name = ''", "labels.0.name: a text of at least 1 characters"),
    ({**GOOD, "color": 1}, "the unknown field labels.0.color", "nothing in labels.0.color"),
    ({**GOOD, "colour": [1, 2]}, "no labels.0.colour.2", "labels.0.colour.2: a value, which must be there"),
]


@pytest.mark.parametrize(("label", "received", "allowed"), FAULTS)
def test_one_problem_for_each_fault(rig, expect, label, received, allowed):
    answer = rig.client.post("/v1/datasets", json={"name": "x", "labels": [label]})
    found = expect(answer, 422, "invalid-request")
    assert (found["received"], found["allowed"]) == (received, allowed)


def test_a_list_that_is_too_short_by_itself_is_told(rig, expect):
    found = expect(rig.client.post("/v1/datasets", json={"name": "x", "labels": []}), 422, "invalid-request")
    assert found["allowed"] == "labels: at least 1 entries"


WRONG = [None, 5, -1, 1e300, 0.5, "", "x" * 3000, "a b", [], [[]], {}, {"a": 1}, True, [1, 1, 1, 1], ["a", "b"]]
ADDRESSES = [
    ("POST", "/datasets", schema.DatasetCreate),
    ("PUT", "/datasets/d/cases/a", schema.CasePut),
    ("PUT", "/datasets/d/cases/a/drafts/x", schema.DraftPut),
    ("POST", "/jobs", schema.JobCreate),
]


@pytest.mark.parametrize(("method", "address", "model"), ADDRESSES)
def test_the_words_are_ours_for_every_field_of_the_contract(rig, method, address, model):
    for field in [*model.model_fields, "unknown"]:
        for wrong in WRONG:
            said = rig.client.request(method, f"/v1{address}", json={field: wrong}, headers={"If-None-Match": "*"}).text
            assert not [word for word in FOREIGN if word in said], said


def test_every_field_of_a_configuration_is_refused_in_our_words(rig):
    dataset = rig.client.post("/v1/datasets", json={"name": "x", "labels": [GOOD]}).json()["id"]
    fields = list(config.TrainConfig.model_fields)
    for wrong in WRONG[2:13]:
        for first in range(0, len(fields), 3):  # as many as a refusal names
            order = {"kind": "train", "dataset": dataset, "config": dict.fromkeys(fields[first : first + 3], wrong)}
            said = rig.client.post("/v1/jobs", json=order).text
            assert not [word for word in FOREIGN if word in said], said


def test_every_pattern_of_the_interface_has_words(rig):
    def patterns(part):
        if isinstance(part, dict):
            yield from [part["pattern"]] if isinstance(part.get("pattern"), str) else []
        for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            yield from patterns(inner)

    assert set(patterns(rig.client.get("/v1/openapi.json").json())) <= set(PATTERNS)


@pytest.mark.parametrize("number", ["5.0", "0_0", "+0", "1e1", "0x1", "-0"])
@pytest.mark.parametrize("name", ["Upload-Offset", "Upload-Length"])
def test_headers_take_plain_digits_alone(rig, expect, name, number):
    headers = {"Upload-Offset": "0", "Upload-Length": "5", name: number}
    answer = rig.client.patch(f"/v1/blobs/{'0' * 64}", content=b"", headers=headers)
    assert "plain decimal digits" in expect(answer, 422, "invalid-request")["allowed"]


@pytest.mark.parametrize("question", ["after=1_0", "after=1.0", "after=%2B1", "wait=1_0", "wait=1e1", "wait=%2B1"])
def test_questions_take_plain_digits_alone(rig, expect, question):
    answer = rig.client.get(f"/v1/jobs/job_{'0' * 16}/events?{question}")
    assert "plain decimal digits" in expect(answer, 422, "invalid-request")["allowed"]
