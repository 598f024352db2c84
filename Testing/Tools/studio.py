"""What the tools that take pictures or measure have in common: where things lie, a panel on a server of its own."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PLACES = (".", "server/src", "server/bench", "Testing/SlicerHost", "Testing/Python/support", "Testing/Tools")
PICTURES = ROOT / "docs" / "images"


def find_sources() -> None:
    """Let Python find the checkout's own code and helpers."""
    sys.path[:0] = [str(ROOT / place) for place in PLACES]


def take_pictures(
    description: str, folders: Sequence[str], fill: Callable[..., Any], pictures: Callable[..., None]
) -> None:
    """Start a server, fill it, connect a panel in the host of Slicer, and take the pictures.

    Args:
        description: of the tool; its first line is its help.
        folders: names of the folders that the user gives.
        fill: given server, client and these folders, makes the data set and returns it.
        pictures: given host, panel, data set and the folder of the pictures.
    """
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    for name in folders:
        parser.add_argument(name, type=Path)
    parser.add_argument("--output", type=Path, default=PICTURES)
    options = parser.parse_args()
    find_sources()
    import slicerhost

    host = slicerhost.start()
    from panelserver import MODULE, ConnectedPanel

    from dualnetssl_bench.servers.local_server import LocalServer
    from DualNetSSLLib.client.client import Client

    with tempfile.TemporaryDirectory(prefix="dualnetssl-pictures-") as folder:
        os.environ["DUALNETSSL_PANEL"] = str(Path(folder) / "panel")
        with LocalServer(Path(folder) / "data") as server, Client(server.address, server.token) as client:
            dataset = fill(server, client, *(getattr(options, name) for name in folders))
            panel = ConnectedPanel(host.load_module(str(MODULE)), host.pump)
            try:
                panel.connect(server)
                pictures(host, panel, dataset, options.output)
            finally:  # or what went wrong would drown in what a panel that is not closed says
                host.unload_module("DualNetSSL")


def measuring(description: str) -> argparse.ArgumentParser:
    """Return a parser with what every measurement of the panel asks for."""
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("--size", type=int, nargs=3, default=(512, 512, 300), help="voxels along i, j, k")
    parser.add_argument("--json", type=Path, help="also write the distribution here")
    return parser


def keep_gaps(gaps: dict[str, list[Any]], path: Path | None) -> None:
    """Write the longest thousand gaps of each phase, if a file is named."""
    if path is not None:
        path.write_text(json.dumps({name: sorted(values)[-1000:] for name, values in gaps.items()}))
