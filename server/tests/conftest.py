"""What every server test starts from."""

from oneprocess import _limits_as_they_were, _torch_as_it_begins

__all__ = ["_limits_as_they_were", "_torch_as_it_begins"]
