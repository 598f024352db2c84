"""``--json``: one JSON object a line on standard output, for programs; what people read goes to standard error."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

Tell = Callable[[dict[str, Any]], None]


def add_json(parser: argparse.ArgumentParser) -> None:
    """Declare the option."""
    parser.add_argument(
        "--json", action="store_true", help="tell a program: a JSON object a line, the last of kind result"
    )


@contextmanager
def told(wanted: bool) -> Iterator[Tell]:
    """Yield what writes an object for a program, or for nobody unless it is wanted; people are told beside it."""
    if not wanted:
        yield lambda fields: None
        return
    output = sys.stdout

    def tell(fields: dict[str, Any]) -> None:
        output.write(json.dumps(fields) + "\n")
        output.flush()

    with redirect_stdout(sys.stderr):
        yield tell
