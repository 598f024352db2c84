"""Lists of the real server as the client reads them: in pages, and not again what has not changed."""

from __future__ import annotations

import pytest
from panelfixtures import client, server
from panelserver import LABELS, image

from DualNetSSLLib.background.operations import OPERATIONS
from DualNetSSLLib.client import errors
from DualNetSSLLib.client.answers import Answer, Answers
from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.lists import Lists
from DualNetSSLLib.client.records import CasePut
from DualNetSSLLib.client.transport import Transport
from DualNetSSLLib.tasks.call import Desk, Server, Task

__all__ = ["client", "server"]


@pytest.fixture
def dataset(client):
    made = client.create_dataset("lists", LABELS).id
    scan = client.upload_case(made, "a", image(1)).image
    for name in "cb":
        client.put_case(made, name, CasePut(image=scan))
    return made


@pytest.fixture
def statuses(monkeypatch):
    """How each request was answered."""
    seen, session = [], Transport._once

    def noted(self, *arguments):
        response = session(self, *arguments)
        seen.append(response.status_code)
        return response

    monkeypatch.setattr(Transport, "_once", noted)
    return seen


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_many_cases_come_in_pages(client, dataset, monkeypatch, size):
    monkeypatch.setattr("DualNetSSLLib.client.lists.PAGE", size)
    assert [case.case for case in client.cases(dataset)] == ["a", "b", "c"]
    assert [entry.case for entry in client.worklist(dataset, order="name")] == ["a", "b", "c"]


LISTS = {
    "data sets": lambda client, dataset: [one for one in client.datasets() if one.id == dataset],
    "cases": lambda client, dataset: client.cases(dataset),
    "worklist": lambda client, dataset: client.worklist(dataset),
    "jobs": lambda client, dataset: client.jobs(dataset),
    "models": lambda client, dataset: client.models(dataset),
}


@pytest.mark.parametrize("read", LISTS.values(), ids=LISTS)
def test_what_has_not_changed_is_not_sent_again(server, dataset, statuses, read):
    with Client(server.address, server.token) as client:
        first = read(client, dataset)
        assert read(client, dataset) == first
        assert statuses == [200, 304]
        client.create_dataset("a change", LABELS)
        del statuses[:]
        assert read(client, dataset) == first
        assert read(client, dataset) == first
        assert statuses == [200, 304]


def test_a_list_of_a_data_set_that_is_gone_is_not_remembered(client, dataset):
    assert len(client.cases(dataset)) == 3
    client.delete_dataset(dataset)
    with pytest.raises(errors.NotFound):
        client.cases(dataset)


def test_what_the_panel_asks_for_again_is_not_sent_again_and_not_to_another_account(server, dataset, statuses):
    desk = Desk(folder=None)
    for token in (server.token, server.token, "another"):
        desk.server = Server(server.address, token)
        if token == server.token:
            assert len(OPERATIONS["cases"](Task(desk, print), dataset)) == 3
    assert statuses == [200, 304]
    assert desk.answers(desk.server).known(f"/datasets/{dataset}/cases", {"after": "", "limit": 500}).tag == ""


class Shifting:
    """A server whose worklist changes while it is read, so many times."""

    status_code = 200

    def __init__(self, *changes):
        self.names, self.changes, self.asked = ["a", "b", "c", "d"], list(changes), []

    def send(self, method, path, *, params, headers, accept):
        after = params.get("after", "")
        self.asked.append(params.get("after"))
        if self.changes and after:
            self.names.remove(self.changes.pop(0))
        if after not in ["", *self.names]:
            raise errors.Conflict("It is gone.", "Ask again.")
        start = self.names.index(after) + 1 if after else 0
        self.data = [{"case": name} for name in self.names[start : start + params.get("limit", 99)]]
        return self

    @property
    def headers(self):
        return {"ETag": f'"{len(self.names)}"'}

    def body(self, response):
        return self.data


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ([], ["", "b", "d"]),
        (["b"], ["", "b", "", "c"]),
        (["d"], ["", "b", "", "b"]),
        (["a", "b", "c"], ["", "b", "", "c", "", "d", None]),
    ],
    ids=["steady", "its last case leaves", "another leaves", "never steady"],
)
def test_a_worklist_that_changes_while_it_is_read_is_read_again(monkeypatch, changes, asked):
    monkeypatch.setattr("DualNetSSLLib.client.lists.PAGE", 2)
    server = Shifting(*changes)
    found = Lists(server).in_order("/worklist", {"order": "name"})
    assert [entry["case"] for entry in found] == server.names
    assert server.asked == asked


@pytest.mark.parametrize("data", [{}, ["a"], None])
def test_what_is_no_list_is_said_to_be_none(data):
    server = Shifting()
    server.body = lambda response: data
    with pytest.raises(errors.UnexpectedAnswer, match="not the list"):
        Lists(server).ask("/worklist", {})


def test_only_so_many_answers_are_kept():
    answers = Answers(most=2)
    for path in ("/a", "/b"):
        answers.keep(path, None, Answer([], path))
    assert answers.known("/a", None).tag == "/a"
    answers.keep("/c", None, Answer([], "/c"))
    answers.keep("/d", None, Answer([]))
    assert [bool(answers.known(path, None).tag) for path in ("/a", "/b", "/c", "/d")] == [True, False, True, False]
