"""Keys of one stroke for what a person does again and again: they act where that person looks, and nowhere else.

They listen while the mouse or the keyboard's focus is in one of their places and no text is typed. Everywhere else a
key is what it always is in Slicer: other modules, the Python console and lists hear it as if these keys did not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import qt
import slicer.util
from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import InvalidRequest
from DualNetSSLLib.panel.common.settings import PanelSettings
from DualNetSSLLib.panel.common.slicer_keys import use_in_slicer
from DualNetSSLLib.panel.common.wiring import Wiring

TYPING = ("QLineEdit", "QAbstractSpinBox", "QTextEdit", "QPlainTextEdit")
LOOK_MS = 100
"""How often the mouse is looked for. A key that is pressed asks once more, so none acts in the wrong place."""


def keys_from(text: str, defaults: Mapping[str, str]) -> dict[str, str]:
    """Read one key for each action, in the order of ``defaults``, separated by spaces.

    Raises:
        InvalidRequest: there are more or fewer, one is no key, or two are the same.

    Example:
        >>> keys_from("k shift+l", {"next": "N", "previous": "P"})
        {'next': 'K', 'previous': 'Shift+L'}
    """
    keys = [str(qt.QKeySequence(key).toString()) for key in text.split()]
    if len(keys) != len(defaults) or not all(keys) or len(set(keys)) != len(keys):
        raise InvalidRequest(
            _("The keys read {text!r}.").format(text=text),
            _("Give {count} different keys with spaces between, for {actions}; as in {example}.").format(
                count=len(defaults), actions=", ".join(defaults), example=" ".join(defaults.values())
            ),
        )
    return dict(zip(defaults, keys, strict=True))


class Keys:
    """One shortcut of the main window for each action, silent until `enable` and outside their places.

    Attributes:
        keys: the key of each action, as Qt writes it.
    """

    def __init__(
        self,
        settings: PanelSettings,
        setting: str,
        actions: Mapping[str, Callable[[], None]],
        defaults: Mapping[str, str],
        where: Callable[[], Iterable[Any]],
        former: tuple[str, ...] = (),
        elder: Keys | None = None,
        repeating: tuple[str, ...] = (),
    ) -> None:
        """Make the keys that were chosen before.

        Args:
            settings: keep what is chosen.
            setting: its name there.
            actions: what each key does, by the action's name.
            defaults: the key of each action until others are chosen; their order is that of the text in `choose`.
            where: returns the widgets in which the keys act, asked anew each time; `slice_views` gives Slicer's.
            former: defaults of earlier versions. They were saved without being chosen, and are not kept.
            elder: keys that act in the same places and come first: ours of the same name are silent, since Qt would
                call neither.
            repeating: actions that go on while their key is held, as they verify nothing.
        """
        self._settings, self._setting = settings, setting
        self._actions, self._defaults, self._where, self._elder = actions, defaults, where, elder
        self._repeating = repeating
        self._shortcuts: dict[str, Any] = {}
        self._silenced: list[Any] = []
        self._enabled = self._listening = False
        self._wiring = Wiring()
        self._timer = self._wiring.timer(LOOK_MS, self._follow)
        self.keys = self._remembered(former)
        self._make()

    @property
    def text(self) -> str:
        """All keys, in the form that `choose` takes."""
        return " ".join(self.keys.values())

    @property
    def listening(self) -> bool:
        """Whether a key that is pressed now would act."""
        return self._listening

    def choose(self, text: str) -> None:
        """Use other keys from now on.

        Raises:
            InvalidRequest: as `keys_from`.
        """
        keys = keys_from(text, self._defaults)
        if keys == self.keys:
            return
        self.keys = keys
        self._settings.put(self._setting, self.text)
        for name, shortcut in self._shortcuts.items():
            shortcut.setKey(qt.QKeySequence(self.keys[name]))
        self._apply()

    def conflicts(self) -> str:
        """Say which keys Slicer, or keys that come before these, have a use for as well; empty if none."""
        told = ((key, use_in_slicer(key)) for key in self.keys.values())
        sentence = _("{key} is Slicer's own key for {use}; here it is the panel's.")
        lost = [key for key in self.keys.values() if self.taken(key)]
        before = _("{key} does something else here already: choose another key.")
        parts = [sentence.format(key=key, use=use) for key, use in told if use]
        return " ".join([*parts, *(before.format(key=key) for key in lost)])

    def taken(self, key: str) -> bool:
        """Tell whether keys that come before these have this one."""
        elder = self._elder
        return elder is not None and (key in elder.keys.values() or elder.taken(key))

    def give_way(self) -> None:
        """See again which keys those that come first have; to be called when they were chosen anew."""
        self._apply()

    def enable(self, on: bool) -> None:
        """Listen in the right places, or be silent everywhere."""
        self._enabled = on
        if on:
            self._timer.start()
        else:
            self._timer.stop()
        self._follow()

    def close(self) -> None:
        """Take the keys away."""
        self.enable(False)
        self._wiring.close()
        self._shortcuts.clear()

    def _remembered(self, former: tuple[str, ...]) -> dict[str, str]:
        text = str(self._settings.get(self._setting, ""))
        since = list(self._defaults.values())[len(text.split()) :]  # actions that came after those keys were chosen
        try:
            taken = {str(qt.QKeySequence(key).toString()) for key in text.split()}
            chosen = " ".join([text, *(f"Alt+{key}" if key in taken else key for key in since)])
            return keys_from(chosen, self._defaults) if text and text not in former else dict(self._defaults)
        except InvalidRequest:
            return dict(self._defaults)

    def _make(self) -> None:
        window = slicer.util.mainWindow()
        if window is None:
            return
        for name in self._defaults:
            repeats = name in self._repeating
            self._shortcuts[name] = self._wiring.shortcut(window, self.keys[name], self._heard(name), repeats=repeats)
        self._wiring.add((slicer.app, "focusChanged(QWidget*,QWidget*)", self._follow))

    def _heard(self, name: str) -> Callable[[], None]:
        def heard() -> None:
            self._follow()
            if self._listening:
                self._actions[name]()

        return heard

    def _follow(self) -> None:
        """See where mouse and focus are."""
        listening = self._enabled and not typing() and any(_in(place) for place in self._where())
        if listening != self._listening or (listening and self.conflicts()):
            self._listening = listening
            self._apply()

    def _apply(self) -> None:
        """While these keys listen, others of the same key are silent, or Qt would call neither."""
        for name, shortcut in self._shortcuts.items():
            shortcut.setEnabled(self._listening and not self.taken(self.keys[name]))
        for shortcut in self._silenced:
            if shortcut:  # the Segment Editor deletes its own when it is left
                shortcut.setEnabled(True)
        self._silenced = self._rivals() if self._listening else []
        for shortcut in self._silenced:
            shortcut.setEnabled(False)

    def _rivals(self) -> list[Any]:
        """Return the shortcuts of others with one of our keys; none, unless keys were chosen that Slicer has."""
        wanted = {key for key in self.keys.values() if use_in_slicer(key)}
        if not wanted:
            return []
        own = list(self._shortcuts.values())
        others = (each for each in slicer.util.mainWindow().children() if each.inherits("QShortcut"))
        return [each for each in others if each not in own and each.enabled and each.key.toString() in wanted]


def slice_views() -> tuple[Any, ...]:
    """Return the slice views of Slicer's layout, with their controllers; none without a main window."""
    manager = slicer.app.layoutManager()
    return () if manager is None else tuple(manager.sliceWidget(name) for name in manager.sliceViewNames())


def typing() -> bool:
    """Tell whether the keyboard goes to a place for text."""
    widget = qt.QApplication.focusWidget()
    return widget is not None and any(widget.inherits(kind) for kind in TYPING)


def _in(place: Any) -> bool:
    """Tell whether the mouse or the keyboard's focus is in a widget that can be seen."""
    if place is None or not place.visible:
        return False
    focused = qt.QApplication.focusWidget()
    return bool(place.underMouse()) or (focused is not None and (focused == place or place.isAncestorOf(focused)))
