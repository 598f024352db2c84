"""slicer.app: the parts of qSlicerApplication that a module meets."""

from __future__ import annotations

import os
import sys
import tempfile
import types
from pathlib import Path

from PySide6 import QtCore, QtWidgets

from .files import qSlicerIOManager
from .layout import qSlicerLayoutManager, qSlicerMainWindow
from .modules import qSlicerModuleManager, qSlicerScriptedLoadableModule
from .pythonqt.signals import declare
from .scene import ApplicationScene

VERSION = (5, 12, 3)


def _home():
    """A folder of its own for settings, caches and temporary files, and the program PythonSlicer on the path."""
    home = tempfile.mkdtemp(prefix="slicerhost-")
    program = Path(home, "PythonSlicer")
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    program.chmod(0o755)
    os.environ["PATH"] = home + os.pathsep + os.environ.get("PATH", "")
    return home


class qSlicerApplication(QtWidgets.QApplication):
    vars().update(
        declare(
            "startupCompleted()",
            "mrmlSceneChanged(vtkMRMLScene*)",
            "renderPaused(bool)",
            "usageEventLogged(QString,QString)",
        )
    )

    def __init__(self, arguments):
        super().__init__(arguments)
        self._home, self._paused, self._layout, self._window = _home(), 0, None, None
        self._locale = "en_US"
        self.setOrganizationName("NA-MIC")
        self.setApplicationName("SlicerTestHost")
        self.setQuitOnLastWindowClosed(False)
        self._settings = self._own_settings()
        self._moduleManager, self._files = qSlicerModuleManager(), qSlicerIOManager()
        self._core = ApplicationScene(self._home)
        for module in self._core.core_modules():
            self._moduleManager._register(module)

    def _own_settings(self):
        """Settings below the host's own folder, never the user's."""
        kind = QtCore.QSettings
        kind.setDefaultFormat(kind.IniFormat)
        for scope in (kind.UserScope, kind.SystemScope):
            kind.setPath(kind.IniFormat, scope, self._home)
        settings = kind()
        settings.setValue("Developer/SelfTestDisplayMessageDelay", 0)
        return settings

    def loadModule(self, path):
        module = qSlicerScriptedLoadableModule(path)
        self._moduleManager._register(module)
        return module

    def selectModule(self, module):
        name = module if isinstance(module, str) else module.name
        for other in map(self._moduleManager.module, self._moduleManager.modulesNames()):
            if other._widget is not None and other._widget.isEntered:
                other._widget.exit()
        widget = self._moduleManager.module(name).widgetRepresentation()
        self.mainWindow().showModulePanel(widget)
        widget.enter()

    def mainWindow(self):
        if self._window is None:
            self._window = qSlicerMainWindow(self.selectModule, self.layoutManager().viewport())
        return self._window

    def applicationLogic(self):
        return self._core.logic

    def mrmlScene(self):
        return self._core.scene

    def moduleLogic(self, name):
        return self._core.logic.GetModuleLogic(name)

    def moduleManager(self):
        return self._moduleManager

    def coreIOManager(self):
        return self._files

    ioManager = coreIOManager

    def layoutManager(self):
        if self._layout is None:
            self._layout = qSlicerLayoutManager(self._core.logic)
        return self._layout

    def settings(self):
        return self._settings

    userSettings = revisionUserSettings = settings

    def testingEnabled(self):
        return True

    def commandOptions(self):
        return types.SimpleNamespace(noMainWindow=True, testingEnabled=True, disableSettings=False)

    def settingsDialog(self):
        return types.SimpleNamespace(addPanel=lambda *_: None)

    def extensionsManagerModel(self):
        return None

    def pauseRender(self):
        self.setRenderPaused(True)

    def resumeRender(self):
        self.setRenderPaused(False)

    def setRenderPaused(self, on):
        self._paused += 1 if on else -1
        self.renderPaused.emit(self._paused > 0)

    def translate(self, context, text):
        return QtCore.QCoreApplication.translate(context, text)

    def startupEnvironment(self):
        return QtCore.QProcessEnvironment.systemEnvironment()

    environment = startupEnvironment

    def moduleDocumentationUrl(self, name):
        return f"{self.documentationBaseUrl}user_guide/modules/{name.lower()}.html"

    def restart(self):
        raise RuntimeError("slicer.app.restart() was called in the test host")

    def logUsageEvent(self, component, event):
        self.usageEventLogged.emit(component, event)

    applicationLocaleName = property(lambda self: self._locale)
    documentationBaseUrl = property(lambda self: "https://slicer.readthedocs.io/en/latest/")
    temporaryPath = cachePath = slicerHome = slicerUserSettingsFilePath = property(lambda self: self._home)
    majorVersion, minorVersion = property(lambda self: VERSION[0]), property(lambda self: VERSION[1])
    applicationVersion = property(lambda self: ".".join(map(str, VERSION)) + "-host")
    applicationName = property(lambda self: "SlicerTestHost")
    mainApplicationName, mainApplicationDisplayName = (property(lambda self: "Slicer"),) * 2
    revision = repositoryRevision = property(lambda self: "34605")
    os = property(lambda self: "linux")
    arch = property(lambda self: "amd64")
    platform = property(lambda self: "linux-amd64")
    intDir = property(lambda self: "")
