"""Slicer's event loop holds the interpreter lock: a Python thread starves, a child process does not."""

from __future__ import annotations

import sys
import threading

STEPS = 200
CHILD = f"import time\nfor step in range({STEPS}):\n    time.sleep(0.001)\nprint('finished')"


class Steps:
    """A thread that waits shortly many times, as one that reads an answer from the network does."""

    def __init__(self):
        self.made = 0
        self._go, self._stop = threading.Event(), False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        self._go.wait()
        while not self._stop and self.made < STEPS:
            threading.Event().wait(0.001)
            self.made += 1

    def start(self):
        self._go.set()

    def finish(self):
        self._stop = True
        self._thread.join()


def run_child(slicer_host, steps):
    """Let the thread and a child process do the same work until the child is done; what the child printed."""
    import qt

    child = qt.QProcess()
    child.start(sys.executable, ["-c", CHILD])
    assert child.waitForStarted()
    steps.start()
    slicer_host.pump(lambda: child.state() == qt.QProcess.NotRunning, seconds=60)
    return bytes(child.readAllStandardOutput()).decode().strip()


def test_a_thread_starves_where_a_child_process_works(slicer_host):
    steps = Steps()
    with slicer_host.loop.holding_the_lock():
        answer = run_child(slicer_host, steps)
        made = steps.made
    steps.finish()
    assert answer == "finished"
    assert made < STEPS, "the thread may run only while Python of the main thread runs"


def test_without_the_switch_the_thread_finishes(slicer_host):
    steps = Steps()
    steps.start()
    slicer_host.pump(lambda: steps.made == STEPS, seconds=60)
    steps.finish()
    assert steps.made == STEPS
