"""Names of new things."""

from __future__ import annotations

import secrets


def new_id(kind: str) -> str:
    """Return an identifier that nobody can guess and that tells what it names.

    Example:
        >>> new_id("job").startswith("job_"), len(new_id("job"))
        (True, 20)
    """
    return f"{kind}_{secrets.token_hex(8)}"
