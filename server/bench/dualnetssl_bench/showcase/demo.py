"""``demo``: the whole loop on sample scans, with a real server and a real client, and a report to read."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from dualnetssl.cli.main import FAILED
from dualnetssl.cli.numbers import LARGEST_SEED, whole
from dualnetssl.cli.terminal import Progress

if TYPE_CHECKING:
    from dualnetssl_bench.showcase.play import Plan
    from dualnetssl_bench.showcase.story import Story

_PARTS = ("samples", "server", "predictions-1", "predictions-2", "corrections")
_MARK = ".dualnetssl-demo"
_TERMINATED = 143
_STEPS, _QUICK_STEPS, _SECOND = 100, 4, 0.4
"""Steps of the first training, of a quick demo's, and the share of them that the second one takes."""
_SHORT = {"ema": 0.9}
"""So few steps do not fill a longer memory: the averaged networks would still doubt everything."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--output", metavar="DIR", type=Path, default=Path("demo"), help="folder (default: demo)")
    parser.add_argument(
        "--seed", type=whole("--seed", 0, LARGEST_SEED), default=0, help="of scans and training (default: 0)"
    )
    parser.add_argument(
        "--steps",
        metavar="N",
        type=whole("--steps", 1),
        help=f"of the first training; the second takes two fifths of them (default: {_STEPS}; --quick: {_QUICK_STEPS})",
    )
    parser.add_argument("--quick", action="store_true", help="a few steps on tiny scans: shows that it runs, no more")


def run(arguments: argparse.Namespace) -> int:
    """Go through the loop, write the report, and say where it is."""
    from dualnetssl_bench.servers.find_library import need_library

    need_library()
    from DualNetSSLLib.client.errors import DualNetSSLError

    folder = prepare(arguments.output)
    signal.signal(signal.SIGTERM, _leave)
    from dualnetssl_bench.showcase.play import play

    try:
        story = play(plan(arguments.seed, arguments.quick, arguments.steps), folder)
    except DualNetSSLError as error:
        print(f"The demo stopped: {error}", file=sys.stderr)
        print(f"  The server's log is {folder / 'server' / 'console.log'}.", file=sys.stderr)
        return FAILED
    write_report(story, folder)
    return 0


def _leave(number: int, frame: FrameType | None) -> None:
    """Unwind, so that the server is stopped on the way out."""
    sys.exit(_TERMINATED)


def prepare(folder: Path) -> Path:
    """Make the folder, or clear it of an earlier demo.

    Raises:
        Conflict: the folder holds other things.
    """
    from dualnetssl.contract.errors import Conflict
    from dualnetssl_bench.showcase.play import clear

    folder = folder.resolve()
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARK).exists():
        received = f"the folder {folder}, which holds other things"
        raise Conflict(received, "a new or empty folder, or that of an earlier demo", "Choose another --output.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()
    clear(folder, _PARTS)
    return folder


def plan(seed: int, quick: bool, steps: int | None = None) -> Plan:
    """Return the size of the demo: what two cores do in less than three minutes unless told, or the least that runs.

    At 2.4 mm a patch is nearly a whole phantom, so that a few steps see all of it and prediction takes few windows.
    """
    from dualnetssl_bench.showcase.play import Plan

    common = {"seed": seed, "width": 8, "spacing": [2.4, 2.4, 2.4], "patch": [32, 32, 32], "unlabelled_per_step": 1}
    steps = steps or (_QUICK_STEPS if quick else _STEPS)
    second = {"steps": max(1, round(_SECOND * steps))}
    first = {**common, "steps": steps, "warm_up": 0.6, "contrast_weight": 0.0, **_SHORT}
    if quick:
        tiny = {**first, "width": 2, "patch": [32, 16, 16], "spacing": [5.0, 5.0, 5.0], "report_every": 2}
        return Plan(4, 2, seed, "small", tiny, {**tiny, **second}, quick=True)
    return Plan(10, 3, seed, "standard", first, {**first, **second})


def write_report(story: Story, folder: Path) -> None:
    """Write the report and the picture, and say the outcome in a few lines."""
    from dualnetssl.contract.jobdir import write_atomic
    from dualnetssl_bench.showcase import poster, report
    from dualnetssl_bench.showcase.story import mean_dice

    with Progress("8/8 report") as progress:
        report.draw_sheets(story)
        write_atomic(folder / "report.html", report.render(story).encode())
        write_atomic(folder / "demo.png", poster.draw(story))
        progress.count(1, 1)
    before, after = (mean_dice(told, story.untouched) for told in (story.first, story.second))
    print(report.verdict(before, after))
    print(f"Open {folder / 'report.html'} in a browser.")
