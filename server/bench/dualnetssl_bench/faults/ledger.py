"""What clients were promised, and whether the server still has it: asked for through the API, blobs hashed again."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from DualNetSSLLib.client.client import Client
    from DualNetSSLLib.client.records import Case


@dataclass(frozen=True)
class Promise:
    """One acknowledged write.

    Attributes:
        kind: ``data set``, ``blob`` or ``revision``.
        title: for people.
        broken: asks the server and says what is wrong, or None.
    """

    kind: str
    title: str
    broken: Callable[[Client], str | None]


@dataclass
class Ledger:
    """Every acknowledged write of all clients, in the order of the acknowledgements."""

    _promises: list[Promise] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def dataset(self, identifier: str, name: str) -> None:
        """The server said that it made a data set."""
        self._add("data set", identifier, lambda client: _differs(client.dataset(identifier).name, name))

    def blob(self, digest: str) -> None:
        """The server said that a blob is whole."""
        self._add("blob", digest[:12], lambda client: blob_fault(client, digest))

    def revision(self, case: Case) -> None:
        """The server said that this is a revision of a case; its files are promised with it."""
        self._add("revision", f"{case.case}, revision {case.revision}", lambda client: _revision_fault(client, case))

    def _add(self, kind: str, title: str, broken: Callable[[Client], str | None]) -> None:
        with self._lock:
            self._promises.append(Promise(kind, title, broken))

    def __len__(self) -> int:
        return len(self._promises)

    def counts(self) -> dict[str, int]:
        """Return how many writes of each kind were acknowledged."""
        kinds = [promise.kind for promise in self._promises]
        return {kind: kinds.count(kind) for kind in ("data set", "blob", "revision")}

    def losses(self, client: Client, since: int = 0) -> list[str]:
        """Ask for every acknowledged write from number ``since`` on; what is wrong, in words."""
        return [loss for promise in self._promises[since:] if (loss := _loss(client, promise)) is not None]


def _loss(client: Client, promise: Promise) -> str | None:
    from DualNetSSLLib.client.errors import DualNetSSLError

    try:
        fault = promise.broken(client)
    except DualNetSSLError as error:
        fault = f"{type(error).__name__}: {error}"
    return None if fault is None else f"{promise.kind} {promise.title}: {fault}"


def _differs(found: object, promised: object) -> str | None:
    return None if found == promised else f"is {found!r}, was acknowledged as {promised!r}"


def blob_fault(client: Client, digest: str) -> str | None:
    """Fetch a blob and hash what comes; what is wrong, or None."""
    with tempfile.TemporaryDirectory(prefix="dualnetssl-faults-") as folder:
        path = client.download(digest, Path(folder) / "blob")
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    return _differs(found, digest)


def _revision_fault(client: Client, case: Case) -> str | None:
    found = {revision.revision: revision for revision in client.revisions(case.dataset, case.case)}
    if case.revision not in found:
        return f"is not among the revisions {sorted(found)}"
    kept = found[case.revision]
    if client.case(case.dataset, case.case).revision < case.revision:
        return "the case has fallen back to an older revision"
    pairs = [(getattr(kept, role), getattr(case, role)) for role in ("image", "label", "verified")]
    digests = [promised for _, promised in pairs if promised is not None]
    faults = [_differs(*pair) for pair in pairs] + [blob_fault(client, digest) for digest in digests]
    return next(filter(None, faults), None)


def whole_blobs(root: Path) -> set[str]:
    """Return the digests of the files below a folder whose name is the SHA-256 of their bytes, wherever they lie."""
    files = [path for path in root.rglob("*") if path.is_file() and len(path.name) == 64]
    return {path.name for path in files if hashlib.sha256(path.read_bytes()).hexdigest() == path.name}


def missing_blobs(before: set[str], root: Path) -> Sequence[str]:
    """Return what is wrong with files that were whole before."""
    gone = sorted(before - whole_blobs(root))
    return [f"{len(gone)} of {len(before)} files of the blobs are gone or changed"] if gone else []
