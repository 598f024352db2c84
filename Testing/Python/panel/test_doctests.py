"""The examples in the docstrings of what only Slicer, or its stand-in, can import."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

LIBRARY = Path(__file__).resolve().parents[3] / "DualNetSSLLib"
FILES = sorted((LIBRARY / "panel").rglob("*.py"))
MODULES = [".".join(path.relative_to(LIBRARY).with_suffix("").parts).removesuffix(".__init__") for path in FILES]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_hold(slicer_host, name):
    module = importlib.import_module(f"DualNetSSLLib.{name}")
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    assert doctest.testmod(module, optionflags=flags).failed == 0
