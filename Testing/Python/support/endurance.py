"""A long day at the panel: cases opened and closed, regions walked, the module reloaded; and what is there to grow."""

from __future__ import annotations

import gc
from collections import Counter

from panelserver import MODULE, PATIENCE, ConnectedPanel
from reviewfixtures import Reviewer

OURS = ("DualNetSSL", "DualNetSSLLib")


def inventory():
    """What must not grow, by name: living objects of our classes, nodes, observers, Qt's objects, connections."""
    import slicer
    from slicerhost.leftovers import connections, observed

    gc.collect()
    kinds = (type(each) for each in gc.get_objects())
    ours = Counter(kind.__name__ for kind in kinds if str(kind.__module__).split(".")[0] in OURS)
    nodes = observed()
    found = {f"object {name}": count for name, count in ours.items()}
    found |= {
        f"node {name}": count for name, count in Counter(node.GetClassName() for node, _ in nodes.values()).items()
    }
    found["observers"] = sum(len(tags) for _, tags in nodes.values())
    found["Qt children"] = len(slicer.util.mainWindow().findChildren())
    found["connections"] = len(connections())
    return found


def grown(before, after, least=1):
    """What there is more of, by at least so many: before and after.

    What is left behind by each piece of work grows with their number; a message that has just come does not.
    """
    return {name: (before.get(name, 0), count) for name, count in after.items() if count - before.get(name, 0) >= least}


class Day:
    """The work of a day, on cases that a model has predicted."""

    def __init__(self, load, pump, server, dataset, names):
        """Open the module with ``load(path)`` and the data set in it."""
        self._pump, self._server, self._dataset, self._names = pump, server, dataset, names
        self._start(load(str(MODULE)))

    def _start(self, widget):
        panel = ConnectedPanel(widget, self._pump)
        panel.connect(self._server)
        panel.open_dataset(self._dataset)
        self._pump(lambda: panel.state.models, PATIENCE)
        self.reviewer = Reviewer(panel)

    def open_and_close(self, count):
        """Open cases in turn, and leave each."""
        for number in range(count):
            self.reviewer.open(self._names[number % len(self._names)])
            self.reviewer.desk.leave()
        self._rest()

    def walk(self, count):
        """Go to regions of one case, verify each and take that back."""
        reviewer = self.reviewer
        reviewer.open(self._names[0])
        for _ in range(count):
            reviewer.review.next()
            reviewer.review.accept()
            reviewer.review.undo()
            self._pump(seconds=0.0)
        reviewer.found()
        reviewer.desk.leave()
        self._rest()

    def reload(self, count):
        """Reload the module."""
        import slicer.util

        for _ in range(count):
            del self.reviewer
            slicer.util.reloadScriptedModule("DualNetSSL")
            self._start(slicer.modules.DualNetSSLWidget)
        self._rest()

    def _rest(self):
        """Wait until nothing is under way: a call to the background process that is not answered yet is no leak."""
        session = self.reviewer.panel.context.session
        self._pump(seconds=0.3)
        self._pump(lambda: not session._calls, PATIENCE)
