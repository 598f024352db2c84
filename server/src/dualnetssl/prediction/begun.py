"""What a prediction that is broken off leaves in its folder, so that the next one goes on: a row for each scan done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dualnetssl.contract.jobspec import JobCase
from dualnetssl.scans.digests import sha256_of

_DIGITS = 16


@dataclass(frozen=True)
class Begun:
    """The rows of scans that are done, in files beside their predictions.

    Attributes:
        output: folder of the predictions.
        made_by: names weights and choices: what others have left unfinished there is never taken for ours.
    """

    output: Path
    made_by: str
    _known: dict[str, Path] = field(default_factory=dict)

    def path(self, case: JobCase) -> Path:
        """Return where the row of a scan lies; a scan that was replaced under its name has another one.

        Its file is read for that when a scan is asked for first.

        Raises:
            OSError: it cannot be read.
        """
        if case.case not in self._known:
            made_of = sha256_of(Path(case.image))[:_DIGITS]
            self._known[case.case] = self.output / f".{case.case}.{self.made_by}-{made_of}.json"
        return self._known[case.case]

    def has_row(self, case: JobCase, probabilities: bool) -> bool:
        """Whether a scan was done by a run that was broken off, with all that is wanted of it."""
        path = self.path(case)
        return path.exists() and (not probabilities or "probabilities" in json.loads(path.read_bytes()))

    def clear(self, cases: Sequence[JobCase]) -> None:
        """Remove the rows of scans."""
        for case in cases:
            self.path(case).unlink(missing_ok=True)
