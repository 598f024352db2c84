"""Two people label a scan at a time: both labels become one, and where they contradict each other somebody decides."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from panelfixtures import client, server
from panelserver import GEOMETRY, LABELS, MODULE, PATIENCE, ConnectedPanel, image
from reviewfixtures import Reviewer

from DualNetSSLLib.client.volumes import volume_from_array

__all__ = ["client", "server"]

LIVER, SPLEEN = 7, 2
MINE, THEIRS, BOTH = np.s_[4:8, 5:9, 6:12], np.s_[10:12, 2:5, 2:6], np.s_[2:4, 12:14, 12:16]


def boxes(**labelled):
    """A label with these values in the boxes of these names."""
    voxels = np.zeros(GEOMETRY.size[::-1], np.uint8)
    for name, value in labelled.items():
        voxels[globals()[name.upper()]] = value
    return voxels


@pytest.fixture
def dataset(client, request):
    """A data set of its own, with one scan."""
    made = client.create_dataset(request.node.name, LABELS)
    client.upload_case(made.id, "scan", image(1))
    return client.dataset(made.id)


@pytest.fixture
def reader(load_module, pump, server, dataset, tmp_path, monkeypatch):
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    panel = ConnectedPanel(load_module(str(MODULE)), pump)
    panel.connect(server)
    panel.open_dataset(dataset)
    panel.ui.annotatorEdit.text = "reader A"
    panel.label.name_annotator()
    return Reviewer(panel)


def work(reader, label):
    """Open the scan and paint; only what is painted counts."""
    reader.panel.open("scan")
    reader.ui.vouchCombo.currentIndex = 1
    reader.panel.label.vouch()
    for name, value in (("liver", LIVER), ("spleen", SPLEEN)):
        reader.panel.paint(label == value, name)


def somebody_submits(client, dataset, label):
    volumes = [volume_from_array(voxels, GEOMETRY) for voxels in (label, (label != 0).astype(np.uint8))]
    client.upload_case(dataset.id, "scan", image(1), *volumes, annotator="reader B")


def open_again(reader):
    """Leave the case and come back to it."""
    reader.desk.leave()
    reader.panel.open("scan")


def join(reader):
    """Press the button, and wait until both labels are shown as one."""
    reader.ui.joinButton.click()
    reader.pump(lambda: "Both labels are one" in reader.panel.said, PATIENCE)


def contested(reader):
    """Wait for the rows on which the two contradict each other; returns class and state of each."""
    reader.pump(lambda: reader.walk is not None and reader.walk.places and reader.walk.looked, PATIENCE)
    reader.review.update()
    table = reader.ui.regionTable
    rows = [[str(table.item(row, column).text()) for column in (0, 1, 5)] for row in range(table.rowCount)]
    return [(words, state) for rank, words, state in rows if rank.startswith("!")]


def on_the_server(client, dataset, folder):
    case = client.case(dataset.id, "scan")
    digests = (case.label, case.verified)
    files = [client.download(digest, folder / f"{digest[:8]}.nrrd") for digest in digests]
    return [sitk.GetArrayFromImage(sitk.ReadImage(str(file))) for file in files]


def test_labels_that_do_not_contradict_each_other_become_one(reader, client, dataset, tmp_path):
    work(reader, boxes(mine=LIVER))
    assert reader.ui.joinButton.isHidden()
    somebody_submits(client, dataset, boxes(theirs=SPLEEN))
    open_again(reader)
    assert "reader B submitted revision 2" in reader.panel.said
    assert "Put both together" in reader.panel.said
    assert not reader.ui.joinButton.isHidden()
    join(reader)
    assert reader.ui.joinButton.isHidden()
    both = boxes(mine=LIVER, theirs=SPLEEN)
    np.testing.assert_array_equal(reader.panel.painted(), both)
    np.testing.assert_array_equal(reader.verified(), both != 0)
    assert reader.submit(client, dataset, "scan").revision == 3
    label, mask = on_the_server(client, dataset, tmp_path)
    np.testing.assert_array_equal(label, both)
    np.testing.assert_array_equal(mask != 0, both != 0)


def test_a_draft_stays_behind_the_other_label_however_often_it_is_kept(reader, client, dataset):
    work(reader, boxes(mine=LIVER))
    somebody_submits(client, dataset, boxes(theirs=SPLEEN))
    for _ in range(2):
        open_again(reader)
        assert "reader B submitted revision 2" in reader.panel.said
        reader.panel.paint(boxes(mine=1, both=1), "liver")


def test_contradictions_stand_first_and_are_decided_one_by_one(reader, client, dataset, tmp_path):
    work(reader, boxes(mine=LIVER, both=LIVER))
    somebody_submits(client, dataset, boxes(theirs=SPLEEN, both=SPLEEN))
    open_again(reader)
    join(reader)
    assert "16 voxels are labelled otherwise by reader B" in reader.panel.said
    assert contested(reader) == [("You: liver · reader B: spleen", "open")]
    np.testing.assert_array_equal(reader.verified(), boxes(mine=1, theirs=1) != 0)

    open_again(reader)
    assert contested(reader) == [("You: liver · reader B: spleen", "open")]
    reader.panel.label.submit()
    reader.pump(lambda: "16 voxels are labelled otherwise" in reader.panel.said, PATIENCE)
    assert client.case(dataset.id, "scan").revision == 2

    reader.review.next()
    reader.review.accept()
    assert contested(reader) == [("You: liver · reader B: spleen", "yours")]
    reader.review.undo()
    reader.review.restore()
    assert contested(reader) == [("You: liver · reader B: spleen", "theirs")]
    reader.submit(client, dataset, "scan")
    label, mask = on_the_server(client, dataset, tmp_path)
    decided = boxes(mine=LIVER, theirs=SPLEEN, both=SPLEEN)
    np.testing.assert_array_equal(label, decided)
    np.testing.assert_array_equal(mask != 0, decided != 0)


def test_a_third_label_that_came_in_between_is_told(reader, client, dataset):
    work(reader, boxes(mine=LIVER))
    somebody_submits(client, dataset, boxes(theirs=SPLEEN))
    open_again(reader)
    somebody_submits(client, dataset, boxes(theirs=LIVER))
    reader.ui.joinButton.click()
    reader.pump(lambda: "Revision 3 of scan came in between" in reader.panel.said, PATIENCE)
    np.testing.assert_array_equal(reader.panel.painted(), boxes(mine=LIVER))
    open_again(reader)
    join(reader)
    np.testing.assert_array_equal(reader.panel.painted(), boxes(mine=LIVER, theirs=LIVER))
