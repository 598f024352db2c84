"""Stand-in for Slicer's SampleData module: registers sources as it does, and makes a volume for any sample."""

import types

import numpy
import slicer

SOURCE_KEYS = (
    "sampleName",
    "sampleDescription",
    "uris",
    "fileNames",
    "nodeNames",
    "checksums",
    "customDownloader",
    "thumbnailFileName",
    "loadFileTypes",
    "loadFileProperties",
)


class SampleDataLogic:
    @staticmethod
    def registerCustomSampleDataCategory(category, title=None, **_):
        slicer.modules.sampleDataSources.setdefault(category, [])

    @staticmethod
    def registerCustomSampleDataSource(category="Custom", **given):
        unknown = set(given) - set(SOURCE_KEYS) - {"loadFiles"}
        if unknown:
            raise TypeError(f"registerCustomSampleDataSource() got an unexpected keyword argument {min(unknown)!r}")
        source = types.SimpleNamespace(**{key: given.get(key) for key in SOURCE_KEYS})
        known = slicer.modules.sampleDataSources.setdefault(category, [])
        if all(other.sampleName != source.sampleName for other in known):
            known.append(source)

    def __getattr__(self, name):
        """downloadMRHead(), downloadCTChest(), …"""
        if not name.startswith("download"):
            raise AttributeError(name)
        return lambda: downloadSample(name.removeprefix("download"))

    def downloadSample(self, name):
        return downloadSample(name)

    def downloadSamples(self, name):
        node = downloadSample(name)
        return node if isinstance(node, list) else [node]


def _registered(name):
    every = (source for known in slicer.modules.sampleDataSources.values() for source in known)
    return next((source for source in every if source.sampleName == name), None)


def downloadSample(name):
    """What the module's own downloader makes; else a blob, because nothing is fetched from anywhere in a test."""
    source = _registered(name)
    if source is not None and source.customDownloader:
        return source.customDownloader(source)
    z, y, x = numpy.mgrid[0:20, 0:32, 0:32]
    distance = (x - 16) ** 2 + (y - 16) ** 2 + (2 * (z - 10)) ** 2
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
    node.CreateDefaultDisplayNodes()
    slicer.util.updateVolumeFromArray(node, (695 * numpy.exp(-distance / 90.0)).round().astype(numpy.int16))
    return node


downloadSamples = downloadSample
if not hasattr(slicer.modules, "sampleDataSources"):
    slicer.modules.sampleDataSources = {}
