"""Where one is in the list over all scans: which regions are done, which scan comes next. Numbers only, no Slicer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from DualNetSSLLib.tasks.reports import FoundRegion, FoundRegions
from DualNetSSLLib.tasks.rounds import DealtRegion, DealtRegions

Key = tuple[str, int, tuple[float, float, float]]


def key_of(region: DealtRegion) -> Key:
    """Return what tells a region from all others, however often the regions of its scan are found anew."""
    return region.case, region.label, region.centre_ras


@dataclass
class Course:
    """The list, and what is done of it.

    Attributes:
        dealt: the list.
        done: regions whose every voxel is verified, as far as this panel has seen.
    """

    dealt: DealtRegions
    done: set[Key] = field(default_factory=set)

    def note(self, case: str, regions: Iterable[tuple[FoundRegion, bool]]) -> None:
        """Note how regions of the scan that is open stand; each comes with whether it is done."""
        listed = {key_of(one) for one in self.dealt.regions if one.case == case}
        for region, done in regions:
            key = (case, region.label, region.centre_ras)
            if key in listed:
                (self.done.add if done else self.done.discard)(key)

    def is_done(self, region: DealtRegion) -> bool:
        """Whether nothing is left to look at in a region."""
        return key_of(region) in self.done

    @property
    def left(self) -> int:
        """How many regions are not done."""
        return sum(not self.is_done(one) for one in self.dealt.regions)

    def has(self, case: str) -> bool:
        """Whether a scan has regions in the list."""
        return any(one.case == case for one in self.dealt.regions)

    def next_scan(self, after: str) -> str:
        """Return the scan that comes after another one, round the corner; empty: nothing is left in any other scan."""
        scans = list(dict.fromkeys(one.case for one in self.dealt.regions))
        start = scans.index(after) + 1 if after in scans else 0
        left = {one.case for one in self.dealt.regions if not self.is_done(one)} - {after}
        return next((name for name in [*scans[start:], *scans[:start]] if name in left), "")

    def of_scan(self, case: str, found: FoundRegions) -> list[int]:
        """Return the places in ``found`` of the listed regions of a scan, in the order of the list.

        None of them is there when they were found otherwise: at another threshold, or in the other map.
        """
        if (found.threshold, found.kind) != (self.dealt.threshold, self.dealt.kind):
            return []
        places = {(case, one.label, one.centre_ras): place for place, one in enumerate(found.regions)}
        wanted = (places.get(key_of(one)) for one in self.dealt.regions if one.case == case)
        return [place for place in wanted if place is not None]

    def place_of(self, case: str, region: FoundRegion | None) -> int | None:
        """Return the place of a region in the list; None if it is not listed."""
        if region is None:
            return None
        keys = [key_of(one) for one in self.dealt.regions]
        key = (case, region.label, region.centre_ras)
        return keys.index(key) if key in keys else None


def only(found: FoundRegions, places: Sequence[int]) -> FoundRegions:
    """Return an answer with these of its regions alone, in this order; their voxels stay in the same file."""
    return replace(found, regions=tuple(found.regions[place] for place in places))
