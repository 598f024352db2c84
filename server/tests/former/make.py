"""Makes folders.tar.xz: what commit fbf7560, the last before rooms and accounts, leaves on a disk.

Run with that commit's own code, which goes by former names; never with ours:

    git worktree add --detach FORMER fbf7560
    PYTHONPATH=FORMER/server/src:FORMER python server/tests/former/make.py server/tests/former/folders.tar.xz

A server's data folder (two scans, one label, a draft, a trained model, predictions), and a training of the command line
with its model. About two megabytes, nearly all of them weights.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from dualnetssl_server.cli.local_server import LocalServer

from DualNetSSLLib.client import Client
from DualNetSSLLib.records import DraftPut, LabelDefinition

CONFIG = {"steps": 4, "width": 2, "patch": [16, 16, 32], "report_every": 1}


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scans(folder / "scans")
        with LocalServer(folder / "data") as server, Client(server.address, server.token) as client:
            fill(client, folder / "scans")
        options = [f"--set={key}={value}" for key, value in CONFIG.items()]
        folders = [f"--{kind}={folder / 'scans' / kind}" for kind in ("images", "labels")]
        command = [sys.executable, "-m", "dualnetssl_server", "train", *folders, f"--output={folder / 'training'}"]
        subprocess.run([*command, *options, "--device=cpu"], check=True)
        pack(folder, target)


def scans(folder: Path) -> None:
    for part in ("images", "labels"):
        (folder / part).mkdir(parents=True)
    generator = np.random.default_rng(0)
    for number in (1, 2):
        k, j, i = np.indices((18, 20, 22))
        ball = (k - 9) ** 2 + (j - 10) ** 2 + (i - 9 - number) ** 2 < 30
        voxels = (100 * ball + generator.normal(0, 10, ball.shape)).astype(np.int16)
        write(voxels, folder / "images" / f"scan-{number}.nrrd")
        if number == 1:
            write(ball.astype(np.uint8), folder / "labels" / f"scan-{number}.nrrd")


def write(voxels: np.ndarray, path: Path) -> None:
    image = sitk.GetImageFromArray(voxels)
    image.SetSpacing((1.0, 1.0, 1.5))
    sitk.WriteImage(image, str(path), True)


def fill(client: Client, folder: Path) -> None:
    labels = [LabelDefinition(value=1, name="ball")]
    dataset = client.create_dataset("former", labels).id
    for name in ("scan-1", "scan-2"):
        label = folder / "labels" / f"{name}.nrrd"
        client.upload_case(dataset, name, folder / "images" / f"{name}.nrrd", label if label.exists() else None)
    label = client.upload(folder / "labels" / "scan-1.nrrd")
    client.put_draft(dataset, "scan-2", "Anna", DraftPut(base_revision=1, label=label, verified=label), generation=None)
    job = client.create_job("train", dataset, config=CONFIG)
    client.wait(job.id)
    deadline = time.monotonic() + 120
    while not client.predictions(dataset, "scan-2"):
        assert time.monotonic() < deadline, [(job.kind, job.state, job.problem) for job in client.jobs(dataset)]
        time.sleep(0.2)


def pack(folder: Path, target: Path) -> None:
    with tarfile.open(target, "w:xz", preset=9) as archive:
        for path in sorted((*(folder / "data").rglob("*"), *(folder / "training").rglob("*"))):
            if path.is_file() and "console.log" not in path.name and "checkpoint" not in path.name:
                archive.add(path, path.relative_to(folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
