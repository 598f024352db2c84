"""Runs the notebook of the documentation, without Jupyter, and writes what its cells say into it.

    python scripts/notebook.py [NOTEBOOK] [FOLDER]    in FOLDER, which gets what the cells write (else a temporary one)

Jupyter's own executor needs a kernel, sockets and some thirty packages; cells of plain Python need an ``exec`` each.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NOTEBOOK = Path(__file__).resolve().parents[1] / "docs" / "notebook.ipynb"
_FORMS = {"image/svg+xml": "_repr_svg_", "image/png": "_repr_png_", "text/html": "_repr_html_"}


def executed(notebook: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Run the cells of a notebook one after the other in a folder, and return it with what they say.

    Raises:
        Exception: what a cell raises.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    cells, count = [], 0
    with _inside(folder):
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                count += 1
                cell = cell | {"execution_count": count, "outputs": _said("".join(cell["source"]), names, count)}
            cells.append(cell)
    return notebook | {"cells": cells}


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _said(source: str, names: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Run one cell; its last line is shown if it is an expression, as Jupyter does."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(tree, f"cell {count}", "exec"), names)  # noqa: S102 - the project's own notebook
        value = eval(compile(ast.Expression(last.value), f"cell {count}", "eval"), names) if last else None  # noqa: S307
    told: list[dict[str, Any]] = []
    if printed.getvalue():
        told.append({"output_type": "stream", "name": "stdout", "text": printed.getvalue().splitlines(keepends=True)})
    if value is not None:
        data = {"text/plain": [repr(value)[:2000]]} | shown(value)
        told.append({"output_type": "execute_result", "execution_count": count, "metadata": {}, "data": data})
    return told


def shown(value: Any) -> dict[str, Any]:
    """Return the forms in which a value shows itself."""
    found = {form: getattr(value, method)() for form, method in _FORMS.items() if hasattr(value, method)}
    return {form: base64.b64encode(data).decode() if isinstance(data, bytes) else data for form, data in found.items()}


if __name__ == "__main__":
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else NOTEBOOK
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(sys.argv[2] if len(sys.argv) > 2 else scratch)
        done = executed(json.loads(path.read_text(encoding="utf-8")), place)
    path.write_text(json.dumps(done, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
