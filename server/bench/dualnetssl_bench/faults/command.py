"""``bench faults``: put real servers through kills, full disks, damaged stores and wrong clocks; print who survives."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from dualnetssl.cli.numbers import whole
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl_bench.faults.catalogue import Fault, catalogue
from dualnetssl_bench.faults.outcome import Outcome, crashed, findings
from dualnetssl_bench.findings.frame import conclude, publish
from dualnetssl_bench.servers.find_library import need_library

ROUNDS, QUICK_ROUNDS = 50, 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--rounds", type=whole("--rounds", 1), help=f"kills of the server under four clients ({ROUNDS})"
    )
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROUNDS} kills and the cheap faults alone")
    parser.add_argument("--only", metavar="WORDS", help="only the faults whose name contains these words")
    parser.add_argument("--output", type=Path, required=True, help="folder to write table and figures to")


def run(arguments: argparse.Namespace) -> int:
    """Run the faults, print the survival table, and write it; 1 if a server lost something or fell over.

    Raises:
        InvalidRequest: no fault has such a name.
    """
    need_library()
    rows: dict[str, Outcome] = {}
    for fault in chosen(arguments):
        print(f"{fault.name} …", file=sys.stderr, flush=True)
        rows[fault.name] = attempt(fault)
        publish(findings(rows), arguments.output)
    conclude(findings(rows), arguments.output)
    return int(any(row.bad for row in rows.values()))


def chosen(arguments: argparse.Namespace) -> list[Fault]:
    """Return the faults that the options ask for.

    Raises:
        InvalidRequest: there is none, or fewer than one round.
    """
    rounds = arguments.rounds if arguments.rounds is not None else (QUICK_ROUNDS if arguments.quick else ROUNDS)
    if rounds < 1:
        raise InvalidRequest(f"{rounds} rounds", "at least one", "Correct --rounds.")
    known = catalogue(rounds)
    found = [
        fault
        for fault in known
        if (fault.quick or not arguments.quick) and (arguments.only or "").lower() in fault.name.lower()
    ]
    if not found:
        names = ", ".join(fault.name for fault in known)
        raise InvalidRequest(f"--only {arguments.only!r}, which no fault is called", names, "Correct --only.")
    return found


def attempt(fault: Fault) -> Outcome:
    """Run one fault in a folder of its own; whatever nobody foresaw is a failure of the row, never a pass."""
    with tempfile.TemporaryDirectory(prefix="dualnetssl-faults-", ignore_cleanup_errors=True) as folder:
        try:
            return fault.run(Path(folder).resolve())
        except Exception as error:
            return crashed(f"{type(error).__name__}: {error}")
