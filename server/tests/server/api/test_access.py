"""Who may do what: a matrix made from the contract, accounts in a running server, and under whose name work is kept."""

import time

import pytest

from dualnetssl.contract.schema import Role
from dualnetssl.server.api.app import openapi_of
from dualnetssl.server.api.gate.rules import RULES, Rulebook

DIGEST = "0" * 64
VALUES = {"dataset": "ds_0", "case": "x", "annotator": "somebody", "job": "job_0", "model": "model_0", "sha256": DIGEST}
PEOPLE = ("no token", "unknown", "expired", "revoked", "annotator", "trainer", "admin")
KNOWN = {role.value: role for role in Role}


def operations(app) -> list[tuple[str, str]]:
    contract = openapi_of(app)["paths"]
    return [(method.upper(), path) for path, methods in contract.items() for method in methods]


@pytest.fixture
def tokens(rig):
    accounts, made = rig.services.store.accounts, {"no token": "", "unknown": "nobodys"}
    for name in PEOPLE[2:]:
        made[name] = accounts.add(f"Dr {name}", KNOWN.get(name, Role.ADMIN), 1e-9 if name == "expired" else 1)
    accounts.revoke("Dr revoked")
    time.sleep(0.001)
    return made


def as_(rig, token):
    return {"Authorization": f"Bearer {token}" if token else ""}


def ask(rig, method, path, token):
    return rig.client.request(method, path.format(**VALUES), headers=as_(rig, token))


def test_every_operation_has_a_rule_and_every_rule_an_operation(rig):
    ruled = {(method, template.replace(":path", "")) for method, template in RULES}
    of_the_contract = set(operations(rig.client.app))
    assert of_the_contract - ruled == set()
    beside_it = {"/v1/openapi.json", "/", "/page/{file}"}
    assert {path for _, path in ruled} - {path for _, path in of_the_contract} == beside_it


def test_everybody_may_do_what_the_rules_say_and_nothing_else(rig, tokens):
    """No body and no object: whoever is let in gets 404 or 422, never 401 or 403."""
    book, wrong = Rulebook(), []
    for method, path in operations(rig.client.app):
        needed = book.find(method, path.format(**VALUES)).rule.role
        for person in PEOPLE:
            status = ask(rig, method, path, tokens[person]).status_code
            if needed is None:
                expected = status not in (401, 403)
            elif person in KNOWN:
                expected = (status == 403) != KNOWN[person].covers(needed) and status != 401
            else:
                expected = status == 401
            if path.endswith("/drafts/{annotator}") and method in ("PUT", "DELETE"):
                expected = status in (403, 422) if person in KNOWN else status == 401  # nobody's draft but one's own
            wrong += [] if expected else [(method, path, person, status)]
    assert wrong == []


def test_an_operation_without_a_rule_is_closed_even_to_the_owner(make_rig, expect, monkeypatch):
    forgotten = {key: rule for key, rule in RULES.items() if key != ("GET", "/v1/datasets")}
    monkeypatch.setattr(Rulebook.__init__, "__defaults__", (forgotten,))
    expect(make_rig().client.get("/v1/datasets"), 403, "forbidden")


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("no token", "a request without a token"),
        ("unknown", "does not know"),
        ("expired", "expired"),
        ("revoked", "revoked"),
    ],
)
def test_each_kind_of_401_has_its_own_sentence(rig, tokens, expect, person, words):
    found = expect(ask(rig, "GET", "/v1/server", tokens[person]), 401, "unauthorized")
    assert words in found["received"]
    assert ("paste" in found["remedy"].lower()) == (person == "no token")


def test_403_says_who_one_is_and_what_it_takes(rig, tokens, expect):
    found = expect(ask(rig, "DELETE", "/v1/models/m", tokens["trainer"]), 403, "forbidden")
    assert ("Dr trainer" in found["received"], "admin" in found["allowed"]) == (True, True)


def test_403_comes_before_the_body_is_read(rig, tokens, expect):
    def endless():
        raise AssertionError("the body was read")
        yield b""

    answer = rig.client.post("/v1/jobs", content=endless(), headers=as_(rig, tokens["annotator"]))
    expect(answer, 403, "forbidden")


def test_whoami(rig, make_rig, tokens):
    found = ask(rig, "GET", "/v1/whoami", tokens["trainer"]).json()
    assert (found["name"], found["role"], found["owner"]) == ("Dr trainer", "trainer", False)
    assert 0 < found["expires"] - time.time() <= 86400
    owner = {"name": "owner", "role": "admin", "owner": True, "expires": None}
    assert rig.client.get("/v1/whoami").json() == owner
    assert make_rig(token=None).client.get("/v1/whoami", headers={"Authorization": ""}).json() == owner


def test_tokens_are_kept_as_hashes_alone(rig, tokens):
    rig.client.get("/v1/whoami", headers=as_(rig, tokens["admin"]))
    kept = b"".join(path.read_bytes() for path in rig.services.settings.data_folder.rglob("*") if path.is_file())
    assert [name for name in PEOPLE[2:] if tokens[name].encode() in kept] == []


@pytest.fixture
def study(rig, tokens):
    """A data set with one case that Dr trainer brought."""
    rig.dataset_id = rig.dataset()
    rig.url = f"/v1/datasets/{rig.dataset_id}/cases/a"
    rig.image = rig.upload(b"image")
    answer = rig.client.put(rig.url, json={"image": rig.image}, headers=as_(rig, tokens["trainer"]))
    assert (answer.status_code, answer.json()["annotator"]) == (201, None)
    return rig


def change(rig, token, revision, **content):
    headers = {**as_(rig, token), "If-Match": f'"{revision}"'}
    return rig.client.put(rig.url, json={"image": rig.image, **content}, headers=headers)


def test_the_annotator_of_a_label_is_who_sent_it(study, tokens, expect):
    label = study.upload(b"label")
    expect(change(study, tokens["annotator"], 1, label=label, annotator="Dr trainer"), 403, "forbidden")
    answer = change(study, tokens["annotator"], 1, label=label)
    assert (answer.status_code, answer.json()["annotator"]) == (200, "Dr annotator")
    removed = change(study, tokens["trainer"], 2, annotator="Dr trainer")
    assert removed.json()["annotator"] == "Dr trainer"


def test_a_label_that_stays_is_still_its_annotators(study, tokens):
    label = study.upload(b"label")
    change(study, tokens["annotator"], 1, label=label)
    study.image = study.upload(b"better image")
    answer = change(study, tokens["trainer"], 2, label=label, annotator="Dr annotator")
    assert (answer.status_code, answer.json()["annotator"]) == (200, "Dr annotator")


def test_an_annotator_brings_no_scans(study, tokens, expect):
    label = study.upload(b"label")
    new = study.url[:-1] + "b"
    answer = study.client.put(new, json={"image": study.image}, headers=as_(study, tokens["annotator"]))
    expect(answer, 403, "forbidden")
    study.image = study.upload(b"another image")
    expect(change(study, tokens["annotator"], 1, label=label), 403, "forbidden")


def test_the_owner_names_whom_they_like_but_nobody_with_an_account(study, expect):
    label, owner = study.upload(b"label"), "a-token-of-the-tests"
    assert change(study, owner, 1, label=label, annotator="Reader 1").json()["annotator"] == "Reader 1"
    for name in ("Dr annotator", "DR ANNOTATOR", "Dr \u0430nnotator", "Dr\u00a0annotator", "Owner"):
        expect(change(study, owner, 2, annotator=name), 403, "forbidden")


def test_drafts_are_ones_own(study, tokens, expect):
    label = study.upload(b"label")
    body, who = {"base_revision": 1, "label": label, "verified": label}, as_(study, tokens["annotator"])
    url = f"{study.url}/drafts/Dr%20"
    expect(study.client.put(f"{url}trainer", json=body, headers={**who, "If-None-Match": "*"}), 403, "forbidden")
    made = study.client.put(f"{url}annotator", json=body, headers={**who, "If-None-Match": "*"})
    assert made.status_code == 201, made.text
    other = {**as_(study, tokens["trainer"]), "If-Match": '"1"'}
    expect(study.client.delete(f"{url}annotator", headers=other), 403, "forbidden")
    assert study.client.delete(f"{url}annotator", headers={**other, **who}).status_code == 204


def test_the_worklist_is_ones_own(study, tokens, expect):
    url, who = f"/v1/datasets/{study.dataset_id}/worklist", as_(study, tokens["annotator"])
    expect(study.client.post(f"{url}/next", json={"annotator": "Dr trainer"}, headers=who), 403, "forbidden")
    expect(study.client.get(f"{url}?annotator=Dr%20trainer", headers=who), 403, "forbidden")
    assert study.client.post(f"{url}/next", json={"order": "name"}, headers=who).json()["case"] == "a"


def test_a_bundle_does_not_get_out_as_a_blob(study, tokens, expect):
    digest = study.upload(b"bundle")
    study.services.store._database._writer.execute("PRAGMA foreign_keys = OFF")
    with study.services.store._database.transaction() as connection:
        connection.execute("INSERT INTO models VALUES ('m', 'd', 'j', 0, '[]', '{}', ?, NULL)", (digest,))
    url = f"/v1/blobs/{digest}"
    expect(study.client.get(url, headers=as_(study, tokens["annotator"])), 403, "forbidden")
    assert study.client.get(url, headers=as_(study, tokens["trainer"])).content == b"bundle"
