"""A label that is written while somebody paints on is written as one state of it, never as a mixture of two."""

from __future__ import annotations

import time


def test_the_last_try_writes_one_state_of_the_label_whoever_paints_meanwhile(slicer_host):
    from DualNetSSLLib.panel.desk.labelmap import Found
    from DualNetSSLLib.panel.desk.write_label import TRIES, _Writing

    version, begun, wrote = [0], [], []

    def steps():
        begun.append(version[0])
        wrote.clear()
        for _ in range(5):
            wrote.append(version[0])
            time.sleep(0.002)
            yield Found()

    job = _Writing(steps, lambda: version[0], lambda _found: None, lambda _error: None)
    while not job.work(time.perf_counter() + 0.001):
        version[0] += 1
    assert len(begun) == TRIES
    assert wrote == [begun[-1]] * 5
    assert version[0] == begun[-1], "nothing was painted that is not in the file"
