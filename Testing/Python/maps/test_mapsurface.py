"""The map of one label, and the surface of a prediction with the map on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from panelserver import GEOMETRY

from DualNetSSLLib.client.errors import InvalidRequest, NotFound
from DualNetSSLLib.client.records import Geometry, Prediction
from DualNetSSLLib.maps.classmap import class_map, only_about
from DualNetSSLLib.maps.mapsurface import KEPT, map_surface, surface_parts
from DualNetSSLLib.maps.surfacenets import mean_around, net_around, normals_of
from DualNetSSLLib.tasks.call import Desk, Task
from DualNetSSLLib.tasks.reports import CachedPrediction, CachedVolume

MILLIMETRES = Geometry(size=(40, 40, 40), spacing=(1, 1, 1), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))


def ball(size=40, radius=12.0):
    grid = np.indices((size,) * 3) - (size - 1) / 2
    return (grid**2).sum(axis=0) < radius**2


def closed(faces):
    """Whether every edge is run along as often one way as the other."""
    edges = np.concatenate([faces[:, [n, (n + 1) % 4]] for n in range(4)])
    forth = {}
    for start, end in edges.tolist():
        forth[start, end] = forth.get((start, end), 0) + 1
        forth[end, start] = forth.get((end, start), 0) - 1
    return not any(forth.values())


def test_a_label_keeps_the_doubt_within_it_and_directly_beside():
    segmentation = np.zeros((6, 7, 8), np.uint8)
    segmentation[2, 3, 4], segmentation[5, 6, 7] = 7, 2
    values = np.random.default_rng(0).random(segmentation.shape, np.float32)
    found = only_about(values, segmentation, 7)
    near = {(2, 3, 4), (1, 3, 4), (3, 3, 4), (2, 2, 4), (2, 4, 4), (2, 3, 3), (2, 3, 5)}
    assert set(map(tuple, np.argwhere(found))) == near
    assert all(found[place] == values[place] for place in near)
    assert found.dtype == np.float32
    assert not only_about(values, segmentation, 9).any()


def test_the_surface_of_a_ball_is_round_closed_and_looks_outwards():
    net = net_around(ball())
    out = net.points - 19.5
    distance = np.linalg.norm(out, axis=1)
    assert np.abs(distance - 12).max() < 1.0
    assert distance.std() < 0.25
    assert closed(net.faces)
    assert ((normals_of(net.points, net.faces) * out).sum(axis=1) / distance).min() > 0.8


@pytest.mark.parametrize("flip", [1.0, -1.0])
def test_a_surface_lies_where_its_voxels_are_in_any_orientation(flip):
    axes = np.reshape(GEOMETRY.direction, (3, 3)) * (1.0, 1.0, flip)
    geometry = replace(GEOMETRY, direction=tuple(axes.reshape(-1).tolist()))
    mask = np.zeros(geometry.size[::-1], bool)
    mask[4:9, 6:14, 5:17] = True
    parts = surface_parts(mask, mask.astype(np.float32), geometry)
    first, last = np.array((5, 6, 4)), np.array((16, 13, 8))
    lps = axes * geometry.spacing @ ((first + last) / 2) + geometry.origin
    middle = lps * (-1, -1, 1)
    np.testing.assert_allclose((parts["points"].max(0) + parts["points"].min(0)) / 2, middle, atol=0.01)
    out = parts["points"] - middle
    assert ((parts["normals"] * out).sum(axis=1) > 0).all()


def test_the_mean_doubt_of_the_voxels_about_a_point_is_told():
    mask, values = ball(), np.zeros((40, 40, 40), np.float32)
    values[:, :, 25:] = 0.25
    net = net_around(mask)
    assert set(mean_around(values, net.cubes)) == {0.0, 0.125, 0.25}
    parts = surface_parts(mask, values, MILLIMETRES)
    right = -parts["points"][:, 0]
    np.testing.assert_allclose(parts["values"][right > 30.5], 0.25)
    np.testing.assert_allclose(parts["values"][right < 18], 0.0)
    between = parts["values"][(right > 22) & (right < 27)]
    assert np.corrcoef(between, right[(right > 22) & (right < 27)])[0, 1] > 0.9


def test_a_large_mask_is_made_coarser_and_stays_where_it_is():
    parts = surface_parts(ball(), ball().astype(np.float32), MILLIMETRES, finest=8)
    fine = surface_parts(ball(), ball().astype(np.float32), MILLIMETRES)
    assert len(parts["points"]) < len(fine["points"]) / 4
    np.testing.assert_allclose(parts["points"].mean(axis=0), fine["points"].mean(axis=0), atol=1.0)
    distance = np.linalg.norm(parts["points"] - np.array((-19.5, -19.5, 19.5)), axis=1)
    assert np.abs(distance - 12).max() < 3.5
    assert surface_parts(np.zeros((40, 40, 40), bool), np.zeros((40, 40, 40)), MILLIMETRES) is None


@pytest.fixture
def task(tmp_path):
    return Task(Desk(tmp_path), lambda _progress: None)


@pytest.fixture
def prediction(tmp_path):
    """What a model said, in the cache of this computer: liver in the middle, doubt all over."""
    segmentation = np.zeros(GEOMETRY.size[::-1], np.uint8)
    segmentation[4:9, 6:14, 5:17] = 7
    doubt = np.random.default_rng(0).random(segmentation.shape, np.float32)
    volumes = {}
    for name, voxels in (("segmentation", segmentation), ("uncertainty", doubt), ("disagreement", doubt / 2)):
        np.save(tmp_path / f"{name}.npy", voxels)
        file = str(tmp_path / f"{name}.npy")
        volumes[name] = CachedVolume(file=file, geometry=GEOMETRY, digest=name, low=0.0, high=1.0)
    said = Prediction(case="scan", model="m", created=0.0, summary={}, **dict.fromkeys(volumes, "d"))
    return CachedPrediction(prediction=said, **volumes)


def test_the_map_of_a_label_is_made_once_for_each_kind(task, prediction):
    total, apart = (class_map(task, prediction, 7, kind) for kind in ("uncertainty", "disagreement"))
    segmentation, doubt = np.load(prediction.segmentation.file), np.load(prediction.uncertainty.file)
    np.testing.assert_array_equal(np.load(total.file), only_about(doubt, segmentation, 7))
    np.testing.assert_array_equal(np.load(apart.file), only_about(doubt / 2, segmentation, 7))
    np.save(prediction.uncertainty.file, doubt * 0)
    assert class_map(task, prediction, 7) == total
    assert class_map(task, prediction, 2).digest != total.digest
    with pytest.raises(InvalidRequest, match="Choose from uncertainty, disagreement"):
        class_map(task, prediction, 7, "entropy")


def test_a_surface_is_kept_and_old_ones_go(task, prediction):
    file = map_surface(task, prediction, 7)
    with np.load(file) as parts:
        assert parts["points"].shape == parts["normals"].shape == (len(parts["values"]), 3)
        assert parts["faces"].max() == len(parts["points"]) - 1
    assert map_surface(task, prediction) != file
    with pytest.raises(NotFound, match="not found this label"):
        map_surface(task, prediction, 2)
    for number in range(KEPT + 3):
        other = replace(prediction, uncertainty=replace(prediction.uncertainty, digest=str(number)))
        map_surface(task, other)
    assert len(list((task.desk.folder / "surfaces").iterdir())) == KEPT


def test_the_map_counts_beyond_the_mask_too_and_at_the_end_of_the_scan():
    mask = np.zeros((12, 12, 12), bool)
    mask[4:, 4:8, 4:8] = True
    for finest in (128, 3):
        parts = surface_parts(
            mask, np.full((12, 12, 12), 0.5, np.float32), replace(MILLIMETRES, size=(12, 12, 12)), finest
        )
        np.testing.assert_allclose(parts["values"], 0.5)
