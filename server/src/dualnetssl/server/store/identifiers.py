"""Names of new things, and of files."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from dualnetssl.contract.errors import NotFound


def new_id(kind: str) -> str:
    """Return an identifier that nobody can guess and that tells what it names.

    Example:
        >>> new_id("job").startswith("job_"), len(new_id("job"))
        (True, 20)
    """
    return f"{kind}_{secrets.token_hex(8)}"


def anything(name: str) -> bool:
    """Return true, whatever the file or job."""
    return True


def require_files(present: Callable[[str], bool], *digests: str | None) -> None:
    """Refuse a row that would name a file which was erased since it was looked at.

    Raises:
        NotFound: one of the files is gone.
    """
    for digest in digests:
        if digest is not None and not present(digest):
            raise NotFound(
                f"blob {digest}, which was erased meanwhile", "a blob that is here", "Upload the file again."
            )
