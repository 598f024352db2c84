"""Connections by C++ signature, and the signals of stand-ins."""

from __future__ import annotations

import functools
import types
import weakref

from PySide6 import QtCore
from shiboken6 import Shiboken

from .properties import native

QObject = QtCore.QObject
NATIVE_CONNECT, NATIVE_DISCONNECT = QObject.connect, QObject.disconnect


class PythonQtSignal:
    """A bound signal as PythonQt presents it: calling it emits it."""

    __slots__ = ("__weakref__", "_owner", "_signal")

    def __init__(self, owner, signal):
        self._owner, self._signal = owner, signal

    def connect(self, target):
        self._signal.connect(_plain(target))
        _remember(self._owner, target)
        return True

    def disconnect(self, *target):
        for each in target:
            _forget(self._owner, each)
        try:
            return bool(self._signal.disconnect(*map(_plain, target)))
        except (RuntimeError, TypeError):
            return False

    def emit(self, *arguments):
        self._signal.emit(*arguments)

    __call__ = emit


def _plain(target):
    """A connection to another signal, or to its emit: Qt chains the two itself."""
    if isinstance(target, types.MethodType) and isinstance(target.__self__, PythonQtSignal):
        target = target.__self__
    return target._signal if isinstance(target, PythonQtSignal) else target


KEPT = {}
"""What is connected, by the address of its sender: as in PythonQt it lives until it is disconnected or C++ deletes the
sender, out of the garbage collector's sight. (PySide holds bound methods weakly.)"""


def _remember(owner, target):
    address = Shiboken.getCppPointer(owner)[0]
    if address not in KEPT:
        KEPT[address] = (weakref.ref(owner), [])
        native(owner, "destroyed").connect(functools.partial(KEPT.pop, address, None))
    KEPT[address][1].append(target)


def _forget(owner, target):
    kept = KEPT.get(Shiboken.getCppPointer(owner)[0], (None, []))[1]
    if target in kept:
        kept.remove(target)


def connections():
    """Every connection that Python has made and not undone: who sends, and what is called."""
    return [(sender(), target) for sender, kept in KEPT.values() for target in kept if sender() is not None]


def normalized(signature):
    """A signature as Qt writes it; PySide's own calls come with SIGNAL's leading 2."""
    return bytes(QtCore.QMetaObject.normalizedSignature(signature.removeprefix("2"))).decode()


def _find(obj, signature):
    """The signal's signature and, for one that a stand-in declares, the bound signal.

    Raises:
        AttributeError: the class has no such signal. (Slicer prints this and goes on; here nobody would see it.)
    """
    wanted = normalized(signature)
    for base in type(obj).__mro__:
        if attribute := base.__dict__.get("_h_signals", {}).get(wanted):
            return wanted, native(obj, attribute)
    if native(obj, "metaObject")().indexOfSignal(wanted) < 0:
        raise AttributeError(f"QObject::connect() signal '{signature}' does not exist on {type(obj).__name__}")
    return wanted, None


def _receiver(target):
    """A callable, or an object and the signature of its slot."""
    return target[0] if len(target) == 1 else getattr(target[0], target[1].removeprefix("1").split("(")[0])


def connect(self, signal, *target):
    """``sender.connect("signal(type)", callable)``, also ``connect(sender, signal, receiver, slot)``."""
    if isinstance(signal, QObject):
        return connect(signal, *target)
    receiver = _receiver(target)
    wanted, declared = _find(self, signal)
    if declared is not None:
        declared.connect(_plain(receiver))
    else:
        NATIVE_CONNECT(self, QtCore.SIGNAL(wanted), _plain(receiver))
    _remember(self, receiver)
    return True


def disconnect(self, signal=None, *target):
    """Undo `connect`; False where there was no such connection."""
    if isinstance(signal, QObject):
        return disconnect(signal, *target)
    wanted, declared = _find(self, signal)
    receivers = (_receiver(target),) if target else ()
    for each in receivers:
        _forget(self, each)
    try:
        if declared is not None:
            return bool(declared.disconnect(*map(_plain, receivers)))
        if receivers:
            return bool(NATIVE_DISCONNECT(self, QtCore.SIGNAL(wanted), _plain(receivers[0])))
        return bool(native(self, wanted.split("(")[0]).disconnect())
    except (RuntimeError, TypeError):
        return False


def declare(*signatures):
    """What a stand-in's class body needs to have the signals of the C++ class.

    ``vars().update(declare("valueChanged(double)", …))``; overloads beyond the first get the argument type as a suffix:
    ``currentNodeChanged_bool``.
    """
    body, table = {}, {}
    for signature in map(normalized, signatures):
        name, arguments = signature[:-1].split("(")
        kinds = [kind for kind in arguments.split(",") if kind]
        attribute = name if name not in body else f"{name}_{''.join(filter(str.isalnum, arguments))}"
        body[attribute] = QtCore.Signal(*[object] * len(kinds))
        table[signature] = attribute
    return {**body, "_h_signals": table}
