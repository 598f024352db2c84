"""A folder of the user's as a job directory: new, or with the same training in it, which goes on."""

from __future__ import annotations

from collections.abc import Callable

from dualnetssl.contract.errors import Conflict
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.jobspec import JobSpec


def claim(directory: JobDirectory, spec: JobSpec, say: Callable[[str], object]) -> bool:
    """Make the output folder a job directory, or find the same training in it.

    Args:
        directory: the folder.
        spec: what is to be done there.
        say: told when an unfinished training is taken up again.

    Returns:
        False if that training is finished, True if there is something to do.

    Raises:
        Conflict: the folder holds another training, or this one is running elsewhere.
    """
    if not directory.spec_path.exists():
        directory.create(spec)
        return True
    if directory.worker_alive():
        raise Conflict("a folder in which a training is running", "one training a folder", "Wait for it to end.")
    if directory.read_spec() != spec:
        received = f"the folder {directory.path}, which holds a training with other scans or options"
        remedy = (
            "Choose another output folder; or repeat the options of the first time, and it goes on where it stopped."
        )
        raise Conflict(received, "a new folder, or the same training again", remedy)
    result = directory.read_result()
    if result is not None and result.outcome == "succeeded":
        return False
    directory.withdraw_cancel()
    say(f"Going on with the unfinished training in {directory.path}.")
    return True
