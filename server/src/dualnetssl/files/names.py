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
_LABEL_WORDS = r"(?:labels?|segmentation|segm?|masks?|gt|dseg|manual|annotations?|contours?|groundtruth|rois?|vois?)"
_WHOSE = r"(?:lesions?|tumou?rs?|organs?|consensus|final|corrected|edited|expert|rater|reader|gold|reference|ref)"
_SCAN_WORDS = r"(?:images?|imaging|img|im|scan|volume|vol|ct|mr|mri)"
_SEQUENCES = r"(?:ct|cta|mr|mri|t[12](?:w|c|ce|gd)?|flair|pdw?|dwi|adc|swi)"
_BEHIND = re.compile(
    rf"(?:[-_. ](?:{_WHOSE}|{_LABEL_WORDS})\d{{0,2}})*[-_. ]{_LABEL_WORDS}\d{{0,2}}(?:[-_. ]{_WHOSE}\d{{0,2}})*$",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"^{_LABEL_WORDS}(?=[-_. ]|\d)", re.IGNORECASE)
_SCAN_BEFORE = re.compile(rf"^{_SCAN_WORDS}(?=[-_. ]|\d)", re.IGNORECASE)
_SCAN_BEHIND = re.compile(rf"[-_. ](?:{_SCAN_WORDS}|{_SEQUENCES})$", re.IGNORECASE)
_ALONE = re.compile(_LABEL_WORDS, re.IGNORECASE)
_SCAN_FOLDER = re.compile(r"(?:images?|imgs?|scans?|volumes?|vols?)")
_LABEL_FOLDER = re.compile(r"(?:labels?|masks?|segmentations?|segs?|annotations?|gts?|groundtruths?|contours?|rois?)")
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
        >>> label_base("p1_lesion_mask"), label_base("p1_seg_rater2"), label_base("p1_lesion")
        ('p1', 'p1', None)
    """
    if (found := _BEHIND.search(text)) is not None:
        return text[: found.start()]
    if (found := _BEFORE.match(text)) is not None:
        return text[found.end() :].lstrip("-_. ")
    return None


def scan_base(text: str) -> str:
    """Return what is left of a scan's stem without words that say that it is one.

    Example:
        >>> scan_base("img_001"), scan_base("volume-0"), scan_base("liver_1"), scan_base("p1_ct"), scan_base("p1_T1w")
        ('001', '0', 'liver_1', 'p1', 'p1')
    """
    if (found := _SCAN_BEFORE.match(text)) is not None:
        return text[found.end() :].lstrip("-_. ")
    return _SCAN_BEHIND.sub("", text)


def class_called(name: str, names: Iterable[str]) -> str | None:
    """Return the class that a name means: capitals do not count, nor, where only one is like it, blanks and dashes.

    Example:
        >>> class_called("LIVER ", ["liver"]), class_called("left_kidney", ["Left Kidney"]), class_called("spleen", [])
        ('liver', 'Left Kidney', None)
        >>> class_called("a-b", ["a b", "a_b"]) is None
        True
    """
    known = list(names)
    for form in (_folded, _spoken):
        alike = [each for each in known if form(each) == form(name)]
        if len(alike) == 1:
            return alike[0]
    return None


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()


def _spoken(name: str) -> str:
    return " ".join(re.split(r"[\s_-]+", _folded(name)))


def is_label_word(text: str) -> bool:
    """Whether a name says nothing but that it is a label, as in a folder for each patient."""
    return _ALONE.fullmatch(text) is not None


def folder_of(name: str) -> str:
    """Return what a folder holds by its name: ``scans``, ``labels`` or, where it does not say so, nothing.

    Example:
        >>> folder_of("imagesTr"), folder_of("Masks"), folder_of("ground_truth"), folder_of("patient_1")
        ('scans', 'labels', 'labels', '')
    """
    plain = re.sub(r"(?:tr|_?train(?:ing)?)$", "", name.lower()).replace("_", "").replace("-", "")
    kinds = (("scans", _SCAN_FOLDER), ("labels", _LABEL_FOLDER))
    return next((kind for kind, words in kinds if words.fullmatch(plain)), "")


def channel_of(text: str) -> tuple[str, int] | None:
    """Split nnU-Net's number of a channel off a stem, None if there is none.

    Example:
        >>> channel_of("liver_7_0001"), channel_of("liver_7")
        (('liver_7', 1), None)
    """
    found = _CHANNEL.fullmatch(text)
    return (found[1], int(found[2])) if found else None
