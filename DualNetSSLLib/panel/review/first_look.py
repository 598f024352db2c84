"""A decision on what has only just come into sight is held back: the key was meant for what was there before."""

from __future__ import annotations

from collections.abc import Callable

from slicer.i18n import tr as _

from DualNetSSLLib.panel.common.message import MessageLine
from DualNetSSLLib.panel.common.sight import Sight
from DualNetSSLLib.panel.review.keys import short

Said = Callable[[str], str]


class FirstLook:
    """Whether anybody can have looked at what keys speak of, and what to say if not.

    Attributes:
        sight: when that came into sight.
    """

    def __init__(self, message: MessageLine) -> None:
        """Say it in this line."""
        self._message = message
        self.sight = Sight()
        self._said: Said = lambda _key: ""

    def at_region(self, rank: str) -> None:
        """A region came into sight; ``rank`` is its number in words."""
        text = _("Region {rank} has only just come into sight: look at it, then press {key}.")
        self._came(lambda key: text.format(rank=rank, key=key))

    def at_preview(self) -> None:
        """Another answer for the region came into sight."""
        text = _("This answer has only just come into sight: look at it, then press {key}.")
        self._came(lambda key: text.format(key=key))

    def looked(self) -> None:
        """Somebody has painted, and so has looked."""
        self.sight.looked()

    def too_soon(self, key: str) -> bool:
        """Tell whether nobody can have looked at what this key would decide on, and say so."""
        soon = self.sight.fresh
        if soon:
            self._message.show(self._said(short(key)))
        return soon

    def _came(self, said: Said) -> None:
        self._said = said
        self.sight.came()
