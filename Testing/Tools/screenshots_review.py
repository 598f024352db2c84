"""Takes the pictures of the Review section for docs/images, on scans and what a model said of them.

    python Testing/Tools/screenshots_review.py predictions scans/images scans/labels [--output DIR]

The arguments are those of `screenshots_cases.py`, which says how to make what it takes; scans of your own do as well.
Then a reader who knows the truth goes through ten regions of the list over all scans by the panel's own keys: other
answers, touches, the brush. ``walk/`` in the output has a picture before and after each; the truth of a phantom without
a label is made anew.
"""

from __future__ import annotations

import re
import shutil

from screenshots_cases import file_of, fill
from studio import take_pictures

SECTIONS = ("server", "dataset", "label", "train", "results", "review")
PATIENCE = 240
REGIONS = 10
STORY = {
    "walk": ("answer", "before"),
    "opinion": ("answer", "after"),
    "touch": ("touch, touch", "touched"),
    "edit": ("stroke", "after"),
}
"""Pictures of the tutorial: what a region was mended with, and which of its moments."""


class ReviewPictures:
    """What is photographed, with the truth of the scans."""

    def fill(self, server, client, predictions, images, labels):
        """Make the data set; returns it."""
        self._labels = labels
        return fill(server, client, predictions, images, labels)

    def pictures(self, host, panel, dataset, output):
        """Walk through the regions of the last scan, then through those of the list."""
        from reviewfixtures import Reviewer

        reviewer = Reviewer(panel)
        (output / "review").mkdir(parents=True, exist_ok=True)
        panel.open_dataset(dataset)
        panel.open([case.case for case in panel.state.cases][-1])
        panel.ui.everyRegionCheck.checked = True  # a model that was trained briefly knows too little for a walk
        reviewer.found()
        for name in SECTIONS:
            getattr(panel.ui, f"{name}Section").collapsed = name != "review"
        walk(host, panel, reviewer, output)
        worklist(host, panel, reviewer, output)
        self.mend(host, reviewer, output)

    def mend(self, host, reviewer, output):
        """Mend the regions of the list, by keys alone, and say what each took."""
        from keyboard import press
        from readinghand import RegionMender

        (output / "walk").mkdir(exist_ok=True)
        mender = RegionMender(reviewer, self.truth, seen=lambda moment: self._saw(host, mender, moment, output))
        while len(mender.used) < REGIONS:
            mender.mend()
            if reviewer.walk.next_open() is None:
                name = reviewer.desk.shown.name
                press("Ctrl+N", at=reviewer.ui.regionTable)
                reviewer.pump(lambda name=name: reviewer.desk.shown and reviewer.desk.shown.name != name, PATIENCE)
                reviewer.found()
                reviewer.pump(lambda: reviewer.walk.current is not None, PATIENCE)
        for number, used in enumerate(mender.used, 1):
            print(f"region {number}: {used}")
        tell(mender.used, output)

    def _saw(self, host, mender, moment, output):
        host.pump(seconds=0.6)
        host.grab(None, output / "walk" / f"{len(mender.used) + 1:02d}-{moment}.png")

    def truth(self, case):
        """The true label of a scan."""
        import SimpleITK as sitk

        from DualNetSSLLib.scans.phantoms import make_phantom

        file = file_of(self._labels, case)
        if file is not None:
            return sitk.GetArrayFromImage(sitk.ReadImage(str(file)))
        return make_phantom(0, int(re.search(r"\d+$", case)[0])).label


def tell(used, output):
    """Copy the pictures that docs/tutorial.md tells its story with: of the first regions that were mended so."""
    (output / "tutorial").mkdir(exist_ok=True)
    for name, (how, moment) in STORY.items():
        number = next((number for number, each in enumerate(used, 1) if how in each), None)
        if number is not None:
            shutil.copy(output / "walk" / f"{number:02d}-{moment}.png", output / "tutorial" / f"{name}.png")


def walk(host, panel, reviewer, output):
    """Enter a region, look at its slices, glance at the map, show another answer."""
    review = reviewer.review
    host.grab(None, size=(1400, 900))
    host.grab(panel.ui.reviewSection, output / "review" / "review-regions.png")
    review.next()
    for action in (review.accept, review.accept, review.restore):
        action()
    for _ in range(4):
        review.next_slice()
        panel.pump(seconds=0.1)
    surfaces = panel.results.overlay.surfaces
    panel.pump(lambda: not surfaces.busy and not review.mending._call, PATIENCE)
    panel.pump(seconds=1.0)
    host.grab(None, output / "review" / "review-walk.png")
    review.stage.toggle_map()
    host.grab(None, output / "review" / "review-map.png")
    review.stage.toggle_map()
    _opinion(panel, review)
    host.grab(None, output / "review" / "review-opinion.png")


def _opinion(panel, review):
    """Show an answer that changes something, in the first region that has one."""
    from DualNetSSLLib.mending.kinds import SECOND

    for _ in review.walk.places:
        review.mending.ask(SECOND)
        panel.pump(lambda: not review.mending._call, PATIENCE)
        if review.mending.preview is not None:
            return
        review.next()
        panel.pump(lambda: not review.mending._call, PATIENCE)


def worklist(host, panel, reviewer, output):
    """List the regions of all scans, and go to the first of them."""
    walks = next(s for s in panel.panel.sections if type(s).__name__ == "WorklistSection")
    panel.desk.leave()
    panel.ui.everyRegionCheck.checked = False
    panel.ui.worklistGroup.collapsed, panel.ui.dealSpin.value = False, 16
    panel.ui.dealButton.click()
    panel.pump(lambda: walks.course is not None, PATIENCE)
    panel.ui.nextScanButton.click()
    reviewer.found()
    panel.pump(lambda: reviewer.walk.current is not None, PATIENCE)
    surfaces = panel.results.overlay.surfaces
    panel.pump(lambda: not surfaces.busy and not reviewer.review.mending._call, PATIENCE)
    panel.pump(seconds=1.0)
    host.grab(None, output / "review" / "review-list.png")
    panel.ui.worklistGroup.collapsed = True


def main():
    """Take the pictures."""
    shown = ReviewPictures()
    take_pictures(__doc__, ("predictions", "images", "labels"), shown.fill, shown.pictures)


if __name__ == "__main__":
    main()
