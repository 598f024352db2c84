"""Phantoms with lesions: as rare and as small as they are said to be; the table counts what was found."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from dualnetssl import volumes
from dualnetssl.scans.intensity import normalise_mr
from dualnetssl_bench.experiments import lesion_phantoms, lesions
from dualnetssl_bench.experiments.series import Outcome


def test_lesions_are_small_and_rare_and_most_vanish_on_the_coarse_grid():
    labels = [lesion_phantoms.scan_and_label(seed)[1] for seed in range(8)]
    sizes = [size for label in labels for size in np.bincount(ndimage.label(label, np.ones((3, 3, 3)))[0].ravel())[1:]]
    assert 4 <= min(sizes) <= max(sizes) <= 60
    share = np.mean([label.mean() for label in labels])
    assert 0.5e-4 < share < 4e-4
    coarse = [label[:, 1::3, 1::3].sum() for label in labels]
    assert sum(few < 4 for few in coarse) > len(labels) / 2


def test_the_same_scans_are_written_once(tmp_path):
    found = lesion_phantoms.material(tmp_path, 1, 1, 1)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert lesion_phantoms.material(tmp_path, 1, 1, 1) == found
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before
    assert [case.label is not None for case in found.cases(1)] == [True, False]
    spacings = [volumes.probe(case.image).geometry.spacing for case in found.train]
    assert spacings == [lesion_phantoms.FINE, lesion_phantoms.COARSE]


def result(grid, seed, found, alarms):
    counted = [{"case": "a", "sizes": [5, 40], "found": [found, True], "false_alarms": alarms}]
    evaluation = {"mean": {"dice": 0.5}}
    return {"name": grid, "seed": seed, "sources": "x", "evaluation": evaluation, "lesions": counted}


def test_the_table_has_sensitivity_by_size_beside_dice():
    outcome = Outcome((result("centred", 0, True, 1), result("median grid", 0, False, 0)))
    rows = lesions.findings(outcome, {}).rows
    assert rows == [
        ["centred", "1", "0.500", "1.000", "1.000", "-", "1.000", "1.00"],
        ["median grid", "1", "0.500", "0.500", "0.000", "-", "1.000", "0.00"],
    ]
    planned = lesions.plan([0, 1], 3)
    assert [(each.name, each.seed, each.overrides) for each in planned[:5]] == [
        ("centred", 0, {}),
        ("anywhere", 0, {"focus": 0.0}),
        ("median grid", 0, {"spacing": [2.4, 1.8, 1.8]}),
        ("bright", 0, {}),
        ("centred", 1, {}),
    ]


def test_normalisation_keeps_lesions_apart_from_veins():
    """Bright ones lie beyond the 99.5th percentile of MR: clipped, they would be made alike with vessels."""
    for sign in (-1, 1):
        scan, label = lesion_phantoms.scan_and_label(3, sign)
        image = normalise_mr(scan)
        others = image[(label == 0) & (scan > 100)]
        extreme = np.percentile(sign * others, 99.9)
        assert float(np.median(sign * image[label > 0]) - extreme) > 0.25
