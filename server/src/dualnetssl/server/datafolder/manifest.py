"""The manifest of a backup: every file with its digest. It is written last, so a backup without it is not whole."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from pydantic import Field, ValidationError, field_validator

from dualnetssl.contract.errors import UnusableDataFolder
from dualnetssl.contract.jobdir import write_atomic
from dualnetssl.contract.schema import Digest, Strict

NAME = "manifest.json"


class Manifest(Strict):
    """What a backup holds.

    ``files`` gives the SHA-256 of each file by its path below the backup; ``missing`` the digests of blobs that the
    store names and that were not there, ``damaged`` of those whose bytes are not what their name says.
    """

    format: int = Field(default=1, ge=1, le=1)
    made: str
    server: str
    files: dict[str, Digest]
    missing: tuple[Digest, ...] = ()
    damaged: tuple[Digest, ...] = ()

    @field_validator("files")
    @classmethod
    def _stays_inside(cls, files: dict[str, str]) -> dict[str, str]:
        for name in files:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
                raise ValueError(f"the path {name!r} leads out of the backup")
        return files


def write(folder: Path, manifest: Manifest) -> None:
    """Declare a backup whole."""
    write_atomic(folder / NAME, manifest.model_dump_json(indent=1).encode())


def read(folder: Path) -> Manifest:
    """Read the manifest of a backup.

    Raises:
        UnusableDataFolder: the backup is not whole, or no backup.
    """
    try:
        return Manifest.model_validate_json((folder / NAME).read_bytes())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UnusableDataFolder(
            "a folder without a manifest.json, which is written when a backup is whole",
            "a folder that 'dualnetssl backup' wrote to its end",
            "Name the folder of a whole backup; one that was broken off can be deleted.",
        ) from error
    except OSError as error:
        raise unreadable(error) from error
    except ValidationError as error:
        raise UnusableDataFolder(
            f"a manifest.json that cannot be used ({error.errors()[0]['msg']})",
            "the manifest that 'dualnetssl backup' wrote",
            "Use another backup, or a newer server if a newer one wrote it.",
        ) from error


def unreadable(error: OSError) -> UnusableDataFolder:
    """Return the error of a backup that this user or this disk cannot read."""
    return UnusableDataFolder(
        f"a backup that cannot be read ({error.strerror or error})",
        "a backup that you may read, on a disk that is sound",
        "Correct the owner, the rights or the disk of the backup, or use another one.",
    )
