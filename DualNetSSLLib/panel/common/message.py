"""The line at the foot of a section that says what happened, and the guard that leads errors into it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import Cancelled, DualNetSSLError
from DualNetSSLLib.panel.common.sentences import error_in_words

Method = TypeVar("Method", bound=Callable[..., Any])

COLOURS = {"info": "gray", "good": "#388e3c", "busy": "#b26a00", "bad": "#e53935"}
"""Legible on the light and on the dark style of Slicer alike."""


class MessageLine:
    """A wrapping label that is hidden while empty and coloured by the kind of message."""

    def __init__(self, label: Any) -> None:
        """Use this QLabel."""
        self._label = label
        label.wordWrap = True
        self.clear()

    @property
    def text(self) -> str:
        """What is being said."""
        return str(self._label.text)

    def show(self, text: str, kind: str = "info") -> None:
        """Say something; ``kind`` is info, good, busy or bad."""
        self._label.styleSheet = "" if kind == "info" else f"color: {COLOURS[kind]}"
        self._label.text = text
        self._label.visible = bool(text)

    def error(self, error: Exception) -> None:
        """Say what went wrong and what to do; a cancelled action is not an error."""
        self.show(error_in_words(error), "info" if isinstance(error, Cancelled) else "bad")

    def clear(self) -> None:
        """Say nothing."""
        self.show("")


def guarded(method: Method) -> Method:
    """Lead the errors of a section's slot into its message line, and bring its widgets up to date whatever happens.

    The section needs ``message`` and ``update()``. Arguments of the signal that the method does not take are dropped,
    as PythonQt would do. A fault of the program is said to the user and raised all the same: it belongs into the log.
    """
    taken = method.__code__.co_argcount - 1

    @functools.wraps(method)
    def slot(self: Any, *arguments: Any) -> Any:
        try:
            return method(self, *arguments[:taken])
        except DualNetSSLError as error:
            self.message.error(error)
        except Exception:
            self.message.show(_("A fault in DualNetSSL stopped this. The Python console tells more."), "bad")
            raise
        finally:
            self.update()

    return slot  # type: ignore[return-value]
