"""Takes the pictures of docs/tutorial.md, but for those of single regions, while a scripted reader walks."""

from __future__ import annotations

WIDE = (1400, 900)
SECTIONS = ("server", "dataset", "label", "train", "results", "review")


class Camera:
    """Takes one picture of each moment, the first time that it comes."""

    def __init__(self, host, output):
        """Write into the folder ``output``."""
        self._host, self._output, self._taken = host, output, set()
        self._reader = None
        output.mkdir(parents=True, exist_ok=True)

    def watch(self, reader):
        """Be told of the moments of this reader."""
        self._reader = reader
        reader.seen = self._saw

    def _saw(self, moment):
        taking = {
            "opened": self._opened,
            "walked": lambda: self._section("walked", "review"),
            "trained again": self._trained,
        }.get(moment)
        if taking is not None and moment not in self._taken:
            self._taken.add(moment)
            folded = {name: self._button(name).collapsed for name in SECTIONS}
            taking()
            for name, collapsed in folded.items():
                self._button(name).collapsed = collapsed
            self._host.pump(seconds=0.2)

    def _button(self, name):
        return getattr(self._reader.ui, f"{name}Section")

    def _unfold(self, *names):
        for name in SECTIONS:
            self._button(name).collapsed = name not in names

    def _window(self, title, *names):
        """Picture the whole window with these sections open."""
        self._unfold(*names)
        self._host.grab(None, size=WIDE)
        self._host.pump(seconds=0.2)
        self._host.grab(None, self._output / "tutorial" / f"{title}.png")

    def _section(self, title, name):
        """Picture one section, as wide as the module panel."""
        self._unfold(name)
        self._host.grab(None, size=WIDE)
        self._host.pump(seconds=0.2)  # lines that wrap find their height a turn of the event loop later
        self._host.grab(self._button(name), self._output / "tutorial" / f"{title}.png")

    def _opened(self):
        import slicer.util

        self._host.grab(None, size=WIDE)
        slicer.util.resetSliceViews()
        self._window("map", "results")
        self._section("regions", "review")

    def _trained(self):
        import slicer.util

        reader = self._reader
        self._section("train", "train")
        reader.ui.curvesCombo.setCurrentIndex(2)
        self._unfold("results")
        self._host.grab(None, size=WIDE)
        reader.quiet()
        self._host.grab(None, size=WIDE)
        slicer.util.resetSliceViews()
        self._host.pump(lambda: reader.ui.comparisonTable.rowCount > 0, 120)
        reader.ui.changesCheck.checked = True
        reader.ui.overlayGroup.checked = reader.ui.overlayLegendCheck.checked = False
        self._host.pump(seconds=1.0)
        self._window("changes", "results")
        self._host.grab(reader.ui.comparisonGroup, self._output / "tutorial" / "comparison.png")
