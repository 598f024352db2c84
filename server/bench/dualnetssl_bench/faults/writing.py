"""Clients that write tiny scans and labels as fast as the server lets them, and remember what it acknowledged."""

from __future__ import annotations

import itertools
import secrets
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dualnetssl_bench.faults.ledger import Ledger
from dualnetssl_bench.faults.serving import Serving

if TYPE_CHECKING:
    from DualNetSSLLib.client.client import Client
    from DualNetSSLLib.client.records import Dataset

SIDE = 4
_HEADER = """NRRD0004
type: {kind}
dimension: 3
space: left-posterior-superior
sizes: 4 4 4
space directions: (1,0,0) (0,1,0) (0,0,1)
kinds: domain domain domain
endian: little
encoding: raw
space origin: (0,0,0)

"""


def tiny_image() -> bytes:
    """Return an NRRD of 4 x 4 x 4 random voxels, unlike any other."""
    voxels = (secrets.randbelow(2000) - 1000 for _ in range(SIDE**3))
    return _HEADER.format(kind="short").encode() + struct.pack(f"<{SIDE**3}h", *voxels)


def tiny_label() -> bytes:
    """Return an NRRD of 4 x 4 x 4 voxels that are 0 or 1 at random, the first of them 1."""
    return _HEADER.format(kind="uchar").encode() + bytes([1, *(secrets.randbelow(2) for _ in range(SIDE**3 - 1))])


def make_dataset(client: Client, ledger: Ledger) -> Dataset:
    """Make a data set, and remember it once it is acknowledged."""
    from DualNetSSLLib.client.records import LabelDefinition

    name = f"faults-{secrets.token_hex(6)}"
    made = client.create_dataset(name, [LabelDefinition(value=1, name="organ", colour=(230, 159, 0), terminology=None)])
    ledger.dataset(made.id, name)
    return made


def send(client: Client, folder: Path, content: bytes) -> str:
    """Upload some bytes; returns their digest."""
    path = folder / secrets.token_hex(8)
    path.write_bytes(content)
    return client.upload(path)


def write_case(client: Client, ledger: Ledger, dataset: str, folder: Path) -> None:
    """Make a case, and give it a label in a second revision; remember each that is acknowledged."""
    from DualNetSSLLib.client.records import CasePut

    name = f"case-{secrets.token_hex(6)}"
    made = client.put_case(dataset, name, CasePut(image=send(client, folder, tiny_image())))
    ledger.revision(made)
    label = send(client, folder, tiny_label())
    changed = CasePut(image=made.image, label=label, annotator="bench")
    ledger.revision(client.put_case(dataset, name, changed, revision=made.revision))


def write_lasting(client: Client, ledger: Ledger, folder: Path) -> None:
    """Make a data set with a case of two revisions: what must be there however much time passes."""
    folder.mkdir(parents=True, exist_ok=True)
    write_case(client, ledger, make_dataset(client, ledger).id, folder)


def write_some(client: Client, ledger: Ledger, folder: Path) -> None:
    """Make one write of each kind; the blob that no case names is promised for a day only."""
    folder.mkdir(parents=True, exist_ok=True)
    ledger.blob(send(client, folder, secrets.token_bytes(20_000)))
    write_lasting(client, ledger, folder)


@contextmanager
def writers(serving: Serving, ledger: Ledger, folder: Path, number: int = 4) -> Iterator[None]:
    """Let clients write, each in a thread of its own; each ends with its first failed call, and all at the end."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=_write_on, args=(serving, ledger, folder / f"client-{client}", stop))
        for client in range(number)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _write_on(serving: Serving, ledger: Ledger, folder: Path, stop: threading.Event) -> None:
    """Write until the server goes away: whatever was not acknowledged by then was not promised."""
    from DualNetSSLLib.client.errors import DualNetSSLError

    with serving.client() as client:
        for _ in itertools.takewhile(lambda _: not stop.is_set(), itertools.count()):
            try:
                write_some(client, ledger, folder)
            except DualNetSSLError:
                return
