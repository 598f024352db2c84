"""What every library and whole-loop test starts from."""

from oneprocess import _limits_as_they_were, _torch_as_it_begins
from slicerhost.fixtures import grab, load_module, pump, rendering, running_host, settled, slicer_host

__all__ = [
    "_limits_as_they_were",
    "_torch_as_it_begins",
    "grab",
    "load_module",
    "pump",
    "rendering",
    "running_host",
    "settled",
    "slicer_host",
]
