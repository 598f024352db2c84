"""Modal dialogs would stop a headless run for ever: each is recorded, then answered from inside its own loop."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6 import QtCore, QtGui, QtWidgets


@dataclass(frozen=True)
class Shown:
    """One modal dialog: its class (or static function), title and text."""

    kind: str
    title: str
    text: str


@dataclass
class Dialogs:
    """What was shown, and how to answer.

    Attributes:
        shown: every modal dialog since the last `reset`.
        answer: called with a QDialog inside its loop; cancels it unless a test puts its own function here.
        replies: what a static function such as ``getOpenFileName`` returns, a value or a function of its arguments.
    """

    shown: list[Shown] = field(default_factory=list)
    answer: object = None
    replies: dict = field(default_factory=dict)

    def reset(self):
        self.shown.clear()
        self.replies.clear()
        self.answer = None

    def execute(self, native_exec, dialog):
        text = dialog.property("text") or ""
        self.shown.append(Shown(type(dialog).__name__, str(dialog.windowTitle), str(text)))
        reply = self.answer or (lambda shown: shown.reject())
        QtCore.QTimer.singleShot(0, lambda: reply(dialog))
        return native_exec(dialog)

    def static(self, cls, name, nothing):
        """Replace a static dialog by one that records and returns what PythonQt returns: one value, never a pair."""

        def function(*arguments, **named):
            texts = [value for value in arguments if isinstance(value, str)] + ["", ""]
            self.shown.append(Shown(f"{cls.__name__}.{name}", *texts[:2]))
            reply = self.replies.get(name, nothing)
            return reply(*arguments, **named) if callable(reply) else reply

        setattr(cls, name, staticmethod(function))


def install(dialogs):
    """Put the recorder in the place of every way to open a modal dialog."""
    native_exec = QtWidgets.QDialog.exec

    def execute(dialog):
        return dialogs.execute(native_exec, dialog)

    QtWidgets.QDialog.exec = QtWidgets.QDialog.exec_ = execute
    for cls in (QtWidgets.QMenu, QtWidgets.QApplication, QtCore.QThread, QtCore.QEventLoop):
        # PythonQt's name for it, which PySide calls deprecated where it still has it
        cls.exec_ = cls.exec
    box = QtWidgets.QMessageBox
    nothing = {
        QtWidgets.QFileDialog: {
            "getOpenFileName": "",
            "getSaveFileName": "",
            "getExistingDirectory": "",
            "getOpenFileNames": (),
        },
        QtWidgets.QInputDialog: {"getText": "", "getInt": 0, "getDouble": 0.0, "getItem": "", "getMultiLineText": ""},
        QtWidgets.QColorDialog: {"getColor": QtGui.QColor()},
        box: {"question": box.No, "information": box.Ok, "warning": box.Cancel, "critical": box.Ok},
    }
    for cls, table in nothing.items():
        for name, value in table.items():
            dialogs.static(cls, name, value)
