"""The small picture of an answer: it stands as a radiologist looks at a patient, and shows what changes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from DualNetSSLLib.mending.miniature import REMOVED, miniature

GREEN = {5: (0, 200, 0)}
SHAPE = (6, 7, 8)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("signs", [(1, 1, 1), (-1, 1, -1), (1, -1, 1), (-1, -1, -1)])
@pytest.mark.parametrize("thick", [0, 1, 2])
def test_right_is_left_and_anterior_and_head_are_on_top_however_a_scan_lies(order, signs, thick):
    directions = np.zeros((3, 3))
    directions[list(order), range(3)] = signs
    spacing = np.ones(3)
    spacing[thick] = 2.0
    world = [np.indices(SHAPE)[2 - axis] * sign for axis, sign in enumerate(signs)]
    patient = dict(zip(order, world, strict=True))  # how far left, back and up each voxel lies
    still = np.zeros(SHAPE, np.uint8)
    answer = still.copy()
    answer[tuple(n // 2 for n in SHAPE)] = 5
    seen = sorted({0, 1, 2} - {order[2 - thick]})
    columns, rows = seen[0], seen[1]
    for way, axis, growing in ((rows, 0, 1 if rows == 1 else -1), (columns, 1, 1)):
        picture = miniature(patient[way], still, answer, GREEN, (spacing, directions)).pixels.astype(int)
        edges = np.take(picture, 0, axis=axis)[0, 0], np.take(picture, -1, axis=axis)[-1, 0]
        assert (edges[1] - edges[0]) * growing > 100


def test_it_shows_the_slice_that_changes_most_what_is_gained_and_what_is_lost():
    label, answer = np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, np.uint8)
    label[2, 1, 1:4] = answer[2, 1, 1] = answer[2, 4, 4] = 5
    label[4, 0, 0] = 5
    small = miniature(np.zeros(SHAPE), label, answer, GREEN, (np.array([3.0, 1.0, 0.5]), np.eye(3)))
    assert small.pixels.shape == (*SHAPE[1:], 3)
    assert small.size_mm == (4.0, 7.0)
    assert small.pixels[4, 4].tolist() == [0, 140, 0]
    assert small.pixels[1, 1].tolist() == [0, 50, 0]
    assert small.pixels[1, 2].tolist() == [round(0.7 * part) for part in REMOVED]
