"""The batch script: constant text, to which every value comes as an argument, so that no value is ever read as code."""

from __future__ import annotations

from dualnetssl.contract.jobdir import PAUSED_STATUS

STATUS_FILE = "worker.status"
"""Holds the exit status of the last worker in its job directory; away while one runs."""

SCRIPT = f"""#!/bin/sh
# DualNetSSL: runs one worker in its job directory, which is where Slurm starts this; tasks of an array have one each.
cd "./${{SLURM_ARRAY_TASK_ID:-.}}" || exit 1
exec >>worker.log 2>&1
rm -f {STATUS_FILE}
export OMP_NUM_THREADS="${{OMP_NUM_THREADS:-${{SLURM_CPUS_PER_TASK:-1}}}}"

"$@" &
worker=$!
# the time is nearly up: the worker stops after its present step, and the next one goes on from there
trap ': >pause' USR1
trap 'kill -TERM "$worker"' TERM
while wait "$worker"; status=$?; kill -0 "$worker" 2>/dev/null; do :; done  # a signal ends wait before the worker ends

if [ -e pause ] && [ ! -e result.json ]; then
    scontrol requeue "$SLURM_JOB_ID" && exit 0
    status={PAUSED_STATUS}
fi
echo "$status" >{STATUS_FILE}.part && mv {STATUS_FILE}.part {STATUS_FILE}
exit "$status"
"""


def exit_status(text: str) -> int | None:
    r"""Read what the script wrote down: negative for a signal, None for nothing.

    Example:
        >>> exit_status("0\n"), exit_status("137\n"), exit_status("")
        (0, -9, None)
    """
    if not text.strip().isdecimal():
        return None
    status = int(text)
    return 128 - status if status > 128 else status
