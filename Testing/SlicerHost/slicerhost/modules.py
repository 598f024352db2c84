"""Modules of the application: C++ ones by their real logic, scripted ones by their file."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import slicer
from PySide6 import QtCore, QtGui, QtWidgets

from .pythonqt.signals import declare
from .qmrml import qSlicerWidget
from .registry import Value

LOGICS = {
    "Colors": "vtkSlicerColorLogic",
    "Volumes": "vtkSlicerVolumesLogic",
    "SubjectHierarchy": "vtkSlicerSubjectHierarchyModuleLogic",
    "Terminologies": "vtkSlicerTerminologiesModuleLogic",
    "Segmentations": "vtkSlicerSegmentationsModuleLogic",
    "Markups": "vtkSlicerMarkupsLogic",
    "Sequences": "vtkSlicerSequencesLogic",
    "Units": "vtkSlicerUnitsLogic",
    "Tables": "vtkSlicerTablesLogic",
    "Texts": "vtkSlicerTextsLogic",
    "Models": "vtkSlicerModelsLogic",
    "Transforms": "vtkSlicerTransformLogic",
    "CropVolume": "vtkSlicerCropVolumeLogic",
    "Cameras": "vtkSlicerCamerasModuleLogic",
    "VolumeRendering": "vtkSlicerVolumeRenderingLogic",
    "Plots": "vtkSlicerPlotsLogic",
    "Data": "vtkSlicerDataModuleLogic",
    "Annotations": "vtkSlicerAnnotationModuleLogic",
    "ViewControllers": "vtkSlicerViewControllersLogic",
}


class qSlicerCoreModule(QtCore.QObject):
    """What Slicer lists of a module, and its logic."""

    title, helpText, acknowledgementText, path = Value(""), Value(""), Value(""), Value("")
    categories, dependencies, contributors, associatedNodeTypes = Value([]), Value([]), Value([]), Value([])
    hidden, isBuiltIn, isInstalled, index = Value(False), Value(True), Value(False), Value(-1)
    widgetRepresentationCreationEnabled, icon, extensions = Value(True), Value(None), Value(None)

    def __init__(self, name, logic=None):
        super().__init__()
        self._logic, self._name, self._widget = logic, name, None
        self.title, self.icon = name, QtGui.QIcon()

    name = property(lambda self: self._name)

    def logic(self):
        return self._logic

    def widgetRepresentation(self):
        return self._widget


class qSlicerScriptedLoadableModuleWidget(qSlicerWidget):
    """The frame around a module's Python widget."""

    def __init__(self, module):
        super().__init__()
        self._module, self._python, self._entered = module, None, False
        self.setLayout(QtWidgets.QVBoxLayout())
        self.setMRMLScene(slicer.mrmlScene)
        self.setObjectName(module.name + "ModuleWidget")

    isEntered = property(lambda self: self._entered)
    moduleName = property(lambda self: self._module.name)

    def module(self):
        return self._module

    def self(self):
        return self._python

    def _make(self):
        name = self._module.name
        self._python = getattr(sys.modules[name], name + "Widget")(self)
        setattr(slicer.modules, name + "Widget", self._python)

    def setup(self):
        self._make()
        self._python.setup()

    def reload(self):
        self.setup()

    def enter(self):
        self._entered = True
        getattr(self._python, "enter", lambda: None)()

    def exit(self):
        self._entered = False
        getattr(self._python, "exit", lambda: None)()


class qSlicerScriptedLoadableModule(qSlicerCoreModule):
    """A module from a Python file, made as Slicer makes it: file, module class, later its widget."""

    def __init__(self, path):
        path = Path(path).resolve()
        super().__init__(path.stem)
        self.path, self.isBuiltIn = str(path), False
        if str(path.parent) not in sys.path:
            sys.path.insert(0, str(path.parent))
        source = self._import()
        setattr(slicer.modules, self.name.lower(), self)
        setattr(slicer.moduleNames, self.name, self.name)
        setattr(slicer.modules, self.name + "Instance", getattr(source, self.name)(self))

        self._check_dependencies()

    def _check_dependencies(self):
        """Slicer loads no module that depends on one it does not have."""
        missing = set(self.dependencies) - set(slicer.app.moduleManager().modulesNames())
        if missing:
            raise RuntimeError(f"{self.name} depends on modules that are not there: {sorted(missing)}")

    def _import(self):
        spec = importlib.util.spec_from_file_location(self.name, self.path)
        source = importlib.util.module_from_spec(spec)
        sys.modules[self.name] = source
        spec.loader.exec_module(source)
        return source

    def widgetRepresentation(self):
        if self._widget is None and hasattr(sys.modules[self.name], self.name + "Widget"):
            self._widget = self.createNewWidgetRepresentation()
        return self._widget

    def createNewWidgetRepresentation(self):
        widget = qSlicerScriptedLoadableModuleWidget(self)
        widget.setup()
        return widget


class qSlicerModuleManager(QtCore.QObject):
    """All modules by name."""

    vars().update(declare("moduleLoaded(QString)", "moduleAboutToBeUnloaded(QString)"))

    def __init__(self):
        super().__init__()
        self._modules = {}

    def _register(self, module):
        self._modules[module.name] = module
        setattr(slicer.modules, module.name.lower(), module)
        setattr(slicer.moduleNames, module.name, module.name)
        self.moduleLoaded.emit(module.name)

    def module(self, name):
        return self._modules.get(name)

    def modulesNames(self):
        return tuple(self._modules)

    def loadedModulesNames(self):
        return tuple(self._modules)

    def factoryManager(self):
        return self

    def isLoaded(self, name):
        return name in self._modules

    def scriptsIn(self, folder):
        """The host's own: which files of an additional module path Slicer takes for scripted modules.

        Read in qSlicerScriptedLoadableModuleFactory::isValidFile: every ``.py`` that is no command line module, every
        ``.pyc`` without one, in the folder itself.
        """
        files = sorted(path for path in Path(folder).iterdir() if path.is_file())
        return [path for path in files if _is_script(path)]


def _is_script(path):
    kind = path.suffix.lower()
    if kind == ".py":
        return not path.read_bytes().startswith(b"#!")
    return kind == ".pyc" and not path.with_suffix(".py").exists()
