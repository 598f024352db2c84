"""The demo goes through the whole loop, and its report needs nothing but itself."""

from __future__ import annotations

import argparse
import re
from html.parser import HTMLParser

import pytest

from dualnetssl_bench.showcase import demo


class Page(HTMLParser):
    """What a page asks for from elsewhere, its ids, and how many charts it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.asked, self.ids, self.charts = [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.asked += [named[name] for name in ("src", "href", "xlink:href") if name in named]
        self.ids += [named["id"]] if "id" in named else []
        self.charts += tag == "svg"


@pytest.mark.long
def test_the_quick_demo_writes_a_report_that_stands_alone(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(demo.signal, "signal", lambda *_: None)  # else this process would end itself at SIGTERM
    parser = argparse.ArgumentParser()
    demo.configure(parser)
    assert demo.run(parser.parse_args(["--quick", "--output", str(tmp_path / "demo")])) == 0
    assert "report.html" in capsys.readouterr().out
    text = (tmp_path / "demo" / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.charts >= 4
    assert all(one.startswith(("data:", "#")) for one in page.asked)
    assert {one[1:] for one in page.asked if one.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert not re.search(r"<\?xml|<!DOCTYPE svg", text)


@pytest.mark.parametrize(
    ("quick", "given", "taken"),
    [(False, None, [100, 40]), (False, 300, [300, 120]), (False, 1, [1, 1]), (True, 10, [10, 4])],
)
def test_the_steps_that_are_asked_for_are_taken(quick, given, taken):
    planned = demo.plan(0, quick, given)
    assert [planned.first["steps"], planned.second["steps"]] == taken
