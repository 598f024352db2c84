"""The keys of the review: one letter each, silent while text is typed, gone while the panel is not in front."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import qt
import slicer.util
from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import InvalidRequest
from DualNetSSLLib.panel.common.settings import PanelSettings
from DualNetSSLLib.panel.common.wiring import Wiring

SETTING = "reviewKeys"
ACTIONS = ("next", "previous", "accept", "edit", "restore", "map", "undo")
DEFAULT: Mapping[str, str] = MappingProxyType(dict(zip(ACTIONS, "][AERUZ", strict=True)))
TYPING = ("QLineEdit", "QAbstractSpinBox", "QTextEdit", "QPlainTextEdit")


def keys_from(text: str) -> dict[str, str]:
    """Read one key for each action, in the order of `ACTIONS`, separated by spaces.

    Raises:
        InvalidRequest: there are not seven, one is no key, or two are the same.

    Example:
        >>> keys_from("] [ a e r u z")["accept"]
        'A'
    """
    given = text.split()
    keys = [str(qt.QKeySequence(key).toString()) for key in given]
    if len(keys) != len(ACTIONS) or not all(keys) or len(set(keys)) != len(keys):
        raise InvalidRequest(
            _("The keys read {text!r}.").format(text=text),
            _(
                "Give seven different keys with spaces between, for next, previous, accept, edit, restore, map, undo; "
                "as in {default}."
            ).format(default=" ".join(DEFAULT.values())),
        )
    return dict(zip(ACTIONS, keys, strict=True))


class ReviewKeys:
    """Shortcuts of the main window, one for each action."""

    def __init__(self, settings: PanelSettings, actions: Mapping[str, Callable[[], None]]) -> None:
        """Make the keys that were chosen before, silent until `enable`."""
        self._settings, self._actions = settings, actions
        self._shortcuts: dict[str, Any] = {}
        self._wiring = Wiring()
        self._silenced: list[Any] = []
        self._enabled = False
        self.keys = self._remembered()
        self._make()

    def _remembered(self) -> dict[str, str]:
        text = self._settings.get(SETTING, "")
        try:
            return keys_from(str(text)) if text else dict(DEFAULT)
        except InvalidRequest:
            return dict(DEFAULT)

    def choose(self, text: str) -> None:
        """Use other keys from now on.

        Raises:
            InvalidRequest: as `keys_from`.
        """
        self.keys = keys_from(text)
        self._settings.put(SETTING, " ".join(self.keys.values()))
        for name, shortcut in self._shortcuts.items():
            shortcut.setKey(qt.QKeySequence(self.keys[name]))
        self._apply()

    def enable(self, on: bool) -> None:
        """Listen, or be silent."""
        if on != self._enabled:
            self._enabled = on
            self._apply()

    def _apply(self) -> None:
        """While these keys listen, others of the same key are silent, or neither would be heard."""
        for shortcut in self._silenced:
            shortcut.setEnabled(True)
        self._silenced = self._rivals() if self._enabled else []
        for shortcut in self._silenced:
            shortcut.setEnabled(False)
        for shortcut in self._shortcuts.values():
            shortcut.setEnabled(self._enabled)

    def close(self) -> None:
        """Take the keys away."""
        self.enable(False)
        self._wiring.close()
        self._shortcuts.clear()

    def _make(self) -> None:
        window = slicer.util.mainWindow()
        for name in ACTIONS if window is not None else ():
            self._shortcuts[name] = self._wiring.shortcut(window, self.keys[name], self._heard(name))

    def _heard(self, name: str) -> Callable[[], None]:
        def heard() -> None:
            if not typing():
                self._actions[name]()

        return heard

    def _rivals(self) -> list[Any]:
        """Return the shortcuts of others with one of our keys: Z is undo in Slicer's editor, as Ctrl+Z is."""
        window = slicer.util.mainWindow()
        if window is None:
            return []
        own = list(self._shortcuts.values())
        wanted = set(self.keys.values())
        found = [each for each in window.children() if each.inherits("QShortcut") and each not in own]
        return [each for each in found if each.enabled and each.key.toString() in wanted]


def typing() -> bool:
    """Tell whether the keyboard goes to a place for text."""
    widget = qt.QApplication.focusWidget()
    return widget is not None and any(widget.inherits(kind) for kind in TYPING)
