"""The page's files: who gets them, under which headers, and that nothing in them is inline or from elsewhere."""

import gzip
import hashlib
import re
from html.parser import HTMLParser

import pytest
from codebase import ROOT

from dualnetssl.server.page import HEADERS, page_files

FILES = page_files()
MOST_BYTES = 1_000_000
NOBODY = {"Authorization": ""}
OWN = {name: file.data.decode() for name, file in FILES.items() if not file.packed and not name.endswith(".txt")}


def test_everybody_gets_the_files_and_all_go_out_with_the_headers(rig):
    for path, file in {"/": FILES["index.html"], **{f"/page/{name}": file for name, file in FILES.items()}}.items():
        answer = rig.client.get(path, headers=NOBODY)
        assert (answer.status_code, answer.headers["content-type"]) == (200, file.media_type)
        assert {key: answer.headers[key] for key in HEADERS} == HEADERS
        head = rig.client.head(path, headers=NOBODY)
        assert (head.status_code, head.headers["etag"]) == (200, answer.headers["etag"])
        again = rig.client.get(path, headers={**NOBODY, "If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])


def test_the_policy_lets_nothing_in_but_what_the_server_gives():
    rules = dict(rule.split(" ", 1) for rule in HEADERS["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert not re.search(r"unsafe|http|\*", HEADERS["Content-Security-Policy"])


def test_nothing_can_be_done_to_the_page(rig, expect):
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        for path in ("/", "/page/main.js"):
            expect(rig.client.request(method, path, headers=NOBODY), 401, "unauthorized")
            answer = rig.client.request(method, path)
            expect(answer, 405, "method-not-allowed")
            assert answer.headers["Allow"] == "GET, HEAD"


def test_a_name_that_the_page_does_not_have_reaches_no_file(rig, expect):
    for name in ("none.js", "__init__", "niivue.js.gz", "..%5C__init__", "C:%5Cboot.ini"):
        expect(rig.client.get(f"/page/{name}", headers=NOBODY), 404, "not-found")
    expect(rig.client.get("/page/main.js%00", headers=NOBODY), 422, "invalid-request")
    for path in ("/page/..%2F__init__", "/page/", "/page/static/main.js"):
        expect(rig.client.get(path, headers=NOBODY), 401, "unauthorized")


def test_a_token_does_not_belong_into_the_address(rig, expect):
    expect(rig.client.get("/?token=secret", headers=NOBODY), 422, "invalid-request")


def test_the_host_is_looked_at_before_the_page_is_given(rig, expect):
    expect(rig.client.get("/", headers={"Host": "evil.example"}), 422, "invalid-request")


def test_the_viewer_library_goes_packed_to_those_who_can_unpack_it(rig):
    data, tags = FILES["niivue.js"].data, {}
    for accepted in ("gzip, deflate, br", "GZIP;q=0.5", "*", "identity", "gzip;q=0", "br, gzip;q=0.0"):
        packed = accepted in ("gzip, deflate, br", "GZIP;q=0.5", "*")
        answer = rig.client.get("/page/niivue.js", headers={**NOBODY, "Accept-Encoding": accepted})
        assert (answer.headers.get("content-encoding") == "gzip") is packed
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.content == gzip.decompress(data)  # the client unpacks what says that it is packed
        assert int(answer.headers["content-length"]) == (len(data) if packed else len(answer.content))
        tags.setdefault(packed, set()).add(answer.headers["etag"])
    assert {len(own) for own in tags.values()} == {1}
    assert tags[True] != tags[False]


def test_the_viewer_library_is_the_one_that_the_documents_name():
    told = (ROOT / "docs" / "dependencies.md").read_text()
    data = FILES["niivue.js"].data
    assert hashlib.sha256(gzip.decompress(data)).hexdigest() in told
    assert len(data) < MOST_BYTES
    licences = FILES["niivue-licences.txt"].data.decode()
    assert licences.startswith("BSD 2-Clause License")
    assert licences.count("\n--- ") >= 10


class _Inline(HTMLParser):
    """Finds what the policy forbids in HTML, and what is named."""

    def __init__(self):
        super().__init__()
        self.faults, self.named = [], set()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.faults += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        self.faults += [tag] if tag == "style" or (tag == "script" and "src" not in given) else []
        self.named |= {value for name, value in attrs if name in ("src", "href")}


def test_the_document_has_nothing_inline_and_names_files_that_are_there():
    found = _Inline()
    found.feed(OWN["index.html"])
    assert found.faults == []
    assert {name.removeprefix("page/") for name in found.named if not name.startswith("#")} <= FILES.keys()


@pytest.mark.parametrize("name", sorted(OWN))  # needs no server
def test_our_own_files_ask_nobody_else_and_stay_small(name):
    text = OWN[name]
    addresses = re.findall(r"\b(?:https?:)?//[a-z][\w.-]+", re.sub(r"http://www\.w3\.org/2000/svg", "", text))
    assert addresses == []
    assert not re.search(
        r"\beval\(|new Function|localStorage|document\.cookie|insertAdjacentHTML|outerHTML|HTML =", text
    )
    assert len(text.splitlines()) < 300
    imports = set(re.findall(r'from "\./([\w.]+)"', text))
    assert imports <= FILES.keys()
