"""What lies in a folder: its volumes by name, and what else, which is said and not looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dualnetssl.contract.errors import InvalidDataset
from dualnetssl.files.formats import ENDINGS, IN_WORDS
from dualnetssl.files.names import REFUSED_LATER, stem
from dualnetssl.files.pairing import Named, Note

CLASS_FILES = ("labels.json", "dataset.json")
"""Files that say what the classes are; see `dualnetssl.files.layouts.class_file`."""
_MOST_LISTED = 3


@dataclass(frozen=True)
class Listing:
    """The volumes of a folder, and what else lies there."""

    files: tuple[Named, ...]
    notes: tuple[Note, ...] = ()


def list_volumes(folder: Path, kind: str) -> Listing:
    """List the volumes of a folder in order of their names; folders inside it are not searched, and that is said.

    Args:
        folder: where to look.
        kind: ``images`` or ``labels``, for the messages.

    Raises:
        InvalidDataset: there is no such folder, or no volume in it.
    """
    check_folder(folder, kind)
    found = volumes_in(folder)
    if not found:
        raise nothing_found(folder, kind)
    return Listing(found, tuple(others_in(folder)))


def volumes_in(folder: Path) -> tuple[Named, ...]:
    """Return the volumes of a folder with their stems, in order of their names; hidden files are none."""
    return tuple((stem(path.name), path) for path in visible(folder) if is_volume(path) and not path.is_dir())


def is_volume(path: Path) -> bool:
    """Whether a file's name is that of a volume, be it one that is read or one that is refused with the reason."""
    return path.name.lower().endswith((*ENDINGS, *REFUSED_LATER))


def visible(folder: Path) -> list[Path]:
    """Return what lies in a folder and is not hidden, in order."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def others_in(folder: Path) -> Iterable[Note]:
    """Say what lies in a folder of volumes and is not looked at."""
    others = [path for path in visible(folder) if not is_volume(path) and path.suffix.lower() != ".img"]
    inner = [path.name for path in others if path.is_dir()]
    files = [path.name for path in others if not path.is_dir() and path.name not in CLASS_FILES]
    if inner:
        yield Note(folder.name, f"{_counted(inner, 'folder')} in it not searched: {_listed(inner)}")
    if files:
        yield Note(folder.name, f"{_counted(files, 'file')} in it no volume: {_listed(files)}")


def _counted(names: Sequence[str], what: str) -> str:
    return f"{len(names)} {what}{'s are' if len(names) > 1 else ' is'}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_LISTED]) + (" …" if len(names) > _MOST_LISTED else "")


def check_folder(folder: Path, kind: str) -> None:
    """Refuse what is no folder.

    Raises:
        InvalidDataset: it is a file, or not there.
    """
    if not folder.is_dir():
        received = f"{folder}, which is {'a file' if folder.exists() else 'not there'}"
        raise InvalidDataset(received, f"a folder of {kind}", f"Check the folder of {kind} (--{kind}).")


def nothing_found(folder: Path, kind: str, inside: Path | None = None) -> InvalidDataset:
    """Make the error for a folder without any volume, saying what lies there instead.

    Args:
        folder: that was named.
        kind: of what it should hold, for the messages.
        inside: a folder below that holds such, if one is known.
    """
    contents = visible(folder)
    if any(_is_dicom(path) for path in contents):
        return InvalidDataset(
            f"{folder}, which holds a DICOM series",
            f"a folder of {IN_WORDS}",
            "Load the series in 3D Slicer and save it as NRRD: that leaves the patient's data behind.",
        )
    received = f"{folder}, which is empty" if not contents else f"{folder}, where no file is a volume"
    inner = [path.name for path in contents if path.is_dir()]
    if inner:
        received += f"; {_counted(inner, 'folder')} in it not searched: {_listed(inner)}"
    remedy = f"Check the folder of {kind} (--{kind})." if inside is None else f"Name the folder inside: {inside}."
    return InvalidDataset(received, f"a folder of {IN_WORDS}", remedy)


def _is_dicom(path: Path) -> bool:
    if path.is_dir():
        return any(_is_dicom(inner) for inner in sorted(path.iterdir())[:3] if inner.is_file())
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"
