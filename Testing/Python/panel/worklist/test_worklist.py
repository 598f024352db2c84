"""The list over all scans against the real server: from scan to scan with one key, and regions of one kind."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from panelfixtures import client, server
from panelserver import GEOMETRY, LABELS, MODULE, PATIENCE, ConnectedPanel, phantom
from plantedmodel import Planted, plant
from reviewfixtures import Reviewer, upload

from DualNetSSLLib.client.volumes import volume_from_array

__all__ = ["client", "server"]

SHAPE = GEOMETRY.size[::-1]
PREDICTED = phantom(1)[1]
SPOTS = (np.s_[4:6, 9:11, 11:13], np.s_[10:12, 9:11, 11:13], np.s_[7:9, 13:15, 11:13], np.s_[2:4, 2:4, 2:4])
"""Three small places of doubt in the liver, one in the spleen."""


@pytest.fixture(scope="module")
def dataset(server, client, tmp_path_factory):
    """Two scans that a model has predicted with doubt in the spots, and one of which it knows nothing."""
    folder, names = tmp_path_factory.mktemp("said"), ("scan-1", "scan-2", "scan-3")
    made = client.create_dataset("listed", LABELS)
    upload(client, made, names)
    doubt = np.full(SHAPE, 0.01, np.float32)
    for number, spot in enumerate(SPOTS):
        doubt[spot] = 0.9 - 0.1 * number
    files = {"label": PREDICTED, "doubt": doubt, "calm": np.zeros(SHAPE, np.float32)}
    for name, voxels in files.items():
        sitk.WriteImage(volume_from_array(voxels, GEOMETRY), str(folder / f"{name}.nrrd"))
    paths = [folder / f"{name}.nrrd" for name in files]
    said = [Planted(name, *paths, {"predicted_dice": 0.02 if name == "scan-3" else 0.9}) for name in names]
    plant(server.data_folder, client, made, said)
    return client.dataset(made.id)


class Lister(Reviewer):
    """Somebody who goes through the list."""

    @property
    def list(self):
        return next(s for s in self.panel.panel.sections if type(s).__name__ == "WorklistSection")

    def deal(self):
        self.ui.worklistGroup.collapsed = False
        self.ui.dealButton.click()
        self.pump(lambda: self.list.course is not None, PATIENCE)

    def rows(self):
        table = self.ui.dealtTable
        return [tuple(str(table.item(row, column).text()) for column in (0, 1, 3)) for row in range(table.rowCount)]

    def gains(self):
        """What a look gains as the list says it, and as the table of the open scan does."""
        columns = ((self.ui.dealtTable, 2), (self.ui.regionTable, 4))
        return [[str(table.item(row, of).text()) for row in range(table.rowCount)] for table, of in columns]

    def arrived(self, case):
        self.pump(lambda: self.desk.shown is not None and self.desk.shown.name == case, PATIENCE)
        self.found()
        self.pump(lambda: self.walk.current is not None, PATIENCE)


@pytest.fixture
def reader(load_module, pump, server, client, dataset, tmp_path, monkeypatch):
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    panel = ConnectedPanel(load_module(str(MODULE)), pump)
    panel.connect(server)
    panel.open_dataset(client.dataset(dataset.id))
    pump(lambda: panel.state.models, PATIENCE)
    return Lister(panel)


def verified(*spots):
    mask = np.zeros(SHAPE, bool)
    for spot in spots:
        mask[spot] = True
    return mask


def test_regions_of_one_kind_are_answered_after_a_sample_and_one_undo_takes_them_back(reader):
    reader.open("scan-1")
    reader.ui.alikeButton.click()
    assert "Go to a region first" in reader.ui.worklistMessage.text
    reader.review.next()
    reader.ui.alikeButton.click()
    reader.pump(lambda: "2 more like this" in reader.ui.worklistMessage.text, PATIENCE)
    seen = [reader.walk.current]
    for _ in range(2):
        assert not reader.verified().any(), "nothing is verified before the sample was shown"
        reader.ui.alikeButton.click()
        seen.append(reader.walk.current)
    assert len(set(seen)) == 3
    assert "accepts all 3 as they are, 0 of them not looked at" in reader.ui.worklistMessage.text
    reader.ui.alikeButton.click()
    np.testing.assert_array_equal(reader.verified(), verified(*SPOTS[:3]))
    assert sorted(reader.states()) == ["accepted"] * 3 + ["open"], "the spleen is of another class"
    reader.review.undo()
    assert not reader.verified().any()
    assert "accepted together" in reader.ui.reviewMessage.text
    reader.review.next()
    reader.ui.alikeButton.click()
    reader.pump(lambda: reader.list.kin is not None, PATIENCE)
    reader.review.accept()
    reader.ui.alikeButton.click()
    assert reader.list.kin is None, "whoever does something else has left the sample"


def test_one_key_goes_from_the_last_region_of_a_scan_to_the_first_of_the_next(reader, client, dataset):
    reader.ui.dealSpin.value = 5
    reader.deal()
    assert "0 of 5 regions done" in reader.ui.dealtLabel.text
    assert "knows too little of them: 1 scan" in reader.ui.dealtLabel.text
    names = list(dict.fromkeys(row[0] for row in reader.rows()))
    assert sorted(names) == ["scan-1", "scan-2"]
    assert {row[1] for row in reader.rows()} == {"liver", "spleen"}
    first, second = names
    counts = [sum(row[0] == name for row in reader.rows()) for name in names]
    reader.list.next_scan()
    reader.arrived(first)
    assert len(reader.walk.places) == counts[0] < 4, "the walk has the listed regions alone"
    listed, shown = reader.gains()
    assert listed[: counts[0]] == shown, "the same figure reads the same"
    reader.pump(lambda: reader.list._ahead is None, PATIENCE)
    for _ in range(counts[0]):
        reader.review.accept()
    assert [row[2] for row in reader.rows()[: counts[0]]] == ["done"] * counts[0]
    reader.desk.keeper.keep()
    assert reader.desk.busy
    reader.list.next_scan()  # waits for the draft, and goes then
    reader.arrived(second)
    reader.pump(lambda: client.case(dataset.id, first).revision == 2, PATIENCE)
    share = client.case(dataset.id, first).verified_fraction
    assert share == pytest.approx(8 * counts[0] / PREDICTED.size, rel=0.01), "what was accepted was submitted"
    reader.ui.everyRegionCheck.checked = True
    assert len(reader.walk.places) == 4
    reader.list.next_scan()
    assert "Nothing is left in another scan" in reader.ui.worklistMessage.text


def test_no_walk_is_offered_where_the_model_knows_too_little(reader):
    reader.open("scan-3")
    assert reader.walk.places == ()
    reader.pump(lambda: "label one more scan, or train longer" in reader.ui.reviewHint.text, PATIENCE)
    reader.ui.everyRegionCheck.checked = True
    assert len(reader.walk.places) == 4


def test_a_sample_is_not_run_through_nor_a_scan_left_by_a_key_that_is_pressed_twice_quickly(reader):
    reader.open("scan-1")
    reader.review.next()
    reader.ui.alikeButton.click()
    reader.pump(lambda: reader.list.kin is not None, PATIENCE)
    reader.look_at_leisure(0.0)
    seen = reader.walk.current
    reader.review.select(seen)
    reader.ui.alikeButton.click()
    assert reader.walk.current == seen
    assert "only just come into sight: look at it, then press Ctrl+D." in reader.review.message.text
    assert "to look at first" in reader.ui.worklistMessage.text, "what the key does next is still said"
    for _ in range(2):
        reader.review.look.looked()
        reader.ui.alikeButton.click()
    reader.ui.alikeButton.click()
    assert not reader.verified().any(), "the last of the sample was not looked at"
    reader.review.look.looked()
    reader.ui.alikeButton.click()
    np.testing.assert_array_equal(reader.verified(), verified(*SPOTS[:3]))


def test_a_scan_that_has_only_just_come_is_not_left_by_the_second_of_two_quick_presses(reader):
    reader.deal()
    reader.look_at_leisure(0.0)
    reader.list.next_scan()
    first = reader.list.course.dealt.regions[0].case
    reader.arrived(first)
    reader.list.next_scan()
    assert "look at it, then press Ctrl+N." in reader.review.message.text
    reader.pump(seconds=0.2)
    assert reader.desk.shown.name == first
    reader.review.look.looked()
    reader.list.next_scan()
    reader.pump(lambda: reader.desk.shown is not None and reader.desk.shown.name != first, PATIENCE)
