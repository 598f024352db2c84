"""Links between the pages of the repository lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("Testing/*/*.md")])
_LINK = re.compile(r"\]\(\s*([^)\s#]*)(#[^)\s]+)?\s*\)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def links(page: Path) -> Iterator[tuple[str, str]]:
    """Yield target and anchor of each link of a page that leads into the repository."""
    for target, anchor in _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8"))):
        if ":" not in target:
            yield target, anchor.removeprefix("#")


def anchors(page: Path) -> set[str]:
    """Return the names that a page's headings have as targets of links."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in links(page):
        led_to = (page.parent / target).resolve() if target else page
        assert led_to.exists(), f"{page.name} links to {target}, which is not there"
        assert not anchor or anchor in anchors(led_to), f"{target or page.name} has no heading #{anchor}"
