"""A short terminology in the place of Slicer's two long ones, which are not in the wheel; the codes are SNOMED CT's."""

from __future__ import annotations

import json

SCHEMAS = "https://raw.githubusercontent.com/qiicr/dcmqi/master/doc/schemas"
CONTEXTS = {
    "SegmentationCategoryTypeModifier-SlicerGeneralAnatomy": (
        "Segmentation category and type - 3D Slicer General Anatomy list"
    ),
    "SegmentationCategoryTypeModifier-DICOM-Master": "Segmentation category and type - DICOM master list",
}
CATEGORIES = {
    ("85756007", "Tissue"): (("85756007", "Tissue", (128, 174, 128)),),
    ("123037004", "Anatomical Structure"): (
        ("10200004", "Liver", (221, 130, 101)),
        ("78961009", "Spleen", (157, 108, 162)),
        ("64033007", "Kidney", (185, 102, 83)),
        ("80891009", "Heart", (206, 110, 84)),
        ("39607008", "Lung", (197, 165, 145)),
        ("12738006", "Brain", (250, 250, 225)),
        ("41216001", "Prostate", (230, 158, 140)),
        ("82471001", "Left atrium", (218, 123, 97)),
    ),
    ("49755003", "Morphologically Altered Structure"): (
        ("4147007", "Mass", (144, 238, 144)),
        ("108369006", "Neoplasm", (144, 238, 144)),
    ),
}


def _code(value, meaning):
    return {"CodingSchemeDesignator": "SCT", "CodeValue": value, "CodeMeaning": meaning}


def _types(entries):
    return [{"recommendedDisplayRGBValue": list(rgb), **_code(value, name)} for value, name, rgb in entries]


def write(folder):
    """Write the files that vtkSlicerTerminologiesModuleLogic loads at its start."""
    categories = [
        {**_code(*category), "showAnatomy": "true", "Type": _types(entries)} for category, entries in CATEGORIES.items()
    ]
    for file, title in CONTEXTS.items():
        content = {
            "SegmentationCategoryTypeContextName": title,
            "@schema": f"{SCHEMAS}/segment-context-schema.json#",
            "SegmentationCodes": {"Category": categories},
        }
        (folder / f"{file}.term.json").write_text(json.dumps(content))
    regions = {
        "AnatomicContextName": "Anatomic codes - DICOM master list",
        "@schema": f"{SCHEMAS}/anatomic-context-schema.json#",
        "AnatomicCodes": {"AnatomicRegion": [_code("818981001", "Abdomen"), _code("816094009", "Thorax")]},
    }
    (folder / "AnatomicRegionAndModifier-DICOM-Master.term.json").write_text(json.dumps(regions))
