"""Slicer's event loop holds the interpreter lock: a Python thread starves, a child process does not."""

from __future__ import annotations

import sys
import threading
import time

CHILD = "import time\nfor step in range(200):\n    time.sleep(0.001)\nprint('finished')"


class Steps:
    """A thread that waits shortly many times, as one that reads an answer from the network does."""

    def __init__(self):
        self.made = 0
        self._stop = False
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def _run(self):
        while not self._stop:
            threading.Event().wait(0.001)
            self.made += 1

    def __exit__(self, *_):
        self._stop = True
        self._thread.join()


def steps_of_a_thread(slicer_host):
    """How many steps a thread makes while the event loop mostly waits, for a second in all."""
    end = time.monotonic() + 1
    with Steps() as steps:
        while time.monotonic() < end:
            slicer_host.loop.once(50)
        return steps.made


def test_a_thread_starves_while_the_lock_is_held(slicer_host):
    free = steps_of_a_thread(slicer_host)
    with slicer_host.loop.holding_the_lock():
        held = steps_of_a_thread(slicer_host)
    assert 0 < held < free / 2


def test_a_child_process_works_while_the_lock_is_held(slicer_host):
    import qt

    child = qt.QProcess()
    with slicer_host.loop.holding_the_lock():
        child.start(sys.executable, ["-c", CHILD])
        assert child.waitForStarted()
        slicer_host.pump(lambda: child.state() == qt.QProcess.NotRunning, seconds=60)
    assert bytes(child.readAllStandardOutput()).decode().strip() == "finished"
