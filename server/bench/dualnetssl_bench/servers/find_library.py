"""Find the client library: installed, or in the source tree beside the server."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from dualnetssl.contract.errors import InvalidRequest

LIBRARY = "DualNetSSLLib"


def need_library() -> None:
    """Make ``import DualNetSSLLib`` work, which the server itself never needs.

    Raises:
        InvalidRequest: it is neither installed nor beside the server's sources.
    """
    if importlib.util.find_spec(LIBRARY) is not None:
        return
    root = Path(__file__).parents[4]
    if not (root / LIBRARY / "__init__.py").is_file():
        raise InvalidRequest(
            "a command that needs the client library, which is not installed here",
            f"a source tree with {LIBRARY} beside the server, or the library on the Python path",
            "Run the command in a clone of the repository.",
        )
    sys.path.insert(0, str(root))
