"""What the server and the library must both know, though neither imports the other, is the same on both sides."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualnetssl.contract import config, words
from dualnetssl.files import formats, grid
from dualnetssl.method import networks
from dualnetssl.pictures.colours import uncertainty_colours
from dualnetssl.server import settings
from dualnetssl.volumes.expected_error import expected_error_ml
from DualNetSSLLib.client import address, volumes
from DualNetSSLLib.maps import colourmap
from DualNetSSLLib.panel.training import curves
from DualNetSSLLib.regions.uncertain_voxels import expected_error
from DualNetSSLLib.scans import grids
from DualNetSSLLib.tasks import user_folders


@pytest.mark.parametrize("ending", volumes.SUFFIXES)
def test_what_is_sent_from_files_is_read_by_the_server(ending):
    assert ending in formats.ENDINGS


def test_how_near_voxels_are_the_same():
    assert grids.TOLERANCE == grid.SAME


@pytest.mark.parametrize("classes", [2, 3, 8])
def test_the_chance_that_a_voxel_is_wrong(classes):
    for value in np.linspace(0, 1, 101):
        ours = expected_error_ml(np.array([value]), (10, 10, 10), classes)
        assert ours == pytest.approx(
            float(expected_error(value, classes)), abs=1e-3
        )  # the server counts in 4096 shades


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "LOCALHOST", "10.0.0.1", "gpu", "0.0.0.0"])
def test_what_this_computer_is(host):
    assert settings.is_loopback(host) == address.is_loopback(f"http://{host}:1")


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_the_users_own_folder(system, monkeypatch):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(Path, "home", lambda: Path("home"))
    for variable in ("DUALNETSSL_DATA", "DUALNETSSL_PANEL", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(variable, raising=False)
    assert settings.default_data_folder().parent == user_folders.user_folder().parent


@pytest.mark.parametrize(
    "losses",
    [
        {},
        {"vnet": {"supervised": 1.0, "contrast": 0.5}, "residual": {"supervised": 3.0}},
        {"supervised_0": 1.0, "supervised_1": 3.0, "pseudo_1": 0.25},
    ],
)
def test_the_mean_of_both_networks(losses):
    assert words.mean_losses(losses) == curves.mean_of_networks(losses)


@given(st.tuples(*[st.sampled_from([0.3, 0.5, 1.0, 1.9, 2.0, 3.0, 5.0])] * 3))
def test_what_a_patch_must_divide_by(spacing):
    assert config.divisor_for(spacing) == networks.patch_divisor(networks.plan_levels(spacing))


def test_the_colours_of_uncertainty():
    panel = 255 * colourmap.uncertainty_colours()[:, :3]
    ours = uncertainty_colours(np.linspace(0, 1, len(panel))).astype(float)
    assert np.abs(panel - ours).max() < 2.5
