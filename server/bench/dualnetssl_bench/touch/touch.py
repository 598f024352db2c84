"""``bench touch``: seconds and errors left when a region is mended by brush, opinions, touches that spread, or all."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dualnetssl.cli.numbers import number
from dualnetssl.cli.numbers import whole as whole_number
from dualnetssl.cli.terminal import Progress, complain
from dualnetssl.contract.errors import InvalidDataset, InvalidRequest
from dualnetssl_bench.findings import charts, frame
from dualnetssl_bench.findings.charts import Axis, Panel, Series
from dualnetssl_bench.findings.colours import LINES
from dualnetssl_bench.findings.frame import Findings
from dualnetssl_bench.servers.find_library import need_library

if TYPE_CHECKING:
    from dualnetssl_bench.touch.courses import Bounds, Course
    from dualnetssl_bench.touch.places import Region

_HEADER = ["way", "1 action", "2", "3", "at the end", "mended", "actions", "seconds", "to the brush's end"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--predictions", metavar="DIR", type=Path, required=True, help="output of predict")
    parser.add_argument("--images", metavar="DIR", type=Path, required=True, help="the scans that were predicted")
    parser.add_argument(
        "--labels", metavar="DIR", type=Path, required=True, help="their true labels, of the same names"
    )
    parser.add_argument("--skip", metavar="N", type=whole_number("--skip", 0), default=0, help="leave out the first N")
    parser.add_argument("--scans", metavar="N", type=whole_number("--scans", 1), help="then take so many (all)")
    parser.add_argument("--regions", metavar="N", type=whole_number("--regions", 1), default=8, help="of a scan (8)")
    parser.add_argument("--jitter-mm", type=number("--jitter-mm", 0, 20), default=2.0, help="of every touch (2)")
    parser.add_argument("--mistakes", type=number("--mistakes", 0, 1), default=0.05, help="share of them (0.05)")
    parser.add_argument("--actions", metavar="N", type=whole_number("--actions", 1), default=15, help="at most (15)")
    parser.add_argument("--seed", metavar="N", type=whole_number("--seed", 0), default=0, help="of all chance (0)")
    parser.add_argument("--skip-invalid", action="store_true", help="go on without files that cannot be used")
    parser.add_argument("--output", metavar="DIR", type=Path, required=True, help="gets table, JSON and picture")


def run(arguments: argparse.Namespace) -> int:
    """Mend every region in every way."""
    from dualnetssl_bench.touch.courses import Bounds

    need_library()
    regions = gathered(arguments)
    bounds = Bounds(arguments.jitter_mm, arguments.mistakes, arguments.actions, arguments.seed)
    frame.conclude(findings(regions, bounds), arguments.output)
    return 0


def gathered(arguments: argparse.Namespace) -> list[Region]:
    """Return the regions of all scans that are asked for.

    Raises:
        InvalidDataset: files cannot be used, or there are none.
        InvalidRequest: fewer scans than are to be left out.
    """
    from dualnetssl.cli.evaluate import usable_labels
    from dualnetssl.intake.folders import list_volumes
    from dualnetssl_bench.touch.places import regions_of

    labels = usable_labels(arguments.predictions, arguments.labels, arguments.skip_invalid)
    images = list_volumes(arguments.images, "images").files
    both = sorted(labels.keys() & images.keys())
    names = both[arguments.skip :][: arguments.scans]
    if not both:
        raise InvalidDataset("no scan with prediction and label", "files of the same names", "Check the three folders.")
    if not names:
        raise InvalidRequest(f"--skip {arguments.skip} of {len(both)} scans", "fewer than there are", "Lower --skip.")
    for name in sorted(labels.keys() - images.keys()):
        complain(f"{name}: no scan of this name in {arguments.images}")
    found: list[Region] = []
    with Progress("finding regions") as progress:
        for done, name in enumerate(names, start=1):
            found += regions_of(arguments.predictions, name, images[name], labels[name], arguments.regions)
            progress.count(done, len(names), name)
    return found


def findings(regions: Sequence[Region], bounds: Bounds) -> Findings:
    """Mend and lay out what came of it."""
    from dualnetssl_bench.touch.courses import MENDED, mean_at, one_key, seconds_of_looking, seconds_to, summary
    from dualnetssl_bench.touch.ways import WAYS

    wrong = [region for region in regions if region.wrong(region.site.label).any()]
    if not wrong:
        raise InvalidDataset("regions without a wrong voxel", "at least one to mend", "Take scans that were kept out.")
    courses = {way: mended(wrong, way, bounds) for way in WAYS}
    figures = {way: summary(found) for way, found in courses.items()}
    end = figures["brush"]["left_at_end"]
    for way, found in courses.items():
        figures[way]["seconds_to_end_of_brush"] = seconds_to(found, end)
        figures[way]["left_after_seconds"] = {str(moment): mean_at(found, moment) for moment in (5, 10, 20)}
    keys = [min(one_key(region).values(), default=1.0) for region in wrong]
    looking = sum(map(seconds_of_looking, regions)) / len(regions)
    told = {
        "bounds": vars(bounds),
        "scans": len({region.case for region in regions}),
        "regions": len(regions),
        "regions_without_error": len(regions) - len(wrong),
        "wrong_share": sum(r.wrong(r.site.label).sum() for r in regions) / sum(r.site.free.sum() for r in regions),
        "seconds_of_looking": looking,
        "one_key": {str(share): sum(left <= share for left in keys) / len(keys) for share in (0.1, MENDED, 0.5)},
        "best_opinion_leaves": sum(min(left, 1.0) for left in keys) / len(keys),
        "opinions": _by_kind(wrong),
        "ways": figures,
    }
    rows = [row(way, found) for way, found in figures.items()]
    return Findings("touch", _HEADER, rows, told, sentences(told), picture(courses))


def mended(regions: Sequence[Region], way: str, bounds: Bounds) -> list[Course]:
    """Mend all regions in one way."""
    from dualnetssl_bench.touch.courses import run as mend

    found = []
    with Progress(f"mending, {way}") as progress:
        for done, region in enumerate(regions, start=1):
            found.append(mend(region, done, way, bounds))
            progress.count(done, len(regions), region.case)
    return found


def _by_kind(regions: Sequence[Region]) -> dict[str, dict[str, float]]:
    """Return of each kind of opinion how often there is one, and what it leaves of the wrong voxels."""
    from dualnetssl_bench.touch.courses import one_key

    left: dict[str, list[float]] = {}
    for region in regions:
        for kind, share in one_key(region).items():
            left.setdefault(kind, []).append(share)
    return {
        kind: {
            "offered": len(shares) / len(regions),
            "leaves": sum(shares) / len(shares),
            "better": sum(share < 1 for share in shares) / len(regions),
        }
        for kind, shares in left.items()
    }


def row(way: str, found: dict[str, Any]) -> list[str]:
    """Return one line of the table; shares are of the wrong voxels at first."""
    to_end = found["seconds_to_end_of_brush"]
    shares = [*(found["left_after"][count] for count in "123"), found["left_at_end"], found["mended"]]
    last = "never" if to_end is None else f"{to_end:.1f} s"
    return [way, *(f"{share:.0%}" for share in shares), f"{found['actions']:.1f}", f"{found['seconds']:.1f}", last]


def sentences(told: dict[str, Any]) -> tuple[str, ...]:
    """Say what the table is about."""
    bounds, keys = told["bounds"], told["one_key"]
    return (
        f"{told['regions']} regions of {told['scans']} scans, {told['regions_without_error']} without an error; "
        f"{told['wrong_share']:.0%} of their voxels are wrong. Touches land within {bounds['jitter_mm']:g} mm of their "
        f"aim, {bounds['mistakes']:.0%} are mistakes; at most {bounds['actions']} actions.",
        f"To come there and look takes {told['seconds_of_looking']:.1f} s a region, which is not in the table.",
        f"One key leaves at most a tenth of the errors of {keys['0.1']:.0%} of the regions, a quarter of "
        f"{keys['0.25']:.0%}, half of {keys['0.5']:.0%}; the best opinion leaves {told['best_opinion_leaves']:.0%}.",
    )


def picture(courses: dict[str, list[Course]]) -> str:
    """Draw what is left of the errors against the seconds spent on a region."""
    from dualnetssl_bench.touch.courses import mean_at

    end = max(course.seconds[-1] for found in courses.values() for course in found) or 1.0
    moments = [end * step / 60 for step in range(61)]
    lines = [
        Series(way, [(moment, mean_at(found, moment)) for moment in moments], LINES[number % len(LINES)])
        for number, (way, found) in enumerate(courses.items())
    ]
    axes = Axis("seconds spent on a region", 0, end), Axis("wrong voxels that are left", 0, 1)
    return charts.lines([Panel(*axes, lines)], "What is left to mend, by way")
