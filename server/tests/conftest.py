"""What every server test starts from."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def _one_torch_thread():
    """Keep tests on one core where torch is in use, without pulling it into those that do without."""
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(1)
