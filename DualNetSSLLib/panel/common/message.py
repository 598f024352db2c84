"""The line at the foot of a section that says what happened, and the guard that leads errors into it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import qt
from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import Cancelled, DualNetSSLError
from DualNetSSLLib.panel.common.sentences import error_in_words

Method = TypeVar("Method", bound=Callable[..., Any])

ON_LIGHT: Mapping[str, str] = MappingProxyType(
    {"info": "#5a5a5a", "good": "#1b5e20", "busy": "#7a4a00", "bad": "#b71c1c"}
)
ON_DARK: Mapping[str, str] = MappingProxyType(
    {"info": "#c8c8c8", "good": "#a5d6a7", "busy": "#ffcc80", "bad": "#ffab91"}
)
"""No colour has a contrast of 4.5 with the light style of Slicer and with the dark one, so there are two."""
MIDDLE = 127


def colour_of(kind: str, widget: Any) -> str:
    """Return the colour of a kind of message (info, good, busy, bad) on the ground that a widget has."""
    light = widget.palette.color(qt.QPalette.Window).lightness() > MIDDLE
    return (ON_LIGHT if light else ON_DARK)[kind]


class MessageLine:
    """A wrapping label that is hidden while empty and coloured by the kind of message."""

    def __init__(self, label: Any, *, stays: bool = False) -> None:
        """Use this QLabel; it stays where it is while empty if what lies below would jump else."""
        self._label, self._stays = label, stays
        label.wordWrap = True
        self.clear()

    @property
    def text(self) -> str:
        """What is being said."""
        return str(self._label.text)

    def show(self, text: str, kind: str = "info") -> None:
        """Say something; ``kind`` is info, good, busy or bad."""
        self._label.styleSheet = "" if kind == "info" else f"color: {colour_of(kind, self._label)}"
        self._label.text = text
        self._label.visible = self._stays or bool(text)

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
