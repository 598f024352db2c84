"""What must never reach a handler, and how it is refused: names, numbers and JSON that cannot be meant."""

import json

import anyio
import pytest

from dualnetssl.server.api.gate.bodies import BodyPace, fault_in_json

LONG = "x" * 5000
LABELS = [{"value": 1, "name": "l"}]
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("name", ["%00", LONG, "a%20b", "%E2%80%AE", "a%0A", "ä"])
@pytest.mark.parametrize(
    "address", ["/jobs/{}", "/jobs/{}/events", "/models/{}", "/models/{}/bundle", "/datasets/{}", "/datasets/{}/cases"]
)
def test_identifiers_that_cannot_be(rig, expect, address, name):
    expect(rig.client.get(f"/v1{address.format(name)}"), 404, "not-found")


@pytest.mark.parametrize("digits", ["9" * 19, "9" * 5000, "٣"])
def test_ranges_of_numbers_that_no_file_reaches(rig, digits):
    digest = rig.upload(b"volume")
    for header in (f"bytes={digits}-", f"bytes=-{digits}", f"bytes=0-{digits}"):
        answer = rig.client.get(f"/v1/blobs/{digest}", headers={"Range": header.encode("utf-8")})
        assert (answer.status_code, answer.content) == (200, b"volume")


@pytest.mark.parametrize("number", [str(2**53), str(2**63), "9" * 40, "9" * 5000], ids=len)
def test_numbers_beyond_the_store(rig, expect, number):
    dataset = rig.dataset()
    digest = rig.case(dataset, "a")["image"]
    draft = f'{{"base_revision": {number}, "label": "{digest}", "verified": "{digest}"}}'
    url = f"/v1/datasets/{dataset}/cases/a/drafts/me"
    expect(rig.client.put(url, content=draft, headers={**JSON, "If-None-Match": "*"}), 422, "invalid-request")


@pytest.mark.parametrize("after", [2**63, 10**30])
def test_cursors_beyond_the_store(rig, expect, after):
    expect(rig.client.get(f"/v1/jobs/job_1/events?after={after}"), 422, "invalid-request")


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "a", "name": "b", "labels": [{"value": 1, "name": "l"}]}',
        b'{"name": NaN}',
        b'{"name": ' + b"9" * 100 + b"}",
        json.dumps({"name": "a", "labels": LABELS}).encode("utf-16"),
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_json_that_two_readers_may_take_differently(rig, expect, body):
    expect(rig.client.post("/v1/datasets", content=body, headers=JSON), 422, "invalid-request")


@pytest.mark.parametrize(
    "bad", ["\x00", "\n", "\x7f", "\x9f", "\u202e", "\u2066", "\u200f", "\ud800", "\u2028", "\uffff"]
)
def test_text_that_does_not_show_what_it_is(rig, expect, bad):
    text = f"a{bad}b"
    for body in ({"name": text, "labels": LABELS}, {"name": "x", "labels": [{"value": 1, "name": text}]}):
        answer = rig.client.post("/v1/datasets", content=json.dumps(body), headers=JSON)
        assert f"U+{ord(bad):04X}" in expect(answer, 422, "invalid-request")["received"]
    dataset = rig.dataset()
    case = json.dumps({"image": "0" * 64, "annotator": text})
    expect(rig.client.put(f"/v1/datasets/{dataset}/cases/a", content=case, headers=JSON), 422, "invalid-request")
    if bad != "\ud800":
        expect(rig.client.get(f"/v1/datasets/{dataset}/worklist", params={"annotator": text}), 422, "invalid-request")
    asked = json.dumps({"annotator": text})
    expect(
        rig.client.post(f"/v1/datasets/{dataset}/worklist/next", content=asked, headers=JSON), 422, "invalid-request"
    )


@pytest.mark.parametrize("text", ["Müller", "肝臓", "می\u200cخواهم", "Dr. O'Neil (2nd)", "🫀"])
def test_text_of_every_script_is_taken(rig, text):
    answer = rig.client.post("/v1/datasets", json={"name": text, "labels": LABELS})
    assert (answer.status_code, answer.json()["name"]) == (201, text)


@pytest.mark.parametrize("name", ["con", "NUL", "nul.nrrd", "com1", "lpt9.x", "scan."])
def test_new_cases_have_names_that_can_be_files_everywhere(rig, expect, name):
    url = f"/v1/datasets/{rig.dataset()}/cases/{name}"
    expect(rig.client.put(url, json={"image": rig.upload(b"i")}), 422, "invalid-request")


def test_a_case_that_is_there_can_be_changed_whatever_its_name(rig, monkeypatch):
    dataset = rig.dataset()
    monkeypatch.setattr("dualnetssl.server.api.gate.names._check_new_case", lambda name: None)
    rig.case(dataset, "con")
    monkeypatch.undo()
    body = {"image": rig.upload(b"other")}
    url = f"/v1/datasets/{dataset}/cases/con"
    assert rig.client.put(url, json=body, headers={"If-Match": '"1"'}).status_code == 200


@pytest.mark.parametrize("colour", [[0, 0, False], [0, 0, "1"], [0, 0, 1.0], [0, 0, 256], [0, 0, -1]])
def test_colours_are_integers(rig, expect, colour):
    body = {"name": "x", "labels": [{"value": 1, "name": "l", "colour": colour}]}
    expect(rig.client.post("/v1/datasets", json=body), 422, "invalid-request")


def test_a_change_says_what_it_was_made_to(rig, expect):
    dataset = rig.dataset()
    case = rig.case(dataset, "a")
    url, body = f"/v1/datasets/{dataset}/cases/a", {"image": case["image"]}
    assert "If-Match" in expect(rig.client.put(url, json=body), 428, "precondition-required")["allowed"]
    expect(rig.client.delete(url), 428, "precondition-required")
    for tag in ('"01"', "1", 'W/"1"', '"١"'):
        headers = {"If-Match": tag.encode("utf-8")}
        expect(rig.client.put(url, json=body, headers=headers), 422, "invalid-request")


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/health", "GET"),
        ("/blobs/" + "0" * 64, "GET, HEAD, PATCH"),
        ("/datasets", "GET, POST"),
        ("/datasets/ds_1", "DELETE, GET"),
        ("/datasets/ds_1/cases/a", "DELETE, GET, PUT"),
        ("/datasets/ds_1/cases/a/drafts/b/c", "DELETE, GET, PUT"),
        ("/jobs", "GET, POST"),
        ("/jobs/job_1/cancel", "POST"),
        ("/models/model_1", "DELETE, GET"),
    ],
)
@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "POST", "PATCH", "HEAD"])
def test_all_methods_of_an_address_are_told(rig, address, allowed, method):
    if method not in allowed:
        answer = rig.client.request(method, f"/v1{address}")
        assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


def test_a_body_that_stops_coming_ends_the_request():
    heard = []

    async def app(scope, receive, send):
        heard.append((await receive())["type"])
        heard.append((await receive())["type"])

    async def stalls():
        if not heard:
            return {"type": "http.request", "body": b"x", "more_body": True}
        await anyio.sleep_forever()

    anyio.run(BodyPace(app, 0.01), {"type": "http"}, stalls, None)
    assert heard == ["http.request", "http.disconnect"]


def test_waiting_for_the_client_to_go_has_no_end():
    async def app(scope, receive, send):
        await receive()
        with anyio.move_on_after(0.05):
            await receive()
            raise AssertionError("the client is still there")

    async def whole():
        if not seen:
            seen.append(1)
            return {"type": "http.request", "body": b"", "more_body": False}
        await anyio.sleep_forever()

    seen = []
    anyio.run(BodyPace(app, 0.01), {"type": "http"}, whole, None)


@pytest.mark.parametrize("address", ["/jobs?datset=ds_1", "/server?x", "/datasets/ds_1/worklist?order=name&o=1"])
def test_misspelt_parameters_are_refused(rig, expect, address):
    expect(rig.client.get(f"/v1{address}"), 422, "invalid-request")


@pytest.mark.parametrize("address", ["/jobs?dataset=a&dataset=b", "/models?dataset=a&dataset=a"])
def test_a_parameter_that_is_given_twice_is_refused(rig, expect, address):
    """The last one was taken, and the other silently not."""
    problem = expect(rig.client.get(f"/v1{address}"), 422, "invalid-request")
    assert problem["received"] == "the parameter dataset 2 times"


def test_a_header_that_is_given_twice_is_refused(rig, expect):
    order = {"kind": "train", "dataset": "ds_1"}
    twice = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    problem = expect(rig.client.post("/v1/jobs", json=order, headers=twice), 422, "invalid-request")
    assert problem["received"] == "the header idempotency-key 2 times"


def test_no_json_is_for_the_handler_to_tell():
    assert fault_in_json(b"{") is None
    assert fault_in_json(b"") is None


def test_the_form_of_json_is_checked_however_its_type_is_spelt(rig):
    body = b'{"name": "a", "name": "b", "labels": [{"value": 1, "name": "l"}]}'
    answer = rig.client.post("/v1/datasets", content=body, headers={"Content-Type": "APPLICATION/JSON"})
    assert answer.status_code == 422
    assert "twice" in answer.json()["received"]


def test_a_field_twice_among_very_many_is_found_at_once():
    from dualnetssl.server.api.gate.bodies import fault_in_json

    names = [f'"{number:x}":1' for number in range(90_000)]
    fault = fault_in_json(("{" + ",".join([*names, names[-1]]) + "}").encode())
    assert fault is not None
    assert "'15f8f' twice" in fault.received


@pytest.mark.parametrize("name", [" ", "\u3164", "\u00a0\u2800"])
def test_names_that_nobody_can_see_are_refused(rig, name):
    answer = rig.client.post("/v1/datasets", json={"name": name, "labels": [{"value": 1, "name": "l"}]})
    assert answer.status_code == 422
