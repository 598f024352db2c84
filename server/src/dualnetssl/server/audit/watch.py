"""Whether the record is whole, looked at while a server writes to it; and accepting that it is not.

A broken record does not keep a server from work: the chain goes on, so that the gap shows for good, and whoever watches
over the server is told until somebody who runs it has accepted the gap, in the record itself.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from dualnetssl.server.audit.chain import ACCEPT, NAME, files, reason
from dualnetssl.server.audit.record import Audit
from dualnetssl.server.audit.verify import Finding, look, unreadable, verify

LOOK_SECONDS = 60.0
"""Between two thoughts whether to read the record, which a `Watch` does when something is wrong."""
_WHOLE_SECONDS = 24 * 3600.0
"""Between two readings of a record with which nothing is wrong: a large one takes many seconds."""
_MARKS = 500
"""Findings that one line accepts, so that no line is too long."""
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
    with suppress(OSError), audit.held():  # a line may have been read while it was written
        return verify(audit.folder, audit.anchors.read())
    return number, findings  # nobody can write at all: what was seen is what is there


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

    Raises:
        AuditFailed: the record cannot be read or written.
        DiskFull: there is no room for the entry.
    """
    if not _open_findings(audit):
        return []
    audit.append({**fields, "what": ACCEPT, "outcome": "begun"}, flush=True)  # where lines are missing, it shows here
    accepted: list[Finding] = []
    while found := _accept_some(audit, fields):
        accepted += found
    return accepted


def _open_findings(audit: Audit) -> list[Finding]:
    found = [finding for finding in looked_through(audit)[1] if not finding.accepted]
    for finding in found:
        if finding.unreadable:
            raise unreadable(f"'{finding.file}', line {finding.line}: {finding.what}")
    return found


def _accept_some(audit: Audit, fields: Mapping[str, str]) -> list[Finding]:
    """Enter that some findings are known, with the hash over all lines before the entry: these are to stay."""
    found = [finding for finding in _open_findings(audit) if finding.mark][:_MARKS]
    marks = {finding.mark for finding in found}

    def seen() -> Mapping[str, Any]:
        before = look(audit.folder, audit.anchors.read())
        known = [one.mark for one in before.findings if one.mark in marks]
        return {**fields, "what": ACCEPT, "accepted": known, "before": before.digest, "outcome": "done"}

    if found:
        audit.append_seen(seen, flush=True)
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
        if self._audit.failed:
            return f"cannot be written ({self._audit.failed}); run 'dualnetssl audit verify'"
        if self._word == _OK and os.path.lexists(self._audit.folder / NAME):
            return _OK if (self._audit.folder / NAME).is_file() else "'audit.jsonl' is not a file"
        return self._word

    def look_if_due(self) -> None:
        """Read the record, if it is time to."""
        now = time.monotonic()
        if now >= self._next or self.word() != _OK:
            self._look()
            self._next = now + _WHOLE_SECONDS

    def _look(self) -> None:
        """Read the record; a look that fails, for whatever reason, is no good word.

        Raises:
            Exception: what it failed for.
        """
        self._audit.short = False
        try:
            self._judge([finding for finding in looked_through(self._audit)[1] if not finding.accepted])
            if self._word == _OK:
                self._audit.probe()
        except Exception as error:
            self._word = f"could not be looked through ({reason(error)}); the server's log says more"
            raise
        self._audit.failed = ""

    def _judge(self, wrong: list[Finding]) -> None:
        if wrong and self._word == _OK:
            logging.getLogger(__name__).error("the audit is not as it was written: %s", wrong[0].what)
        closed = next((finding for finding in wrong if finding.unreadable), None)
        if closed is not None:
            self._word = f"'{closed.file}' {closed.what}; run 'dualnetssl audit verify'"
        else:
            self._word = _BROKEN if wrong else _OK
