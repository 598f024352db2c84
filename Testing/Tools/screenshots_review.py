"""Takes the pictures of the Review section for docs/images, on phantom scans and a model trained on them.

    python Testing/Tools/screenshots_review.py predictions scans/images scans/labels

The arguments are those of `screenshots_cases.py`, which says how to make what it takes.
"""

from __future__ import annotations

from screenshots_cases import fill
from studio import take_pictures

SECTIONS = ("server", "dataset", "label", "train", "results", "review")
PATIENCE = 240


def pictures(host, panel, dataset, output):
    """Walk through the regions of the last scan."""
    review = next(s for s in panel.panel.sections if type(s).__name__ == "ReviewSection")
    panel.open_dataset(dataset)
    panel.open([case.case for case in panel.state.cases][-1])
    panel.pump(lambda: review.walk is not None and review.walk.places and review.walk.looked, PATIENCE)
    for name in SECTIONS:
        getattr(panel.ui, f"{name}Section").collapsed = name != "review"
    host.grab(None, size=(1400, 900))
    host.grab(panel.ui.reviewSection, output / "review" / "review-regions.png")
    review.next()
    for action in (review.accept, review.accept, review.restore):
        action()
    _scroll(panel, review)
    surfaces = panel.results.overlay.surfaces
    panel.pump(lambda: not surfaces.busy and not review.mending._call, PATIENCE)
    panel.pump(seconds=1.0)
    host.grab(None, output / "review" / "review-walk.png")
    review.stage.toggle_map()
    host.grab(None, output / "review" / "review-map.png")
    review.stage.toggle_map()
    _opinion(panel, review)
    host.grab(None, output / "review" / "review-opinion.png")
    worklist(host, panel, review, output)


def _scroll(panel, review):
    """Look at some slices of the region."""
    for _ in range(4):
        review.next_slice()
        panel.pump(seconds=0.1)


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


def worklist(host, panel, review, output):
    """List the regions of all scans, and go to the first of them."""
    walks = next(s for s in panel.panel.sections if type(s).__name__ == "WorklistSection")
    panel.desk.leave()
    panel.ui.worklistGroup.collapsed, panel.ui.dealSpin.value = False, 12
    panel.ui.dealButton.click()
    panel.pump(lambda: walks.course is not None, PATIENCE)
    panel.ui.nextScanButton.click()
    panel.pump(lambda: review.walk is not None and review.walk.looked and review.walk.current is not None, PATIENCE)
    review.accept()
    panel.pump(seconds=1.0)
    host.grab(None, output / "review" / "review-list.png")


def main():
    """Take the pictures."""
    take_pictures(__doc__, ("predictions", "images", "labels"), fill, pictures)


if __name__ == "__main__":
    main()
