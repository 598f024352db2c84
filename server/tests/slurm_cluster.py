"""A real Slurm of one node: munged, slurmctld and slurmd as children, all their files in one folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol")


def missing() -> str | None:
    """Say why there cannot be one here; None if there can."""
    if not hasattr(os, "getuid") or os.getuid() != 0:
        return "slurmd runs as root alone"
    absent = [name for name in NEEDED if shutil.which(name, path=_path()) is None]
    return f"no {', '.join(absent)} here: 'make slurm' installs them on Debian" if absent else None


def _path() -> str:
    return os.pathsep.join([os.environ["PATH"], "/usr/sbin"])


class Cluster:
    """The daemons; ``log`` is a folder with all that they said."""

    def __init__(self, folder: Path, cpus: int = 2) -> None:
        self.log = folder
        self.conf = folder / "slurm.conf"
        self._children: dict[str, subprocess.Popen] = {}
        for name in ("state", "spool"):
            (folder / name).mkdir()
        (folder / "munge").mkdir(mode=0o711)
        (folder / "munge" / "key").write_bytes(os.urandom(128))
        (folder / "munge" / "key").chmod(0o600)
        self.conf.write_text(self._settings(cpus))

    def _settings(self, cpus: int) -> str:
        host, folder = socket.gethostname().partition(".")[0], self.log
        ports = [_free_port() for _ in range(2)]
        return "\n".join(
            [
                "ClusterName=test",
                f"SlurmctldHost={host}(127.0.0.1)",
                "SlurmUser=root",
                "AuthType=auth/munge",
                # a job that is requeued waits for the end of its credential: seconds here, minutes elsewhere
                f"AuthInfo=socket={folder}/munge/socket,cred_expire=5",
                f"SlurmctldPort={ports[0]}",
                f"SlurmdPort={ports[1]}",
                f"StateSaveLocation={folder}/state",
                f"SlurmdSpoolDir={folder}/spool",
                f"SlurmctldPidFile={folder}/slurmctld.pid",
                f"SlurmdPidFile={folder}/slurmd.pid",
                f"SlurmctldLogFile={folder}/slurmctld.log",
                f"SlurmdLogFile={folder}/slurmd.log",
                "ProctrackType=proctrack/linuxproc",
                "TaskPlugin=task/none",
                "MpiDefault=none",
                "MailProg=/bin/true",
                "SelectType=select/cons_tres",
                "SelectTypeParameters=CR_CPU_Memory",
                "JobAcctGatherType=jobacct_gather/none",
                "SchedulerParameters=sched_interval=2,bf_interval=2",
                "ReturnToService=2",
                "KillWait=2",
                f"NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=4000",
                "SlurmdParameters=config_overrides",
                f"PartitionName=scans Nodes={host} Default=YES MaxTime=INFINITE State=UP",
                "",
            ]
        )

    def start(self) -> None:
        munge = self.log / "munge"
        files = [f"--{name}={munge}/{file}" for name, file in _MUNGE.items()]
        self._run("munged", "--foreground", "--force", *files)
        _until(lambda: (munge / "socket").exists())
        self.start_controller()
        self._run("slurmd", "-D", "-f", str(self.conf))
        _until(lambda: "idle" in self.ask("sinfo", "--noheader", "--format=%T"))

    def start_controller(self) -> None:
        self._run("slurmctld", "-D", "-f", str(self.conf))
        _until(lambda: "UP" in self.ask("scontrol", "ping"))

    def kill_controller(self) -> None:
        child = self._children.pop("slurmctld")
        child.kill()
        child.wait()

    def stop(self) -> None:
        if "slurmd" in self._children:  # jobs outlive their node's daemon
            if "slurmctld" not in self._children:
                self.start_controller()
            self.ask("scancel", "--me")
            _until(lambda: not self.ask("squeue", "--noheader"))
        for name in ("slurmd", "slurmctld", "munged"):
            child = self._children.pop(name, None)
            if child is not None:
                child.terminate()
                child.wait(timeout=60)

    def ask(self, *command: str) -> str:
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment, check=False)
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PATH": _path(), "SLURM_CONF": str(self.conf)}

    def _run(self, name: str, *options: str) -> None:
        with (self.log / f"{name}.out").open("ab") as said:
            program = shutil.which(name, path=_path())
            self._children[name] = subprocess.Popen(
                [program, *options], stdout=said, stderr=said, stdin=subprocess.DEVNULL, env=self.environment
            )


_MUNGE = {
    "key-file": "key",
    "socket": "socket",
    "pid-file": "pid",
    "log-file": "log",
    "seed-file": "seed",
}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _until(done) -> None:
    deadline = time.monotonic() + 120
    while not done():
        assert time.monotonic() < deadline, "Slurm did not come up"
        time.sleep(0.1)
