"""Progress on a terminal: one line that is rewritten, or plain lines where output goes to a file."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import suppress
from types import TracebackType
from typing import TextIO

_BAR = 24
_PLAIN_SECONDS = 10.0


class Progress:
    """A line of progress that follows one piece of work.

    On a terminal the line is rewritten in place; elsewhere a plain line appears at most every ten seconds and once at
    the end, so that logs stay readable.
    """

    def __init__(self, title: str, stream: TextIO | None = None) -> None:
        """Prepare the line; ``stream`` is standard error if absent."""
        self._title = title
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._last = ""
        self._written = 0.0

    def __enter__(self) -> Progress:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the newest state on the screen."""
        if self._live and self._last:
            self._write("\n")
        elif self._last:
            self._write_plain()

    def count(self, done: int, total: int, detail: str = "") -> None:
        """Show that ``done`` of ``total`` parts are finished."""
        filled = round(_BAR * done / max(1, total))
        self.show(f"[{'#' * filled}{'.' * (_BAR - filled)}] {done}/{total}{'  ' + detail if detail else ''}")

    def show(self, text: str) -> None:
        """Show a new state."""
        self._last = f"{self._title}: {text}"
        if self._live:
            width = shutil.get_terminal_size().columns - 1
            self._write("\r\x1b[K" + self._last[:width])
        elif time.monotonic() - self._written >= _PLAIN_SECONDS:
            self._write_plain()

    def say(self, text: str) -> None:
        """Write a line that stays, above the moving one."""
        self._write(("\r\x1b[K" if self._live else "") + text + "\n")

    def _write_plain(self) -> None:
        self._write(self._last + "\n")
        self._written = time.monotonic()
        self._last = "" if not self._live else self._last

    def _write(self, text: str) -> None:
        with suppress(BrokenPipeError):  # nobody looks any more, which must not end what was going on
            self._stream.write(text)
            self._stream.flush()


def table(header: list[str], rows: list[list[str]]) -> str:
    """Lay out a table in plain text: first column to the left, the others to the right.

    Example:
        >>> print(table(["case", "dice"], [["a", "0.9"], ["long", "0.85"]]))
        case  dice
        a      0.9
        long  0.85
    """
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    lines = [
        "  ".join(
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in [header, *rows]
    ]
    return "\n".join(line.rstrip() for line in lines)


def complain(line: str) -> None:
    """Write a line to standard error."""
    print(line, file=sys.stderr, flush=True)
