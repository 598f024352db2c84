"""Takes the pictures of the Review section for docs/images, on phantom scans and a model trained on them.

    python Testing/Tools/screenshots_review.py predictions scans/images scans/labels

The arguments are those of `screenshots_cases.py`, which says how to make what it takes.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SECTIONS = ("server", "dataset", "label", "train", "results", "review")
PATIENCE = 240


def pictures(host, panel, dataset, output):
    """Walk through the regions of the last scan."""
    review = next(s for s in panel.panel.sections if type(s).__name__ == "ReviewSection")
    panel.open_dataset(dataset)
    panel.open([case.case for case in panel.state.cases][-1])
    panel.pump(lambda: review.walk is not None and review.walk.places and review.walk.looked, PATIENCE)
    for name in SECTIONS:
        getattr(panel.ui, f"{name}Section").collapsed = name != "review"
    host.grab(None, size=(1400, 900))
    host.grab(panel.ui.reviewSection, output / "review" / "review-regions.png")
    review.next()
    for action in (review.accept, review.accept, review.restore):
        action()
    panel.pump(seconds=1.0)
    host.grab(None, output / "review" / "review-walk.png")


def main():
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("predictions", "images", "labels"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--output", type=Path, default=HERE.parents[1] / "docs" / "images")
    options = parser.parse_args()
    support = HERE.parent / "Python" / "support"
    sys.path[:0] = [str(HERE), str(support), str(HERE.parent / "SlicerHost"), str(HERE.parents[1])]
    import slicerhost

    host = slicerhost.start()
    from panelserver import MODULE, ConnectedPanel
    from screenshots_cases import fill

    from dualnetssl_bench.servers.local_server import LocalServer
    from DualNetSSLLib.client.client import Client

    with tempfile.TemporaryDirectory(prefix="dualnetssl-pictures-") as folder:
        os.environ["DUALNETSSL_PANEL"] = str(Path(folder) / "panel")
        with LocalServer(Path(folder) / "data") as server, Client(server.address, server.token) as client:
            dataset = fill(server, client, options.predictions, options.images, options.labels)
            panel = ConnectedPanel(host.load_module(str(MODULE)), host.pump)
            panel.connect(server)
            pictures(host, panel, dataset, options.output)
            host.unload_module("DualNetSSL")


if __name__ == "__main__":
    main()
