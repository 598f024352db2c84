"""A scan that nobody has touched yet: nothing of it is verified, and a prediction that comes begins its label."""

from __future__ import annotations

import numpy as np
import pytest
from panelfixtures import client, server
from panelserver import PATIENCE
from predictedscan import TRUTH, untouched
from reviewfixtures import predict

__all__ = ["client", "server", "untouched"]


@pytest.mark.parametrize(("mode", "nothing"), [("slices", "0 of 3 slices"), ("boxes", "0 of 1 boxes")])
def test_of_a_scan_that_nobody_has_touched_nothing_is_said_to_be_verified(untouched, mode, nothing):
    """It opens as one that is labelled as a whole, and said of itself that all three slices were verified."""
    untouched.choose("whole")
    assert untouched.desk.shown.whole
    assert untouched.ui.vouchCombo.currentIndex == 0
    untouched.choose(mode)
    assert nothing in untouched.ui.slicesProgress.text
    assert "0.0 % of the scan" in untouched.ui.slicesProgress.text
    assert untouched.ui.vouchCombo.currentIndex == 1
    assert not untouched.desk.modified, "to look at a scan in another way is no work on it"
    untouched.choose("whole")
    assert untouched.desk.shown.whole, "nothing was done to it"
    assert untouched.ui.vouchCombo.currentIndex == 0


def test_a_prediction_that_comes_for_the_open_scan_is_there_to_be_corrected(untouched, client, server, tmp_path):
    """*Next step* leads to the scan that was open while the model learnt: it stayed empty, under the map."""
    predict(server, client, untouched.panel.state.dataset, ["scan-1"], tmp_path, segmentation=TRUTH)
    untouched.panel.context.loader.refresh()
    untouched.pump(lambda: untouched.desk.shown.opened.prediction is not None, PATIENCE)
    assert "begins with the prediction" in untouched.said
    np.testing.assert_array_equal(untouched.panel.painted(), TRUTH)
    assert "0 of 3 slices" in untouched.ui.slicesProgress.text
    assert not untouched.desk.modified


def test_a_prediction_that_comes_while_somebody_paints_changes_nothing_of_that(untouched, client, server, tmp_path):
    untouched.paint(np.s_[4])
    before = untouched.panel.painted()
    predict(server, client, untouched.panel.state.dataset, ["scan-1"], tmp_path, segmentation=TRUTH)
    untouched.panel.context.loader.refresh()
    untouched.pump(lambda: untouched.desk.shown.opened.prediction is not None, PATIENCE)
    np.testing.assert_array_equal(untouched.panel.painted(), before)
