"""Opening a data folder: private, free of doubt, and left as one whole store file at the end."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from dualnetssl.server.blobs import Blobs
from dualnetssl.server.datafolder.admission import readable, refuse_doubt
from dualnetssl.server.datafolder.mark import Mark
from dualnetssl.server.settings import Settings, make_private, usable_folder
from dualnetssl.server.store import Store
from dualnetssl.server.trash import Trash


@contextmanager
def opened(chosen: Settings) -> Iterator[tuple[Store, Blobs]]:
    """Open store and blobs of a data folder that this process holds; close them however the block ends.

    Raises:
        UnusableDataFolder: the folder is damaged, cannot be written to, or its parts do not belong together.
        DiskFull: there is no room to open it.
        Conflict: a newer server wrote it.
    """
    with usable_folder(), readable(chosen.data_folder):
        make_private(chosen.data_folder)
        refuse_doubt(chosen)
        blobs = Blobs(chosen.blobs_root, chosen.blob_bytes, Trash(chosen.trash_root))
        mark = Mark.beside(chosen.blobs_root)
        store = Store(chosen.store_path, mark.advance)
        if mark.read() != store.stamp():
            mark.claim(store.stamp())
    try:
        yield store, blobs
    finally:
        _close(store, mark)


def _close(store: Store, mark: Mark) -> None:
    try:
        store.close()
        mark.sync()
    except Exception:
        logging.getLogger(__name__).exception("the store was not closed in order; its log beside it has everything")
