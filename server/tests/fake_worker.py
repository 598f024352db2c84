"""A worker that keeps the contract of the job directory and computes nothing; ``seed`` chooses how it behaves."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from filelock import Timeout

from dualnetssl.contract.jobdir import NO_ROOM_STATUS, PAUSED_STATUS, EventLog, JobDirectory, JobResult, write_atomic
from dualnetssl.contract.schema import JobKind
from dualnetssl.contract.seals import PREDICTED, write_seals

CRASHES, DEAF, NO_ROOM = 13, 14, 15
STEP_SECONDS = 0.02


def main(path: str) -> int:
    directory = JobDirectory(Path(path))
    try:
        with directory.worker_lock():
            directory.pause_path.unlink(missing_ok=True)
            if directory.read_result() is None:
                log = EventLog(directory)
                log.append("started", attempt=1, device="cpu", kind_of_job="train")
                result = work(directory, log)
                log.append("finished", outcome=result.outcome)
                directory.write_result(result)
    except Timeout:
        return 75
    return 0


def work(directory: JobDirectory, log: EventLog) -> JobResult:
    spec = directory.read_spec()
    if spec.kind is not JobKind.TRAIN:
        return predict(directory, [case.case for case in spec.cases])
    step = 0
    if directory.checkpoint_path.exists():
        step = json.loads(directory.checkpoint_path.read_bytes())
        log.append("resumed", step=step)
    while step < spec.train.steps:
        time.sleep(STEP_SECONDS)
        step += 1
        log.append("progress", step=step, steps=spec.train.steps)
        if step % spec.train.checkpoint_every == 0:
            write_atomic(directory.checkpoint_path, json.dumps(step).encode())
        if spec.train.seed == CRASHES:
            raise SystemExit(3)
        if spec.train.seed == NO_ROOM:
            raise SystemExit(NO_ROOM_STATUS)
        if directory.pause_path.exists():
            write_atomic(directory.checkpoint_path, json.dumps(step).encode())
            raise SystemExit(PAUSED_STATUS)
        if directory.cancel_requested() and spec.train.seed != DEAF:
            return export(directory, step, "cancelled")
    return export(directory, step, "succeeded")


def export(directory: JobDirectory, step: int, outcome: str) -> JobResult:
    write_atomic(directory.checkpoint_path, json.dumps(step).encode())
    directory.model_path.mkdir(exist_ok=True)
    (directory.model_path / "model.pt").write_text(f"weights after {step} steps")
    return JobResult(outcome=outcome, step=step, model=True, metrics={"step": step})


def predict(directory: JobDirectory, cases: list[str]) -> JobResult:
    directory.predictions_path.mkdir(exist_ok=True)
    rows = []
    for case in cases:
        files = {part: f"{case}.{part}.nrrd" for part in ("segmentation", "uncertainty", "disagreement")}
        files |= {"opinions": f"{case}.opinions.npz", "sheet": f"{case}.sheet.svg"}
        for part, name in files.items():
            (directory.predictions_path / name).write_text(f"{part} of {case}")
        rows.append({"case": case, **files, "summary": {"mean_uncertainty": 0.25, "predicted_dice": None}})
    write_atomic(directory.predictions_path / "predictions.json", json.dumps({"cases": rows}).encode())
    write_seals(directory.predictions_path, [row[part] for row in rows for part in PREDICTED])
    return JobResult(outcome="succeeded", predictions=True)


if __name__ == "__main__":
    Path(sys.argv[1], "pid").write_text(str(os.getpid()))
    raise SystemExit(main(sys.argv[1]))
