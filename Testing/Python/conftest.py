"""What every library and whole-loop test starts from."""

from __future__ import annotations

import sys

import pytest
from slicerhost.fixtures import grab, load_module, pump, rendering, running_host, slicer_host

__all__ = ["grab", "load_module", "pump", "rendering", "running_host", "slicer_host"]


@pytest.fixture(autouse=True)
def _one_torch_thread():
    """Keep tests on one core where torch is in use, without pulling it into those that do without."""
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(1)
