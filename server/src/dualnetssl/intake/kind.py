"""Whether scans are CT or MR, where their folder says so: in ``dataset.json``, or in the names of all files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from dualnetssl.contract.config import TrainConfig
from dualnetssl.files.names import stem
from dualnetssl.files.pairing import Scan

Kind = Literal["ct", "mr"]
_CT = re.compile(r"ct|cta|ct scan|computed tomography", re.IGNORECASE)
_MR = re.compile(r"mri?|[a-z0-9]*t[12]w|t1.*|t2.*|flair|pdw?|adc|dwi|swi|magnetic resonance.*", re.IGNORECASE)
_WORD = re.compile(r"(?:^|[-_. ])(ct|mri?|[a-z0-9]*t[12]w|flair)(?=$|[-_. ])", re.IGNORECASE)
_TABLE = "dataset.json"


def said(folders: Iterable[Path], scans: Sequence[Scan]) -> tuple[Kind, str] | None:
    """Return what the scans are, and where it says so; None where nothing does, or channels are of both kinds.

    Args:
        folders: in which, or beside which, a ``dataset.json`` of nnU-Net or the Decathlon may lie.
        scans: whose files' names may say it; all of them must.
    """
    places = [place / _TABLE for folder in folders for place in (folder, folder.resolve().parent)]
    for place in places:
        if (kind := _of_words(_channels(place))) is not None:
            return kind, place.name
    words = [_word(path) for scan in scans for path in scan.channels]
    kind = _of_words(words)
    return None if kind is None else (kind, "the files' names")


def with_kind(config: TrainConfig, kind: Kind | None) -> TrainConfig:
    """Return a configuration with what the folder says the scans are, unless the person has said it."""
    if kind is None or config.modality != "auto":
        return config
    return config.model_copy(update={"modality": kind})


def _channels(place: Path) -> list[str]:
    try:
        content = json.loads(place.read_bytes())
        names = content.get("channel_names", content.get("modality", {}))
    except (OSError, ValueError, AttributeError):
        return []  # it is read once more where it is needed, and refused with the reason
    return [str(name) for name in (names.values() if isinstance(names, dict) else names or ())]


def _word(path: Path) -> str:
    found = _WORD.findall(stem(path.name))
    return found[-1] if found else ""


def _of_words(words: Sequence[str]) -> Kind | None:
    """Tell the kind that all words name.

    Example:
        >>> _of_words(["CT"]), _of_words(["FLAIR", "T1w"]), _of_words(["CT", "PET"]), _of_words([])
        ('ct', 'mr', None, None)
    """
    if words and all(map(_CT.fullmatch, words)):
        return "ct"
    return "mr" if words and all(map(_MR.fullmatch, words)) else None
