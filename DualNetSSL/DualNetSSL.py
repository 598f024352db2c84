"""The DualNetSSL module of 3D Slicer: puts the panel of DualNetSSLLib into Slicer and tells it what Slicer does."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import slicer
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.parameterNodeWrapper import WithinRange, parameterNodeWrapper
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)
from slicer.util import VTKObservationMixin

DOCUMENTS = "https://github.com/DualNetSSL/SlicerDualNetSSL/blob/main/docs"
SECTIONS = {
    "railFrame": "Rail",
    "serverFrame": "Server",
    "datasetFrame": "Dataset",
    "labelFrame": "Label",
    "slicesOuterFrame": "Slices",
    "trainFrame": "Train",
    "resultsFrame": "Results",
    "worklistFrame": "Worklist",
    "reviewOuterFrame": "Review",
    "knowingFrame": "Knowing",
    "comparisonFrame": "Comparison",
    "exportFrame": "Export",
}


class DualNetSSL(ScriptedLoadableModule):
    """What Slicer lists of the module."""

    def __init__(self, parent: Any) -> None:
        """Fill in title, category and texts."""
        ScriptedLoadableModule.__init__(self, parent)
        self.translator = load_translation(Path(self.resourcePath("Translations")))
        self.parent.title = _("DualNetSSL")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        self.parent.dependencies = ["Colors", "Plots", "Segmentations", "SubjectHierarchy", "Terminologies", "Volumes"]
        self.parent.contributors = ["The DualNetSSL contributors"]
        self.parent.helpText = _(
            "Train segmentation on a few labelled and many unlabelled scans with two networks that teach each other, "
            "see where they are unsure, correct those regions and train again. "
            "Start a server on this computer or connect to one; add scans; label three; train; look at the rest, "
            "from one uncertain region to the next. Scans go to that server and nowhere else."
        ) + _('<p>The <a href="{tutorial}">tutorial</a>; <a href="{panel}">what every part does</a>.</p>').format(
            tutorial=f"{DOCUMENTS}/tutorial.md", panel=f"{DOCUMENTS}/panel.md"
        )
        self.parent.acknowledgementText = _(
            "Method: Lu, Wu, Kateb and Chaddad: Semi-Supervised Medical Image Segmentation via Dual Networks, "
            'ISBI 2025 (<a href="https://arxiv.org/abs/2505.17690">arXiv:2505.17690</a>). '
            "Research software, not a medical device."
        )
        slicer.app.connect("startupCompleted()", register_sample_data)


def load_translation(folder: Path) -> Any | None:
    """Let the panel speak Slicer's language, if Slicer has another than English and the panel knows it.

    Slicer itself loads only what its language packs have put into its own folder; what they say of us goes before.

    Args:
        folder: of files such as ``DualNetSSL_de.qm``; the language alone is enough for ``de_CH``.

    Returns:
        What has to live as long as Slicer; None if there is nothing to translate.
    """
    import qt

    locale = str(slicer.app.applicationLocaleName).replace("-", "_")
    names = (locale, locale.partition("_")[0])
    found = next((file for name in names if (file := folder / f"DualNetSSL_{name}.qm").is_file()), None)
    if found is None or _("Not connected yet.") != "Not connected yet.":
        return None
    translator = qt.QTranslator(slicer.app)
    if not translator.load(str(found)):
        return None
    qt.QCoreApplication.installTranslator(translator)
    return translator


def register_sample_data() -> None:
    """Offer the phantom scans in Slicer's Sample Data module; they are made on this computer when asked for."""
    import SampleData

    logic = SampleData.SampleDataLogic
    logic.registerCustomSampleDataSource(
        category="DualNetSSL",
        sampleName="DualNetSSLPhantoms",
        uris="",  # nothing is downloaded; without an address Slicer makes no source
        thumbnailFileName=str(Path(__file__).parent / "Resources" / "Icons" / "DualNetSSL.png"),
        customDownloader=load_phantoms,
    )


def load_phantoms(source: object = None) -> list[Any]:
    """Make ten phantom scans and load them as volumes."""
    return DualNetSSLLogic().loadPhantoms()


@parameterNodeWrapper
class DualNetSSLParameterNode:
    """What belongs to the scene and is saved with it."""

    dataset: str = ""
    openCase: str = ""
    uncertaintyThreshold: Annotated[float, WithinRange(0.0, 1.0)] = 0.3
    overlayOpacity: Annotated[float, WithinRange(0.0, 1.0)] = 0.6


class DualNetSSLWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    """The panel in Slicer: loads the widgets and hands Slicer's events on."""

    def __init__(self, parent: Any = None) -> None:
        """Prepare, without widgets yet."""
        ScriptedLoadableModuleWidget.__init__(self, parent)
        VTKObservationMixin.__init__(self)
        self.logic: DualNetSSLLogic | None = None
        self.panel: Any = None
        self.parameters: Any = None
        self._guiTag: Any = None
        self._root: Any = None

    def setup(self) -> None:
        """Fill the widget; works with an empty scene and without a main window."""
        ScriptedLoadableModuleWidget.setup(self)
        self.build()

    def build(self) -> None:
        """Build the panel, the first time or after `cleanup`."""
        self.logic = DualNetSSLLogic()
        self.logic.library()
        root = self._root = slicer.util.loadUI(self.resourcePath("UI/DualNetSSL.ui"))
        self.layout.addWidget(root)
        for frame, name in SECTIONS.items():
            self.fill(getattr(slicer.util.childWidgetVariables(root), frame), name)
        self.ui = slicer.util.childWidgetVariables(root)
        root.setMRMLScene(slicer.mrmlScene)
        self.panel = self.logic.panel(self.ui, lambda: self.parameters)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndCloseEvent, self.onSceneEndClose)
        self.initializeParameterNode()
        if self.parent.isEntered:
            self.panel.enter()

    def fill(self, frame: Any, name: str) -> None:
        """Load the widgets of one section into its frame."""
        import qt

        box = qt.QVBoxLayout(frame)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(slicer.util.loadUI(self.resourcePath(f"UI/{name}.ui")))

    def enter(self) -> None:
        """The user has come to the module."""
        self.initializeParameterNode()
        self.panel.enter()

    def exit(self) -> None:
        """The user has gone to another module; what runs goes on."""
        if self.panel is not None:
            self.panel.exit()
        self.setParameterNode(None)

    def cleanup(self) -> None:
        """The widget is about to go: end everything, and delete the widgets, whose connections keep the panel alive."""
        self.removeObservers()
        if self.panel is not None:
            self.panel.close()
            self._root.deleteLater()
        self.setParameterNode(None)
        self.panel = None

    def onSceneStartClose(self, caller: object, event: object) -> None:
        """The nodes are about to go."""
        self.panel.scene_closing()
        self.setParameterNode(None)

    def onSceneEndClose(self, caller: object, event: object) -> None:
        """The scene is empty again."""
        if self.parent.isEntered:
            self.initializeParameterNode()
        self.panel.scene_closed()

    def initializeParameterNode(self) -> None:
        """Make sure that there is a parameter node and that it is shown."""
        if self.logic is not None:
            self.setParameterNode(self.logic.getParameterNode())

    def setParameterNode(self, parameters: Any) -> None:
        """Show this parameter node, or none."""
        if self.parameters is not None:
            self.parameters.disconnectGui(self._guiTag)
        self.parameters = parameters
        if parameters is not None:
            self._guiTag = parameters.connectGui(self.ui)


class DualNetSSLLogic(ScriptedLoadableModuleLogic):
    """What the module can do without a widget."""

    def getParameterNode(self) -> DualNetSSLParameterNode:
        """Return the module's parameter node in the scene."""
        return DualNetSSLParameterNode(super().getParameterNode())

    def library(self) -> ModuleType:
        """Import DualNetSSLLib: the installed one, or the one beside a source folder that was dragged into Slicer.

        Raises:
            ImportError: neither is there; the extension is not complete.
        """
        sources = str(Path(__file__).resolve().parent.parent)
        beside = Path(sources, "DualNetSSLLib", "__init__.py").is_file()
        if beside and sources not in sys.path:
            sys.path.insert(0, sources)
        return importlib.import_module("DualNetSSLLib")

    def loadPhantoms(self, count: int = 10, scale: float = 1.0) -> list[Any]:
        """Make phantom scans, the same each time, and load them as volumes."""
        self.library()
        loader = importlib.import_module("DualNetSSLLib.panel.dataset.phantom_loader")
        nodes: list[Any] = loader.load_phantoms(count, scale)
        return nodes

    def panel(self, ui: Any, parameters: Any) -> Any:
        """Build the panel on the widgets of ``ui``."""
        self.library()
        return importlib.import_module("DualNetSSLLib.panel.panel").Panel(ui, parameters)


class DualNetSSLTest(ScriptedLoadableModuleTest):
    """The self-test that Slicer runs."""

    def runTest(self) -> None:
        """Run every test on an empty scene."""
        self.setUp()
        self.test_library()
        self.setUp()
        self.test_parameters()
        self.setUp()
        self.test_phantoms()
        self.setUp()
        self.test_loop()

    def setUp(self) -> None:
        """Start from an empty scene."""
        slicer.mrmlScene.Clear()

    def test_library(self) -> None:
        """The library that belongs to the module is found."""
        self.assertEqual(DualNetSSLLogic().library().__name__, "DualNetSSLLib")

    def test_parameters(self) -> None:
        """What belongs to the scene is kept in the scene."""
        DualNetSSLLogic().getParameterNode().openCase = "scan-01"
        self.assertEqual(DualNetSSLLogic().getParameterNode().openCase, "scan-01")

    def test_phantoms(self) -> None:
        """The sample scans lie around the origin of patient space."""
        (node,) = DualNetSSLLogic().loadPhantoms(count=1, scale=4.0)
        bounds = [0.0] * 6
        node.GetRASBounds(bounds)
        self.assertLess(bounds[0], 0.0)
        self.assertGreater(bounds[1], 0.0)

    def test_loop(self) -> None:
        """The whole loop, on a server of its own: start, label, train, review a region, submit, train again."""
        widget = slicer.util.getModuleWidget("DualNetSSL")
        selftest = importlib.import_module("DualNetSSLLib.panel.selftest")
        if slicer.app.commandOptions().testingEnabled and selftest.server_environment(widget) is None:
            self.delayDisplay("The loop is left out: no server was set up here, and a build's tests download nothing.")
            return
        selftest.run_loop(widget, self.delayDisplay)
        self.delayDisplay("DualNetSSL is installed and works: the whole loop has run.")
