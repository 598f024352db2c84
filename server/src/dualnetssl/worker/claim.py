"""A folder of the user's as a job directory: new, or with the same training in it, which goes on."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from dualnetssl.contract.errors import Conflict
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.jobspec import JobSpec

_SHOWN = 3


def claim(
    directory: JobDirectory,
    spec: JobSpec,
    say: Callable[[str], object],
    warn: Callable[[str], object] | None = None,
) -> bool:
    """Make the output folder a job directory, or find the same training in it.

    Args:
        directory: the folder.
        spec: what is to be done there.
        say: told when an unfinished training is taken up again.
        warn: told if its files were changed since it was ordered; ``say`` if absent.

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
    before = directory.read_spec()
    same = _real(before).same_work(_real(spec))
    if not same and not begun(directory):
        say("What was ordered here before never came to its first checkpoint: this one takes its place.")
        directory.withdraw_cancel()
        directory.events_path.unlink(missing_ok=True)
        directory.create(spec)
        return True
    if not same:
        other = ", ".join(differences(before, spec))
        received = f"the folder {directory.path}, which holds a training with other scans or options: {other}"
        raise Conflict(received, "a new folder, or the same training again", _remedy(directory, before, spec))
    result = directory.read_result()
    finished = result is not None and result.outcome == "succeeded"
    if changed := changed_since(directory, before):
        (warn or say)(_of_changes(directory, changed, finished))
    if finished:
        return False
    directory.withdraw_cancel()
    say(f"Going on with the unfinished training in {directory.path}.")
    return True


def changed_since(directory: JobDirectory, spec: JobSpec) -> tuple[str, ...]:
    """Return the names of scans and labels that were written since a training was ordered, by the times of files.

    Those that it made for itself are called by what they were made of, and never change.
    """
    ordered, own = directory.spec_path.stat().st_mtime_ns, directory.path.resolve()
    files = (Path(part) for case in spec.cases for part in (case.image, case.label, case.verified) if part is not None)
    theirs = (path for path in files if own not in path.resolve().parents and path.exists())
    return tuple(path.name for path in theirs if path.stat().st_mtime_ns > ordered)


def _of_changes(directory: JobDirectory, changed: Sequence[str], finished: bool) -> str:
    more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
    what = f"Written since this training was ordered: {', '.join(changed[:_SHOWN])}{more}."
    if not finished:
        return f"{what} From here on it learns what is in there now."
    return f"{what} It has not learnt that: choose another --output and add --model {directory.model_path} to go on."


def _real(spec: JobSpec) -> JobSpec:
    """Return an order with its files where they really are, so that it is the same by links or past them."""

    def real(path: str | None) -> str | None:
        return path and os.path.realpath(path)

    cases = [
        case.model_copy(update={part: real(getattr(case, part)) for part in ("image", "label", "verified")})
        for case in spec.cases
    ]
    return spec.model_copy(update={"cases": tuple(cases)})


def begun(directory: JobDirectory) -> bool:
    """Tell whether a training has anything that would be lost."""
    result = directory.read_result()
    kept = (directory.checkpoint_path, directory.previous_checkpoint_path, directory.model_path)
    return any(path.exists() for path in kept) or (result is not None and result.outcome == "succeeded")


def differences(before: JobSpec, now: JobSpec) -> list[str]:
    """Name what two orders do not have in common: scans, labels, fields of the configuration with both values."""
    found = [words for name, words in _PARTS.items() if getattr(before, name) != getattr(now, name)]
    old, new = (spec.train.model_dump() if spec.train else {} for spec in (before, now))
    return found + [f"{name} ({old.get(name)}, not {new[name]})" for name in new if old.get(name) != new[name]]


_PARTS = {
    "kind": "kind of job",
    "labels": "classes",
    "cases": "scans or labels",
    "model": "model to start from",
    "device": "device",
}


def _remedy(directory: JobDirectory, before: JobSpec, now: JobSpec) -> str:
    result = directory.read_result()
    if before.train and now.train and result is not None and result.model:
        more = now.train.steps > before.train.steps
        reason = "To train for more steps" if more else "To train on from what it learnt"
        return f"{reason}, choose another --output and add --model {directory.model_path}; or repeat the first options."
    return "Choose another output folder; or repeat the options of the first time, and it goes on where it stopped."
