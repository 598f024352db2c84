"""Under whose name work is kept: that of the account it came from, whatever the client says.

The owner of the server's folder may name anybody who has no account: on a server for one room, which has no accounts,
the panel's field says who annotates.
"""

from __future__ import annotations

import unicodedata

from dualnetssl.contract.errors import Forbidden
from dualnetssl.contract.schema import Case, CasePut, Identity
from dualnetssl.server.api.resources.services import Services


def check_claim(services: Services, who: Identity, claimed: str) -> str:
    """Return the annotator's name for a request that says it is ``claimed``; empty: that of the account.

    Raises:
        Forbidden: it is somebody else's.
    """
    name = unicodedata.normalize("NFC", claimed)
    if who.owner:
        if name != who.name and services.store.accounts.exists(name):
            raise _not_yours(who, claimed, "the name of somebody without an account")
        return claimed
    if claimed and name != who.name:
        raise _not_yours(who, claimed, f"the annotator {who.name}")
    return who.name


def check_own(services: Services, who: Identity, annotator: str) -> None:
    """Refuse to change the draft of another annotator.

    Raises:
        Forbidden: it is another's.
    """
    check_claim(services, who, annotator)


def signed(services: Services, who: Identity, content: CasePut, present: Case | None) -> CasePut:
    """Return the content of a case under the name of who made its label.

    A label that stays as it was stays its annotator's, whoever sends it again.

    Raises:
        Forbidden: a new label is said to be somebody else's.
    """
    claimed = content.annotator or ""
    if present is not None and (content.label, content.verified) == (present.label, present.verified):
        if who.owner and claimed != (present.annotator or ""):
            check_claim(services, who, claimed)
            return content
        if claimed in ("", present.annotator or ""):
            return content.model_copy(update={"annotator": present.annotator})
    if present is None and content.label is None and content.verified is None and not claimed:
        return content
    name = check_claim(services, who, claimed)
    return content if who.owner else content.model_copy(update={"annotator": name})


def _not_yours(who: Identity, claimed: str, allowed: str) -> Forbidden:
    return Forbidden(
        f"work of {claimed!r:.120} from {who.name}, who is {who.role.value}",
        allowed,
        "Connect with that person's own token, or send the work under your own name.",
    )
