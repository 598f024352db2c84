"""The data folder as a whole: opening it only when nothing speaks against it, erasing, backup, restore and check."""

from __future__ import annotations

from dualnetssl.server.datafolder.admission import check_before_use
from dualnetssl.server.datafolder.opening import opened
from dualnetssl.server.datafolder.upkeep import remove_leftovers, tidy

__all__ = ["check_before_use", "opened", "remove_leftovers", "tidy"]
