"""slicer.app.coreIOManager(): reading and writing by Slicer's own storage nodes and module logics."""

from __future__ import annotations

import os

import slicer
import vtk
from PySide6 import QtCore

TYPES = {
    "SceneFile": (".mrml", ".mrb"),
    "SegmentationFile": (".seg.nrrd", ".seg.nhdr"),
    "VolumeFile": (".nrrd", ".nhdr", ".nii", ".nii.gz", ".mha", ".mhd", ".tif", ".dcm"),
    "ModelFile": (".vtk", ".vtp", ".stl", ".ply", ".obj"),
    "MarkupsFile": (".mrk.json", ".fcsv"),
}
WRITERS = {
    "vtkMRMLSegmentationNode": "SegmentationFile",
    "vtkMRMLVolumeNode": "VolumeFile",
    "vtkMRMLModelNode": "ModelFile",
    "vtkMRMLTransformNode": "TransformFile",
    "vtkMRMLMarkupsNode": "MarkupsFile",
    "vtkMRMLTableNode": "TableFile",
}


def _storage(node):
    storage = node.CreateDefaultStorageNode()
    storage.UnRegister(None)
    storage.SetScene(slicer.mrmlScene)
    return storage


def _read(kind, path, name, properties, messages):
    """One node from one file."""
    modules = slicer.modules
    if kind == "VolumeFile":
        options = int(bool(properties.get("labelmap"))) | (2 if properties.get("center") else 0)
        return modules.volumes.logic().AddArchetypeVolume(path, name, options)
    if kind == "SegmentationFile":
        return modules.segmentations.logic().LoadSegmentationFromFile(path, True, name)
    if kind == "ModelFile":
        return modules.models.logic().AddModel(path)
    if kind == "MarkupsFile":
        return slicer.mrmlScene.GetNodeByID(modules.markups.logic().LoadMarkups(path, name, messages) or "")
    raise NotImplementedError(f"the host does not read files of type {kind}")


class qSlicerIOManager(QtCore.QObject):
    def fileType(self, name):
        name = str(name).lower()
        return next((kind for kind, endings in TYPES.items() if name.endswith(endings)), "NoFile")

    def loadNodes(self, kind, properties, loaded=None, messages=None):
        path = str(properties["fileName"])
        if not os.path.exists(path):
            return False
        if kind == "SceneFile":
            return self._load_scene(path)
        name = properties.get("name") or os.path.basename(path).split(".")[0]
        node = _read(kind, path, name, properties, messages)
        if node is not None and loaded is not None:
            loaded.AddItem(node)
        if node is not None and kind == "VolumeFile" and properties.get("show", True):
            logic = slicer.app.applicationLogic()
            logic.GetSelectionNode().SetActiveVolumeID(node.GetID())
            logic.PropagateVolumeSelection()
        return node is not None

    def _load_scene(self, path):
        scene = slicer.mrmlScene
        scene.SetURL(path)
        return bool(scene.ReadFromMRB(path) if path.endswith(".mrb") else scene.Import())

    def fileWriterFileType(self, node, preferred=""):
        return next((kind for cls, kind in WRITERS.items() if node.IsA(cls)), "NoFile")

    def saveNodes(self, kind, properties, messages=None):
        if kind == "SceneFile":
            return self.saveScene(properties["fileName"])
        node, path = slicer.mrmlScene.GetNodeByID(properties["nodeID"]), str(properties["fileName"])
        node.AddDefaultStorageNode(path)
        storage = node.GetStorageNode()
        storage.SetFileName(path)
        if "useCompression" in properties:
            storage.SetUseCompression(int(properties["useCompression"]))
        return bool(storage.WriteData(node))

    def fileWriterExtensions(self, node):
        known = _storage(node).GetSupportedWriteFileTypes()
        return tuple(known.GetValue(index) for index in range(known.GetNumberOfValues()))

    def extractKnownExtension(self, path, node):
        return _storage(node).GetSupportedFileExtension(str(path), False, True)

    def exportNodes(self, node_ids, paths, properties=None, hardenTransforms=False, messages=None):
        pairs = zip(node_ids, paths, strict=True)
        return all(self._export(each, str(path), properties or {}, hardenTransforms) for each, path in pairs)

    def _export(self, node_id, path, properties, harden):
        node, scene = slicer.mrmlScene.GetNodeByID(node_id), slicer.vtkMRMLScene()
        slicer.mrmlScene.CopyRegisteredNodesToScene(scene)
        copy = scene.AddNewNodeByClass(node.GetClassName())
        copy.CopyContent(node, harden)
        transform = node.GetParentTransformNode() if node.IsA("vtkMRMLTransformableNode") else None
        if harden and transform is not None:
            general = vtk.vtkGeneralTransform()
            transform.GetTransformToWorld(general)
            copy.ApplyTransform(general)
        scene.SetDataIOManager(slicer.mrmlScene.GetDataIOManager())
        storage = _storage(copy)
        scene.AddNode(storage)
        storage.SetFileName(path)
        if "useCompression" in properties:
            storage.SetUseCompression(int(properties["useCompression"]))
        return bool(storage.WriteData(copy))

    def saveScene(self, path, screenshot=None, messages=None):
        path, scene = str(path), slicer.mrmlScene
        if path.endswith(".mrb"):
            return bool(scene.WriteToMRB(path))
        if not path.endswith(".mrml"):
            return bool(slicer.app.applicationLogic().SaveSceneToSlicerDataBundleDirectory(path, None))
        scene.SetURL(path)
        scene.SetRootDirectory(os.path.dirname(path))
        return bool(scene.Commit())
