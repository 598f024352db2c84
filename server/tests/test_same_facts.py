"""What the server and the library must both know, though neither imports the other, is the same on both sides."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualnetssl.cli import monitor
from dualnetssl.contract import config
from dualnetssl.files import formats
from dualnetssl.intake import folders
from dualnetssl.method import networks
from dualnetssl.server import settings
from dualnetssl.volumes.expected_error import expected_error_ml
from DualNetSSLLib.client import address
from DualNetSSLLib.panel.training import curves
from DualNetSSLLib.regions.uncertain_voxels import expected_error
from DualNetSSLLib.scans import add_scans
from DualNetSSLLib.tasks import user_folders

STEMS = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=200)


@given(STEMS | STEMS.map(lambda stem: f"{stem}_0000"))
def test_the_name_of_a_case(stem):
    assert folders.case_name(stem) == add_scans.case_name(stem)


def test_a_label_of_nnunet_pairs_with_its_scan(tmp_path):
    for part, name in (("images", "liver_7_0000.nii.gz"), ("labels", "liver_7.nii.gz")):
        (tmp_path / part).mkdir()
        (tmp_path / part / name).touch()
    assert folders.list_volumes(tmp_path / "images", "images").files.keys() == {"liver_7"}
    assert folders.list_volumes(tmp_path / "labels", "labels").files.keys() == {"liver_7"}


def test_the_endings_of_volumes():
    assert set(formats.ENDINGS) == set(add_scans.ENDINGS)


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
    assert monitor.mean_losses(losses) == curves.mean_of_networks(losses)


@given(st.tuples(*[st.sampled_from([0.3, 0.5, 1.0, 1.9, 2.0, 3.0, 5.0])] * 3))
def test_what_a_patch_must_divide_by(spacing):
    assert config.divisor_for(spacing) == networks.patch_divisor(networks.plan_levels(spacing))
