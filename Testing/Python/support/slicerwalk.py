"""Walks the extension's code for what it takes from objects of Slicer and CTK, whose classes can be told from the text.

An object's class is known where it is a widget of a form, by its name there; `slicer.app`, the database of DICOM, the
module's own frame; what is made by ``slicer.qMRML…()`` or ``ctk.ctk…()``; what a method of such an object returns; and
whatever is assigned from one of these to a name or an attribute.
"""

from __future__ import annotations

import ast
import xml.etree.ElementTree as ET
from dataclasses import dataclass

FROM_START = {"slicer.app": "qSlicerApplication", "slicer.dicomDatabase": "ctkDICOMDatabase"}
PARENT = {"DualNetSSL": "qSlicerScriptedLoadableModule", "DualNetSSLWidget": "qSlicerScriptedLoadableModuleWidget"}
CHILDREN = {"SegmentsTableView": "qMRMLSegmentsTableView"}
"""Named children of Slicer's own widgets that are looked up."""


@dataclass(frozen=True)
class Use:
    """One attribute that the code takes from an object of a known class."""

    place: str
    cls: str
    name: str


def widgets(folder):
    """Name to class of every widget in the forms of a folder.

    Raises:
        ValueError: two forms call widgets of different classes by one name.
    """
    found = {}
    for form in sorted(folder.glob("*.ui")):
        for widget in ET.parse(form).iter("widget"):
            name, cls = widget.get("name"), widget.get("class")
            if found.setdefault(name, cls) != cls:
                raise ValueError(f"{form.name}: {name} is a {cls} here and a {found[name]} elsewhere")
    return found


class Walker(ast.NodeVisitor):
    """Finds the uses in one file; it is to be visited twice, as an attribute may be assigned below where it is used."""

    def __init__(self, path, forms, returned):
        """Walk a file, with the widgets of the forms and ``returned(class, method) -> class or None``."""
        self._path, self._forms, self._returned = path, forms, returned
        self._attributes, self._names, self._class = {}, {}, ""
        self.uses = set()

    def visit_ClassDef(self, node):
        before, self._class = self._class, node.name
        self.generic_visit(node)
        self._class = before

    def visit_FunctionDef(self, node):
        before, self._names = self._names, dict(self._names)
        self.generic_visit(node)
        self._names = before

    def visit_Assign(self, node):
        self.generic_visit(node)
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            for to, value in pairs:
                self._assigned(to, self.class_of(value))

    def visit_For(self, node):
        """``for button in (ui.a, ui.b)``: all of one class, or nothing is known."""
        if isinstance(node.iter, ast.Tuple) and isinstance(node.target, ast.Name):
            classes = {self.class_of(each) for each in node.iter.elts}
            self._assigned(node.target, classes.pop() if len(classes) == 1 else None)
        self.generic_visit(node)

    def _assigned(self, target, cls):
        if isinstance(target, ast.Name):
            self._names.pop(target.id, None)
            if cls is not None:
                self._names[target.id] = cls
        elif isinstance(target, ast.Attribute) and cls is not None and ast.unparse(target.value) == "self":
            self._attributes[self._class, target.attr] = cls

    def visit_Attribute(self, node):
        cls = self.class_of(node.value)
        if cls is not None:
            self.uses.add(Use(f"{self._path.name}:{node.lineno}", cls, node.attr))
        self.generic_visit(node)

    def class_of(self, node):
        """The class of an expression, or None."""
        if isinstance(node, ast.Name):
            return self._names.get(node.id)
        if isinstance(node, ast.Attribute):
            return self._class_of_attribute(node)
        if isinstance(node, ast.Call):
            return self._class_of_call(node)
        return None

    def _class_of_attribute(self, node):
        text = ast.unparse(node)
        if text == "self.parent" and self._class in PARENT:
            return PARENT[self._class]
        if text.startswith("self.") and (self._class, node.attr) in self._attributes:
            return self._attributes[self._class, node.attr]
        known = FROM_START.get(text)
        if known is None and ast.unparse(node.value).split(".")[-1] in ("ui", "_ui"):
            known = self._forms.get(node.attr)
        return known

    def _class_of_call(self, node):
        if not isinstance(node.func, ast.Attribute):
            return None
        if node.func.attr.startswith(("qMRML", "qSlicer", "ctk")) and isinstance(node.func.value, ast.Name):
            return node.func.attr
        if node.func.attr == "findChild" and len(node.args) == 2 and isinstance(node.args[1], ast.Constant):
            return CHILDREN.get(node.args[1].value)
        cls = self.class_of(node.func.value)
        return None if cls is None else self._returned(cls, node.func.attr)


def uses_in(path, text, forms, returned):
    """Every use of an object of Slicer, CTK or a form in a file."""
    walker, tree = Walker(path, forms, returned), ast.parse(text)
    walker.visit(tree)
    walker.visit(tree)
    return walker.uses
