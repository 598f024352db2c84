"""What a file is, judged by its first bytes and never by its name alone, before any library opens it."""

from __future__ import annotations

import gzip
import math
import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, cast

from dualnetssl_server.errors import InvalidVolume, VolumeTooLarge

Format = Literal["NiftiImageIO", "NrrdImageIO", "MetaImageIO"]

ACCEPTED = "3-D scans in NIfTI (.nii, .nii.gz), NRRD (.nrrd) or MetaImage (.mha)"
_HEAD_BYTES = 65_536
_SLACK_BYTES = 1 << 20
_CHUNK_BYTES = 1 << 20
_HEADER_BYTES = 348
_GZIP_MAGIC = b"\x1f\x8b"


def unusable(received: str, remedy: str, allowed: str = ACCEPTED) -> InvalidVolume:
    """Make the error for a file that is no usable volume."""
    return InvalidVolume(received, allowed, remedy)


def sniff(path: Path) -> Format:
    """Tell the format of a volume file.

    Returns:
        the name of the SimpleITK reader for it.

    Raises:
        InvalidVolume: a folder, DICOM, a header without its voxels, an unknown or unreadable file.
    """
    head = _head(path)
    if head[128:132] == b"DICM" or path.suffix.lower() in (".dcm", ".dicom"):
        raise _dicom("a DICOM file")
    if head.startswith(b"NRRD000"):
        return _attached_nrrd(head)
    if _is_nifti(head):
        return _named_nifti(path)
    if re.match(rb"(ObjectType|NDims|Comment)\s*=", head):
        return _attached_meta(head)
    if head[4:7] in (b"n+2", b"ni2"):
        raise unusable("NIfTI-2", "Save the scan as NIfTI-1 or NRRD.")
    raise unusable(
        f"a file of unknown format that starts with {head[:8]!r}" if head else "an empty file",
        "Save the scan again as NRRD or NIfTI, for instance with 3D Slicer.",
    )


def _dicom(received: str) -> InvalidVolume:
    return unusable(
        received,
        "Load the series in 3D Slicer and save it as NRRD: that leaves the patient's data behind.",
    )


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise _dicom("a folder, as DICOM series come")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        if head.startswith(_GZIP_MAGIC):
            head = zlib.decompressobj(wbits=31).decompress(head, _HEAD_BYTES)
    except FileNotFoundError as error:
        raise unusable("no file of that name", "Check the name.") from error
    except zlib.error as error:
        raise _damaged() from error
    except OSError as error:
        raise unusable(
            f"a file that cannot be read ({error.strerror})", "Check the permission to read it and the disk."
        ) from error
    return head


def _attached_nrrd(head: bytes) -> Format:
    fields = head.split(b"\n\n")[0].split(b"\r\n\r\n")[0].lower()
    if re.search(rb"^data ?file:", fields, re.MULTILINE):
        raise unusable("a header whose voxels lie in another file", "Save the volume as one .nrrd file.")
    return "NrrdImageIO"


def _attached_meta(head: bytes) -> Format:
    if not re.search(rb"^ElementDataFile\s*=\s*LOCAL\s*$", head, re.MULTILINE | re.IGNORECASE):
        raise unusable("a header whose voxels lie in another file", "Save the volume as one .mha file.")
    return "MetaImageIO"


def _is_nifti(head: bytes) -> bool:
    return head[344:348] in (b"n+1\0", b"ni1\0")


def _named_nifti(path: Path) -> Format:
    if not path.name.lower().endswith((".nii", ".nii.gz")):
        raise unusable(
            "NIfTI data under another name", "Name the file .nii or .nii.gz, or send it to the server as NRRD."
        )
    return "NiftiImageIO"


@dataclass(frozen=True)
class NiftiHeader:
    """The fields of a NIfTI header that tell how many bytes must follow."""

    dims: tuple[int, ...]
    bits: int
    offset: int

    @property
    def total_bytes(self) -> int:
        """Bytes of the whole file, unpacked, that the header declares."""
        return self.offset + math.prod(self.dims) * (self.bits // 8)


def nifti_header(path: Path) -> NiftiHeader:
    """Read a NIfTI-1 header.

    Raises:
        InvalidVolume: the voxels lie in another file, or the header contradicts itself.
    """
    head = _head(path)
    if head[344:346] == b"ni":
        raise unusable("a NIfTI header whose voxels lie in another file", "Save the volume as one .nii.gz file.")
    order = "<" if head[:4] == struct.pack("<i", 348) else ">"
    count, *sizes = struct.unpack_from(f"{order}8h", head, 40)
    (bits,) = struct.unpack_from(f"{order}h", head, 72)
    (offset,) = struct.unpack_from(f"{order}f", head, 108)
    dims = tuple(sizes[:count])
    if not 1 <= count <= 7 or min(dims) < 1 or not _HEADER_BYTES <= offset <= _SLACK_BYTES:
        raise unusable(f"a NIfTI header with the sizes {dims} and voxels at byte {offset}", "Save the scan again.")
    return NiftiHeader(dims, bits, int(offset))


def check_nifti_bytes(path: Path, header: NiftiHeader) -> None:
    """Unpack a NIfTI file and compare its bytes with its header, as SimpleITK fills missing voxels with 0 silently.

    Raises:
        InvalidVolume: bytes are missing, or the compressed data is damaged.
        VolumeTooLarge: far more bytes follow than the header declares.
    """
    limit = header.total_bytes + _SLACK_BYTES
    try:
        with cast("IO[bytes]", _unpacked(path)) as file:
            found = _count(file, limit)
    except EOFError as error:
        raise _truncated("a gzip file that ends too early") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise _damaged() from error
    if found > limit:
        raise VolumeTooLarge(
            f"more than the {header.total_bytes} bytes that the header declares",
            "files that hold what their header says",
            "Save the scan again.",
        )
    if found < header.total_bytes:
        raise _truncated(f"{found} of the {header.total_bytes} bytes that the header declares")


def _unpacked(path: Path) -> object:
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP_MAGIC
    return gzip.open(path, "rb") if packed else path.open("rb")


def _count(file: IO[bytes], limit: int) -> int:
    found = 0
    while found <= limit and (chunk := file.read(_CHUNK_BYTES)):
        found += len(chunk)
    return found


def _truncated(received: str) -> InvalidVolume:
    return unusable(received, "The file is cut short: copy or export it again.", "whole files")


def _damaged() -> InvalidVolume:
    return unusable("a file whose compressed data is damaged", "Copy or export it again.", "whole files")
