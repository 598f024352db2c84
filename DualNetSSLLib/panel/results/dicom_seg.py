"""The open scan's label as DICOM SEG, by the exporter of Slicer.

Slicer 5.12 and later brings it; to an earlier one the extension Quantitative Reporting adds it, under the same name and
with the same calls.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import slicer
from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import LocalFileError, UnusableVolume
from DualNetSSLLib.panel.common.scene import Mark, add_segmentation, remove
from DualNetSSLLib.panel.desk.case_nodes import ShownCase, mapped
from DualNetSSLLib.panel.results.dicom_reference import INSTANCES, reference_for

PLUGIN = "DICOMSegmentationPlugin"
REFERENCED = "DICOM.ReferencedInstanceUIDs"
TISSUE = (
    "Segmentation category and type - 3D Slicer General Anatomy list~SCT^85756007^Tissue~SCT^85756007^Tissue~^^~"
    "Anatomic codes - DICOM master list~^^~^^"
)
"""Code of a label that was given none; the exporter wants one."""


def unavailable(shown: ShownCase | None) -> str:
    """Say why there can be no DICOM SEG of this case; empty if there can be."""
    if PLUGIN not in getattr(slicer.modules, "dicomPlugins", {}):
        return _("Needs Slicer 5.12 or later, or the extension Quantitative Reporting.")
    if shown is None:
        return _("Open the scan whose label is to be saved as DICOM SEG.")
    if shown.opened.label is None:
        return _("The open scan has no submitted label yet.")
    if reference_for(shown.geometry) is None:
        return _("Load the open scan from Slicer's DICOM database too: the file points to the images there.")
    return ""


def export(shown: ShownCase, folder: Path) -> None:
    """Save the submitted label of the open case as a DICOM SEG file of a new name in a folder.

    Slicer's exporter works while Slicer waits, and adds the file to Slicer's DICOM database.

    Raises:
        UnusableVolume: there can be no DICOM SEG of this case; it says why.
        LocalFileError: the exporter has failed; it says how.
    """
    reason = unavailable(shown)
    reference, label = reference_for(shown.geometry), shown.opened.label
    if reason or reference is None or label is None:
        raise UnusableVolume(reason, _("Or choose another format."))
    voxels = mapped(label.file)
    present = [one for one in shown.dataset.labels if bool(np.any(voxels == one.value))]
    if not present:
        raise UnusableVolume(_("The label of the open scan is empty."), _("DICOM SEG cannot hold an empty label."))
    name = _("{case} label").format(case=shown.name)
    node = add_segmentation(voxels, shown.geometry, present, name, Mark("", shown.dataset.id, shown.name), reference)
    try:
        _complete(node)
        problem = _run(node, reference, folder)
    finally:
        remove(node)
    if problem:
        raise LocalFileError(
            _("Slicer's DICOM SEG export failed: {problem}").format(problem=problem), _("See Slicer's error log.")
        )


def _complete(node: Any) -> None:
    """Give a code to the segments that have none."""
    segmentation = node.GetSegmentation()
    for index in range(segmentation.GetNumberOfSegments()):
        segment = segmentation.GetNthSegment(index)
        if not segment.HasTag(segment.GetTerminologyEntryTagName()):
            segment.SetTag(segment.GetTerminologyEntryTagName(), TISSUE)


def _run(node: Any, reference: Any, folder: Path) -> str:
    """Let the exporter work, and return what it complains of."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    item = hierarchy.GetItemByDataNode(node)
    hierarchy.SetItemAttribute(item, REFERENCED, reference.GetAttribute(INSTANCES))
    plugin = slicer.modules.dicomPlugins[PLUGIN]()
    exportables = plugin.examineForExport(item)
    if not exportables:
        return _("the scan's images are not in Slicer's DICOM database any more.")
    for exportable in exportables:
        exportable.directory = str(folder)
    return str(plugin.export(exportables) or "")
