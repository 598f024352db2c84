"""The DualNetSSL module of 3D Slicer: loads, tells what it can do so far, and finds the library beside it."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import qt
import slicer
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)


class DualNetSSL(ScriptedLoadableModule):
    """What Slicer lists of the module."""

    def __init__(self, parent: object) -> None:
        """Fill in title, category and texts."""
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("DualNetSSL")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        self.parent.dependencies = []
        self.parent.contributors = ["The DualNetSSL contributors"]
        self.parent.helpText = _(
            "Train segmentation on a few labelled and many unlabelled scans with two networks that teach each other, "
            "see where they are unsure, correct those regions and train again."
        )
        self.parent.acknowledgementText = _(
            "Method: Lu, Wu, Kateb and Chaddad: Semi-Supervised Medical Image Segmentation via Dual Networks (2025)."
        )


class DualNetSSLWidget(ScriptedLoadableModuleWidget):
    """The panel: for now one label that says what is there."""

    def setup(self) -> None:
        """Build the panel; works with an empty scene and without a main window."""
        ScriptedLoadableModuleWidget.setup(self)
        self.logic = DualNetSSLLogic()
        self.statusLabel = qt.QLabel(self.logic.statusText())
        self.statusLabel.wordWrap = True
        self.layout.addWidget(self.statusLabel)
        self.layout.addStretch(1)


class DualNetSSLLogic(ScriptedLoadableModuleLogic):
    """What the module can do without a widget."""

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

    def statusText(self) -> str:
        """Say what this version of the panel does and what can be used until it does more."""
        return _(
            "This version of the panel has no controls yet. Training, prediction and evaluation run today "
            "from the command line: see dualnetssl-server --help on the computer that holds the scans. "
            "Nothing is sent anywhere from here."
        )


class DualNetSSLTest(ScriptedLoadableModuleTest):
    """The self-test that Slicer runs."""

    def runTest(self) -> None:
        """Run every test on an empty scene."""
        self.setUp()
        self.test_library()
        self.setUp()
        self.test_status()

    def setUp(self) -> None:
        """Start from an empty scene."""
        slicer.mrmlScene.Clear()

    def test_library(self) -> None:
        """The library that belongs to the module is found."""
        self.assertEqual(DualNetSSLLogic().library().__name__, "DualNetSSLLib")

    def test_status(self) -> None:
        """The panel says what it is."""
        self.assertIn("dualnetssl-server", DualNetSSLLogic().statusText())
