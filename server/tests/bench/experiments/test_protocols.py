"""Which scans of a protocol teach and which judge, and the literature's way to measure."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from method_support import blob, grid_of, values_of, write

from dualnetssl import volumes
from dualnetssl.cli.train import checked_config
from dualnetssl.contract.errors import InvalidDataset, InvalidRequest
from dualnetssl.method.networks import patch_divisor, plan_levels
from dualnetssl.scans.preparation import check_patch
from dualnetssl_bench.experiments import protocols, published
from dualnetssl_bench.experiments.protocols import Protocol
from dualnetssl_bench.experiments.series import PROTOCOL_NAMES

NAMES = ("d", "b", "a", "c", "e")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for part in ("images", "labels"):
        (folder / part).mkdir()
    for seed, name in enumerate(sorted(NAMES)):
        image, label = blob(seed=seed)
        write(folder / "images" / f"{name}.nrrd", image, spacing=(0.5, 0.5, 0.5))
        write(folder / "labels" / f"{name}.nrrd", values_of(label), spacing=(0.5, 0.5, 0.5))
    (folder / protocols.ORDER_FILE).write_text("\n".join(f"{name}.nrrd" for name in NAMES) + "\n")
    return folder


def names(cases):
    return [case.case for case in cases]


def test_the_first_by_name_are_labelled_and_the_last_kept_out(data, tmp_path):
    material = protocols.gather(Protocol("p", 1, 2, 10), data, tmp_path)
    assert (names(material.train), names(material.kept_out)) == (["a", "b", "c"], ["d", "e"])
    assert [case.label is not None for case in material.cases(1)] == [True, False, False]
    assert [case.label is not None for case in material.cases(3)] == [True, True, True]
    assert all(case.label is None for case in material.judges)
    assert set(material.truths) == {"d", "e"}
    assert [label.value for label in material.labels] == [3, 7]


def test_a_list_decides_the_order(data, tmp_path):
    material = protocols.gather(Protocol("p", 1, 2, 10, listed=True), data, tmp_path)
    assert (names(material.train), names(material.kept_out)) == (["d", "b", "a"], ["c", "e"])


def test_too_few_scans_and_wrong_lists_are_explained(data, tmp_path):
    with pytest.raises(InvalidDataset, match="5 scans with a label"):
        protocols.gather(Protocol("p", 1, 4, 10), data, tmp_path)
    with pytest.raises(InvalidDataset, match=r"without no\.list"):
        protocols.read_order(data / "no.list", NAMES)
    with pytest.raises(InvalidDataset, match="such as e"):
        protocols.read_order(data / protocols.ORDER_FILE, NAMES[:4])
    material = protocols.gather(Protocol("p", 1, 2, 10), data, tmp_path)
    assert protocols.check_labelled(2, material) == 2
    for wrong in (0, 3):
        with pytest.raises(InvalidRequest, match="1 to 2"):
            protocols.check_labelled(wrong, material)


def test_half_resolution_means_eight_voxels_and_is_written_once(data, tmp_path):
    protocol = Protocol("p", 1, 2, 10, listed=True, spacing_mm=1.0)
    material = protocols.gather(protocol, data, tmp_path)
    copy = tmp_path / "scans-1mm" / "images" / "d.nrrd"
    fine, _ = volumes.read_image(data / "images" / "d.nrrd")
    coarse, geometry = volumes.read_image(copy)
    k, j, i = fine.shape
    assert geometry.spacing == (1.0, 1.0, 1.0)
    assert np.allclose(coarse, fine.reshape(k // 2, 2, j // 2, 2, i // 2, 2).mean(axis=(1, 3, 5)), rtol=1e-4, atol=1e-3)
    label, label_geometry = volumes.read_label(tmp_path / "scans-1mm" / "labels" / "d.nrrd")
    assert volumes.same_geometry(geometry, label_geometry)
    assert set(np.unique(label)) == {0, 3, 7}
    copy.write_bytes((tmp_path / "scans-1mm" / "images" / "a.nrrd").read_bytes())
    before = copy.stat().st_mtime_ns
    assert names(protocols.gather(protocol, data, tmp_path).train) == names(material.train)
    assert copy.stat().st_mtime_ns == before


@pytest.mark.parametrize("protocol", [*protocols.PROTOCOLS.values(), protocols.QUICK], ids=lambda one: one.name)
def test_the_protocols_patches_fit_the_networks(protocol):
    config = checked_config({**protocol.fields, "steps": protocol.steps})
    check_patch(config.patch, patch_divisor(plan_levels((1.0, 1.0, 1.0))))


def test_every_protocol_can_be_chosen():
    assert set(PROTOCOL_NAMES) == set(protocols.PROTOCOLS)


def test_windows_lie_at_the_published_strides_and_weigh_the_same():
    image = torch.zeros((1, 1, 9, 10, 8))
    image[..., 0] = 1
    calls = []

    def believe(window):
        calls.append(window)
        return window + len(calls)

    mean = published.windowed_mean(image, (4, 4, 8), (2, 3, 8), believe, torch.device("cpu"))
    assert len(calls) == 4 * 3  # starts 0, 2, 4, 5 and 0, 3, 6
    assert mean.shape == image.shape
    assert mean[0, 0, 0, 0, 0] - mean[0, 0, 0, 0, 1] == 1
    assert mean[0, 0, 0, 0, 1] == 1
    assert mean[0, 0, 0, 3, 1] == pytest.approx((1 + 2) / 2)


def test_the_published_strides_give_the_published_windows():
    strides, patch = protocols.LEFT_ATRIUM.published_strides, protocols.LEFT_ATRIUM.fields["patch"]
    calls = []

    def believe(window):
        calls.append(window.shape)
        return window

    published.windowed_mean(torch.zeros((1, 1, 88, 142, 190)), patch, strides, believe, torch.device("cpu"))
    assert len(calls) == 3 * 3 * 6
    assert set(calls) == {(1, 1, 80, 112, 112)}


def test_voxel_figures_are_those_of_the_literature():
    truth, prediction = np.zeros((12, 12, 12), bool), np.zeros((12, 12, 12), bool)
    truth[2:6, 2:6, 2:6] = True
    prediction[2:6, 2:6, 2:9] = True
    figures = published.voxel_figures(prediction, truth)
    assert figures["dc"] == pytest.approx(2 * 64 / (64 + 112))
    assert figures["jc"] == pytest.approx(64 / 112)
    outward = [max(0, i - 5) for i in range(2, 9) for _ in range(12)] + [3] * 4 + [0] * 4  # rims, and the caps' middle
    assert figures["asd"] == pytest.approx(np.mean(outward))
    assert figures["hd95"] == 3
    assert published.voxel_figures(truth & False, truth) == {"dc": 0.0, "jc": 0.0, "hd95": None, "asd": None}


def test_the_grid_of_the_tests_is_what_it_says(data):
    array, geometry = volumes.read_label(data / "labels" / "a.nrrd")
    assert geometry == grid_of(array, spacing=(0.5, 0.5, 0.5))
