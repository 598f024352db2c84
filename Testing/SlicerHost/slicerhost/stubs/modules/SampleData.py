"""Stand-in for Slicer's SampleData module: registers sources as it does, and makes a volume for any sample."""

import numpy
import slicer

LISTS = ("uris", "fileNames", "nodeNames", "loadFiles", "loadFileTypes", "checksums")
"""What a source has once for each of its files."""


class SampleDataSource:
    """One sample, as strict as Slicer's: with at least one address, and lists of one length."""

    def __init__(
        self,
        sampleName=None,
        sampleDescription=None,
        uris=None,
        fileNames=None,
        nodeNames=None,
        checksums=None,
        loadFiles=None,
        customDownloader=None,
        thumbnailFileName=None,
        loadFileTypes=None,
        loadFileProperties=None,
        loadFileType=None,
    ):
        if loadFileType is not None and loadFileTypes is not None:
            raise ValueError("loadFileType and loadFileTypes cannot be specified at the same time")
        given = (uris, fileNames, nodeNames, loadFiles, loadFileType or loadFileTypes, checksums)
        vars(self).update(_as_lists(dict(zip(LISTS, given, strict=True))))
        self.sampleName, self.sampleDescription = sampleName, sampleDescription or sampleName
        self.customDownloader, self.thumbnailFileName = customDownloader, thumbnailFileName
        self.loadFileProperties = loadFileProperties or {}
        lengths = {name: len(getattr(self, name)) for name in LISTS}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"All fields of sample data source must have the same length: {lengths}")

    def __eq__(self, other):
        return str(self) == str(other)

    def __str__(self):
        return "\n".join(f"{name}: {value}" for name, value in vars(self).items())


def _as_lists(given):
    """Let one address be a list of one; with a list, only what may be left out is filled in. None stays None."""
    if isinstance(given["uris"], str):
        return {name: [value] for name, value in given.items()}
    if isinstance(given["uris"], (list, tuple)):
        count = len(given["uris"])
        for name in LISTS[2:]:
            one = name == "loadFileTypes" and isinstance(given[name], str)
            given[name] = [given[name]] * count if one or given[name] is None else given[name]
    return given


class SampleDataLogic:
    @staticmethod
    def registerCustomSampleDataCategory(category, title):
        slicer.modules.sampleDataSources.setdefault(category, [])

    @staticmethod
    def registerCustomSampleDataSource(category="Custom", **given):
        if "sampleDescription" in given:
            raise TypeError("registerCustomSampleDataSource() got an unexpected keyword argument 'sampleDescription'")
        known = slicer.modules.sampleDataSources.setdefault(category, [])
        source = SampleDataSource(**given)
        if source not in known:
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
