"""Names of files: what two of them have in common, and the plain name of a case, from which no two are made alike."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from dualnetssl.files.formats import ENDINGS

REFUSED_LATER = (".mhd", ".nhdr", ".dcm", ".dicom")
"""Endings of files that are volumes, though none that is read: each is refused with the way out."""
_LABEL_WORDS = r"(?:labels?|segmentation|seg|masks?|gt|dseg|manual|annotation|contour|groundtruth)"
_SCAN_WORDS = r"(?:images?|imaging|img|im|scan|volume|vol|ct|mr|mri)"
_BEHIND = re.compile(rf"[-_. ]{_LABEL_WORDS}$", re.IGNORECASE)
_BEFORE = re.compile(rf"^{_LABEL_WORDS}(?=[-_. ]|\d)", re.IGNORECASE)
_SCAN_BEFORE = re.compile(rf"^{_SCAN_WORDS}(?=[-_. ]|\d)", re.IGNORECASE)
_SCAN_BEHIND = re.compile(rf"[-_. ]{_SCAN_WORDS}$", re.IGNORECASE)
_ALONE = re.compile(_LABEL_WORDS, re.IGNORECASE)
_CHANNEL = re.compile(r"(.+)_(\d{4})")
_LONGEST_NAME = 128
_DIGITS = 6


def stem(filename: str) -> str:
    """Return a file's name without the ending of its format, its letters composed (NFC) as most systems have them.

    Example:
        >>> stem("liver.01.nii.gz"), stem("a.seg.nrrd"), stem("b")
        ('liver.01', 'a', 'b')
    """
    composed = unicodedata.normalize("NFC", filename)
    for suffix in (*ENDINGS, *REFUSED_LATER):
        if composed.lower().endswith(suffix):
            return composed[: -len(suffix)]
    return composed


def case_name(text: str) -> str:
    """Make the name of a case out of a file's stem: only letters, digits, dot, dash and underscore.

    Accents go; where letters are lost, a digest of the whole stem keeps names apart.

    Example:
        >>> case_name("scan 1 (left)"), case_name("Müller"), case_name("-x"), case_name("患者甲")
        ('scan_1__left_', 'Muller', 'case_-x', 'case-b35548')
    """
    letters = "".join(part for part in unicodedata.normalize("NFKD", text) if not unicodedata.combining(part))
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", letters)
    if any(letter.isalnum() and not letter.isascii() for letter in letters):
        return _told_apart(plain.strip("_") or "case", text)
    return (plain if re.match(r"[A-Za-z0-9]", plain) else f"case_{plain}")[:_LONGEST_NAME]


def _told_apart(plain: str, text: str) -> str:
    digest = hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()[:_DIGITS]
    start = plain if re.match(r"[A-Za-z0-9]", plain) else f"case_{plain}"
    return f"{start[: _LONGEST_NAME - _DIGITS - 1]}-{digest}"


def case_names(stems: Iterable[str]) -> dict[str, str]:
    """Name cases after the stems of their files; no two alike, not even but for capitals, as files on some disks.

    Example:
        >>> case_names(["a b", "c"])
        {'a b': 'a_b', 'c': 'c'}
        >>> case_names(["a b", "a_b"])
        {'a b': 'a_b-c8687a', 'a_b': 'a_b-648fa9'}
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for text in stems:
        alike[case_name(text).casefold()].append(text)
    return {
        text: case_name(text) if len(texts) == 1 else _told_apart(case_name(text), text)
        for texts in alike.values()
        for text in texts
    }


def label_base(text: str) -> str | None:
    """Return the stem of the scan that a label's stem speaks of, None if it does not look like a label's.

    Example:
        >>> label_base("case_7_seg"), label_base("a-label"), label_base("label_001"), label_base("liver")
        ('case_7', 'a', '001', None)
    """
    if (found := _BEHIND.search(text)) is not None:
        return text[: found.start()]
    if (found := _BEFORE.match(text)) is not None:
        return text[found.end() :].lstrip("-_. ")
    return None


def scan_base(text: str) -> str:
    """Return what is left of a scan's stem without words that say that it is one.

    Example:
        >>> scan_base("img_001"), scan_base("volume-0"), scan_base("liver_1"), scan_base("p1_ct")
        ('001', '0', 'liver_1', 'p1')
    """
    if (found := _SCAN_BEFORE.match(text)) is not None:
        return text[found.end() :].lstrip("-_. ")
    return _SCAN_BEHIND.sub("", text)


def is_label_word(text: str) -> bool:
    """Whether a name says nothing but that it is a label, as in a folder for each patient."""
    return _ALONE.fullmatch(text) is not None


def channel_of(text: str) -> tuple[str, int] | None:
    """Split nnU-Net's number of a channel off a stem, None if there is none.

    Example:
        >>> channel_of("liver_7_0001"), channel_of("liver_7")
        (('liver_7', 1), None)
    """
    found = _CHANNEL.fullmatch(text)
    return (found[1], int(found[2])) if found else None
