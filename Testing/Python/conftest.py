"""What every library and whole-loop test starts from."""

from oneprocess import _limits_as_they_were, _nothing_in_the_users_cache, _torch_as_it_begins
from slicerhost.fixtures import grab, load_module, pump, rendering, running_host, slicer_host

__all__ = [
    "_limits_as_they_were",
    "_nothing_in_the_users_cache",
    "_torch_as_it_begins",
    "grab",
    "load_module",
    "pump",
    "rendering",
    "running_host",
    "slicer_host",
]
