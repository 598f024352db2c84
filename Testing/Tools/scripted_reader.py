"""A reader corrects by regions, another one whole scans, both with the panel, a third nothing; whose model is better?

    python Testing/Tools/scripted_reader.py [--data DIR] [--pictures DIR] [--json FILE]

The panel runs in the stand-in of Slicer against a real server. The reader has buttons, keys, table rows and a brush,
and knows the truth. All begin with the same first model; the scans that come last by name are the judges: nobody
corrects them. ``--data`` takes scans of your own, a folder with ``images`` and ``labels`` (a label for every scan).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from studio import find_sources

NAME = "Scans to read"
STRATEGIES = ("regions", "whole scans", "nothing")


@dataclass(frozen=True)
class Plan:
    """How many scans of which kind, how they are trained, and how much is corrected."""

    data: Path
    labelled: int = 3
    judges: int = 4
    corrected: int = 3
    regions: int = 10
    width: int = 6
    steps: int = 350
    again: int = 100
    preset: str = "supervised"
    tolerance: float = 0.05
    names: dict[int, str] = field(default_factory=dict)

    @property
    def images(self):
        """All scans, by case."""
        from readinghand import stem

        return {stem(path): path for path in sorted((self.data / "images").iterdir())}

    @property
    def truths(self):
        """The true label of each case."""
        from readinghand import stem

        return {stem(path): path for path in sorted((self.data / "labels").iterdir())}

    @property
    def untouched(self):
        """The judges."""
        return tuple(self.images)[-self.judges :]

    @property
    def pool(self):
        """The cases that may be corrected."""
        return tuple(self.images)[self.labelled : -self.judges][: self.corrected]

    def labels(self):
        """Value of each label by name."""
        found = set()
        for path in self.truths.values():
            found.update(np.unique(sitk.GetArrayFromImage(sitk.ReadImage(str(path)))).tolist())
        return {self.names.get(value, f"label {value}"): value for value in sorted(found - {0})}


@dataclass
class Course:
    """What came of one strategy: the effort, and Dice of each scan.

    Attributes:
        strategy: its name.
        seconds: it took.
        effort: of the reader.
        predicted: the scans that were corrected, as the first model predicts them.
        corrected: their labels as they were submitted.
        before: the untouched scans under the first model.
        after: the untouched scans under the second.
    """

    strategy: str
    seconds: float
    effort: dict = field(default_factory=dict)
    predicted: dict = field(default_factory=dict)
    corrected: dict = field(default_factory=dict)
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)


def phantoms(folder, count, scale=2.4, seed=0):
    """Write phantom scans with their truth."""
    from DualNetSSLLib.client.volumes import volume_from_array
    from DualNetSSLLib.scans.phantoms import make_phantom

    for number in range(1, count + 1):
        phantom = make_phantom(seed, number, scale)
        for part, voxels in (("images", phantom.image), ("labels", phantom.label)):
            (folder / part).mkdir(parents=True, exist_ok=True)
            volume = volume_from_array(voxels, phantom.geometry)
            sitk.WriteImage(volume, str(folder / part / f"scan-{number:02d}.nrrd"))
    return folder


@contextmanager
def reading(host, server, plan, folder):
    """A reader with a panel of its own in front of a server."""
    import qt
    import slicer
    from panelserver import MODULE
    from readinghand import ScriptedReader

    os.environ["DUALNETSSL_PANEL"] = str(folder / "panel")
    qt.QSettings().remove("DualNetSSL")
    qt.QSettings().setValue("DualNetSSL/serverFolder", f'"{folder / "none"}"')
    reader = ScriptedReader(host, host.load_module(str(MODULE)), plan.truths, plan.tolerance)
    reader.connect(server)
    try:
        yield reader
    finally:
        host.unload_module("DualNetSSL")
        slicer.mrmlScene.Clear(0)
    if host.errors:
        raise host.errors[0]


def upload_and_train(reader, plan, folder):
    """Make the data set and the first model."""
    for part, files in (("images", plan.images), ("labels", dict(list(plan.truths.items())[: plan.labelled]))):
        (folder / "chosen" / part).mkdir(parents=True)
        for path in files.values():
            shutil.copy(path, folder / "chosen" / part)
    reader.create(NAME, plan.labels())
    reader.add_folder(folder / "chosen", len(plan.images))
    reader.train(plan.width, plan.steps, plan.preset)


def correct(reader, strategy, plan):
    """Go through the scans that may be corrected."""
    for case in plan.pool if strategy != "nothing" else ():
        if strategy == "regions":
            reader.by_regions(case, plan.regions)
        else:
            reader.whole(case)


def dice(predicted, truth):
    """Mean Dice over the labels of the truth.

    Example:
        >>> dice(np.array([1, 1, 0, 2]), np.array([1, 0, 0, 2]))
        0.8333333333333333
    """
    values = [value for value in np.unique(truth) if value]
    pairs = [(predicted == value, truth == value) for value in values]
    return float(np.mean([2 * (one & other).sum() / (one.sum() + other.sum()) for one, other in pairs]))


def judge(client, plan, model, folder, cases=None):
    """Dice of each untouched scan, or of these cases, under a model."""
    (dataset,) = client.datasets()
    scores = {}
    for case in plan.untouched if cases is None else cases:
        (said,) = [one for one in client.predictions(dataset.id, case) if one.model == model]
        scores[case] = _score(client, plan, case, said.segmentation, folder)
    return scores


def submitted(client, plan, cases, folder):
    """Dice of the labels that cases have now."""
    (dataset,) = client.datasets()
    return {case: _score(client, plan, case, client.case(dataset.id, case).label, folder) for case in cases}


def _score(client, plan, case, digest, folder):
    path = client.download(digest, folder / f"{digest}.nrrd")
    truth = sitk.GetArrayFromImage(sitk.ReadImage(str(plan.truths[case])))
    return dice(sitk.GetArrayFromImage(sitk.ReadImage(str(path))), truth)


def follow(host, strategy, plan, start, folder, camera=None):
    """Correct in one way, from a copy of the server with the first model; train again; judge both models."""
    from dualnetssl_bench.servers.local_server import LocalServer
    from DualNetSSLLib.client.client import Client

    began = time.monotonic()
    shutil.copytree(start, folder / "data")
    with LocalServer(folder / "data") as server, Client(server.address, server.token) as client:
        with reading(host, server, plan, folder) as reader:
            reader.find_dataset(NAME, len(plan.images))
            reader.wait(lambda: len(reader.panel.results.fetching.predictions) == len(plan.images))
            if camera is not None:
                camera.watch(reader)
            first = reader.panel.results.fetching.model
            correct(reader, strategy, plan)
            second = reader.train(steps=plan.again)
            reader.seen("trained again")
            effort = asdict(reader.effort)
        (before, after) = (judge(client, plan, model, folder) for model in (first, second))
        pool = plan.pool if effort["scans"] else ()
        predicted, corrected = judge(client, plan, first, folder, pool), submitted(client, plan, pool, folder)
    return Course(strategy, time.monotonic() - began, effort, predicted, corrected, before, after)


def run(host, plan, folder, camera=None):
    """Train the first model, follow every strategy, and return what came of each."""
    from dualnetssl_bench.servers.local_server import LocalServer

    (folder / "first").mkdir()
    with LocalServer(folder / "first" / "data") as server, reading(host, server, plan, folder / "first") as reader:
        upload_and_train(reader, plan, folder / "first")
    courses = []
    for number, strategy in enumerate(STRATEGIES):
        (folder / str(number)).mkdir()
        eye = camera if number == 0 else None
        courses.append(follow(host, strategy, plan, folder / "first" / "data", folder / str(number), eye))
    return courses


def table(courses):
    """Rows of a table, the headings first."""
    rows = [("corrected by", "these scans", "corrected", "others before", "after", "scans", "regions", "accepted")]
    rows[0] += ("edited", "voxels verified", "changed", "keys", "clicks", "s")
    for course in courses:
        effort = course.effort
        scores = [_mean(part) for part in (course.predicted, course.corrected, course.before, course.after)]
        names = ("scans", "regions", "accepted", "edited", "verified", "changed", "keys", "clicks")
        rows.append((course.strategy, *scores, *(str(effort[name]) for name in names), f"{course.seconds:.0f}"))
    return rows


def _mean(scores):
    return f"{np.mean(list(scores.values())):.3f}" if scores else "-"


def options_of(arguments=None):
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, help="folder with images and labels; else phantom scans are made")
    parser.add_argument("--pictures", type=Path, help="write pictures of the walk here")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    for name, text in (
        ("labelled", "scans with a label from the start"),
        ("judges", "scans that nobody corrects"),
        ("corrected", "scans that are corrected"),
        ("regions", "most regions of a scan"),
        ("width", "of the networks"),
        ("steps", "of the first training"),
        ("again", "steps of the second training"),
    ):
        default = getattr(Plan, name)
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{text} (default: {default})")
    parser.add_argument("--preset", default=Plan.preset, choices=("default", "supervised", "paper"), help="of training")
    parser.add_argument("--tolerance", type=float, default=Plan.tolerance, help="share of a region that may be wrong")
    return parser.parse_args(arguments)


def main():
    """Read, and print what came of it."""
    options = options_of()
    find_sources()
    import slicerhost

    host = slicerhost.start()
    from measure_stalls import show
    from readingpictures import Camera

    from DualNetSSLLib.scans.phantoms import LABELS

    chosen = {name: value for name, value in vars(options).items() if name in Plan.__dataclass_fields__}
    with tempfile.TemporaryDirectory(prefix="dualnetssl-reader-") as made:
        folder = Path(made)
        count = options.labelled + options.corrected + options.judges
        if options.data is None:
            chosen["data"] = phantoms(folder / "phantoms", count)
            chosen["names"] = {label.value: label.name for label in LABELS}
        camera = None if options.pictures is None else Camera(host, options.pictures)
        courses = run(host, Plan(**chosen), folder, camera)
    show(table(courses))
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(course) for course in courses], indent=1))


if __name__ == "__main__":
    main()
