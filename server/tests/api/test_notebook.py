"""The notebook of the documentation runs from its first cell to its last, and shows what is kept in it."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("notebook", ROOT / "scripts" / "notebook.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def forms(notebook):
    """Kinds of output of each cell, in order."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [[sorted(said.get("data", {"stream": 0})) for said in cell["outputs"]] for cell in cells]


@pytest.mark.long
def test_the_notebook_goes_the_whole_way(tool, tmp_path, capsys):
    kept = json.loads(tool.NOTEBOOK.read_text(encoding="utf-8"))
    done = tool.executed(kept, tmp_path)
    assert forms(done) == forms(kept)
    said = [line for cell in done["cells"] for told in cell.get("outputs", ()) for line in told.get("text", ())]
    assert any("another class in 0" in line for line in said)
    assert any("neither model learnt from" in line for line in said)
    assert (tmp_path / "predictions" / "report.html").exists()


def test_cells_share_their_names_and_show_their_last_line(tool, tmp_path):
    def cell(*lines, kind="code"):
        return {"cell_type": kind, "source": list(lines)}

    notebook = {"cells": [cell("a = 1\n", "print(a)"), cell("words", kind="markdown"), cell("a + 1"), cell("b = 2")]}
    before = Path.cwd()
    done = tool.executed(notebook, tmp_path)
    assert forms(done) == [[["stream"]], [["text/plain"]], []]
    assert done["cells"][2]["outputs"][0]["data"]["text/plain"] == ["2"]
    assert Path.cwd() == before
    with pytest.raises(ZeroDivisionError):
        tool.executed({"cells": [cell("1 / 0")]}, tmp_path)
    assert Path.cwd() == before
