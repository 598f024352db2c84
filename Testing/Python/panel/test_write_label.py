"""A label that is written while somebody paints on is written as one state of it, and the brush is not held up."""

from __future__ import annotations

import time

import numpy as np


def test_the_last_try_writes_a_copy_a_little_at_a_time_and_tells_of_which_version(slicer_host):
    from DualNetSSLLib.panel.desk.labelmap import Found
    from DualNetSSLLib.panel.desk.write_label import TRIES, _Writing

    version, begun, turns, taken = [0], [], [0], []

    def steps(copied):
        begun.append((version[0], copied is not None))
        turns.append(0)
        for piece in range(5):
            time.sleep(0.002)
            if piece == 2 and copied is not None:
                taken.append(version[0])
                copied()
            yield Found()

    job = _Writing(steps, lambda: version[0], lambda _found: None, lambda _error: None)
    while not job.work(time.perf_counter() + 0.001):
        version[0] += 1
        turns[-1] += 1
    assert [copied for _, copied in begun] == [False] * (TRIES - 1) + [True]
    assert turns[-1] >= 4, "the event loop goes round between the pieces"
    assert begun[-1][0] < job.found.version == taken[0] < version[0], "what was painted since is not in the file"


def test_a_copy_is_the_label_and_the_marks_as_they_were(slicer_host, tmp_path):
    from panelserver import GEOMETRY, LABELS, phantom

    from DualNetSSLLib.panel.common.scene import IMAGE, LABEL, Mark, add_segmentation, add_volume
    from DualNetSSLLib.panel.desk import labelmap
    from DualNetSSLLib.panel.desk.voxels import SegmentationCanvas

    image, label = phantom()
    volume = add_volume(image, GEOMETRY, "scan", Mark(IMAGE, "d", "c"), (0.0, 1.0))
    node = add_segmentation(label.copy(), GEOMETRY, LABELS, "label", Mark(LABEL, "d", "c"), volume)
    marks = np.zeros(label.shape, np.uint8)
    marks[3] = 1
    files, start = (tmp_path / "label.npy", tmp_path / "verified.npy"), labelmap.Start(label, marks)
    labelmap.SLAB_VOXELS, slab = label[0].size, labelmap.SLAB_VOXELS
    canvas, taken, pieces = SegmentationCanvas(node, GEOMETRY, LABELS), [], 0
    steps = labelmap.write_label(
        node, GEOMETRY, LABELS, files[0], verified_file=files[1], start=lambda: start, copied=lambda: taken.append(True)
    )
    while not taken:
        canvas.write(np.arange(pieces, pieces + 1), np.array([7], np.uint8))  # while room is made for the copy
        found, pieces = next(steps), pieces + 1
    labelmap.SLAB_VOXELS = slab
    assert pieces > 2 * len(label), "room for label and marks is made a slab at a time"
    wanted = label.copy()
    wanted.reshape(-1)[:pieces] = 7
    canvas.write(np.arange(label.size), np.full(label.size, 2, np.uint8))
    marks[:] = 1
    *_, found = steps
    assert found.changed == int((wanted != label).sum())
    np.testing.assert_array_equal(np.load(files[0]), wanted)
    assert np.load(files[1])[3].all()
    np.testing.assert_array_equal(np.delete(np.load(files[1]) != 0, 3, 0), np.delete(wanted != label, 3, 0))
