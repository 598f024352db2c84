"""Workers as jobs of a Slurm cluster, by the programs that every cluster has: ``sbatch``, ``squeue``, ``scancel``."""

from dualnetssl.server.engines.slurm.engine import SlurmEngine
from dualnetssl.server.engines.slurm.options import SlurmOptions

__all__ = ["SlurmEngine", "SlurmOptions"]
