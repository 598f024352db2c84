"""The pages of the repository as a site, with a reference made from the docstrings: ``make docs``.

Links between files of the repository lead to the page of the site where there is one, else to the file itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

project = "DualNetSSL"
copyright = "DualNetSSL contributors, Apache License 2.0"
root_doc = "README"
include_patterns = [
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "Testing/SlicerHost/README.md"),
    *("docs/*.md", "build/reference/**"),
]
extensions = ["myst_parser", "sphinx.ext.napoleon", "autoapi.extension"]
myst_heading_anchors = 4
html_theme = "furo"
html_title = project
html_copy_source = False

suppress_warnings = ["autoapi.python_import_resolution"]  # it does not see names that are assigned together; mypy does
autoapi_dirs = ["server/src/dualnetssl"]
autoapi_root = "build/reference"
autoapi_ignore = ["*/__pycache__/*"]  # left empty it leaves out what is called "migrations"
autoapi_options = ["members", "show-module-summary"]
autoapi_python_class_content = "class"
autoapi_add_toctree_entry = False
autoapi_keep_files = False

_CONTENTS = {
    "In 3D Slicer": ["docs/tutorial", "docs/panel"],
    "Server and command line": [
        *("docs/page", "docs/formats", "docs/configuration", "docs/http", "docs/operations", "docs/scaling"),
    ],
    "The method": ["docs/method", "docs/results"],
    "For developers": [
        *("docs/architecture", "docs/dependencies", "CONTRIBUTING", "Testing/SlicerHost/README", "CHANGELOG"),
        *("SECURITY", "Reference of the code <build/reference/dualnetssl/index>"),
    ],
}


def _with_contents(app: Any, page: str, source: list[str]) -> None:
    """Give the first page, which is the README, the list of all others."""
    if page == root_doc:
        source[0] += "".join(_toctree(title, pages) for title, pages in _CONTENTS.items())


def _toctree(title: str, pages: Iterable[str]) -> str:
    return "\n".join(["", "", "```{toctree}", ":hidden:", f":caption: {title}", "", *pages, "```", ""])


def setup(app: Any) -> dict[str, bool]:
    """Connect what Sphinx calls."""
    app.connect("source-read", _with_contents)
    return {"parallel_read_safe": True}
