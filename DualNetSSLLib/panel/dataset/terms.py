"""The anatomical terms that Slicer's terminologies know, as entries that segments and DICOM understand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import slicer

CATEGORIES = ("Anatomical Structure", "Morphologically Altered Structure", "Tissue", "Body Substance")


PREFERRED = "General Anatomy"
"""Slicer's own list: it has colours, and is short enough to be read while the user waits."""


@dataclass(frozen=True)
class Term:
    """One term: its name as it is said, the serialised terminology entry, and the recommended RGB colour."""

    name: str
    entry: str
    colour: tuple[int, int, int]


def matching_term(terms: Sequence[Term], name: str) -> Term | None:
    """Return the term of this name, whatever its capitals."""
    wanted = " ".join(name.lower().split())
    return next((term for term in terms if term.name == wanted), None) if wanted else None


def known_terms() -> tuple[Term, ...]:
    """Return the terms of Slicer's anatomy list, or else of all that it has loaded, in alphabetical order."""
    logic = slicer.modules.terminologies.logic()
    names: list[str] = []
    logic.GetLoadedTerminologyNames(names)
    found: dict[str, Term] = {}
    for name in [name for name in names if PREFERRED in name] or names:
        for term in _terms_of(logic, name):
            found.setdefault(term.name, term)
    return tuple(found[name] for name in sorted(found))


def _terms_of(logic: Any, terminology: str) -> Iterator[Term]:
    for number in range(logic.GetNumberOfCategoriesInTerminology(terminology)):
        category = slicer.vtkSlicerTerminologyCategory()
        logic.GetNthCategoryInTerminology(terminology, number, category)
        if category.GetCodeMeaning() in CATEGORIES:
            yield from _terms_in(logic, terminology, category)


def _terms_in(logic: Any, terminology: str, category: Any) -> Iterator[Term]:
    for number in range(logic.GetNumberOfTypesInTerminologyCategory(terminology, category)):
        kind = slicer.vtkSlicerTerminologyType()
        logic.GetNthTypeInTerminologyCategory(terminology, category, number, kind)
        yield _term(logic, terminology, category, kind)
        sides = (
            logic.GetNumberOfTypeModifiersInTerminologyType(terminology, category, kind)
            if kind.GetHasModifiers()
            else 0
        )
        for place in range(sides):
            modifier = slicer.vtkSlicerTerminologyType()
            logic.GetNthTypeModifierInTerminologyType(terminology, category, kind, place, modifier)
            yield _term(logic, terminology, category, kind, modifier)


def _term(logic: Any, terminology: str, category: Any, kind: Any, modifier: Any = None) -> Term:
    entry = slicer.vtkSlicerTerminologyEntry()
    entry.SetTerminologyContextName(terminology)
    entry.GetCategoryObject().Copy(category)
    entry.GetTypeObject().Copy(kind)
    if modifier is not None:
        entry.GetTypeModifierObject().Copy(modifier)
    said = kind.GetCodeMeaning() if modifier is None else f"{modifier.GetCodeMeaning()} {kind.GetCodeMeaning()}"
    red, green, blue = (modifier or kind).GetRecommendedDisplayRGBValue()
    return Term(said.lower(), logic.SerializeTerminologyEntry(entry), (red, green, blue))
