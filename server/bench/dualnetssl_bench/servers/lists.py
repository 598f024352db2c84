"""``bench lists``: processor time of what is asked most of a server with very many cases and waiting jobs.

Each request goes through all of the application in this process, but not over the network: what a web server adds for
each byte is not in it. The supervisor looks at its jobs while one of them runs and no slot is free; the order that it
writes down for a worker is measured by itself, with one image for all cases.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread
from starlette.types import ASGIApp, Message

from dualnetssl.cli.numbers import whole
from dualnetssl.cli.terminal import Progress
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.schema import Job, JobCreate, JobKind, JobState, WorklistOrder
from dualnetssl.server.api.app import create_app
from dualnetssl.server.api.resources.services import Services
from dualnetssl.server.blobs import Blobs
from dualnetssl.server.datafolder import opened
from dualnetssl.server.inspection import Inspectors
from dualnetssl.server.settings import Settings
from dualnetssl.server.store import Store
from dualnetssl.server.supervisor import Supervisor
from dualnetssl.server.supervisor.orders import prepare
from dualnetssl_bench.findings import frame
from dualnetssl_bench.findings.frame import Findings
from dualnetssl_bench.servers.many_cases import ANNOTATOR, fill

_TOKEN = "the-token-of-a-bench"  # noqa: S105 - of a folder that goes away
_PAGE = 500
_FEW = 10
_QUICK = (50, 5, 2)
_AIMS = {
    "list, a page": 20.0,
    "worklist, the first": 20.0,
    "next case": 50.0,
    "look": 5.0,
    "order of all": 200.0,
    "order of": 5.0,
}
"""Most milliseconds of processor time, by the first words of what is measured."""


@dataclass
class Busy:
    """An engine on which everything that was started runs and goes on running."""

    def ready(self) -> bool:
        """It takes jobs."""
        return True

    def start(self, directory: Path, device: str) -> None:
        """Start nothing."""

    def waiting(self, directory: Path) -> bool:
        """Nothing waits for a node."""
        return False

    def alive(self, directory: Path) -> bool:
        """Whether it was begun, which is all that it looks at."""
        return (directory / "slot").exists()

    def exit_status(self, directory: Path) -> int | None:
        """Nothing ends."""
        return None

    def stop(self, directory: Path) -> None:
        """Stop nothing."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--cases", type=whole("--cases", 1, 10**6), default=10_000, help="of a data set (10000)")
    parser.add_argument("--queued", type=whole("--queued", 0, 10**5), default=1000, help="jobs that wait (1000)")
    parser.add_argument("--rounds", type=whole("--rounds", 1), default=10, help="of all, in turns (10)")
    parser.add_argument("--quick", action="store_true", help="50 cases, 5 jobs, 2 rounds: shows that it runs, no more")
    frame.add_file(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure, and tell it."""
    chosen = (arguments.cases, arguments.queued, arguments.rounds)
    cases, queued, rounds = _QUICK if arguments.quick else chosen
    load = frame.load()
    with tempfile.TemporaryDirectory(prefix="dualnetssl-bench-") as folder:
        times = measure(Path(folder), cases, queued, rounds)
    frame.tell(findings(times, cases, queued, load), arguments.output)
    return 0


def measure(folder: Path, cases: int, queued: int, rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of each round, by what was asked; one round before is not counted."""
    settings = Settings(data_folder=folder / "data", token=_TOKEN)
    settings.data_folder.mkdir()
    times: dict[str, list[float]] = {}
    with ExitStack() as stack:
        progress = stack.enter_context(Progress("lists"))
        store, blobs = stack.enter_context(opened(settings))
        progress.show(f"makes a store of {cases} cases")
        dataset = fill(store, blobs, settings.store_path, cases, queued)
        supervisor = Supervisor(store, blobs, settings.jobs_root, engine=Busy(), slots=("cpu",))
        supervisor.reconcile()
        if not store.jobs.find(states=[JobState.RUNNING]):
            raise RuntimeError("no job runs beside those that wait")
        inspectors = Inspectors()
        stack.callback(inspectors.close)
        app = create_app(Services(settings, store, blobs, supervisor, inspectors))
        asked = questions(app, dataset, cases)
        asked[f"look of the supervisor, {queued} jobs queued"] = partial(anyio.to_thread.run_sync, supervisor.reconcile)
        asked |= writing_down(store, blobs, dataset, cases, folder / "orders")
        for done in range(-1, rounds):
            progress.count(max(0, done), rounds, "requests")
            for name, question in asked.items():
                spent = anyio.run(_cost_of, question)
                times.setdefault(name, []).append(spent)
    return {name: taken[1:] for name, taken in times.items()}


Question = Callable[[], Awaitable[object]]


def questions(app: ASGIApp, dataset: str, cases: int) -> dict[str, Question]:
    """Return what is asked of the application, by what it is called in the table."""
    address = f"/v1/datasets/{dataset}"
    lists = {
        f"list, a page of {_PAGE} cases": f"{address}/cases?limit={_PAGE}",
        f"list, a page of {_PAGE} from the middle": f"{address}/cases?limit={_PAGE}&after=scan{cases // 2:06}",
        "list, all cases": f"{address}/cases",
        f"worklist, the first {_PAGE}": f"{address}/worklist?limit={_PAGE}",
        "worklist, all": f"{address}/worklist",
    }
    found: dict[str, Question] = {name: partial(ask, app, "GET", target) for name, target in lists.items()}
    for order in WorklistOrder:
        body = json.dumps({"annotator": ANNOTATOR, "order": order.value}).encode()
        found[f"next case, by {order.value}"] = partial(ask, app, "POST", f"{address}/worklist/next", body)
    return found


def writing_down(store: Store, blobs: Blobs, dataset: str, cases: int, folder: Path) -> dict[str, Question]:
    """Return the orders of jobs that are written down for their workers, of few cases and of all."""
    few = tuple(f"scan{number:06}" for number in range(min(_FEW, cases)))
    found: dict[str, Question] = {}
    for name, named in ((f"order of {len(few)} cases", few), ("order of all cases", None)):
        job, _ = store.jobs.create(JobCreate(kind=JobKind.TRAIN, dataset=dataset, cases=named))
        found[name] = partial(anyio.to_thread.run_sync, _write_down, store, blobs, job, folder)
    return found


def _write_down(store: Store, blobs: Blobs, job: Job, folder: Path) -> None:
    """Write the order of a job down once more: what is there already would stay as it is."""
    shutil.rmtree(folder, ignore_errors=True)
    prepare(store, blobs, job, JobDirectory(folder / job.id))


async def ask(app: ASGIApp, method: str, target: str, body: bytes = b"") -> bytes:
    """Send a request to an application and return the body of its answer.

    Raises:
        RuntimeError: it was refused.
    """
    path, _, query = target.partition("?")
    sent: list[Message] = []
    left = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return left.pop() if left else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    words = {"host": "127.0.0.1", "authorization": f"Bearer {_TOKEN}", "content-length": str(len(body))}
    words |= {"content-type": "application/json"} if body else {}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), word.encode()) for name, word in words.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 1),
    }
    await app(scope, receive, send)
    answer = b"".join(message.get("body", b"") for message in sent)
    if sent[0]["status"] != 200:
        raise RuntimeError(f"{method} {target} was answered {sent[0]['status']}: {answer[:500]!r}")
    return answer


async def _cost_of(question: Question) -> float:
    begun = time.process_time()
    await question()
    return 1000 * (time.process_time() - begun)


def findings(times: dict[str, list[float]], cases: int, queued: int, load: float | None) -> Findings:
    """Put the times into a table."""
    rows, figures = [], {}
    for name, taken in times.items():
        best, middle, aim = min(taken), statistics.median(taken), aim_of(name)
        rows.append([name, f"{best:.1f}", f"{middle:.1f}", "–" if aim is None else f"{aim:.0f}"])
        figures[name] = {"best": round(best, 3), "median": round(middle, 3), "aim": aim}
    header = [f"of {cases} cases", "CPU ms, best", "median", "aim"]
    notes = (
        "Processor time of the whole application without the network, in turns.",
        f"Load of the computer before: {frame.load_in_words(load)}.",
    )
    return Findings("lists", header, rows, {"cases": cases, "queued": queued, "load": load, "ms": figures}, notes)


def aim_of(name: str) -> float | None:
    """Return how many milliseconds something should take at most.

    Example:
        >>> aim_of("next case, by benefit"), aim_of("list, a page of 500 cases"), aim_of("list, all cases")
        (50.0, 20.0, None)
    """
    return next((aim for beginning, aim in _AIMS.items() if name.startswith(beginning)), None)
