"""A reader labels scans by slices with the panel's keys; is the model as good as from the same slices in files?

    python Testing/Tools/scripted_slices.py --data DIR [--labelled N] [--judges N] [--steps N] [--json FILE]

The panel runs in the stand-in of Slicer against a real server: the reader marks where the organ begins and ends,
paints three slices of each scan, submits by key, presses *Train*. The same slices are then written as files with 255
where nothing was painted, the ends as a file of bounds, and `dualnetssl train` learns from them with the same settings.
Both models predict the scans that come last by name, which nobody labels.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from studio import find_sources

LABELLED, JUDGES, STEPS, WIDTH = 12, 60, 500, 8


def chosen(data, labelled, judges):
    """The scans that take part, and their truth: the first and the last ones by name, as paths by case."""
    from readinghand import stem

    images = {stem(path): path for path in sorted((data / "images").iterdir())}
    truths = {stem(path): path for path in sorted((data / "labels").iterdir())}
    names = [*list(images)[:labelled], *list(images)[-judges:]]
    return {name: images[name] for name in names}, {name: truths[name] for name in names}


def with_the_panel(host, images, truths, options, folder):
    """Label by keys, train, and return Dice of the judges, and whether the server has what was painted, by scan."""
    from panelserver import MODULE
    from readinghand import ScriptedReader
    from scripted_reader import dice
    from slicehand import Painter, by_slices, label_scans_by_slices

    from dualnetssl_bench.servers.local_server import LocalServer
    from DualNetSSLLib.client.client import Client

    shown = folder / "shown" / "images"
    shown.mkdir(parents=True)
    for path in images.values():
        shutil.copy(path, shown)
    with LocalServer(folder / "data") as server, Client(server.address, server.token) as client:
        reader = ScriptedReader(host, host.load_module(str(MODULE)), truths)
        reader.connect(server)
        values = sorted({int(value) for name in truths for value in np.unique(reader.truth(name))} - {0})
        reader.create("By slices", {f"label {value}": value for value in values})
        reader.add_folder(folder / "shown", len(images))
        painter = Painter(reader.panel)
        done = label_scans_by_slices(reader, painter, options.labelled)
        minutes = painter.slices.clock.total()
        reader._unfold()
        model = reader.train(options.width, options.steps, options.preset)
        (dataset,) = client.datasets()

        def read(digest):
            return sitk.GetArrayFromImage(sitk.ReadImage(str(client.download(digest, folder / f"{digest}.nrrd"))))

        same = {}
        for name in done:
            case, (_, _, label, verified) = client.case(dataset.id, name), by_slices(reader.truth(name))
            same[name] = bool((read(case.label) == label).all() and (read(case.verified) == verified).all())
        scores = {}
        for name in list(images)[-options.judges :]:
            (said,) = [one for one in client.predictions(dataset.id, name) if one.model == model]
            scores[name] = dice(read(said.segmentation), reader.truth(name))
        host.unload_module("DualNetSSL")
    return scores, same, minutes


def with_files(images, truths, labelled, options, folder):
    """Train on the same slices from files, and return Dice of the judges."""
    from scripted_reader import dice
    from slicehand import by_slices

    for part in ("images", "labels", "judges"):
        (folder / part).mkdir(parents=True)
    bounds = {}
    for name, path in images.items():
        shutil.copy(path, folder / "images")
        if name in labelled:
            bounds[name] = _write_label(truths[name], folder / "labels" / f"{name}.nrrd", by_slices)
        else:
            shutil.copy(path, folder / "judges")
    (folder / "bounds.json").write_text(json.dumps(bounds))
    settings = ("--preset", options.preset, "--steps", str(options.steps), "--width", str(options.width))
    files = ("--images", folder / "images", "--labels", folder / "labels", "--bounds", folder / "bounds.json")
    _run("train", *files, *settings, "--output", folder / "trained", "--device", "cpu")
    model, said = folder / "trained" / "model", folder / "said"
    _run("predict", "--model", model, "--images", folder / "judges", "--output", said, "--device", "cpu")
    scores = {}
    for name in list(images)[-options.judges :]:
        (path,) = said.rglob(f"{name}*seg.nrrd")
        scores[name] = dice(*(sitk.GetArrayFromImage(sitk.ReadImage(str(one))) for one in (path, truths[name])))
    return scores


def _write_label(truth, path, by_slices):
    """Write the painted slices, 255 elsewhere, and return the scan's bounds."""
    volume = sitk.ReadImage(str(truth))
    first, last, label, verified = by_slices(sitk.GetArrayFromImage(volume))
    verified[:first] = verified[last + 1 :] = False  # that is what the bounds say
    painted = sitk.GetImageFromArray(np.where(verified, label, 255).astype(np.uint8))
    painted.CopyInformation(volume)
    sitk.WriteImage(painted, str(path))
    return {"k": [first, last]}


def _run(*words):
    subprocess.run([sys.executable, "-m", "dualnetssl", *map(str, words)], check=True)


def options_of(arguments=None):
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with images and labels, one for every scan")
    for name, usual, text in (
        ("labelled", LABELLED, "scans labelled by slices, the first by name"),
        ("judges", JUDGES, "scans that judge, the last by name"),
        ("steps", STEPS, "of training"),
        ("width", WIDTH, "of the networks"),
    ):
        parser.add_argument(f"--{name}", type=int, default=usual, help=f"{text} (default: {usual})")
    parser.add_argument("--preset", default="supervised", choices=("supervised", "default"))
    parser.add_argument("--json", type=Path, help="also write the figures here")
    return parser.parse_args(arguments)


def main():
    """Label, train twice, and print both figures."""
    options = options_of()
    find_sources()
    import slicerhost

    host = slicerhost.start()
    images, truths = chosen(options.data, options.labelled, options.judges)
    with tempfile.TemporaryDirectory(prefix="dualnetssl-slices-") as made:
        folder = Path(made)
        os.environ["DUALNETSSL_PANEL"] = str(folder / "panel")
        shown, same, minutes = with_the_panel(host, images, truths, options, folder / "panel-side")
        filed = with_files(images, truths, set(list(images)[: options.labelled]), options, folder / "file-side")
    means = {"panel": float(np.mean(list(shown.values()))), "files": float(np.mean(list(filed.values())))}
    print(f"labels as painted in {sum(same.values())} of {len(same)} scans, {minutes:.1f} minutes by the panel's clock")
    print(f"Dice of {options.judges} scans: panel {means['panel']:.4f}, files {means['files']:.4f}")
    if options.json is not None:
        options.json.write_text(json.dumps({"mean": means, "panel": shown, "files": filed, "same": same}, indent=1))


if __name__ == "__main__":
    main()
