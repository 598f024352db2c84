"""The phantom scans are in Slicer's Sample Data module, registered when Slicer has started."""

from __future__ import annotations

from pathlib import Path

from panelserver import MODULE


def test_the_phantoms_are_registered_at_start_and_once(load_module):
    import slicer
    from slicerhost.leftovers import connections

    load_module(str(MODULE))
    import DualNetSSL

    assert (slicer.app, DualNetSSL.register_sample_data) in connections(), "Slicer calls it once it has started"
    getattr(slicer.modules, "sampleDataSources", {}).pop("DualNetSSL", None)
    for _ in range(2):
        DualNetSSL.register_sample_data()
    (source,) = slicer.modules.sampleDataSources["DualNetSSL"]
    assert source.sampleDescription == "DualNetSSLPhantoms"
    assert source.customDownloader is DualNetSSL.load_phantoms
    assert Path(source.thumbnailFileName).is_file()
    assert len(source.uris) == len(source.fileNames) == len(source.nodeNames) == 1
