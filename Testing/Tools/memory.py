"""Counts what is left behind after many cases, regions and reloads of the panel, on a server of its own.

    python Testing/Tools/memory.py [--cases 200] [--regions 1000] [--reloads 20]

A first small round warms everything up; then what there is more of after a round is told (by a tenth of the round's
number or more: what each piece of work leaves behind), and the process's memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from studio import find_sources

NAMES = ("scan-1", "scan-2", "scan-3")


def megabytes():
    """The most memory that the process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def rounds(day, options):
    """Work in rounds; yields what was done, how long it took, and what there is more of than before."""
    from endurance import grown, inventory

    for name, work, count in (
        ("cases opened and closed", day.open_and_close, options.cases),
        ("regions walked", day.walk, options.regions),
        ("reloads", day.reload, options.reloads),
    ):
        work(3)
        before, start = inventory(), time.monotonic()
        work(count)
        yield f"{count} {name}", time.monotonic() - start, grown(before, inventory(), max(1, count // 10))


def work_in(folder, options):
    """Start a server and a panel, and print each round; returns whether nothing has grown."""
    import slicerhost

    host = slicerhost.start()
    from endurance import Day
    from panelserver import LABELS
    from reviewfixtures import predict, upload

    from dualnetssl_bench.servers.local_server import LocalServer
    from DualNetSSLLib.client.client import Client

    os.environ["DUALNETSSL_PANEL"] = str(folder / "panel")
    flat = True
    with LocalServer(folder / "data") as server, Client(server.address, server.token) as client:
        dataset = client.create_dataset("memory", LABELS)
        upload(client, dataset, NAMES)
        predict(server, client, dataset, NAMES, folder)
        day = Day(host.load_module, host.pump, server, client.dataset(dataset.id), NAMES)
        for done, seconds, more in rounds(day, options):
            print(
                f"{done}: {seconds:.0f} s, at most {megabytes()} MiB so far; more than before: {more or 'nothing'}",
                flush=True,
            )
            flat = flat and not more
        host.unload_module("DualNetSSL")
    return flat and not host.errors


def main():
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--regions", type=int, default=1000)
    parser.add_argument("--reloads", type=int, default=20)
    options = parser.parse_args()
    find_sources()
    with tempfile.TemporaryDirectory(prefix="dualnetssl-memory-") as folder:
        sys.exit(0 if work_in(Path(folder), options) else 1)


if __name__ == "__main__":
    main()
