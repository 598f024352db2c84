"""Whether the record is whole, looked at while a server writes to it; and accepting that it is not.

A broken record does not keep a server from work: the chain goes on, so that the gap shows for good, and whoever watches
over the server is told until somebody who runs it has accepted the gap, in the record itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

from dualnetssl.server.audit.chain import ACCEPT, files
from dualnetssl.server.audit.record import Audit
from dualnetssl.server.audit.verify import Finding, verify

LOOK_SECONDS = 60.0
"""Between two thoughts whether to read the record, which a `Watch` does when something is wrong."""
_WHOLE_SECONDS = 24 * 3600.0
"""Between two readings of a record with which nothing is wrong: a large one takes many seconds."""
_OK = "ok"
_SHORT = "lines are missing; run 'dualnetssl audit verify'"
_BROKEN = "not as it was written; run 'dualnetssl audit verify'"


def looked_through(audit: Audit) -> tuple[int, list[Finding]]:
    """Verify a record that may be written to meanwhile; writers wait only if something seems wrong.

    Returns:
        Number of lines, and all that is wrong.
    """
    anchor = audit.anchors.read()  # before the lines: these may be ahead of it, never behind
    number, findings = verify(audit.folder, anchor)
    if not findings or not audit.folder.is_dir():
        return number, findings
    with audit.held():  # a line may have been read while it was written
        return verify(audit.folder, audit.anchors.read())


def is_missing(audit: Audit) -> bool:
    """Whether nothing is left of a record that had lines."""
    return not files(audit.folder) and audit.anchors.read() is not None


def accept(audit: Audit, fields: Mapping[str, str]) -> list[Finding]:
    """Enter in the record that what is wrong with it is known; what is changed later is found all the same.

    Args:
        audit: the record.
        fields: who accepts it, and why.

    Returns:
        What was accepted; nothing is entered where nothing is wrong.
    """
    if not any(not finding.accepted for finding in looked_through(audit)[1]):
        return []
    audit.append({**fields, "what": ACCEPT, "outcome": "begun"}, flush=True)  # where lines are missing, it shows here
    found = [finding for finding in looked_through(audit)[1] if not finding.accepted]
    audit.append({**fields, "what": ACCEPT, "accepted": [one.mark for one in found], "outcome": "done"}, flush=True)
    return found


class Watch:
    """What a server knows of its record: it is read at the start, once a day, and as long as something is wrong."""

    def __init__(self, audit: Audit) -> None:
        """Watch over a record."""
        self._audit, self._word, self._next = audit, _OK, 0.0

    def word(self) -> str:
        """Say 'ok', or what is wrong, without reading the record."""
        if self._audit.short or is_missing(self._audit):
            return _SHORT
        return self._word

    def look_if_due(self) -> None:
        """Read the record, if it is time to."""
        now = time.monotonic()
        if now >= self._next or self.word() != _OK:
            self._look()
            self._next = now + _WHOLE_SECONDS

    def _look(self) -> None:
        self._audit.short = False
        wrong = [finding for finding in looked_through(self._audit)[1] if not finding.accepted]
        if wrong and self._word == _OK:
            logging.getLogger(__name__).error("the audit is not as it was written: %s", wrong[0].what)
        self._word = _BROKEN if wrong else _OK
