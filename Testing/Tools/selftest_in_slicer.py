"""Given to Slicer as ``--python-script``: runs the module's own test, and ends Slicer with 0 or 1."""

from __future__ import annotations

import sys
import traceback

import slicer

NAME = "DualNetSSL"


def run() -> int:
    """Run the test as the button *Reload and Test* does; returns the exit status."""
    try:
        slicer.util.selectModule(NAME)
        slicer.selfTests[NAME](msec=0)
    except BaseException:  # whatever it was: Slicer must end, nobody is there to close it
        traceback.print_exc()
        return 1
    print(f"The self-test of {NAME} has passed.")
    return 0


status = run()
sys.stdout.flush()
slicer.util.exit(status)
