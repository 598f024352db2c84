"""The application's scene: real application logic, module logics, and what the application itself puts into it."""

from __future__ import annotations

from pathlib import Path

import slicer
import vtk

from . import terminology
from .modules import LOGICS, qSlicerCoreModule

HIERARCHY_KINDS = ("vtkMRMLDisplayableNode", "vtkMRMLTransformNode", "vtkMRMLTableNode", "vtkMRMLTextNode")


class ApplicationScene:
    """A scene with everything a module may expect in it.

    Attributes:
        scene: the vtkMRMLScene.
        logic: the vtkSlicerApplicationLogic.
    """

    def __init__(self, home):
        self.scene, self.logic = slicer.vtkMRMLScene(), slicer.vtkSlicerApplicationLogic()
        self._home = Path(home)
        self._write_colours()
        logic = self.logic
        logic.SetTemporaryPath(home)
        logic.SetHomeDirectory(home)
        logic.SetShareDirectory("share")
        logic.SetMRMLScene(self.scene)
        logic.SetSliceLogics(vtk.vtkCollection())
        logic.SetViewLogics(vtk.vtkCollection())
        self._connect_files()
        self._add_singletons()
        slicer.mrmlScene = self.scene
        self.scene.AddObserver(self.scene.NodeAddedEvent, node_added)

    def _write_colours(self):
        """The default table of label maps; the wheel has no colour files."""
        folder = self._home / "share" / "ColorFiles"
        folder.mkdir(parents=True)
        rows = [f"{i} {i} {i * 67 % 256} {i * 131 % 256} {i * 29 % 256} 255\n" for i in range(1, 300)]
        (folder / "GenericColors.txt").write_text("# Color table file\n0 Background 0 0 0 0\n" + "".join(rows))

    def _connect_files(self):
        """Give storage nodes their list of formats."""
        self._remote, self._data_io = slicer.vtkMRMLRemoteIOLogic(), slicer.vtkDataIOManagerLogic()
        cache = self._home / "cache"
        cache.mkdir()
        (cache / ".slicer-cache").touch()
        for each in (self._remote, self._data_io):
            each.SetMRMLScene(self.scene)
            each.SetMRMLApplicationLogic(self.logic)
        self._remote.GetCacheManager().SetRemoteCacheDirectory(str(cache))
        self._data_io.SetAndObserveDataIOManager(self._remote.GetDataIOManager())
        self._remote.AddDataIOToScene()

    def _add_singletons(self):
        crosshair = slicer.vtkMRMLCrosshairNode()
        crosshair.SetCrosshairName("default")
        self.scene.AddNode(crosshair)
        self.scene.AddNode(slicer.vtkMRMLLayoutNode())
        self.scene.RegisterNodeClass(slicer.vtkMRMLCommandLineModuleNode())
        slicer.vtkMRMLSliceNode.AddDefaultSliceOrientationPresets(self.scene, True)

    def core_modules(self):
        """Every C++ module of which slicer-core has the logic."""
        for name, class_name in LOGICS.items():
            module_logic = getattr(slicer, class_name)()
            if hasattr(module_logic, "SetModuleShareDirectory"):
                module_logic.SetModuleShareDirectory(self._share(name))
            module_logic.SetMRMLApplicationLogic(self.logic)
            self.logic.SetModuleLogic(name, module_logic)
            module_logic.SetMRMLScene(self.scene)
            yield qSlicerCoreModule(name, module_logic)

    def _share(self, name):
        path = self._home / "share" / name
        path.mkdir(exist_ok=True)
        if name == "Terminologies":
            terminology.write(path)
        return str(path)


@vtk.calldata_type(vtk.VTK_OBJECT)
def node_added(scene, event, node):
    """Make a subject hierarchy item, as the application's plugins do."""
    if scene.IsImporting() or node.GetHideFromEditors() or not any(node.IsA(kind) for kind in HIERARCHY_KINDS):
        return
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    if not hierarchy.GetItemByDataNode(node):
        hierarchy.CreateItem(hierarchy.GetSceneItemID(), node)
