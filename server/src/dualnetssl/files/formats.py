"""What a file is, judged by its first bytes and never by its name alone; only our own parsers look further."""

from __future__ import annotations

import re
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from dualnetssl.contract.errors import InvalidVolume
from dualnetssl.files.header import HEADER_BYTES, Header, unusable
from dualnetssl.files.metaimage import parse_metaimage
from dualnetssl.files.mgh import is_mgh, parse_mgh
from dualnetssl.files.nifti import NIFTI_BYTES, parse_nifti
from dualnetssl.files.nrrd import parse_nrrd

ENDINGS = (".seg.nrrd", ".nii.gz", ".nrrd", ".nii", ".mha", ".mgz", ".mgh", ".hdr")
"""Endings of the files that are accepted; they pick files out of a folder, and say nothing of what is in them."""
IN_WORDS = "NIfTI (.nii, .nii.gz, .hdr with .img), NRRD (.nrrd, .seg.nrrd), MetaImage (.mha) or FreeSurfer (.mgz) files"
GZIP_MAGIC = b"\x1f\x8b"
_META = re.compile(rb"(ObjectType|NDims|Comment)[ \t]*=", re.IGNORECASE)


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file of voxels.

    Raises:
        InvalidVolume: a folder, a pipe or device, DICOM by its name, or a file that cannot be read.
    """
    if path.suffix.lower() in (".dcm", ".dicom"):
        raise _dicom("a DICOM file")
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise _dicom("a folder, as DICOM series come")
        if not stat.S_ISREG(mode):
            raise unusable("a pipe or device", "Name a file.")
        file = path.open("rb")
    except FileNotFoundError as error:
        if path.is_symlink():
            raise unusable(
                "a link to a file that is not there", "Fetch the file, or take the link out of the folder."
            ) from error
        raise unusable("no file of that name", "Check the name.") from error
    except OSError as error:
        raise unusable(
            f"a file that cannot be read ({error.strerror})", "Check the permission to read it and the disk."
        ) from error
    with file:
        yield file


def read_header(file: IO[bytes], beside: IO[bytes] | None = None, more: bool = False) -> Header:
    """Read the header of a file of any format that is accepted.

    Args:
        file: that begins with the header.
        beside: file in which the voxels of a NIfTI pair would lie.
        more: whether FreeSurfer's format is read, too; the server keeps to the others.

    Raises:
        InvalidVolume: DICOM, a header without its voxels or with anything that is not on the format's list, an
            unknown format.
    """
    file.seek(0)
    head = file.read(HEADER_BYTES)
    packed = head.startswith(GZIP_MAGIC)
    plain = _unpacked(head) if packed else head
    if more and is_mgh(plain):
        return parse_mgh(plain, packed)
    if packed:
        return _nifti(plain, packed=True)
    if head[128:132] == b"DICM":
        raise _dicom("a DICOM file")
    if head.startswith(b"NRRD000"):
        return parse_nrrd(head)
    if _META.match(head):
        return parse_metaimage(head)
    if beside is not None and head[344:348] == b"ni1\0":
        return parse_nifti(head[:NIFTI_BYTES], beside.read(2) == GZIP_MAGIC, pairs=True)
    return _nifti(head, packed=False)


def _nifti(head: bytes, packed: bool) -> Header:
    if head[344:348] in (b"n+1\0", b"ni1\0"):
        return parse_nifti(head[:NIFTI_BYTES], packed)
    if head[4:7] in (b"n+2", b"ni2"):
        raise unusable("NIfTI-2", "Save the scan as NIfTI-1 or NRRD.")
    if len(head) == NIFTI_BYTES and 348 in (int.from_bytes(head[:4], "little"), int.from_bytes(head[:4], "big")):
        raise unusable(
            "an Analyze 7.5 header, which does not say where left and right are",
            "Convert it to NIfTI, for instance with 3D Slicer, and see that left and right are right.",
        )
    raise unusable(
        "a file of unknown format" if head else "an empty file",
        "Save the scan again as NRRD or NIfTI, for instance with 3D Slicer.",
    )


def _unpacked(head: bytes) -> bytes:
    """Unpack so much of a gzip file as a header takes, be its first members ever so short."""
    plain = b""
    try:
        while len(plain) < NIFTI_BYTES and head.startswith(GZIP_MAGIC):
            member = zlib.decompressobj(wbits=31)
            plain += member.decompress(head, NIFTI_BYTES - len(plain))
            head = member.unused_data
    except zlib.error as error:
        raise damaged() from error
    return plain


def _dicom(received: str) -> InvalidVolume:
    return unusable(
        received,
        "Load the series in 3D Slicer and save it as NRRD: that leaves the patient's data behind.",
    )


def damaged() -> InvalidVolume:
    """Make the error for packed data that cannot be unpacked."""
    return unusable("a file whose compressed data is damaged", "Copy or export it again.", "whole files")
