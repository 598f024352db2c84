"""One scan on six grids, through upload, prediction, regions and export: the same answer at the same places."""

from __future__ import annotations

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk
from agentprocess import AgentProcess
from panelfixtures import client, server
from panelserver import GEOMETRY, phantom

from DualNetSSLLib.client.records import LabelDefinition
from DualNetSSLLib.client.volumes import volume_from_array

__all__ = ["client", "server"]

LABELS = (LabelDefinition(value=7, name="liver"), LabelDefinition(value=2, name="spleen"))
TINY = {"steps": 2, "width": 2, "patch": [16, 16, 32], "calibration_scans": 0, "modality": "mr"}
TURNS = ("LPS", "RAS", "LPI", "PIR", "ASL", "SRP")


def turned(array):
    """The scan that was learnt from, its axes running as each of six programs would have them."""
    image = volume_from_array(array, GEOMETRY)
    return {name: sitk.DICOMOrient(image, name) for name in TURNS}


def points(image, chosen):
    """Places in mm of the voxels that are chosen, in an order that does not hang on the grid."""
    found = [image.TransformIndexToPhysicalPoint(tuple(map(int, kji[::-1]))) for kji in np.argwhere(chosen)]
    return sorted(tuple(round(float(part), 3) + 0.0 for part in point) for point in found)


@pytest.mark.long
def test_the_same_scan_on_six_grids_has_the_same_answer(server, client, tmp_path):
    scan, label = phantom(5)
    dataset = client.create_dataset("six grids", LABELS).id
    images = turned(scan)
    for name, image in images.items():
        client.upload_case(dataset, name, image, turned(label)["LPS"] if name == "LPS" else None)
    job = client.wait(client.create_job("train", dataset, config=TINY, predict_after=False).id)
    client.wait(client.create_job("predict", dataset, model=job.result_model).id)
    regions, masks = {}, {}
    (tmp_path / "agent").mkdir()
    with AgentProcess(tmp_path / "agent") as agent:
        agent.call("connect", address=server.address, token=server.token)
        for name, image in images.items():
            found = agent.call("find_regions", dataset=dataset, case=name, threshold=0.02)
            regions[name] = sorted((round(one.volume_mm3), *np.round(one.centre_lps, 2)) for one in found.regions)
            (said,) = client.predictions(dataset, name)
            read = sitk.ReadImage(str(client.download(said.segmentation, tmp_path / f"{name}.nrrd")))
            assert read.GetSize() == image.GetSize()
            assert np.allclose(read.GetDirection(), image.GetDirection(), atol=1e-6)
            masks[name] = points(read, sitk.GetArrayFromImage(read) == 7)
        agent.call(
            "export_labels",
            dataset=dataset,
            folder=str(tmp_path / "out"),
            formats=["nifti", "seg.nrrd"],
            unverified=True,
        )
    assert regions["LPS"]
    assert masks["LPS"]
    for name in TURNS[1:]:
        assert masks[name] == masks["LPS"]
        assert regions[name] == regions["LPS"]
        nifti = nibabel.load(next((tmp_path / "out").glob(f"{name}*.nii.gz")))
        ras = nibabel.affines.apply_affine(nifti.affine, np.argwhere(np.asarray(nifti.dataobj) == 7)).mean(axis=0)
        assert ras == pytest.approx(np.mean(masks["LPS"], axis=0) * (-1, -1, 1), abs=1e-3)
        segmentation = sitk.ReadImage(str(next((tmp_path / "out").glob(f"{name}*.seg.nrrd"))))
        assert points(segmentation, sitk.GetArrayFromImage(segmentation) == 7) == masks["LPS"]
