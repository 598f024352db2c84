"""Folders of volumes by name: which file is which case, and which cases the user picked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dualnetssl.contract.errors import InvalidDataset, InvalidRequest, ProblemError
from dualnetssl.volumes.formats import ENDINGS, IN_WORDS

_REFUSED_LATER = (".mhd", ".nhdr", ".hdr", ".dcm", ".dicom")
_LONGEST_NAME = 128


@dataclass(frozen=True)
class Finding:
    """A file or case that cannot be used, and why."""

    name: str
    problem: ProblemError

    def __str__(self) -> str:
        problem = self.problem
        return f"{self.name}: received {problem.received}; allowed: {problem.allowed}. {problem.remedy}"


@dataclass(frozen=True)
class Folder:
    """The volumes of a folder by the name of their case, and what was wrong with names."""

    files: dict[str, Path]
    findings: tuple[Finding, ...]


def stem(filename: str) -> str:
    """Return a file's name without the ending of its format.

    Example:
        >>> stem("liver.01.nii.gz"), stem("a.seg.nrrd"), stem("b")
        ('liver.01', 'a', 'b')
    """
    for suffix in (*ENDINGS, *_REFUSED_LATER):
        if filename.lower().endswith(suffix):
            return filename[: -len(suffix)]
    return filename


def case_name(text: str) -> str:
    """Make the name of a case out of a file's stem: only letters, digits, dot, dash and underscore.

    nnU-Net's ``_0000`` of a first channel is no part of the name, since its labels go without it.

    Example:
        >>> case_name("scan 1 (left)"), case_name("liver_7_0000"), case_name("-x")
        ('scan_1__left_', 'liver_7', 'case_-x')
    """
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", re.sub(r"_0000$", "", text))
    return (plain if re.match(r"[A-Za-z0-9]", plain) else f"case_{plain}")[:_LONGEST_NAME]


def list_volumes(folder: Path, kind: str) -> Folder:
    """Find the volumes of a folder; two files for one case are a finding, and neither is used.

    Args:
        folder: where to look; folders inside it are not searched.
        kind: ``images``, ``labels`` or ``predictions``, for the messages.

    Raises:
        InvalidDataset: there is no such folder, or no volume in it.
    """
    if not folder.is_dir():
        received = f"{folder}, which is {'a file' if folder.exists() else 'not there'}"
        raise InvalidDataset(received, f"a folder of {kind}", f"Check the folder of {kind} (--{kind}).")
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.name.lower().endswith((*ENDINGS, *_REFUSED_LATER)) and not path.name.startswith("."):
            found.setdefault(case_name(stem(path.name)), []).append(path)
    if not found:
        raise _nothing_found(folder, kind)
    doubled = {name: paths for name, paths in found.items() if len(paths) > 1}
    files = {name: paths[0] for name, paths in found.items() if name not in doubled}
    return Folder(files, tuple(_doubled(name, paths) for name, paths in doubled.items()))


def _doubled(name: str, paths: Sequence[Path]) -> Finding:
    received = f"{len(paths)} files for one case: {', '.join(path.name for path in paths)}"
    return Finding(name, InvalidDataset(received, "one file for each case", "Remove or rename all but one."))


def _nothing_found(folder: Path, kind: str) -> InvalidDataset:
    contents = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    if any(_is_dicom(path) for path in contents):
        return InvalidDataset(
            f"{folder}, which holds a DICOM series",
            f"a folder of {IN_WORDS}",
            "Load the series in 3D Slicer and save it as NRRD: that leaves the patient's data behind.",
        )
    received = f"{folder}, which is empty" if not contents else f"{folder}, where no file is a volume"
    return InvalidDataset(received, f"a folder of {IN_WORDS}", f"Check the folder of {kind} (--{kind}).")


def _is_dicom(path: Path) -> bool:
    if path.is_dir():
        return any(_is_dicom(inner) for inner in sorted(path.iterdir())[:3] if inner.is_file())
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def pick(choice: str, names: Sequence[str], option: str, *, last: bool = False) -> tuple[str, ...]:
    """Return the names that a number or a file of names picks.

    Args:
        choice: how many, or a text file with one name a line (``#`` begins a comment; file endings may be given).
        names: what there is to pick from, in order.
        option: the option's name, for the messages.
        last: take the last ones of a number, not the first.

    Raises:
        InvalidRequest: more than there are, no such file, or a name that is not there.
    """
    if choice.isdigit():
        return _pick_number(int(choice), names, option, last)
    path = Path(choice)
    if not path.is_file():
        raise InvalidRequest(f"{option} {choice}", "a number, or a file with one name a line", "Check the file's name.")
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    wanted = [case_name(stem(line)) for line in lines if line]
    missing = [name for name in wanted if name not in names]
    if missing:
        received = f"{option}: {len(missing)} names that no file has, such as {missing[0]}"
        raise InvalidRequest(received, f"the {len(names)} cases there are", f"Correct {path.name}.")
    return tuple(name for name in names if name in wanted)


def _pick_number(count: int, names: Sequence[str], option: str, last: bool) -> tuple[str, ...]:
    if count > len(names):
        received = f"{option} {count}"
        raise InvalidRequest(
            received, f"at most {len(names)}, as many as there are", f"Give {option} a smaller number."
        )
    return tuple(names[len(names) - count :] if last else names[:count])
