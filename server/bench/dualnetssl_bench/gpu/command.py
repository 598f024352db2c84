"""``bench gpu``: in the few minutes that a GPU can be had, how fast it is and what the literature's protocol gives."""

from __future__ import annotations

import argparse
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from dualnetssl.cli.numbers import above_zero, number, whole

if TYPE_CHECKING:
    from dualnetssl_bench.gpu.orders import SpeedOrder, TrainingOrder
    from dualnetssl_bench.gpu.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--data", metavar="DIR", nargs="+", type=Path, help="left atrium, whole or in parts; absent: speed alone"
    )
    parser.add_argument("--hippocampus", metavar="DIR", nargs="+", type=Path, help="train on these as well")
    parser.add_argument("--output", metavar="DIR", type=Path, help="gets tables and JSON")
    parser.add_argument("--work", metavar="DIR", type=Path, help="gets runs and logs (default: OUTPUT/work)")
    parser.add_argument("--minutes", type=above_zero("--minutes"), default=8.0, help="for everything (default: 8)")
    parser.add_argument(
        "--steps", metavar="N", type=whole("--steps", 1), help="of the left atrium (default: what fits, 2000 to 6000)"
    )
    parser.add_argument("--together", action="store_true", help="all trainings beside each other on the device")
    parser.add_argument("--skip-speed", action="store_true", help="only train")
    parser.add_argument(
        "--speed-seconds", type=number("--speed-seconds", 0), default=90.0, help="most time for speed (default: 90)"
    )
    parser.add_argument("--rounds", type=whole("--rounds", 1), default=5, help="of speed (default: 5)")
    parser.add_argument("--compile", action="store_true", help="speed: also compiled, last, if there is time")
    parser.add_argument(
        "--judging-seconds",
        type=number("--judging-seconds", 0),
        default=120.0,
        help="kept free after each training to judge it (default: 120)",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda:N (default: auto)")
    parser.add_argument("--quick", action="store_true", help="phantoms and a few steps: shows that it runs, no more")
    parser.add_argument("--split", metavar="DIR", type=Path, help="do nothing but copy a data set into parts")
    parser.add_argument("--into", metavar="DIR", type=Path, help="where --split puts them")
    parser.add_argument(
        "--mib",
        metavar="N",
        nargs="+",
        type=above_zero("--mib"),
        default=[60.0],
        help="MiB of each part, the last of all others",
    )


def run(arguments: argparse.Namespace) -> int:
    """Measure, train and publish; 1 if a part of it failed."""
    from dualnetssl.contract.errors import InvalidRequest

    if arguments.split is not None:
        return _split(arguments)
    if arguments.output is None:
        raise InvalidRequest("no --output", "--output DIR", "Name a folder for tables and JSON.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends this ends its processes too
    session, until = _session(arguments), time.time() + arguments.speed_seconds
    member = None if arguments.skip_speed else session.begin_speed(_speed_order(arguments, session, until))
    try:
        open_ended, fixed = _orders(arguments, session)
    finally:
        if member is not None:
            session.finish_speed(member, until)
    if open_ended or fixed:
        session.train(open_ended, fixed)
    return int(bool(session.failures))


def _session(arguments: argparse.Namespace) -> Session:
    from dualnetssl.contract.errors import Conflict
    from dualnetssl_bench.gpu import plan
    from dualnetssl_bench.gpu.session import Limits, Session

    output = arguments.output.resolve()
    work = arguments.work.resolve() if arguments.work else output / "work"
    if (work / "runs").exists():
        raise Conflict(f"{work}, which holds runs already", "a new folder", "Choose another --output or --work.")
    output.mkdir(parents=True, exist_ok=True)
    limits = Limits(
        end=time.time() + 60 * arguments.minutes,
        judging=arguments.judging_seconds,
        together=arguments.together,
        steps=arguments.steps,
        bounds=plan.step_bounds(arguments.quick),
    )
    return Session(output, work, limits)


def _speed_order(arguments: argparse.Namespace, session: Session, until: float) -> SpeedOrder:
    from dualnetssl_bench.gpu.orders import SpeedOrder

    return SpeedOrder(
        output=str(session.output),
        device=arguments.device,
        quick=arguments.quick,
        rounds=arguments.rounds,
        compiled=arguments.compile,
        until=until,
    )


def _orders(arguments: argparse.Namespace, session: Session) -> tuple[list[TrainingOrder], list[TrainingOrder]]:
    """Return the trainings that get what steps fit, and the others; a data set that cannot be used is a failure."""
    from dualnetssl.contract.errors import ProblemError
    from dualnetssl_bench.experiments.protocols import quick_data
    from dualnetssl_bench.gpu import plan

    quick = arguments.quick
    phantoms = [quick_data(session.work / "phantoms")] if quick else None
    found: list[list[TrainingOrder]] = []
    for data, subject in ((arguments.data, plan.left_atrium), (arguments.hippocampus, plan.hippocampus)):
        try:
            chosen = phantoms or data
            found.append(plan.orders(subject(chosen, quick), session.work, arguments.device) if chosen else [])
        except ProblemError as problem:
            session.failures.append(f"{problem.received}; allowed: {problem.allowed}. {problem.remedy}")
            print(session.failures[-1], flush=True)
            found.append([])
    return found[0], found[1]


def _split(arguments: argparse.Namespace) -> int:
    from dualnetssl.contract.errors import InvalidRequest
    from dualnetssl_bench.gpu import parts

    if arguments.into is None:
        raise InvalidRequest("--split without --into", "--split DIR --into DIR", "Say where the parts are to go.")
    for part in parts.split(arguments.split, arguments.into, [int(size * parts.MIB) for size in arguments.mib]):
        size = sum(path.stat().st_size for path in part.rglob("*") if path.is_file())
        print(f"{part}: {size / parts.MIB:.1f} MiB")
    return 0
