"""What the library says, in Slicer's language: its errors and steps are English sentences, as it knows no panel.

Slicer translates texts that it is given word for word, and these have values filled in. So each is looked for among the
sentences as they stand in the sources, its values are taken out, and the translation gets them. What is not among them
(words of pip, of the server, of the system) stays as it is.
"""

from __future__ import annotations

import functools
import re

from slicer.i18n import translate

from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.panel.common.sentence_list import SENTENCES

CONTEXT = "common.sentences"
VALUE = re.compile(r"\{\d+\}")


def in_slicers_language(text: str) -> str:
    """Translate what the library says; values that are sentences of it are translated as well.

    Example:
        >>> in_slicers_language("No such sentence.")
        'No such sentence.'
    """
    for sentence, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            values = [in_slicers_language(value) for value in found.groups()]
            return _filled(translate(CONTEXT, sentence), values)
    return _in_two(text)


def error_in_words(error: Exception) -> str:
    """Say what went wrong and what to do."""
    if not isinstance(error, DualNetSSLError):
        return str(error)
    return f"{in_slicers_language(error.cause)} {in_slicers_language(error.remedy)}".strip()


def _in_two(text: str) -> str:
    """Translate a sentence without values that others follow, and the others."""
    for sentence, _pattern in _patterns():
        if not VALUE.search(sentence) and text.startswith(f"{sentence} "):
            rest = text[len(sentence) + 1 :]
            return f"{translate(CONTEXT, sentence)} {in_slicers_language(rest)}"
    return text


def _filled(sentence: str, values: list[str]) -> str:
    """Put values into a sentence; braces in a value are nothing special.

    Example:
        >>> _filled("Von {1} auf {0}.", ["a", "{0}"])
        'Von {0} auf a.'
    """
    return VALUE.sub(lambda place: values[int(place.group()[1:-1])], sentence)


@functools.cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return each sentence with the pattern of what it says, those with the most words of their own first."""
    ordered = sorted(SENTENCES, key=lambda sentence: -len(VALUE.sub("", sentence)))
    return tuple((sentence, _pattern_of(sentence)) for sentence in ordered)


def _pattern_of(sentence: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(re.escape(part) for part in VALUE.split(sentence)), re.DOTALL)
