"""What became of a server under a fault, and the survival table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from dualnetssl_bench.findings.frame import Findings


class Verdict(str, Enum):
    """How a fault ended."""

    SURVIVED = "survived"
    REFUSED = "refused with a sentence"
    LOST = "LOST"
    CRASHED = "CRASHED"
    SKIPPED = "skipped"


BAD = (Verdict.LOST, Verdict.CRASHED)


@dataclass(frozen=True)
class Outcome:
    """One row of the table.

    Attributes:
        verdict: how it ended.
        detail: what was seen: the sentence, what was lost, or why the fault was not tried.
        figures: what was counted.
    """

    verdict: Verdict
    detail: str
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def bad(self) -> bool:
        """Whether something was lost, or fell over without a sentence.

        Example:
            >>> Outcome(Verdict.LOST, "2 of 3 blobs").bad, Outcome(Verdict.SKIPPED, "no root").bad
            (True, False)
        """
        return self.verdict in BAD


def survived(detail: str, **figures: Any) -> Outcome:
    """Everything that was acknowledged is there, and the server works."""
    return Outcome(Verdict.SURVIVED, detail, figures)


def lost(losses: Sequence[str], **figures: Any) -> Outcome:
    """Something that was acknowledged is not there."""
    more = f" and {len(losses) - 1} more" if len(losses) > 1 else ""
    return Outcome(Verdict.LOST, losses[0] + more, figures | {"losses": list(losses)})


def crashed(detail: str, **figures: Any) -> Outcome:
    """A traceback, an unexplained end, or no end at all."""
    return Outcome(Verdict.CRASHED, detail, figures)


def skipped(reason: str) -> Outcome:
    """The fault cannot be made here."""
    return Outcome(Verdict.SKIPPED, reason)


def findings(rows: dict[str, Outcome]) -> Findings:
    """Return the survival table, with what was seen below it.

    Example:
        >>> print(findings({"kill -9": Outcome(Verdict.SURVIVED, "3 writes")}).text())
        fault     verdict
        kill -9  survived
        <BLANKLINE>
        kill -9: 3 writes
    """
    return Findings(
        name="faults",
        header=["fault", "verdict"],
        rows=[[name, row.verdict.value] for name, row in rows.items()],
        figures={name: asdict(row) | {"verdict": row.verdict.value} for name, row in rows.items()},
        notes=tuple(f"{name}: {row.detail}" for name, row in rows.items()),
    )
