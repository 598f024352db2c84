"""Who may do what: one row for each operation, and what has no row nobody may do.

Annotators read and label. Trainers also run the study: they make data sets, bring scans in, order jobs and take models
out. Admins also erase. `resources.cases` looks closer where one operation does two things: a new case and
another image need a trainer, another label does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.routing import compile_path

from dualnetssl.contract.schema import Role

_DATASET = "/v1/datasets/{dataset}"
_CASE = f"{_DATASET}/cases/{{case}}"
_DRAFT = f"{_CASE}/drafts/{{annotator:path}}"


@dataclass(frozen=True)
class Rule:
    """What an operation needs.

    Attributes:
        role: the least one; None lets everybody in, without a token.
        sees: whether it reads a scan, label, prediction or model, so that the audit has a line of each time.
        local: whether a request from this computer needs no token.
    """

    role: Role | None
    sees: bool = False
    local: bool = False


_OPEN = Rule(None)
_ANNOTATOR = Rule(Role.ANNOTATOR)
_READER = Rule(Role.ANNOTATOR, sees=True)
_TRAINER = Rule(Role.TRAINER)
_EXPORTER = Rule(Role.TRAINER, sees=True)
_ADMIN = Rule(Role.ADMIN)
_MONITOR = Rule(Role.ANNOTATOR, local=True)

RULES: Mapping[tuple[str, str], Rule] = {
    ("GET", "/"): _OPEN,
    ("HEAD", "/"): _OPEN,
    ("GET", "/page/{file}"): _OPEN,
    ("HEAD", "/page/{file}"): _OPEN,
    ("GET", "/v1/health"): _OPEN,
    ("GET", "/v1/ready"): _MONITOR,
    ("GET", "/v1/metrics"): _MONITOR,
    ("GET", "/v1/openapi.json"): _ANNOTATOR,
    ("HEAD", "/v1/openapi.json"): _ANNOTATOR,
    ("GET", "/v1/server"): _ANNOTATOR,
    ("GET", "/v1/whoami"): _ANNOTATOR,
    ("HEAD", "/v1/blobs/{sha256}"): _ANNOTATOR,
    ("GET", "/v1/blobs/{sha256}"): _READER,
    ("PATCH", "/v1/blobs/{sha256}"): _ANNOTATOR,
    ("GET", "/v1/datasets"): _ANNOTATOR,
    ("POST", "/v1/datasets"): _TRAINER,
    ("GET", _DATASET): _ANNOTATOR,
    ("DELETE", _DATASET): _ADMIN,
    ("GET", f"{_DATASET}/worklist"): _ANNOTATOR,
    ("POST", f"{_DATASET}/worklist/next"): _ANNOTATOR,
    ("GET", f"{_DATASET}/cases"): _ANNOTATOR,
    ("GET", _CASE): _READER,
    ("PUT", _CASE): _ANNOTATOR,
    ("DELETE", _CASE): _ADMIN,
    ("GET", f"{_CASE}/revisions"): _READER,
    ("GET", f"{_CASE}/predictions"): _READER,
    ("GET", f"{_CASE}/drafts"): _READER,
    ("GET", _DRAFT): _READER,
    ("PUT", _DRAFT): _ANNOTATOR,
    ("DELETE", _DRAFT): _ANNOTATOR,
    ("GET", "/v1/jobs"): _ANNOTATOR,
    ("POST", "/v1/jobs"): _TRAINER,
    ("GET", "/v1/jobs/{job}"): _ANNOTATOR,
    ("GET", "/v1/jobs/{job}/events"): _ANNOTATOR,
    ("POST", "/v1/jobs/{job}/cancel"): _TRAINER,
    ("POST", "/v1/jobs/{job}/resume"): _TRAINER,
    ("GET", "/v1/models"): _ANNOTATOR,
    ("GET", "/v1/models/{model}"): _READER,
    ("DELETE", "/v1/models/{model}"): _ADMIN,
    ("GET", "/v1/models/{model}/bundle"): _EXPORTER,
}


@dataclass(frozen=True)
class Operation:
    """What a request asks for.

    Attributes:
        method: of HTTP.
        template: address with names in place of values.
        names: the values.
        rule: what it needs.
    """

    method: str
    template: str
    names: Mapping[str, str]
    rule: Rule

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return self.method not in ("GET", "HEAD")

    @property
    def noted(self) -> bool:
        """Whether the audit has a line of it."""
        return self.writes or self.rule.sees

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


class Rulebook:
    """Finds the row of a request."""

    def __init__(self, rules: Mapping[tuple[str, str], Rule] = RULES) -> None:
        """Compile the table as the router compiles its own, so that both read an address alike."""
        self._rows = [(method, template, compile_path(template)[0], rule) for (method, template), rule in rules.items()]

    def find(self, method: str, path: str) -> Operation | None:
        """Return what a request asks for; None if no row says who may."""
        for known, template, pattern, rule in self._rows:
            found = pattern.match(path) if known == method else None
            if found is not None:
                return Operation(method, _without_convertors(template), found.groupdict(), rule)
        return None


def _without_convertors(template: str) -> str:
    """Write an address as the contract does.

    Example:
        >>> _without_convertors("/drafts/{annotator:path}")
        '/drafts/{annotator}'
    """
    return re.sub(r":\w+}", "}", template)
