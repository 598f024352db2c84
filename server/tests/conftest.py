"""What every server test starts from."""

from oneprocess import _limits_as_they_were, _nothing_in_the_users_cache, _torch_as_it_begins

__all__ = ["_limits_as_they_were", "_nothing_in_the_users_cache", "_torch_as_it_begins"]
