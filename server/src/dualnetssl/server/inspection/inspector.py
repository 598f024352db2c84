"""The process in which uploaded volumes are opened: many questions, one at a time, each with its files already open.

Before the first question it gives up file system and network, so files come as descriptors over the socket that is
its standard input. Where the system has no such sockets, it answers one question on standard input about paths.
"""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import socket
import stat
import struct
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np

from dualnetssl.contract.errors import DiskFull, ProblemError, VolumeTooLarge
from dualnetssl.contract.schema import Geometry
from dualnetssl.files.formats import read_header
from dualnetssl.files.header import Header, check_header
from dualnetssl.files.payload import Payload, arrays
from dualnetssl.files.reading import MAX_CHANNELS
from dualnetssl.server.inspection import sandbox
from dualnetssl.volumes.canonical import canonical_header, is_canonical, write_canonical
from dualnetssl.volumes.geometry import check_same_geometry, geometry_of, same_geometry
from dualnetssl.volumes.voxel_checks import Pieces, check_finite, count_labels, sum_of_doubt

MEMORY_BYTES = 256 << 20
"""What one check may take beyond what the process has at its start, whatever the size of the volume."""
_FILE_ALLOWANCE = 16 << 20
_MOST_FILES = 8
_ROLES = {"image": "the image", "label": "the label", "verified": "the mask of verified voxels"}
_SEGMENTATIONS = ("label", "verified")

Files = Mapping[str, IO[bytes]]


class Inspection:
    """The check of one case."""

    def __init__(
        self,
        files: Files,
        outputs: Files,
        allowed: list[int],
        max_voxels: int,
        limit_files: Callable[[int], None] = lambda size: None,
    ) -> None:
        """Check these files.

        Args:
            files: ``image`` and, if there are such, ``label``, ``verified`` and ``uncertainty``.
            outputs: by role, where a file is written anew if it is not in the form that the server keeps.
            allowed: values that the label may have, 0 included.
            max_voxels: largest volume to accept.
            limit_files: told, before a file is written anew, how many bytes it may have. A process of the checks
                alone limits itself so; in any other one the limit would outlast the check.
        """
        self._files, self._outputs, self._allowed, self._most = files, outputs, allowed, max_voxels
        self._limit_files = limit_files
        self._headers: dict[str, Header] = {}
        self._rewritten: list[str] = []

    def run(self, declare: Callable[[int], None] = lambda _: None) -> dict[str, Any]:
        """Check headers, then voxels, and write anew what has to be.

        Args:
            declare: told of the bytes that the headers declare, before any of them is unpacked.

        Returns:
            ``geometry`` and ``channels`` of the image, ``verified_fraction``, ``benefit_ml`` (what the map of
            uncertainty expects to be wrong outside the mask, or None without a map) and ``rewritten``, the roles of
            outputs that are used.

        Raises:
            ProblemError: what is wrong, and with which of the files.
        """
        geometry = self._check_headers()
        declare(sum(header.total_bytes for header in self._headers.values()))
        fraction = self._check_voxels()
        return {
            "geometry": geometry.model_dump(),
            "channels": self._headers["image"].channels * self._headers["image"].series,
            "verified_fraction": fraction,
            "benefit_ml": self._benefit_ml(geometry),
            "rewritten": self._rewritten,
        }

    def _check_headers(self) -> Geometry:
        with _blaming("image"):
            geometry = self._check_header("image")
        for role in [role for role in ("label", "verified") if role in self._files]:
            with _blaming(role):
                check_same_geometry(geometry, self._check_header(role))
        return geometry

    def _check_header(self, role: str) -> Geometry:
        header = read_header(self._files[role])
        if role not in _SEGMENTATIONS:  # in a scan, a text is where a name hides
            header = replace(header, fields={})
        self._headers[role] = header
        return geometry_of(check_header(header, self._most, MAX_CHANNELS if role == "image" else 1))

    def _check_voxels(self) -> float:
        """Check what the client sent; return the share of voxels that teach."""
        with _blaming("image"):
            self._once("image", check_finite)
        fraction = 0.0
        for role, values in (("label", self._allowed), ("verified", [0, 1])):
            if role in self._files:
                with _blaming(role):
                    mean = self._once(role, partial(count_labels, allowed=values))
                fraction = 1.0 if role == "label" else mean
        return fraction

    def _once(self, role: str, check: Callable[[Pieces], Any]) -> Any:
        """Go through the voxels of a file; then write it anew if it is not what the server keeps."""
        file, header = self._files[role], self._headers[role]
        payload = Payload(file, header)
        found = check(arrays(payload, header))
        if role in self._outputs and not is_canonical(file, header, payload.exact):
            self._limit_files(2 * header.voxels * 8 + _FILE_ALLOWANCE)
            write_canonical(file, header, payload.exact, self._outputs[role])
            self._outputs[role].flush()
            self._rewritten.append(role)
        return found

    def _benefit_ml(self, geometry: Geometry) -> float | None:
        """Return the expected error of the server's own map, unless it was made for another scan."""
        if "uncertainty" not in self._files or not same_geometry(geometry, self._check_header("uncertainty")):
            return None
        verified = self._pieces("verified") if "verified" in self._files else None
        return sum_of_doubt(self._pieces("uncertainty"), verified, geometry.spacing, len(self._allowed))

    def _pieces(self, role: str) -> Pieces:
        return arrays(Payload(self._files[role], self._headers[role]), self._headers[role])


@contextmanager
def _blaming(role: str) -> Iterator[None]:
    """Name the file in an error that is raised inside the block."""
    name = _ROLES[role]
    try:
        yield
    except MemoryError as error:
        raise VolumeTooLarge(
            f"{name}, which takes far more memory than its header declares",
            "files that hold what their header says",
            "Save it again, for instance with 3D Slicer.",
        ) from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DiskFull(
            "a volume for which the server's disk has no room", "what fits on the disk", "Free some space there."
        ) from error
    except ProblemError as error:
        raise type(error)(f"{error.received} ({name})", error.allowed, error.remedy) from error


def answer(inspection: Inspection, declare: Callable[[int], None] = lambda _: None) -> dict[str, Any]:
    """Return what an inspection finds, or what it refuses."""
    try:
        return inspection.run(declare)
    except ProblemError as error:
        return {"refusal": {name: getattr(error, name) for name in ("kind", "received", "allowed", "remedy")}}


def serve(channel: socket.socket) -> None:
    """Answer questions until the other side hangs up."""
    warm_up()
    sandbox.limit_memory(MEMORY_BYTES)
    _say(channel, {"confined": sandbox.confine()})
    while (asked := _hear(channel)) is not None:
        question, handles = asked
        with contextlib.ExitStack() as stack:
            modes = ["rb"] * len(question["files"]) + ["wb"] * len(question["outputs"])
            opened = [stack.enter_context(os.fdopen(*part)) for part in zip(handles, modes, strict=True)]
            files = dict(zip(question["files"], opened, strict=False))
            outputs = dict(zip(question["outputs"], opened[len(files) :], strict=True))
            found = answer(_asked(question, files, outputs), lambda total: _say(channel, {"declared": total}))
        _say(channel, found)


def _asked(question: dict[str, Any], files: Files, outputs: Files) -> Inspection:
    return Inspection(files, outputs, question["allowed"], question["max_voxels"], sandbox.limit_files)


def _say(channel: socket.socket, message: dict[str, Any]) -> None:
    data = json.dumps(message).encode()
    channel.sendall(struct.pack("!I", len(data)) + data)


def _hear(channel: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Return a question and the files that came with it; None once the other side has hung up."""
    data, handles, _, _ = socket.recv_fds(channel, 1 << 16, _MOST_FILES)
    if not data:
        return None
    (length,) = struct.unpack_from("!I", data)
    while len(data) < length + 4:
        data += channel.recv(1 << 16)
    return json.loads(data[4:]), handles


def warm_up() -> None:
    """Check a little volume, so that nothing has to be loaded once the file system is gone."""
    unit = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    header = Header("NRRD", (2, 2, 2), np.dtype("u1"), "gzip", 0, unit, (0.0, 0.0, 0.0))
    packer = zlib.compressobj(wbits=31)
    whole = canonical_header(header, "gzip") + packer.compress(bytes(8)) + packer.flush()
    for data in (whole, whole + b"junk", whole[:-9]):
        file = io.BytesIO(data)
        question = {"allowed": [0, 1], "max_voxels": 8}
        answer(_asked(question, {"image": file, "verified": file}, {"image": io.BytesIO()}))


def answer_once() -> None:
    """Answer the question on standard input, which names paths."""
    question = json.load(sys.stdin)
    with contextlib.ExitStack() as stack:
        files = {role: stack.enter_context(Path(path).open("rb")) for role, path in question["files"].items()}
        outputs = {role: stack.enter_context(Path(path).open("wb")) for role, path in question["outputs"].items()}
        found = answer(_asked(question, files, outputs))
    sys.stdout.write(json.dumps(found))


def main() -> None:
    """Answer as the other side asks."""
    if hasattr(socket, "recv_fds") and stat.S_ISSOCK(os.fstat(sys.stdin.fileno()).st_mode):
        serve(socket.socket(fileno=sys.stdin.fileno()))
    else:
        answer_once()


if __name__ == "__main__":
    main()
