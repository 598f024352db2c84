"""Regions of one kind, answered together: a sample is shown first, and what nobody saw is counted aloud."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from slicer.i18n import tr as _

from DualNetSSLLib.labels.marks import OPEN
from DualNetSSLLib.panel.review.walk import Walk
from DualNetSSLLib.tasks.rounds import AlikeRegions

ALIKE = "alike"
"""What undoing the common answer is called."""


@dataclass
class Kin:
    """Open regions of a walk that are of one kind, while their sample is shown.

    Attributes:
        walk: the walk.
        members: their places in it, ascending.
        sample: places of those that are looked at before all are answered.
        version: of the label when this began: whoever paints meanwhile means something else.
        at: which of the sample is shown.
    """

    walk: Walk
    members: tuple[int, ...]
    sample: tuple[int, ...]
    version: int
    at: int = 0

    @classmethod
    def of(cls, walk: Walk, alike: AlikeRegions, version: int) -> Kin | None:
        """Keep the members that are open; None if the selected one is not, or no other is left."""
        is_open = [standing.state == OPEN for standing in walk.standings]
        members = tuple(place for place in alike.members if place < len(is_open) and is_open[place])
        chosen = tuple(place for place in alike.sample if place in members)
        if len(members) < 2 or not chosen or chosen[0] != walk.current:
            return None
        return cls(walk, members, chosen, version)

    def goes_on(self, walk: Walk | None, version: int) -> bool:
        """Whether the reader still looks at the sample, and has changed nothing."""
        return walk is self.walk and version == self.version and self.walk.current == self.sample[self.at]

    @property
    def seen(self) -> bool:
        """Whether the whole sample was shown."""
        return self.at == len(self.sample) - 1

    @property
    def unseen(self) -> int:
        """How many members nobody has looked at."""
        return len(self.members) - len(self.sample)

    def accept(self) -> None:
        """Vouch for all members as they are labelled, in one step that one undo takes back."""
        where = np.concatenate([self.walk.places[place].where for place in self.members])
        self.walk.shown.marks.accept(np.sort(where), ALIKE)

    def in_words(self, key: str) -> str:
        """Say how many there are, which of the sample is shown, and what the key does next."""
        shown, of = self.at + 1, len(self.sample)
        text = _("{count} more like this (same class, small, both networks agree). {shown} of {of} to look at first. ")
        text = text.format(count=len(self.members) - 1, shown=shown, of=of)
        if not self.seen:
            return text + _("{key} shows the next; anything else leaves it.").format(key=key)
        return text + _("{key} accepts all {count} as they are, {unseen} of them not looked at.").format(
            key=key, count=len(self.members), unseen=self.unseen
        )

    def done_in_words(self, undo: str) -> str:
        """Say what was vouched for."""
        text = _("{count} regions are accepted together, {unseen} of them not looked at. {key} takes that back.")
        return text.format(count=len(self.members), unseen=self.unseen, key=undo)
