"""Labels of a folder whose file of classes says what nobody has verified: as the command line reads them."""

from __future__ import annotations

import json

import numpy as np
import pytest
import SimpleITK as sitk

from dualnetssl.files.pairing import Scan
from DualNetSSLLib.client.records import LabelDefinition
from DualNetSSLLib.scans.volume_files import read_label, read_scan

LABELS = (
    LabelDefinition(value=1, name="liver", colour=(1, 2, 3)),
    LabelDefinition(value=2, name="spleen", colour=(4, 5, 6)),
)
SHOWN = np.array([0, 1, 2, 9, 255, 1, 0, 0], np.uint8).reshape(2, 2, 2)


@pytest.mark.parametrize(
    ("said", "open_"),
    [
        ({"background": 0, "liver": 1, "spleen": 2, "ignore": 9}, {9, 255}),
        ({"0": "background", "1": "liver", "2": "spleen", "9": "ignore"}, {9, 255}),
        ({"background": [0, 9], "liver": 1, "spleen": 2}, {255}),
        ({"background": [0, 255], "liver": 1, "spleen": 2, "ignore": 9}, {9}),
    ],
)
def test_what_a_file_of_classes_leaves_open_is_not_verified(tmp_path, said, open_):
    for name, values in (("scan.nrrd", SHOWN.astype(np.float32)), ("label.nrrd", SHOWN)):
        sitk.WriteImage(sitk.GetImageFromArray(values), str(tmp_path / name))
    (tmp_path / "dataset.json").write_text(json.dumps({"labels": said}))
    scan = Scan("scan", "scan", (tmp_path / "scan.nrrd",), tmp_path / "label.nrrd")
    found = read_label(scan, read_scan(scan)[1], LABELS, tmp_path / "dataset.json")
    known = ~np.isin(SHOWN, list(open_))
    assert np.array_equal(sitk.GetArrayFromImage(found.verified) > 0, known)
    assert np.array_equal(sitk.GetArrayFromImage(found.label)[known], np.where(SHOWN > 2, 0, SHOWN)[known])
