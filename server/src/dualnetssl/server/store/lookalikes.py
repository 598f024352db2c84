"""Which names look alike: two people must never have names that a reader takes for one.

A rule simple enough to be told: the letters of a name come from one alphabet; Chinese, Japanese and Korean signs may
stand beside it. Alphabets that imitate Latin letters, phonetic and small capital ones, have no place in a name. Two
names are the same if they are after NFKC, without regard to capitals and joiners, with the Cyrillic and Greek letters
that are drawn like Latin ones taken for these, and 1, l and I, and 0 and O, for one another.
"""

from __future__ import annotations

import unicodedata

_BESIDE_ANY = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "MODIFIER"}
_CYRILLIC = (
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501"
    "\u051b\u051d\u04bb\u04cf\u0432\u043d\u043a\u043c\u0442"
)
_GREEK = "\u03b1\u03b2\u03b5\u03b6\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7"
_DRAWN_LIKE = str.maketrans(_CYRILLIC + _GREEK, "aeopcyxijsdqwhlbhkmt" + "abezhikmnoptyx")
"""Of letters whose small and capital forms resemble different ones, the capital counts: it is drawn the same."""
_ONE_STROKE = str.maketrans("1l|\u4e280", "iiiio")
"""Digits, signs and single strokes that are drawn like a letter."""
IMITATED = "Imitated"
"""What `alphabets` calls letters that imitate others."""
_IMITATIONS = ((0x0250, 0x02AF), (0x1D00, 0x1DBF), (0xA4D0, 0xA4FF), (0x13A0, 0x13FF), (0xAB30, 0xABBF))
"""Phonetic letters, small capitals, Lisu, Cherokee and Latin Extended-E with Cherokee Supplement."""
_JOINERS = str.maketrans("", "", "\u200c\u200d")


def likeness(name: str) -> str:
    """Return a key that is equal for all names that look alike.

    Example:
        >>> likeness("Anna") == likeness("\N{CYRILLIC SMALL LETTER A}nna") == likeness("\uff21NNA")
        True
        >>> likeness("Anna") == likeness("Anne")
        False
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    drawn = folded.translate(_DRAWN_LIKE).translate(_JOINERS).translate(_ONE_STROKE)
    return " ".join(drawn.split())


def alphabets(name: str) -> list[str]:
    """Return the alphabets that the letters of a name come from, but for those that may stand beside any.

    Example:
        >>> alphabets("Dr M\u00fcller \u7530\u4e2d"), alphabets("\N{CYRILLIC SMALL LETTER A}nna")
        (['Latin'], ['Cyrillic', 'Latin'])
    """
    letters = [sign for sign in unicodedata.normalize("NFKC", name) if unicodedata.category(sign)[0] == "L"]
    scripts = {_script(letter) for letter in letters}
    return sorted(script.capitalize() for script in scripts - _BESIDE_ANY)


def _script(letter: str) -> str:
    if any(first <= ord(letter) <= last for first, last in _IMITATIONS):
        return IMITATED.upper()
    return unicodedata.name(letter, "UNKNOWN").split()[0]
