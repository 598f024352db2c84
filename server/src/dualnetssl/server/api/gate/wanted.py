"""What a field takes, in our own words: not in those of the library that checks it, and no regular expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        r"^[0-9a-f]{64}$": "the SHA-256 of a file, 64 characters of 0 to 9 and a to f",
        r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$": "1 to 128 letters, digits, dots, dashes and underscores, first a letter "
        "or digit",
        r"^model_[0-9a-f]{16}$": "the identifier of a model, model_ and 16 characters of 0 to 9 and a to f",
    }
)
"""What the patterns of the contract mean."""

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "missing": "a value, which must be there",
        "extra_forbidden": "nothing: there is no such field",
        "string_type": "text",
        "int_type": "a whole number",
        "int_parsing": "a whole number",
        "int_parsing_size": "a whole number below 2**63",
        "int_from_float": "a whole number",
        "float_type": "a number",
        "float_parsing": "a number",
        "finite_number": "a finite number",
        "bool_type": "true or false",
        "bool_parsing": "true or false",
        "tuple_type": "a list",
        "list_type": "a list",
        "dict_type": "an object of JSON",
        "model_type": "an object of JSON",
        "model_attributes_type": "an object of JSON",
        "is_instance_of": "a value of another kind",
        "none_required": "null",
        "greater_than": "a number above {gt}",
        "greater_than_equal": "a number of at least {ge}",
        "less_than": "a number below {lt}",
        "less_than_equal": "a number of at most {le}",
        "too_short": "at least {min_length} entries",
        "too_long": "at most {max_length} entries",
        "string_too_short": "a text of at least {min_length} characters",
        "string_too_long": "a text of at most {max_length} characters",
        "literal_error": "one of {expected}",
        "enum": "one of {expected}",
        "value_error": "{error}",
    }
)


def wanted(fault: Mapping[str, Any]) -> str:
    """Say what a field takes that did not pass its check.

    Args:
        fault: one of the list that pydantic gives.

    Example:
        >>> wanted({"type": "greater_than_equal", "ctx": {"ge": 1}})
        'a number of at least 1'
    """
    context = fault.get("ctx", {})
    if fault["type"] == "string_pattern_mismatch":
        return PATTERNS.get(context["pattern"], "text of the form that /v1/openapi.json gives")
    return _WORDS.get(fault["type"], "what /v1/openapi.json gives").format_map(context)


def own_faults(faults: Sequence[Any]) -> list[Any]:
    """Leave out that a list is too short where that is only because entries of it are faulty: one problem per fault."""
    places = [tuple(fault["loc"]) for fault in faults]
    return [
        fault
        for fault in faults
        if fault["type"] != "too_short" or not any(_within(place, tuple(fault["loc"])) for place in places)
    ]


def _within(place: Sequence[Any], outer: Sequence[Any]) -> bool:
    return len(place) > len(outer) and place[: len(outer)] == outer
