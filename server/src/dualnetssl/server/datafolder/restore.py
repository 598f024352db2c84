"""Restoring a backup into a new data folder.

A file says for as long as it takes that the folder is not whole; no server opens it then, and restoring begins anew.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from dualnetssl.contract.errors import InvalidRequest, UnusableDataFolder
from dualnetssl.contract.jobdir import write_atomic
from dualnetssl.server.blobs import PREPARED
from dualnetssl.server.datafolder.admission import UNFINISHED, look_at
from dualnetssl.server.datafolder.copying import copy, is_about
from dualnetssl.server.datafolder.manifest import Manifest, read, unreadable
from dualnetssl.server.datafolder.mark import Mark
from dualnetssl.server.settings import Settings, make_data_folder, usable_folder

_STORE = "store.sqlite"


def restore(backup: Path, chosen: Settings) -> Manifest:
    """Make a data folder of a backup.

    Args:
        backup: folder that a backup was written to.
        chosen: settings of the new data folder: one that is new, empty, or where restoring was broken off.

    Raises:
        InvalidRequest: the data folder has something in it.
        UnusableDataFolder: the backup is not whole, or a file of it is not what it was.
        DiskFull: there is no room; restoring into the same folder again begins anew.
    """
    manifest = read(backup)
    if _STORE not in manifest.files:
        raise UnusableDataFolder("a backup without a store", "a whole backup", "Use another backup.")
    with usable_folder():
        make_data_folder(chosen.data_folder)
        check_target(chosen.data_folder)
        write_atomic(chosen.data_folder / UNFINISHED, b"")
        for name in sorted(manifest.files, key=lambda name: name == _STORE):
            _take(backup, chosen.data_folder, name, manifest.files[name])
        for spec in chosen.jobs_root.glob("*/job.json"):
            _move_paths(spec, chosen)
        _claim(chosen)
        (chosen.data_folder / UNFINISHED).unlink()
    return manifest


def check_target(folder: Path) -> None:
    """Refuse a data folder that anything could be lost in.

    Raises:
        InvalidRequest: there is something in it, and it is not what an earlier attempt to restore left.
        UnusableDataFolder: it cannot be read.
    """
    with usable_folder():
        present = [path.name for path in folder.iterdir() if path.name != "server.lock"]
    if present and UNFINISHED not in present:
        raise InvalidRequest(
            f"the data folder {folder}, which has something in it already",
            "a new or an empty folder",
            "Choose another one with --data-folder; nothing was changed.",
        )


def _take(backup: Path, folder: Path, name: str, digest: str) -> None:
    try:
        found = copy(backup / name, folder / name)
    except FileNotFoundError:
        found = "none"
    except OSError as error:
        if is_about(error, backup):
            raise unreadable(error) from error
        raise
    if found != digest:
        raise UnusableDataFolder(
            f"a backup whose file {name} is {'missing' if found == 'none' else 'not what it was'}",
            "the bytes that the manifest names",
            "Use another backup, or a whole copy of this one, and restore into the same folder again.",
        )


def _move_paths(spec: Path, chosen: Settings) -> None:
    """Let the order of a job name the files of the new folder."""
    order = json.loads(spec.read_bytes())
    for case in order["cases"]:
        for part in ("image", "label", "verified"):
            if case.get(part) is not None:
                digest = _last(case[part])
                case[part] = str((chosen.blobs_root / digest[:2] / digest).resolve())
    if order.get("model") is not None:
        order["model"] = str((spec.parent / "start" / _last(order["model"])).resolve())
    if order.get("prepared"):
        order["prepared"] = str((chosen.data_folder / PREPARED).resolve())
    write_atomic(spec, json.dumps(order, indent=1).encode())


def _last(path: Any) -> str:
    """Return the last part of a path, of this operating system or another."""
    return re.split(r"[/\\]", str(path))[-1]


def _claim(chosen: Settings) -> None:
    """Mark blobs and store as belonging together; a store of an earlier version does so when it is opened."""
    chosen.blobs_root.mkdir(exist_ok=True)
    stamp = look_at(chosen.store_path).stamp
    if stamp is not None:
        Mark.beside(chosen.blobs_root).claim(stamp)
