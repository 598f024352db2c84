"""From an empty module to ten predictions as a user does it: with few clicks, and no dialog that asks anything."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import SimpleITK as sitk
from hand import Hand
from panelfixtures import user

from DualNetSSLLib.client.volumes import volume_from_array
from DualNetSSLLib.scans.phantoms import make_phantom

__all__ = ["user"]

SCANS, LABELLED, MOST_CLICKS = 10, 3, 9
SCALE = 4.0
PATIENCE = 240


@pytest.fixture
def folder(tmp_path):
    """Ten scans in files whose names say more than they should."""
    made = tmp_path / "scans"
    made.mkdir()
    for number in range(1, SCANS + 1):
        phantom = make_phantom(0, number, SCALE)
        path = made / f"Smith-John-{number:02d}.nrrd"
        sitk.WriteImage(volume_from_array(phantom.image, phantom.geometry), str(path))
    return made


def paint(shown, number):
    """Paint the truth of a phantom, as the Segment Editor would."""
    import slicer.util

    node, volume = shown.node("label"), shown.node("image")
    liver = node.GetSegmentation().GetSegmentIdBySegmentName("liver")
    truth = (make_phantom(0, number, SCALE).label == 1).astype("uint8")
    slicer.util.updateSegmentBinaryLabelmapFromArray(truth, node, liver, volume)


def test_ten_scans_are_segmented_after_nine_clicks(user, slicer_host, folder):
    ui, state = user.ui, user.state
    desk = user.section("LabelSection").desk
    hand = Hand(user.widget._root)
    user.context.settings.put("environment", str(Path(sys.prefix)))

    hand.click(ui.startLocalButton)
    user.wait(lambda: state.connection is not None, PATIENCE)
    try:
        ui.datasetNameEdit.text = "Livers"
        ui.labelSetTable.item(0, 0).setText("liver")
        hand.click(ui.createDatasetButton)
        user.wait(lambda: state.dataset is not None)

        slicer_host.dialogs.replies["getExistingDirectory"] = str(folder)
        hand.click(ui.addFolderButton)
        hand.confirm("choose the folder")
        user.wait(lambda: len(state.cases) == SCANS, PATIENCE)

        done = []
        for _ in range(LABELLED):
            user.wait(lambda: not desk.opening and desk.shown is not None and desk.shown.name not in done, PATIENCE)
            done.append(desk.shown.name)
            paint(desk.shown, int(done[-1].removeprefix("case-")))
            hand.click(ui.submitButton)
        user.wait(lambda: sum(case.state == "labelled" for case in state.cases) == LABELLED, PATIENCE)
        user.wait(lambda: not desk.opening and desk.shown is not None and desk.shown.name not in done, PATIENCE)

        ui.widthSpin.value, ui.stepsSpin.value = 2, 4
        assert ui.nextStepButton.text == "Next: train"
        hand.click(ui.nextStepButton)
        hand.click(ui.trainButton)
        user.wait(lambda: ui.predictionTable.rowCount == SCANS, PATIENCE)
        user.wait(lambda: desk.shown.node("prediction") is not None, PATIENCE)
    finally:
        user.context.session.call("stop_local", folder=ui.serverFolderButton.directory)
        user.pump(seconds=1.0)

    assert len(hand.clicks) <= MOST_CLICKS, hand.clicks
    assert [shown.kind for shown in slicer_host.dialogs.shown] == ["QFileDialog.getExistingDirectory"]
    assert not any("Smith" in case.case for case in state.cases)
