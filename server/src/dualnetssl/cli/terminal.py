"""Progress on a terminal: a few lines that are rewritten, or plain lines where output goes to a file."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
import time
import unicodedata
from contextlib import suppress
from types import TracebackType
from typing import TextIO

_BAR = 24
_PLAIN_SECONDS = 10.0
_NARROWEST = 20
_NO_BREAK = "\N{NO-BREAK SPACE}"
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:s|min|h|kB|MB|GB|mm|ml|HU|%)(?!\w))")


class Progress:
    """Lines of progress that follow one piece of work.

    On a terminal they are rewritten in place; elsewhere plain lines appear at once, then at most every ten seconds, and
    once at the end, so that logs stay readable. ``NO_COLOR`` and ``TERM=dumb`` ask for plain lines, too.
    """

    def __init__(self, title: str, stream: TextIO | None = None) -> None:
        """Prepare the line; ``stream`` is standard error if absent."""
        self._title = title
        self._stream = stream or sys.stderr
        self._live = moves(self._stream)
        self._last = ""
        self._shown = 0
        self._written = -_PLAIN_SECONDS

    def __enter__(self) -> Progress:
        """Begin, and say so: what is to come may take a while."""
        self.show("begins")
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
        """Show a new state, of one or more lines."""
        self._last = f"{self._title}: {text}"
        if self._live:
            lines = [line for part in self._last.splitlines() for line in wrapped(part)]
            self._write(self._back() + "\n".join("\x1b[K" + line for line in lines) + "\x1b[J")
            self._shown = len(lines)
        elif time.monotonic() - self._written >= _PLAIN_SECONDS:
            self._write_plain()

    def say(self, text: str) -> None:
        """Write a line that stays, above the moving ones."""
        lines = "\n".join(wrapped(text))
        self._write((self._back() + "\x1b[J" if self._live else "") + lines + "\n")
        self._shown = 0

    def _back(self) -> str:
        """Return what goes back to the first of the lines that move."""
        return "\r" + (f"\x1b[{self._shown - 1}A" if self._shown > 1 else "")

    def _write_plain(self) -> None:
        self._write("\n".join(line for part in self._last.splitlines() for line in wrapped(part)) + "\n")
        self._written = time.monotonic()
        self._last = "" if not self._live else self._last

    def _write(self, text: str) -> None:
        with suppress(BrokenPipeError):  # nobody looks any more, which must not end what was going on
            self._stream.write(text)
            self._stream.flush()


def moves(stream: TextIO) -> bool:
    """Tell whether lines can be rewritten there, and nobody asked for plain ones."""
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def columns() -> int:
    """Return how wide a line may be: one less than the terminal, which would break it itself; 79 without one."""
    return max(_NARROWEST, shutil.get_terminal_size().columns - 1)


def wrapped(text: str) -> list[str]:
    """Break a line between words so that it fits, a figure never from its unit; the later lines are indented."""
    kept = _BEFORE_UNIT.sub(_NO_BREAK, text)
    lines = textwrap.wrap(kept, columns(), subsequent_indent="  ", break_on_hyphens=False)
    return [line.replace(_NO_BREAK, " ") for line in lines] or [""]


def table(header: list[str], rows: list[list[str]]) -> str:
    """Lay out a table in plain text: first column to the left, the others to the right.

    Example:
        >>> print(table(["case", "dice"], [["a", "0.9"], ["long", "0.85"]]))
        case  dice
        a      0.9
        long  0.85
    """
    widths = [max(_columns(row[column]) for row in [header, *rows]) for column in range(len(header))]
    lines = [
        "  ".join(
            cell + " " * (width - _columns(cell)) if not column else " " * (width - _columns(cell)) + cell
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in [header, *rows]
    ]
    return "\n".join(line.rstrip() for line in lines)


def _columns(text: str) -> int:
    """Count the columns that a terminal gives to a text: two for a Chinese letter, none for an accent of its own.

    Example:
        >>> _columns("liver"), _columns("肝脏"), _columns("o\u0308")
        (5, 4, 1)
    """
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(unicodedata.combining(letter) > 0 for letter in text)


def complain(line: str) -> None:
    """Write a line to standard error."""
    print(line, file=sys.stderr, flush=True)
