"""The Segment Editor's shortcuts: made anew and deleted as qMRMLSegmentEditorWidget does, so nobody may keep one."""

from __future__ import annotations

import slicer
from PySide6 import QtGui
from shiboken6 import Shiboken

SEGMENTS = (("Q", "W"), ("/", "*"), (",", "."), (">", "<"))
"""Previous and next segment."""


class EditorKeys:
    """Shortcuts of a window while the editor wants them."""

    def __init__(self, editor):
        self._editor, self._shortcuts = editor, []

    def install(self, parent=None):
        self.uninstall()
        parent = slicer.app.mainWindow() if parent is None else parent
        for number in range(1, 11):
            self._add(parent, str(number % 10), self._effect, number - 1)
            self._add(parent, f"Shift+{number % 10}", self._effect, number + 9)
        self._add(parent, "Esc", self._effect, None)
        self._add(parent, "Space", self._toggle)
        for keys, wanted in ((("Z", "Ctrl+Z"), "undo"), (("Y", "Ctrl+Y"), "redo")):
            for key in keys:
                self._add(parent, key, lambda wanted=wanted: getattr(self._editor, wanted)())
        for previous, following in SEGMENTS:
            self._add(parent, previous, self._segment, -1)
            self._add(parent, following, self._segment, 1)
        self._add(parent, "I", lambda: None)

    def _add(self, parent, key, slot, *given):
        shortcut = QtGui.QShortcut(QtGui.QKeySequence(key), parent)
        shortcut.activated.connect(lambda: slot(*given))
        self._shortcuts.append(shortcut)

    def uninstall(self):
        for shortcut in self._shortcuts:
            shortcut.setParent(None)
            Shiboken.delete(shortcut)
        self._shortcuts.clear()

    def _effect(self, index):
        """Take the effect of that number; take it again, or none, to put it away."""
        names = () if index is None else self._editor.effectNameOrder()[index : index + 1]
        active = self._editor.activeEffect()
        same = bool(names) and active is not None and active.objectName == names[0]
        self._editor.setActiveEffectByName("" if same or not names else names[0])

    def _toggle(self):
        self._effect(None if self._editor.activeEffect() else 0)

    def _segment(self, offset):
        segmentation = self._editor.segmentationNode()
        names = () if segmentation is None else segmentation.GetSegmentation().GetSegmentIDs()
        current = self._editor.currentSegmentID()
        if current in names:
            self._editor.setCurrentSegmentID(names[(names.index(current) + offset) % len(names)])
