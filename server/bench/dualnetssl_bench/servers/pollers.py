"""Many polling clients in a process of their own, and how they slow down the other clients."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from dualnetssl_bench.servers.find_library import need_library
from dualnetssl_bench.servers.local_server import LocalServer
from dualnetssl_bench.servers.uploader import TOKEN_VARIABLE

if TYPE_CHECKING:
    from DualNetSSLLib.client.client import Client

PAUSE = 1.0
"""Seconds between two looks of one client."""
KINDS = ("plain", "conditional")
"""Whether a client asks for everything each time, or only for what has changed, as ours does."""
END_SECONDS = 30.0


def make_cases(client: Client, count: int) -> str:
    """Make a data set of so many cases of one tiny scan, and return its id."""
    import SimpleITK as sitk

    from DualNetSSLLib.client.records import CasePut, LabelDefinition

    dataset = client.create_dataset("many", [LabelDefinition(value=1, name="organ")]).id
    scan = client.upload_case(dataset, "case-0000", sitk.Image(8, 8, 8, sitk.sitkUInt8)).image
    for number in range(1, count):
        client.put_case(dataset, f"case-{number:04d}", CasePut(image=scan))
    return dataset


def looks(client: Client, dataset: str) -> dict[str, Callable[[], object]]:
    """Return what is timed beside the others: the question of a monitor, and the one of who opens a case."""
    return {
        "ready": partial(client.transport.send, "GET", "/ready", accept=(503,)),
        "one case": partial(client.case, dataset, "case-0000"),
    }


@contextlib.contextmanager
def polling(server: LocalServer, dataset: str, kind: str, count: int) -> Iterator[subprocess.Popen[str]]:
    """Run the polling clients beside the block; whatever happens, none of them is left."""
    command = [sys.executable, "-m", "dualnetssl_bench.servers.pollers", server.address, dataset, kind, str(count)]
    environment = os.environ | {TOKEN_VARIABLE: server.token}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            next(iter(process.stdout or ()), "")  # every client has looked
            yield process
        finally:
            process.kill()


def end(process: subprocess.Popen[str]) -> dict[str, int]:
    """Let the polling end, and return what came of it: ``answers``, and how many of them were ``unchanged``."""
    text, _ = process.communicate(timeout=END_SECONDS)
    report: dict[str, int] = json.loads(text)
    return report


def poll(address: str, token: str, dataset: str, kind: str, ended: threading.Event) -> Iterator[bool]:
    """Look as the panel does when it looks again, and tell of each answer whether nothing had changed."""
    from DualNetSSLLib.client.answers import Answers
    from DualNetSSLLib.client.lists import PAGE, Lists
    from DualNetSSLLib.client.transport import Transport

    lists = Lists(Transport(address, token), Answers() if kind == "conditional" else Answers(most=0))
    place, page = f"/datasets/{dataset}", {"after": "", "limit": PAGE}
    asked = ((f"{place}/cases", page), (f"{place}/worklist", page), ("/jobs", {"dataset": dataset}))
    known: dict[str, object] = {}
    while not ended.is_set():
        for path, params in asked:
            answer = lists.ask(path, params)
            yield answer is known.get(path)
            known[path] = answer
        ended.wait(PAUSE * random.SystemRandom().uniform(0.5, 1.5))


def main(words: list[str]) -> int:
    """Poll until the standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("dataset")
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("count", type=int)
    arguments = parser.parse_args(words)
    need_library()
    ended = threading.Event()
    given = (arguments.address, os.environ[TOKEN_VARIABLE], arguments.dataset, arguments.kind, ended)
    with ThreadPoolExecutor(arguments.count) as threads:
        clients = [poll(*given) for _ in range(arguments.count)]
        first = list(threads.map(next, clients))
        rest = [threads.submit(list, client) for client in clients]
        print("polling", flush=True)
        sys.stdin.read()
        ended.set()
        unchanged = [*first, *(one for client in rest for one in client.result())]
    print(json.dumps({"answers": len(unchanged), "unchanged": sum(unchanged)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
