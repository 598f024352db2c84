"""Runs an unmodified scripted module of 3D Slicer without the Slicer application; see README.md beside this package.

    host = slicerhost.start()
    widget = host.load_module("DualNetSSL/DualNetSSL.py")
    host.pump(lambda: widget.ui.trainButton.enabled)

Nothing of Qt, VTK or MRML is imported before `start`.
"""

from __future__ import annotations

import functools
import os
import sys
import types
from pathlib import Path

from .probe import WINDOW, WINDOW_KEY

STUBS = Path(__file__).parent / "stubs"


@functools.cache
def start(slicer_python=None):
    """Start the host, once for each process.

    Args:
        slicer_python: ``Base/Python`` of a Slicer checkout, whose own ScriptedLoadableModule, parameterNodeWrapper, …
            and, from ``Modules/Scripted`` beside it, SampleData are used instead of the host's stand-ins; None: these.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault(WINDOW_KEY, WINDOW)
    import slicer

    from .pythonqt.dialogs import Dialogs

    dialogs = Dialogs()
    _clean_namespace(slicer)
    _install_modules(slicer, dialogs, slicer_python)
    from .application import qSlicerApplication
    from .host import Host

    app = qSlicerApplication(sys.argv[:1])
    slicer.app = app
    host = Host(app, dialogs, slicer_python is not None)
    app.mainWindow()
    import slicer.cli
    import slicer.i18n
    import slicer.ScriptedLoadableModule

    from . import threads

    threads.install()
    return host


def _clean_namespace(slicer):
    """The wheel spills slicer.util's names into slicer; the application does not."""
    import slicer.util

    for name in slicer.util.__all__:
        if getattr(slicer, name, None) is getattr(slicer.util, name, None):
            delattr(slicer, name)
    for name in ("modules", "moduleNames"):
        module = types.ModuleType("slicer." + name)
        setattr(slicer, name, module)
        sys.modules["slicer." + name] = module


def _scripted(base_python):
    """Folders of the scripted modules of a checkout that ours imports, as far as the checkout has them."""
    folders = (base_python.resolve().parents[1] / "Modules" / "Scripted" / name for name in ("SampleData",))
    return [folder for folder in folders if folder.is_dir()]


def _install_modules(slicer, dialogs, slicer_python):
    """Make `qt`, `ctk`, the rest of `slicer` and the kits importable under the application's names."""
    import slicer_core

    from .pythonqt import qtmodule

    qtmodule.install(dialogs)
    if slicer_python:
        slicer.__path__.append(str(Path(slicer_python) / "slicer"))
        sys.path += [str(slicer_python), *map(str, _scripted(Path(slicer_python)))]
    else:
        slicer.__path__.append(str(STUBS / "slicer"))
    sys.path.append(str(STUBS / "modules"))
    from . import ctk, qmrml
    from .registry import registry

    sys.modules["ctk"] = ctk
    for name, cls in registry().items():
        if name.startswith("q"):
            setattr(slicer, name, cls)
    for name, kit in list(vars(slicer_core).items()):
        if isinstance(kit, types.ModuleType):
            sys.modules.setdefault(name + "Python", kit)
    for name in ("qSlicerSegmentationsModuleWidgetsPythonQt", "qMRMLWidgetsPythonQt"):
        sys.modules[name] = qmrml
