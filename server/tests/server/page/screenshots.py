"""Takes the pictures of the server's page for docs/images/page, on phantom scans and a model trained on them.

    dualnetssl sample-data scans --cases 8 --seed 0
    dualnetssl train --images scans/images --labels scans/labels --labelled 3 \\
        --output training --width 8 --steps 200
    dualnetssl predict --model training/model --images scans/images --output predictions
    python server/tests/server/page/screenshots.py training predictions scans/images scans/labels

Needs Chromium and requirements/browser.txt.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[4] / "Testing" / "Tools"))

from studio import PICTURES, find_sources

WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
SOFTWARE = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
RUNNING = {"steps": 300, "width": 2, "patch": [16, 32, 32], "report_every": 1}
DRAWN_MS = 1500


def study(server, client, training, predictions, images, labels):
    """Make a data set that a model has predicted, give the training its history, and start another; returns it."""
    from screenshots_cases import fill

    dataset = fill(server, client, predictions, images, labels)
    for job in client.jobs(dataset.id):
        folder = server.data_folder / "jobs" / job.id
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(training / "events.jsonl", folder / "events.jsonl")
    return dataset, client.create_job("train", dataset.id, config=RUNNING)


class Camera:
    """A browser that goes from view to view of the page."""

    def __init__(self, chromium, server, output, **options):
        """Sign in."""
        self._address, self._output = f"{server.address}/", output
        self.page = chromium.new_context(**options).new_page()
        self.page.set_default_timeout(180_000)
        self.page.goto(self._address)
        self.page.get_by_label("Token").fill(server.token)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("button", name="Sign out").wait_for()

    def go(self, place, until):
        """Open a view and wait for what shows that it is there."""
        self.page.goto(self._address + place)
        self.page.locator(until).first.wait_for()

    def take(self, name, whole=False):
        """Picture the window from its top, or the whole page."""
        self.page.evaluate("scrollTo(0, 0)")
        self.page.wait_for_timeout(DRAWN_MS)
        self.page.screenshot(path=self._output / f"{name}.png", full_page=whole)


def wide(camera, dataset, finished, running, case):
    """Take the pictures of a wide window."""
    camera.go(f"#/jobs/{running}", ".progress progress")
    camera.go("#/jobs", "text=/step [1-9][0-9] of/")
    camera.take("jobs")
    camera.go(f"#/jobs/{finished}", ".chart svg")
    camera.take("job", whole=True)
    camera.go(f"#/datasets/{dataset}", "tbody a")
    camera.take("cases")
    camera.go(case, ".where:has-text('uncertainty')")
    camera.page.get_by_role("button", name="Go to the most uncertain voxel").click()
    camera.take("case", whole=True)
    camera.page.locator("#show-uncertainty").uncheck()
    camera.page.locator("#opacity-segmentation").fill("1")
    camera.page.locator("#view-volume").check()
    camera.page.locator("#cut").fill("0.35")
    camera.take("volume")


def main():
    """Fill a server, take the pictures, end it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("training", "predictions", "images", "labels"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--output", type=Path, default=PICTURES / "page")
    options = parser.parse_args()
    find_sources()
    from playwright.sync_api import sync_playwright

    from dualnetssl_bench.servers.local_server import LocalServer
    from DualNetSSLLib.client.client import Client

    options.output.mkdir(parents=True, exist_ok=True)
    program = os.environ.get("DUALNETSSL_CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory(prefix="dualnetssl-pictures-") as folder, sync_playwright() as driver:
        arguments = [*SOFTWARE, "--no-sandbox"] if os.geteuid() == 0 else SOFTWARE
        chromium = driver.chromium.launch(executable_path=program, args=arguments)
        with LocalServer(Path(folder) / "data") as server, Client(server.address, server.token) as client:
            dataset, running = study(
                server, client, options.training, options.predictions, options.images, options.labels
            )
            finished = next(job.id for job in client.jobs(dataset.id) if job.state == "succeeded")
            case = f"#/datasets/{dataset.id}/cases/{client.cases(dataset.id)[-1].case}"
            wide(Camera(chromium, server, options.output, viewport=WIDE), dataset.id, finished, running.id, case)
            client.cancel_job(running.id)
            phone = Camera(chromium, server, options.output, viewport=PHONE, color_scheme="dark")
            phone.go(case, ".where:has-text('uncertainty')")
            phone.take("phone")
            client.wait(running.id)


if __name__ == "__main__":
    main()
