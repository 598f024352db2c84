"""How true is the host? Runs modules that nobody here wrote, and Slicer's own tests, in it; prints a table in Markdown.

    python Testing/SlicerHost/fidelity.py MODULE.py [MODULE.py …]
    python Testing/SlicerHost/fidelity.py --slicer CHECKOUT MODULE.py [MODULE.py …] TEST.py [TEST.py …]

With a Slicer checkout its own Python files take the place of the host's stand-ins. A file whose name starts with test_
is one of Slicer's unit tests. Each file gets a process of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import subprocess
import sys
import traceback
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
STAGES = ("load", "startup", "setup", "enter", "volume", "scene close", "reload", "exit", "cleanup")
SECONDS = 180


def stages(host, path):
    """What Slicer does with a module in a session, one function a stage."""
    import numpy as np
    import slicer

    app, state = host.app, {}

    def load():
        state["module"] = app.loadModule(path)

    def setup():
        state["frame"] = state["module"].widgetRepresentation()
        if state["frame"] is None:
            raise RuntimeError("the module has no widget")

    def volume():
        node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
        slicer.util.updateVolumeFromArray(node, np.arange(6000, dtype=np.int16).reshape(10, 20, 30))
        host.pump(seconds=0.05)

    def cleanup():
        app.moduleManager().moduleAboutToBeUnloaded.emit(state["module"].name)

    return {
        "load": load,
        "startup": lambda: app.startupCompleted.emit(),
        "setup": setup,
        "enter": lambda: app.selectModule(state["module"]),
        "volume": volume,
        "scene close": lambda: slicer.mrmlScene.Clear(0),
        "reload": lambda: slicer.util.reloadScriptedModule(state["module"].name),
        "exit": lambda: state["frame"].exit(),
        "cleanup": cleanup,
    }


def run_stages(host, path):
    """How far a module comes: the stages that passed, and what stopped or disturbed it."""
    passed = []
    for name, stage in stages(host, path).items():
        try:
            stage()
            host.pump(seconds=0.02)
        except Exception as error:
            traceback.print_exc()
            return {"passed": passed, "problem": f"{name}: {type(error).__name__}: {error}"}
        passed.append(name)
    problem = "; ".join(f"in a slot: {type(error).__name__}: {error}" for error in host.errors)
    return {"passed": passed, "problem": problem}


def run_tests(path):
    """One of Slicer's unit test files: how many ran, and which did not pass."""
    sys.path.insert(0, str(path.parent))
    suite = unittest.defaultTestLoader.loadTestsFromName(path.stem)
    log = io.StringIO()
    result = unittest.TextTestRunner(stream=log).run(suite)
    sys.stderr.write(log.getvalue())
    bad = [case.id().split(".")[-1] for case, _ in (*result.failures, *result.errors)]
    return {"ran": result.testsRun, "passed": result.testsRun - len(bad) - len(result.skipped), "bad": bad}


def child(path, checkout):
    """Work of one process: prints its outcome as one line of JSON."""
    sys.path.insert(0, str(HERE))
    import slicerhost

    host = slicerhost.start(str(checkout / "Base" / "Python") if checkout else None)
    if checkout:
        scripted = checkout / "Modules" / "Scripted"
        sys.path += [str(scripted / "DICOMPlugins"), str(scripted / "SampleData"), str(scripted)]
    with contextlib.redirect_stdout(sys.stderr):
        outcome = run_tests(path) if path.name.startswith("test_") else run_stages(host, path)
    print(json.dumps(outcome), flush=True)


def outcome_of(path, checkout):
    """Run one file in a process of its own."""
    command = [sys.executable, __file__, "--child", str(path)]
    command += ["--slicer", str(checkout)] if checkout else []
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return {"problem": f"not finished after {SECONDS} s", "passed": []}
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        sys.stderr.write(done.stderr)
        return {"problem": f"the process ended with {done.returncode}", "passed": []}
    if json.loads(lines[-1]).get("problem"):
        sys.stderr.write(done.stderr)
    return json.loads(lines[-1])


def row(path, outcome):
    """One line of the table."""
    if "ran" in outcome:
        bad = f" (not: {', '.join(outcome['bad'])})" if outcome["bad"] else ""
        return f"| `{path.name}` | {outcome['passed']} of {outcome['ran']} tests{bad} |"
    count = f"{len(outcome['passed'])} of {len(STAGES)} stages"
    return f"| `{path.name}` | {count}{'; ' + outcome['problem'] if outcome['problem'] else ''} |"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="scripted modules and test_*.py of Slicer")
    parser.add_argument("--slicer", type=Path, help="checkout of Slicer whose Python files are used")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    given = arguments()
    if given.child:
        child(given.child.resolve(), given.slicer and given.slicer.resolve())
        return 0
    outcomes = {path: outcome_of(path.resolve(), given.slicer) for path in given.files}
    print("| file | reached |\n| --- | --- |")
    for path, outcome in outcomes.items():
        print(row(path, outcome))
    complete = (not outcome.get("problem") and not outcome.get("bad") for outcome in outcomes.values())
    return 0 if all(complete) else 1


if __name__ == "__main__":
    sys.exit(main())
