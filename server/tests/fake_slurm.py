"""A cluster of one folder: ``sbatch``, ``squeue``, ``scancel`` and ``scontrol`` as small programs for PATH.

Each job is a file of the folder. Jobs wait until a file ``run`` is there; then each runs its script as Slurm does. A
file ``away`` lets every program fail as when the controller is down, and the text of a file ``refuse`` is why sbatch
refuses.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PROGRAMS = ("sbatch", "squeue", "scancel", "scontrol")
AWAY = "slurm_load_jobs error: Unable to contact slurm controller (connect failure)"


def install(folder: Path) -> Path:
    """Put the programs into a folder and return the folder of the cluster."""
    cluster = folder / "cluster"
    cluster.mkdir(parents=True)
    for name in PROGRAMS:
        program = folder / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -IS "{__file__}" "{cluster}" {name} "$@"\n')
        program.chmod(0o755)
    return cluster


@contextlib.contextmanager
def running(folder: Path, monkeypatch) -> Iterator[Path]:
    """Put a cluster into PATH; at the end no job of it is left running."""
    cluster = install(folder)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    yield cluster
    for job in jobs(cluster):
        if "pid" in job:
            os.killpg(job["pid"], signal.SIGKILL)


def jobs(cluster: Path) -> list[dict]:
    return [json.loads(path.read_text()) for path in sorted(cluster.glob("*.json"))]


def keep(cluster: Path, job: dict) -> None:
    part = cluster / f"{job['number']}.part"
    part.write_text(json.dumps(job))
    part.replace(cluster / f"{job['number']}.json")


def read(cluster: Path, number: str) -> dict:
    return json.loads((cluster / f"{number}.json").read_text())


def sbatch(cluster: Path, words: list[str]) -> str:
    with (cluster / "calls").open("a") as calls:
        calls.write(json.dumps(words) + "\n")
    if (cluster / "refuse").exists():
        raise SystemExit((cluster / "refuse").read_text())
    if "--test-only" in words:
        return ""
    options = dict(word[2:].partition("=")[::2] for word in words if word.startswith("--"))
    command = words[next(place for place, word in enumerate(words) if not word.startswith("-")) :]
    (cluster / "count").open("a").write(".")
    number = 100 + (cluster / "count").stat().st_size
    tasks = [int(task) for task in options["array"].partition("%")[0].split(",")] if "array" in options else [None]
    for task in tasks:
        own = str(number) if task is None else f"{number}_{task}"
        job = {"number": own, "name": options["job-name"], "state": "PENDING", "options": options, "command": command}
        keep(cluster, {**job, "task": task, "environment": dict(os.environ)})
        if (cluster / "run").exists():
            words = [sys.executable, "-IS", __file__, str(cluster), "run", own]
            subprocess.Popen(words, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return f"{number};fake\n"


def run(cluster: Path, words: list[str]) -> str:
    """What a node does: the script, again if it was requeued."""
    (number,) = words
    while True:
        job = read(cluster, number) | {"state": "RUNNING", "requeued": False, "pid": os.getpid()}
        keep(cluster, job)
        own = {"SLURM_JOB_ID": number, "SLURM_CPUS_PER_TASK": job["options"]["cpus-per-task"]}
        if job["task"] is not None:
            own["SLURM_ARRAY_TASK_ID"] = str(job["task"])
        chdir = job["options"]["chdir"]
        script = subprocess.Popen(["sh", *job["command"]], cwd=chdir, env={**os.environ, **own})
        keep(cluster, job | {"script": script.pid})
        script.wait()
        if not read(cluster, number)["requeued"]:
            break
    (cluster / f"{number}.json").unlink()
    return ""


def squeue(cluster: Path, words: list[str]) -> str:
    with (cluster / "looks").open("a") as looks:
        looks.write(".")
    return "".join(f"{job['number']}|{job['name']}|{job['state']}\n" for job in jobs(cluster)) + "7|bash|RUNNING\n"


def scancel(cluster: Path, words: list[str]) -> str:
    for number in (word for word in words if not word.startswith("-")):
        job = read(cluster, number)
        if "pid" in job:
            os.killpg(job["pid"], signal.SIGKILL)
        (cluster / f"{number}.json").unlink()
    return ""


def scontrol(cluster: Path, words: list[str]) -> str:
    verb, number = words
    assert verb == "requeue"
    keep(cluster, read(cluster, number) | {"requeued": True})
    return ""


def main() -> None:
    cluster, program = Path(sys.argv[1]), sys.argv[2]
    if (cluster / "slow").exists():
        time.sleep(30)
    if (cluster / "away").exists() and program != "run":
        raise SystemExit(AWAY)
    sys.stdout.write(globals()[program](cluster, sys.argv[3:]))


if __name__ == "__main__":
    main()
