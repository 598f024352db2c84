"""What every server test starts from."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def _torch_as_it_begins():
    """Keep tests on one core where torch is in use, without pulling it into those that do without.

    A job that ran in this very process has switched off the smallest floats, which hypothesis needs.
    """
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(1)
        torch.set_flush_denormal(False)
