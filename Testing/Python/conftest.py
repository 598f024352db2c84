"""What every library and whole-loop test starts from."""

import pytest
from forkedagent import forked_agents
from oneprocess import (
    _limits_as_they_were,
    _nothing_in_the_users_cache,
    _room_on_the_disk,
    _torch_as_it_begins,
)
from slicerhost.fixtures import grab, load_module, pump, rendering, running_host, settled, slicer_host

__all__ = [
    "_limits_as_they_were",
    "_nothing_in_the_users_cache",
    "_room_on_the_disk",
    "_torch_as_it_begins",
    "forked_agents",
    "grab",
    "load_module",
    "pump",
    "rendering",
    "running_host",
    "settled",
    "slicer_host",
]


@pytest.fixture(autouse=True)
def _background_at_once(request, monkeypatch):
    """A panel's background process is forked, not started; see `forkedagent`."""
    if "load_module" in request.fixturenames:
        command = request.getfixturevalue("forked_agents")
        monkeypatch.setattr("DualNetSSLLib.background.session.agent_command", lambda: list(command))
