"""What every server test starts from, and which files are begun first."""

from oneprocess import (
    _limits_as_they_were,
    _nothing_in_the_users_cache,
    _room_on_the_disk,
    _torch_as_it_begins,
)

__all__ = ["_limits_as_they_were", "_nothing_in_the_users_cache", "_room_on_the_disk", "_torch_as_it_begins"]

BEGUN_FIRST = frozenset(
    f"test_{name}.py"
    for name in (
        *(
            "architecture",
            "slurm_cluster",
            "recovery",
            "hanging_checks",
            "export",
            "fault_judging",
            "loop_resume",
            "accuracy",
        ),
        *("validation", "backup", "serve", "slurm", "supervisor", "parallel", "label_by_slices", "mending", "review"),
    )
)
"""Files that take longest: one that is begun last leaves the other workers without work until it ends."""


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.name not in BEGUN_FIRST)
