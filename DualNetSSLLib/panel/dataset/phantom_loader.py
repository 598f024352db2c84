"""Loads phantom scans into the scene; they are made by the background process, so that Slicer goes on meanwhile."""

from __future__ import annotations

import tempfile
from typing import Any

import numpy as np
import qt
import slicer

from DualNetSSLLib.background.session import Session
from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.panel.common.scene import ijk_to_ras


def load_phantoms(count: int, scale: float) -> list[Any]:
    """Make phantom scans and load them as volumes; the event loop goes round until they are there.

    Raises:
        DualNetSSLError: they cannot be made; the error says why.
    """
    with tempfile.TemporaryDirectory(prefix="dualnetssl-") as folder:
        made = _wait_for("sample_arrays", folder=folder, cases=count, scale=scale)
        nodes = [_load(one) for one in made]
    slicer.util.setSliceViewerLayers(background=nodes[0], fit=True)
    return nodes


def _load(made: dict[str, Any]) -> Any:
    slicer.app.processEvents()
    voxels = np.load(made["file"], allow_pickle=False)
    return slicer.util.addVolumeFromArray(voxels, ijk_to_ras(made["geometry"]), made["name"])


def _wait_for(operation: str, **arguments: Any) -> Any:
    """Return the result of an operation."""
    loop, session = qt.QEventLoop(), Session()
    ended: list[Any] = []

    def end(outcome: Any) -> None:
        ended.append(outcome)
        loop.quit()

    try:
        session.call(operation, done=end, failed=end, **arguments)
        loop.exec_()
    finally:
        session.close()
    if isinstance(ended[0], DualNetSSLError):
        raise ended[0]
    return ended[0]
