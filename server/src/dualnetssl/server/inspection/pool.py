"""A few inspectors that are kept warm, so that checks have a bounded memory and hardly a cost to begin."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path

from dualnetssl.contract.errors import ProblemError
from dualnetssl.server.inspection.facts import CaseFacts, Question, gave_up
from dualnetssl.server.inspection.process import COMMAND, WARM, Inspector, ask_once

PARALLEL = 2
"""Checks at a time; each takes at most what `dualnetssl.server.inspection.inspector` allows itself."""
SECONDS = 20.0
"""Time of a check, beside what its size asks for."""
_CHECKS_EACH = 500


class Inspectors:
    """Checks cases; safe to share between threads, of which it lets `PARALLEL` in and the others wait."""

    def __init__(self, parallel: int = PARALLEL, seconds: float = SECONDS, command: Sequence[str] = COMMAND) -> None:
        """Start processes as they are needed.

        Args:
            parallel: checks at a time.
            seconds: time of a check, beside what its size asks for; then its process is killed.
            command: starts an inspector.
        """
        self._free = threading.BoundedSemaphore(parallel)
        self._lock = threading.Lock()
        self._idle: list[tuple[Inspector, int]] = []
        self._all: set[Inspector] = set()
        self._seconds, self._command = seconds, command
        self._closed = False

    def __call__(
        self,
        image: Path,
        label: Path | None = None,
        verified: Path | None = None,
        uncertainty: Path | None = None,
        *,
        allowed_values: Collection[int] = (),
        max_voxels: int,
        rewrite_to: Path | None = None,
    ) -> CaseFacts:
        """Check the volumes of a case, and that label and mask lie on the image.

        Args:
            image: file of the scan.
            label: file of its label, if there is one.
            verified: file of the mask of verified voxels (0 and 1), if there is one.
            uncertainty: map of a prediction of the same scan, if there is one.
            allowed_values: values that the label may have besides 0.
            max_voxels: largest volume to accept.
            rewrite_to: an empty folder, for files that are not in the form that the server keeps; None: none are made.

        Raises:
            InvalidVolume: a file is no usable volume, or its reader crashed or did not come to an end.
            GeometryMismatch: label or mask do not lie on the image.
            InvalidLabelValue: values outside the label set, or a mask of other values than 0 and 1.
            VolumeTooLarge: over the cap.
            DiskFull: there is no room for what has to be written.
        """
        given = {"image": image, "label": label, "verified": verified, "uncertainty": uncertainty}
        files = {role: path for role, path in given.items() if path is not None}
        roles = files.keys() - {"uncertainty"} if rewrite_to is not None else ()
        outputs = {role: Path(rewrite_to or "") / f"{role}.nrrd" for role in files if role in roles}
        question = Question(files, outputs, allowed_values, max_voxels)
        with self._free:
            return self._ask(question) if WARM else ask_once(question, self._seconds)

    def close(self) -> None:
        """End all inspectors, those at work as well."""
        with self._lock:
            self._closed = True
            inspectors, self._all = self._all, set()
            self._idle.clear()
        for inspector in inspectors:
            inspector.end()

    def protection(self) -> tuple[str, ...]:
        """Tell what keeps inspectors from file system and network; empty: nothing but limits.

        Raises:
            OSError: no inspector can be started.
        """
        if not WARM:
            return ()
        inspector, checks = self._take()
        inspector.wait_until_ready()
        self._give_back(inspector, checks)
        return inspector.protection

    def _ask(self, question: Question) -> CaseFacts:
        inspector, checks = self._take()
        healthy = False
        try:
            facts = inspector.ask(question, self._seconds)
            healthy = True
            return facts
        except ProblemError:
            healthy = True  # a refusal is an answer like any other
            raise
        except TimeoutError as error:
            raise gave_up(f"a file whose check did not end within {self._seconds:g} seconds") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise gave_up("a file on which its reader crashed") from error
        finally:
            if healthy and checks + 1 < _CHECKS_EACH:
                self._give_back(inspector, checks + 1)
            else:
                self._drop(inspector)

    def _take(self) -> tuple[Inspector, int]:
        with self._lock:
            if self._idle:
                return self._idle.pop()
            if self._closed:
                raise gave_up("a file that came while the server stopped")
            inspector = Inspector(self._command)
            self._all.add(inspector)
            return inspector, 0

    def _give_back(self, inspector: Inspector, checks: int) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append((inspector, checks))

    def _drop(self, inspector: Inspector) -> None:
        with self._lock:
            self._all.discard(inspector)
        inspector.end()


def inspect_case(
    image: Path,
    label: Path | None = None,
    verified: Path | None = None,
    uncertainty: Path | None = None,
    *,
    allowed_values: Collection[int] = (),
    max_voxels: int,
) -> CaseFacts:
    """Check one case with an inspector of its own; see `Inspectors`."""
    with closing(Inspectors(1)) as inspectors:
        return inspectors(image, label, verified, uncertainty, allowed_values=allowed_values, max_voxels=max_voxels)


def protection() -> tuple[str, ...]:
    """Tell what keeps inspectors on this computer from file system and network.

    Raises:
        OSError: no inspector can be started.
    """
    with closing(Inspectors(1)) as inspectors:
        return inspectors.protection()
