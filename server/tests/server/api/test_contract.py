"""The committed contract is the one that the server keeps.

After a wanted change, write it anew: ``DUALNETSSL_WRITE_CONTRACT=1 pytest server/tests/server/api/test_contract.py``.
"""

import json
import os
from pathlib import Path

from dualnetssl.server.api.app import openapi_of

CONTRACT = Path(__file__).parents[3] / "openapi.json"
BEARER = {"HTTPBearer": []}
SECURITY = {"/v1/health": None, "/v1/ready": [BEARER, {}], "/v1/metrics": [BEARER, {}]}
METHODS = {
    "/v1/health": "get",
    "/v1/server": "get",
    "/v1/ready": "get",
    "/v1/metrics": "get",
    "/v1/blobs/{sha256}": "get head patch",
    "/v1/datasets": "get post",
    "/v1/datasets/{dataset}": "delete get",
    "/v1/datasets/{dataset}/cases": "get",
    "/v1/datasets/{dataset}/cases/{case}": "delete get put",
    "/v1/datasets/{dataset}/cases/{case}/drafts": "get",
    "/v1/datasets/{dataset}/cases/{case}/drafts/{annotator}": "delete get put",
    "/v1/datasets/{dataset}/cases/{case}/predictions": "get",
    "/v1/datasets/{dataset}/cases/{case}/revisions": "get",
    "/v1/datasets/{dataset}/worklist": "get",
    "/v1/datasets/{dataset}/worklist/next": "post",
    "/v1/jobs": "get post",
    "/v1/jobs/{job}": "get",
    "/v1/jobs/{job}/cancel": "post",
    "/v1/jobs/{job}/events": "get",
    "/v1/jobs/{job}/resume": "post",
    "/v1/models": "get",
    "/v1/models/{model}": "delete get",
    "/v1/models/{model}/bundle": "get",
    "/v1/whoami": "get",
}


def test_the_committed_contract_is_kept(rig):
    text = json.dumps(openapi_of(rig.client.app), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if os.environ.get("DUALNETSSL_WRITE_CONTRACT"):
        CONTRACT.write_text(text, encoding="utf-8")
    assert text == CONTRACT.read_text(encoding="utf-8")


def test_the_contract_has_every_resource(rig):
    paths = openapi_of(rig.client.app)["paths"]
    assert {path: " ".join(sorted(methods)) for path, methods in paths.items()} == METHODS


def test_every_refusal_is_a_problem(rig):
    contract = openapi_of(rig.client.app)
    assert "received" in contract["components"]["schemas"]["Problem"]["properties"]
    for path, methods in contract["paths"].items():
        for operation in methods.values():
            assert "application/problem+json" in operation["responses"]["4XX"]["content"]
            assert "422" not in operation["responses"]
            assert operation.get("security") == SECURITY.get(path, [BEARER])


def test_the_server_shows_its_contract_to_those_who_may_enter(rig, expect):
    assert rig.client.get("/v1/openapi.json").json()["info"]["title"] == "DualNetSSL"
    expect(rig.client.get("/v1/openapi.json", headers={"Authorization": ""}), 401, "unauthorized")
