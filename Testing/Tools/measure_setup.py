"""Measures how the server on this computer is set up for real, PyTorch and all, and trains with it.

    python Testing/Tools/measure_setup.py [--folder DIR] [--steps 20]

The panel is opened for the first time, *Start server on this computer* is pressed and nothing prepared: packages are
fetched from where pip fetches. Then a first training on phantom scans, and all is stopped. The folder (default: a
temporary one) may be given to do it a second time, when everything is there.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path

from studio import find_sources

PATIENCE = 3600.0


def size_of(folder):
    """Bytes of all files of a folder, links apart."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def measure(folder, steps):
    """Set up, train, stop; return the lines of progress, and what to tell as pairs."""
    import slicerhost

    host = slicerhost.start()
    import qt
    from measure_stalls import Heartbeat, show, table
    from panelserver import MODULE
    from readinghand import ScriptedReader
    from scripted_reader import Plan, phantoms, upload_and_train

    from DualNetSSLLib.scans.phantoms import LABELS

    os.environ["DUALNETSSL_PANEL"] = str(folder / "panel")
    qt.QSettings().remove("DualNetSSL")
    data = phantoms(folder / "phantoms", 4)
    plan = Plan(data, width=4, steps=steps, names={label.value: label.name for label in LABELS})
    reader = ScriptedReader(host, host.load_module(str(MODULE)), plan.truths)
    ui = reader.ui
    reader._unfold()
    ui.serverFolderButton.directory = str(folder / "server")
    ui.stopWithSlicerCheck.checked = True
    beat = Heartbeat(qt)
    beat.phase("set up")
    began, said = time.monotonic(), []
    reader.hand.click(ui.startLocalButton)

    def listening():
        text = ui.startingLabel.text
        if text and (not said or said[-1] != text):
            said.append(text)
        return reader.state.connection is not None or ui.serverMessage.text

    host.pump(listening, PATIENCE)
    ready = time.monotonic() - began
    if reader.state.connection is None:
        raise SystemExit(f"It was not set up: {ui.serverMessage.text}\n" + "\n".join(said[-5:]))
    beat.phase("train")
    (folder / "work").mkdir(exist_ok=True)
    upload_and_train(reader, plan, folder / "work")
    trained = time.monotonic() - began - ready
    beat.stop()
    show(table(beat.gaps))
    torch = [str(folder / "server" / "environment" / "bin" / "python"), "-c", "import torch; print(torch.__version__)"]
    answer = subprocess.run(torch, capture_output=True, text=True, check=True)
    host.unload_module("DualNetSSL")
    return said, (
        ("set up, s", f"{ready:.0f}"),
        ("lines of progress", str(len(said))),
        ("environment, GB", f"{size_of(folder / 'server' / 'environment') / 1e9:.2f}"),
        ("PyTorch", answer.stdout.strip()),
        (f"data set of 4 scans, {steps} steps, predictions, s", f"{trained:.0f}"),
    )


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, help="where all goes (default: a temporary folder)")
    parser.add_argument("--steps", type=int, default=20, help="of the training (default: %(default)s)")
    options = parser.parse_args()
    find_sources()
    with tempfile.TemporaryDirectory(prefix="dualnetssl-setup-") as made:
        folder = options.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        said, rows = measure(folder, options.steps)
    show = ["…", *said[-3:]] if len(said) > 6 else []
    for line in (*said[:3], *show):
        print(f"  {line}")
    for name, value in rows:
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
