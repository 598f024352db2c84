"""What keeps tests of one process apart: each file's tests follow others in it."""

from __future__ import annotations

import os
import shutil
import sys

import pytest
from hypothesis import HealthCheck, settings

# On a busy computer a test is slow, and no worse for that.
settings.register_profile("at leisure", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("at leisure")

LIMITS = () if sys.platform == "win32" else ("RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_NOFILE")
"""Windows has none. Asked once: a test may say that this is another system."""

_ROOM = 1 << 40


def limits():
    """What this process may take at most."""
    if not LIMITS:
        return {}
    import resource

    return {name: resource.getrlimit(getattr(resource, name)) for name in LIMITS}


@pytest.fixture(autouse=True)
def _limits_as_they_were():
    """Fail a test that leaves this process with less than it had: else a later one fails, in another file."""
    before = limits()
    yield
    assert limits() == before


@pytest.fixture(autouse=True)
def _torch_as_it_begins():
    """Keep tests on one core where torch is in use, without pulling it into those that do without.

    A job that ran in this very process has switched off the smallest floats, which hypothesis needs.
    """
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(1)
        torch.set_flush_denormal(False)


@pytest.fixture(scope="session", autouse=True)
def _nothing_in_the_users_cache():
    """Leave the cache of whoever runs the tests alone; what tests the cache names a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        if "DUALNETSSL_PREPARED" not in os.environ:
            patch.setenv("DUALNETSSL_PREPARED", "none")
        yield


@pytest.fixture(scope="session", autouse=True)
def _room_on_the_disk():
    """Free space enough for anything: what a test finds must not hang on how full this computer's disk is.

    A test of a disk that fills up sets its own figure over this one.
    """
    asked = shutil.disk_usage

    def roomy(path):
        found = asked(path)
        return found._replace(total=max(found.total, _ROOM), free=max(found.free, _ROOM))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "disk_usage", roomy)
        yield
