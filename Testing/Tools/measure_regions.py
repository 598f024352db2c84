"""Measures how long the regions of a large scan take as the threshold moves.

    python Testing/Tools/measure_regions.py [--size 512 512 300] [--shares 0.005 0.02] [--rounds 3] [--json FILE]

The map is made: shells of doubt about many organs, as a network's are, until a share of all voxels is above 0.3. It
lies in memory-mapped files, as in the panel's background process, and every answer's voxels are written to one. Wall is
what passes, busy what the process works: on a computer that does other things as well, only that is its own doing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from DualNetSSLLib.client.records import Geometry
from DualNetSSLLib.regions.finder import Finder, Query
from DualNetSSLLib.regions.uncertain_voxels import gather_uncertain

SPACING = (0.7, 0.7, 1.0)
THRESHOLDS = np.arange(0.05, 0.96, 0.05)


def make_maps(size, share, rng):
    """Return a map and a segmentation ``[k, j, i]`` of ellipsoids, as many as give the share of doubt."""
    doubt, labels = np.zeros(size[::-1], np.float32), np.zeros(size[::-1], np.uint8)
    number = 0
    while (doubt > 0.3).mean() < share:
        number += 1
        middle = [rng.uniform(0.15, 0.85) * length for length in doubt.shape]
        radius = [rng.uniform(0.05, 0.14) * size[0] * SPACING[0] / step for step in SPACING[::-1]]
        box = tuple(
            slice(max(0, int(m - 1.3 * r)), min(n, int(m + 1.3 * r)))
            for m, r, n in zip(middle, radius, doubt.shape, strict=True)
        )
        z, y, x = np.ogrid[box]
        away = np.sqrt(sum(((axis - m) / r) ** 2 for axis, m, r in zip((z, y, x), middle, radius, strict=True)))
        mm = abs(away - 1) * radius[0] * SPACING[2]
        sharp = 2 + np.sin(z / 9) * np.sin(y / 11) * np.sin(x / 7)
        doubt[box] = np.maximum(doubt[box], np.exp(-mm / sharp))
        labels[box][away < 1] = 1 + number % 3
    doubt *= 0.9 + 0.1 * rng.random(doubt.shape, dtype=np.float32)
    return doubt, labels


def clocks():
    """What has passed and what was worked, in ms."""
    return 1000 * np.array([time.perf_counter(), time.process_time()])


def measure(size, share, rounds, folder):
    """Return the time of the first look, and of each answer, in ms; and the number of regions of each."""
    for name, voxels in zip(("doubt", "labels"), make_maps(size, share, np.random.default_rng(0)), strict=True):
        np.save(folder / f"{name}.npy", voxels)
    maps = [np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("doubt", "labels")]
    geometry = Geometry(
        size=tuple(size), spacing=SPACING, origin=(0.0, 0.0, 0.0), direction=(1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0)
    )
    start = clocks()
    finder = Finder(gather_uncertain(*maps, geometry, classes=4))
    first = clocks() - start
    times, counts = [], []
    for threshold in np.tile(THRESHOLDS, rounds):
        start = clocks()
        found = finder.find(Query(threshold=float(threshold)))
        np.save(folder / "voxels.npy", found.voxels)
        times.append(clocks() - start)
        counts.append(len(found.regions))
    return {
        "share above 0.3": float((maps[0] > 0.3).mean()),
        "share kept": len(finder.cells.flat) / maps[0].size,
        "first": first.tolist(),
        "times": np.array(times).tolist(),
        "regions": counts,
    }


def row(found):
    """Lay out one measurement."""
    wall, busy = np.array(found["times"]).T
    cells = [f"{value:.0f}" for part in (wall, busy) for value in np.percentile(part, (50, 95, 100))]
    first = " / ".join(f"{value / 1000:.1f}" for value in found["first"])
    share, kept = (f"{100 * found[name]:.1f} %" for name in ("share above 0.3", "share kept"))
    return [share, kept, first, *cells, f"{min(found['regions'])} to {max(found['regions'])}"]


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, nargs=3, default=(512, 512, 300), help="voxels along i, j, k")
    parser.add_argument("--shares", type=float, nargs="+", default=(0.005, 0.02), help="of the voxels above 0.3")
    parser.add_argument("--rounds", type=int, default=3, help="through all thresholds")
    parser.add_argument("--json", type=Path, help="also write all times here")
    options = parser.parse_args()
    results = []
    for share in options.shares:
        with tempfile.TemporaryDirectory(prefix="dualnetssl-regions-") as folder:
            results.append(measure(options.size, share, options.rounds, Path(folder)))
    head = ["above 0.3", "above 0.02", "first look, s: wall / busy", "wall p50", "p95", "max", "busy p50", "p95", "max"]
    print(" | ".join([*head, "regions"]))
    for found in results:
        print(" | ".join(row(found)))
    if options.json is not None:
        options.json.write_text(json.dumps(results))


if __name__ == "__main__":
    main()
