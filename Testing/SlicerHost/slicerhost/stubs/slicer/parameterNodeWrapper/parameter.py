"""One parameter: its type, its text in the node, its checks."""

import ast
import enum
import pathlib
import typing

from .annotations import Default, IsInstance, NotNone, Validator, alternatives, isNodeOrUnionOfNodes, splitAnnotations

CONTAINERS = (list, tuple, dict, set)


class Parameter:
    """A name and a type.

    Attributes:
        name: its name in the node.
        hint: the annotation as it stands in the class.
        kind: the type itself, ``list`` for ``list[int]``.
        kinds: the node classes it may be, for a node.
        notes: its annotations.
    """

    def __init__(self, name, hint, default=None):
        self.name, self.hint = name, hint
        plain, self.notes = splitAnnotations(hint)
        self.kinds, self.optional = alternatives(plain)
        self.kind = typing.get_origin(self.kinds[0]) or self.kinds[0]
        self.isNode = isNodeOrUnionOfNodes(plain)
        self._validators = [*self._type_checks(), *(note for note in self.notes if isinstance(note, Validator))]
        stated = next((note for note in self.notes if isinstance(note, Default)), None)
        self.default = default or stated or Default(self._zero())

    def _is_enum(self):
        return isinstance(self.kind, type) and issubclass(self.kind, enum.Enum)

    def _type_checks(self):
        known = self.isNode or self._is_enum() or self.kind in (bool, int, float, str, pathlib.Path, *CONTAINERS)
        if not known:
            raise TypeError(f"Unable to create serializer for {self.hint}")
        allowed = self.kinds if self.isNode else (int, float) if self.kind is float else self.kind
        return [IsInstance(allowed)] if self.isNode or self.optional else [NotNone(), IsInstance(allowed)]

    def _zero(self):
        if self.optional or self.isNode:
            return None
        return next(iter(self.kind)) if self._is_enum() else self.kind()

    def isIn(self, node):
        return bool(node.GetNodeReferenceID(self.name)) if self.isNode else node.HasParameter(self.name)

    def write(self, node, value):
        """Check a value and put it into the node.

        Raises:
            TypeError: not of the type.
            ValueError: None, or refused by an annotation.
        """
        for validator in self._validators:
            validator.validate(value)
        if self.isNode:
            node.SetNodeReferenceID(self.name, value.GetID() if value else None)
        else:
            node.SetParameter(self.name, self._text(value))

    def _text(self, value):
        if isinstance(value, enum.Enum):
            return value.name
        return repr(value) if self.kind in CONTAINERS else str(value)

    def read(self, node):
        if self.isNode:
            return node.GetNodeReference(self.name)
        if not self.isIn(node):
            self.write(node, self.default.value)
        text = node.GetParameter(self.name)
        if self.optional and text == "None":
            return None
        if self._is_enum():
            return self.kind[text]
        if self.kind is bool:
            return text == "True"
        return ast.literal_eval(text) if self.kind in CONTAINERS else self.kind(text)
