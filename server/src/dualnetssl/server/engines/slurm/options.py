"""What can be chosen about jobs at a cluster, checked before Slurm sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dualnetssl.contract.errors import InvalidRequest

FREE_OPTIONS = (
    "account",
    "constraint",
    "exclude",
    "gres",
    "licenses",
    "nice",
    "nodelist",
    "qos",
    "reservation",
    "tmp",
)
"""Options of sbatch that somebody may add: those that say where and at whose cost a job runs, and nothing else.

What runs, where it writes and which variables it sees is ours to say.
"""

_VALUE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.,:;=*|&()\[\]@/+-]{0,199}")
_PARTITION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.,-]{0,199}")
_SIGNAL_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class SlurmOptions:
    """What a job asks of the cluster.

    Attributes:
        partition: where it may run; several with commas. None: the cluster's own choice.
        gpus: for each training; a prediction takes one at most. 0: on CPUs.
        cpus: cores.
        memory_gb: 10^9 bytes of memory; None: as much as the job is estimated to need.
        hours: after which a job makes room for others. It goes on from there when its turn comes again.
        jobs: most that are at the cluster at a time.
        extra: further options of sbatch, see `FREE_OPTIONS`.
    """

    partition: str | None = None
    gpus: int = 1
    cpus: int = 8
    memory_gb: float | None = None
    hours: float = 8.0
    jobs: int = 16
    extra: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is none of these.

        Raises:
            InvalidRequest: a partition that is no name, or an option of sbatch that is not taken.
        """
        if self.partition is not None and not _PARTITION.fullmatch(self.partition):
            raise InvalidRequest(
                f"--slurm-partition {self.partition!r:.80}",
                "the name of a partition, or several with commas",
                "Take a name that 'sinfo' shows, or leave it out.",
            )
        for option in self.extra:
            name, sign, value = option.partition("=")
            if name not in FREE_OPTIONS or not sign or not _VALUE.fullmatch(value):
                raise InvalidRequest(
                    f"--slurm-option {option!r:.80}",
                    f"NAME=VALUE without spaces, NAME one of {', '.join(FREE_OPTIONS)}",
                    "Write for instance --slurm-option account=radiology.",
                )

    def arguments(self, memory_bytes: int | None, gpus: int) -> list[str]:
        """Return what sbatch is told of room, time and place.

        Args:
            memory_bytes: that the job is estimated to need; None if nobody knows, and the cluster's own choice holds.
            gpus: that it takes, of those that were chosen.
        """
        memory = memory_bytes if self.memory_gb is None else int(self.memory_gb * 1e9)
        minutes = max(1, round(self.hours * 60))
        return [
            "--nodes=1",
            "--ntasks=1",
            f"--cpus-per-task={self.cpus}",
            f"--time={minutes}",
            f"--signal=B:USR1@{min(_SIGNAL_SECONDS, minutes * 30)}",
            *([f"--mem={-(-memory // 2**20)}M"] if memory is not None else []),
            *([f"--gpus={gpus}"] if gpus else []),
            *([f"--partition={self.partition}"] if self.partition else []),
            *(f"--{option}" for option in self.extra),
        ]
