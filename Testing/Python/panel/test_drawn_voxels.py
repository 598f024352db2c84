"""What is written into a label is drawn: a view must not show the voxels of before."""

from __future__ import annotations

import numpy as np
from panelserver import GEOMETRY, LABELS, phantom


def test_a_view_draws_voxels_that_were_written(slicer_host, rendering):
    import slicer.util

    from DualNetSSLLib.panel.common.scene import Mark, add_segmentation, add_volume
    from DualNetSSLLib.panel.desk.voxels import SegmentationCanvas

    scan, label = (np.ascontiguousarray(voxels) for voxels in phantom(1))
    image = add_volume(scan, GEOMETRY, "scan", Mark("image", "data", "case"), (0.0, 400.0))
    node = add_segmentation(label, GEOMETRY, LABELS, "label", Mark("label", "data", "case"), image)
    slicer.util.setSliceViewerLayers(background=image, fit=True)
    view = slicer.app.layoutManager().sliceWidget("Red")._core
    view.grab()
    before = view.grab()
    where = np.flatnonzero(label == 7)
    SegmentationCanvas(node, GEOMETRY, LABELS).write(where, np.zeros(len(where), np.uint8))
    assert (view.grab() != before).any()
