"""A worker whose network costs a fixed time: it waits for it and writes maps of a given size.

Run as ``python -m dualnetssl_bench.servers.stand_in SECONDS KILOBYTES JOBDIR``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from dualnetssl.contract.jobdir import EventLog, JobDirectory, JobResult, write_atomic
from dualnetssl.contract.seals import write_seals

PARTS = {
    "segmentation": "seg.nrrd",
    "uncertainty": "uncertainty.nrrd",
    "disagreement": "disagreement.nrrd",
    "opinions": "opinions.npz",
}


def predict(directory: JobDirectory, seconds: float, size: int) -> JobResult:
    """Take ``seconds`` a scan, and write four files of ``size`` bytes for it that no other scan has."""
    folder = directory.predictions_path
    folder.mkdir(exist_ok=True)
    log, rows = EventLog(directory), []
    cases = directory.read_spec().cases
    for done, case in enumerate(cases, start=1):
        time.sleep(seconds)
        names = {part: f"{case.case}.{ending}" for part, ending in PARTS.items()}
        for name in names.values():
            (folder / name).write_bytes(os.urandom(size))
        rows.append({"case": case.case, **names, "summary": {"mean_uncertainty": 0.1, "expected_error_ml": 1.0}})
        log.append("predicted", case=case.case, done=done, total=len(cases))
    write_atomic(folder / "predictions.json", json.dumps({"cases": rows}).encode())
    write_seals(folder, [f"{case.case}.{ending}" for case in cases for ending in PARTS.values()])
    return JobResult(outcome="succeeded", predictions=True)


def main() -> None:
    """Do the job of the directory named last."""
    seconds, kilobytes, path = sys.argv[1:]
    directory = JobDirectory(Path(path))
    with directory.worker_lock():
        directory.write_result(predict(directory, float(seconds), int(float(kilobytes) * 1024)))


if __name__ == "__main__":
    main()
