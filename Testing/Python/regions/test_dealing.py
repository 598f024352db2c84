"""Which regions are dealt out, which are of one kind, and when a walk is not worth it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from DualNetSSLLib.regions import alike, dealing
from DualNetSSLLib.regions.dealing import Candidate, by_scan, deal, noise
from DualNetSSLLib.tasks.reports import FoundRegion

LATE = dealing.STEADY_ROUND
CANDIDATES = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 99), st.integers(0, 3), st.floats(0, 1e6)),
    unique_by=lambda t: t[:2],
).map(lambda rows: [Candidate(*row) for row in rows])


def liver_and_duct():
    """A large organ with large doubts in every scan, and a duct with one small doubt in each."""
    liver = [Candidate(f"scan-{scan}", 10 * scan + place, 1, 500.0 - place) for scan in range(9) for place in range(4)]
    return [*liver, *(Candidate(f"scan-{scan}", 10 * scan + 9, 2, 1.0) for scan in range(9))]


@settings(deadline=None, max_examples=30)
@given(CANDIDATES, st.integers(1, 9), st.integers(0, 20))
def test_what_is_dealt_is_promising_and_nobody_is_dealt_twice(candidates, number, limit):
    dealt = deal(candidates, number, limit)
    promising = [one for one in candidates if one.gain > 0]
    assert len(dealt) == len(set(dealt)) == min(limit, len(promising))
    assert set(dealt) <= set(promising)
    assert sorted(map(repr, dealt)) == sorted(repr(one) for ones in by_scan(dealt).values() for one in ones)


def test_a_small_organ_gets_as_many_turns_as_a_large_one():
    for number in (1, LATE):
        labels = [one.label for one in deal(liver_and_duct(), number, 12)]
        assert labels.count(2) >= 3, "two of three turns go round the classes, in each scan that is opened"
        assert labels.count(1) >= 4
    by_gain = sorted(liver_and_duct(), key=lambda one: -one.gain)[:12]
    assert {one.label for one in by_gain} == {1}, "and by expected error alone the duct would have none"


def test_background_takes_no_share_from_the_classes():
    unknown = [Candidate(f"scan-{scan}", 10 * scan + 5, 0, 0.5) for scan in range(9)]
    labels = [one.label for one in deal([*liver_and_duct(), *unknown], LATE, 12)]
    assert labels == [one.label for one in deal(liver_and_duct(), LATE, 12)]
    large = [Candidate("scan-0", 90 + place, 0, 900.0) for place in range(9)]
    assert [one.label for one in deal([*liver_and_duct(), *large], LATE, 9)][2::3] == [0, 0, 0], "by gain it does"
    assert [one.label for one in deal(unknown, LATE, 4)] == [0] * 4, "where there is nothing else, it has all"


def test_every_third_goes_to_the_largest_gain_of_all():
    assert [one.label for one in deal(liver_and_duct(), LATE, 9)][2::3] == [1, 1, 1]


def test_the_noise_halves_each_round_and_a_region_keeps_its_luck_within_one():
    regions = [Candidate("a", place, 1, 1.0) for place in range(4000)]
    widths = [float(np.std([noise(one, number) for one in regions])) for number in (1, 2, 3)]
    np.testing.assert_allclose(widths, np.pi / np.sqrt(6) / np.array([1, 2, 4]), rtol=0.06)
    first, rest = deal(regions[:60], 1, 5), deal(regions[:60], 1, 60)
    assert rest[:5] == first, "of one scan, so that nothing depends on how many are opened"
    assert deal([one for one in regions[:60] if one != first[0]], 1, 4) == first[1:], "the others' luck is their own"
    assert deal(regions[:60], 1, 5, "ann") != first, "two annotators are not led the same way"


def test_early_rounds_wander_and_late_ones_go_by_gain():
    regions = [Candidate("a", place, 1, float(2**place)) for place in range(12)]
    late, early = ([one.place for one in deal(regions, number, 12)] for number in (LATE, 1))
    assert late == list(range(11, -1, -1))
    assert early != late


def test_few_scans_are_opened_as_long_as_they_have_regions():
    assert len(by_scan(deal(liver_and_duct(), 1, 12))) == 3
    assert len(by_scan(deal(liver_and_duct(), 1, 20))) == 5
    rare = [*liver_and_duct(), Candidate("scan-9", 99, 3, 0.01)]
    assert [one.case for one in deal(rare, 1, 12) if one.label == 3] == ["scan-9"], "but no class is left out"
    lonely = [Candidate(f"scan-{scan}", scan, 1, 5.0) for scan in range(9)]
    assert len(by_scan(deal(lonely, 1, 8))) == 8, "where each has but one, all are opened"


def test_the_scans_come_in_the_order_in_which_they_were_dealt_first():
    dealt = deal(liver_and_duct(), 1, 12)
    assert list(by_scan(dealt)) == list(dict.fromkeys(one.case for one in dealt))
    assert all(
        gains == sorted(gains, reverse=True)
        for gains in ([one.gain for one in ones] for ones in by_scan(dealt).values())
    )


def found(label=1, volume=100.0):
    return FoundRegion(
        rank=1,
        label=label,
        volume_mm3=volume,
        mean_uncertainty=0.5,
        expected_error_mm3=1.0,
        remaining_error_mm3=1.0,
        verified_voxels=0,
        centre_ras=(0.0, 0.0, 0.0),
        centre_lps=(0.0, 0.0, 0.0),
        lower=(0, 0, 0),
        size=(1, 1, 1),
        start=0,
        voxels=1,
    )


def test_of_one_kind_are_the_same_class_small_and_undisputed():
    regions = [found(), found(), found(label=2), found(volume=9000.0), found(), found(volume=300.0)]
    apart = [0.01, 0.02, 0.0, 0.0, 0.4, 0.0]
    assert alike.alike(regions, apart, 0, range(6)) == (0, 1, 5)
    assert alike.alike(regions, apart, 0, [5]) == (0, 5), "what is answered already is not answered again"
    assert alike.alike(regions, apart, 3, range(6)) == (), "a large region stands for itself alone"
    assert alike.alike(regions, apart, 4, range(6)) == (), "and so does one on which the networks differ"


def test_the_sample_holds_those_in_which_most_could_be_wrong():
    regions = [found(), found(), found(volume=300.0), found(volume=200.0), found()]
    apart = [0.0, 0.04, 0.0, 0.01, 0.0]
    members = alike.alike(regions, apart, 0, range(5))
    assert alike.sample(regions, apart, 0, members) == (0, 1, 2)
    assert alike.sample(regions, apart, 0, ()) == ()
