"""What may stand in ``Annotated[type, …]``."""

import types
import typing
from dataclasses import dataclass

import slicer


class Default:
    """A default value, or a function that makes one."""

    def __init__(self, value=None, *, generator=None):
        self._value, self._generator = value, generator

    @property
    def value(self):
        return self._generator() if self._generator else self._value


class Validator:
    """Refuses values by raising ValueError or TypeError."""

    def validate(self, value):
        raise NotImplementedError


@dataclass(frozen=True)
class IsInstance(Validator):
    classtype: object

    def validate(self, value):
        if value is not None and not isinstance(value, self.classtype):
            raise TypeError(f"Value must be of type {self.classtype}, is {value!r}")


class NotNone(Validator):
    def validate(self, value):
        if value is None:
            raise ValueError("Value must not be None")


@dataclass(frozen=True)
class WithinRange(Validator):
    minimum: float
    maximum: float

    def validate(self, value):
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"Value must be within range [{self.minimum}, {self.maximum}], is {value}")


@dataclass(frozen=True)
class Minimum(Validator):
    minimum: float

    def validate(self, value):
        if value < self.minimum:
            raise ValueError(f"Value must be at least {self.minimum}, is {value}")


@dataclass(frozen=True)
class Maximum(Validator):
    maximum: float

    def validate(self, value):
        if value > self.maximum:
            raise ValueError(f"Value must be at most {self.maximum}, is {value}")


@dataclass(frozen=True)
class Choice(Validator):
    choices: tuple

    def validate(self, value):
        if value not in self.choices:
            raise ValueError(f"Value {value!r} is not one of {self.choices}")


@dataclass(frozen=True)
class Exclude(Validator):
    excludedValues: tuple

    def validate(self, value):
        if value in self.excludedValues:
            raise ValueError(f"Value {value!r} is excluded")


@dataclass(frozen=True)
class Decimals:
    value: int


@dataclass(frozen=True)
class SingleStep:
    value: float


def splitAnnotations(hint):
    """A type and the list of its annotations."""
    if typing.get_origin(hint) is typing.Annotated:
        kind, *notes = typing.get_args(hint)
        return kind, notes
    return hint, []


def unannotatedType(hint):
    return splitAnnotations(hint)[0]


def alternatives(kind):
    """The types of a union, without None; and whether None is one of them."""
    union = typing.get_origin(kind) in (typing.Union, types.UnionType)
    kinds = typing.get_args(kind) if union else (kind,)
    return tuple(each for each in kinds if each is not type(None)), type(None) in kinds


def isNodeOrUnionOfNodes(kind):
    kinds = alternatives(kind)[0]
    return all(isinstance(each, type) and issubclass(each, slicer.vtkMRMLNode) for each in kinds)
