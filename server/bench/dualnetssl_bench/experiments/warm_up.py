"""The supervised warm-up that many variations have in common, trained once and handed on.

A checkpoint is the whole state of a training, and resuming from it equals never having stopped, bit for bit. So a
training may begin at the end of another's warm-up if all that could have mattered by then is equal: scans, code, and
every field of the configuration but those of `LATER`, which act on unlabelled patches or on the second cycle alone.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.jobspec import JobSpec
from dualnetssl.contract.schema import Event
from dualnetssl.method.step import TERMS
from dualnetssl_bench.experiments.rhythm import warm_steps

LATER = frozenset(
    {
        "preset",
        *(f"{name}_weight" for name in TERMS),
        "ramp",
        "contrast_ramp",
        "directions",
        "teacher",
        "pseudo_labels",
        "reliable_share",
        "align",
        "copy_paste",
        "unlabelled_per_step",
        "checkpoint_every",
        "report_every",
    }
)
"""Fields that change nothing before the warm-up ends."""


def warm_up_key(spec: JobSpec, sources: str) -> str:
    """Return a name made of all that decides the state at the end of a training's warm-up.

    Args:
        spec: the training.
        sources: digest of the code.
    """
    assert spec.train is not None  # noqa: S101 - only trainings warm up
    decisive = spec.model_dump(mode="json", exclude={"train"})
    decisive["train"] = spec.train.model_dump(mode="json", exclude=set(LATER))
    text = json.dumps([decisive, sources], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@dataclass(frozen=True)
class WarmUps:
    """Ends of warm-ups that several trainings go through.

    Attributes:
        folder: where they are kept.
        sources: digest of the code.
        shared: keys of those that are worth keeping.
    """

    folder: Path
    sources: str
    shared: frozenset[str]

    def begin(self, directory: JobDirectory, spec: JobSpec) -> bool:
        """Let a training that has not begun start at the end of a warm-up that is there; tells whether it does."""
        kept = self._path(spec)
        if not kept.exists() or directory.checkpoint_path.exists():
            return False
        _copy(kept, directory.checkpoint_path)
        return True

    def keep(self, directory: JobDirectory, spec: JobSpec, event: Event) -> None:
        """Keep the checkpoint that an event tells of, if it is the end of a shared warm-up."""
        assert spec.train is not None  # noqa: S101 - only trainings warm up
        if event.kind != "checkpoint" or (event.model_extra or {})["step"] != warm_steps(spec.train):
            return
        kept = self._path(spec)
        if kept.stem in self.shared and not kept.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            _copy(directory.checkpoint_path, kept)

    def _path(self, spec: JobSpec) -> Path:
        return self.folder / f"{warm_up_key(spec, self.sources)}.pt"


def shared_by(specs: Iterable[JobSpec], sources: str) -> frozenset[str]:
    """Return the keys of the warm-ups that at least two trainings go through."""
    counts = Counter(warm_up_key(spec, sources) for spec in specs if spec.train and warm_steps(spec.train))
    return frozenset(key for key, count in counts.items() if count > 1)


def _copy(source: Path, target: Path) -> None:
    part = target.with_name(f"{target.name}.part")
    shutil.copyfile(source, part)
    part.replace(target)
