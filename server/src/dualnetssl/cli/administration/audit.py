"""``audit``: check that the record of who did what is as it was written, and take it out."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from dualnetssl.cli.administration.records import Records, add_folder, by_command_line, opened
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.server.audit import LOOK_SECONDS, accept, looked_through
from dualnetssl.server.audit.verify import read

FIRST_COLUMNS = ("n", "time", "who", "role", "from", "what", "dataset", "case", "revision", "outcome", "request")
"""Columns of a table; what else a line says is in the last, as JSON."""
LONGEST_REASON = 1000
FAULTY = 1
"""Exit status when the record is not as it was written."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the commands and their options."""
    group = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    check = group.add_parser("verify", help="find what was changed, removed or cut off")
    check.set_defaults(act=_verify)
    export = group.add_parser("export", help="print the record")
    export.add_argument("--since", metavar="WHEN", required=True, help="date, or date and time: 2026-01-31T08:00")
    export.add_argument(
        "--format", choices=("jsonl", "csv"), default="jsonl", help="one JSON object a line, or a table"
    )
    export.set_defaults(act=_export)
    known = group.add_parser("accept", help="enter that what 'verify' finds is known, so that it alarms no more")
    known.add_argument("--reason", metavar="WHY", required=True, help="what happened, for those who read the record")
    known.set_defaults(act=_accept)
    for command in (check, export, known):
        add_folder(command)


def run(arguments: argparse.Namespace) -> int:
    """Carry out one of the commands."""
    with opened(arguments) as records:
        status: int = arguments.act(records, arguments)
    return status


def _verify(records: Records, _: argparse.Namespace) -> int:
    number, findings = looked_through(records.audit)
    new = [finding for finding in findings if not finding.accepted]
    for finding in findings:
        known = " (accepted)" if finding.accepted else ""
        print(f"{finding.file}, line {finding.line}: {finding.what}{known}", file=sys.stderr)
    but = f", but for {len(findings)} findings that were accepted" if findings else ""
    print(f"{number} lines: {'NOT as they were written' if new else f'all as they were written{but}'}.")
    return FAULTY if new else 0


def _accept(records: Records, arguments: argparse.Namespace) -> int:
    found = accept(records.audit, {**by_command_line(), "reason": _reason_of(arguments.reason)})
    if not found:
        print("Nothing is wrong that was not accepted already.")
        return 0
    for finding in found:
        print(f"accepted: {finding.file}, line {finding.line}: {finding.what}")
    print(f"A server that runs says so in /ready within {LOOK_SECONDS:.0f} seconds, and the time that reading takes.")
    return 0


def _reason_of(text: str) -> str:
    if not text.strip() or len(text) > LONGEST_REASON:
        received = f"--reason of {len(text)} characters" if text.strip() else "--reason without a word"
        allowed = f"what happened, in 1 to {LONGEST_REASON} characters"
        raise InvalidRequest(received, allowed, "Say it for those who will read the record.")
    return text.strip()


def _export(records: Records, arguments: argparse.Namespace) -> int:
    since = moment_of(arguments.since)
    records.note("audit export", since=since.isoformat())
    timeless: list[int] = []
    wanted = _since(since, read(records.audit.folder), timeless)
    if arguments.format == "csv":
        _print_table(wanted)
    else:
        for line in wanted:
            print(json.dumps(line))
    if timeless:
        numbers = f"{len(timeless)} lines without a time, the first with number {timeless[0]}"
        print(f"{numbers}, are in it whatever --since says; 'dualnetssl audit verify' tells more.", file=sys.stderr)
    return 0


def _since(since: datetime, lines: Iterator[dict[str, Any]], timeless: list[int]) -> Iterator[dict[str, Any]]:
    """Leave out what is earlier; keep what has no time, and note its number."""
    for line in lines:
        moment = _time_of(line)
        if moment is None:
            timeless.append(line["n"])
        if moment is None or moment >= since:
            yield line


def _time_of(line: dict[str, Any]) -> datetime | None:
    try:
        found = datetime.fromisoformat(line["time"])
    except (KeyError, TypeError, ValueError):
        return None
    return None if found.tzinfo is None else found


def _print_table(lines: Iterator[dict[str, Any]]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow([*FIRST_COLUMNS, "more"])
    for line in lines:
        more = {key: value for key, value in line.items() if key not in FIRST_COLUMNS}
        writer.writerow([*(_cell(line.get(column, "")) for column in FIRST_COLUMNS), json.dumps(more)])


def _cell(value: object) -> str:
    """Write a value so that no spreadsheet takes it for a formula.

    Example:
        >>> _cell("=1+1"), _cell(200)
        ("'=1+1", '200')
    """
    text = str(value).encode("utf-8", "backslashreplace").decode("utf-8")
    return f"'{text}" if text[:1] in tuple("=+-@\t\r") else text


def moment_of(when: str) -> datetime:
    """Read a date, or date and time; without a zone, it is that of this computer.

    Raises:
        InvalidRequest: it is none.

    Example:
        >>> moment_of("2026-01-31T08:00+01:00").isoformat()
        '2026-01-31T07:00:00+00:00'
    """
    try:
        return datetime.fromisoformat(when).astimezone(timezone.utc)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(
            f"--since {when!r:.80}", "a date such as 2026-01-31, or 2026-01-31T08:00", "Correct --since."
        ) from error
