"""Headers of MetaImage files (.mha), read by a list of what may be in them."""

from __future__ import annotations

import re

import numpy as np

from dualnetssl.files.header import (
    HEADER_BYTES,
    Header,
    numbers,
    odd_field,
    refuse_field,
    required,
    text_lines,
    triples,
    whole_numbers,
    without_end,
    word_of,
)

_TYPES = {
    f"met_{name}": np.dtype(code)
    for name, code in {
        "char": "i1",
        "uchar": "u1",
        "short": "i2",
        "ushort": "u2",
        "int": "i4",
        "uint": "u4",
        "long_long": "i8",
        "ulong_long": "u8",
        "float": "f4",
        "double": "f8",
    }.items()
}
_ALIASES = {
    "elementbyteordermsb": "binarydatabyteordermsb",
    "position": "offset",
    "origin": "offset",
    "rotation": "transformmatrix",
    "orientation": "transformmatrix",
}
_READ = {"objecttype", "ndims", "binarydata", "binarydatabyteordermsb", "compresseddata", "transformmatrix", "offset"}
_READ |= {"elementspacing", "elementsize", "dimsize", "elementnumberofchannels", "elementtype", "elementdatafile"}
_DROPPED = {"objectsubtype", "comment", "name", "id", "parentid", "color", "modality", "sequenceid", "acquisitiondate"}
_DROPPED |= {"centerofrotation", "anatomicalorientation", "elementmin", "elementmax", "compresseddatasize"}
_DROPPED |= {"compressionlevel", "distanceunits"}
_FREE_TEXT = re.compile(r"itk_\w{1,60}|[0-9a-f]{4}\|[0-9a-f]{4}")
_ELSEWHERE = {"elementdatafile", "headersize"}
_TRUTH = {"true": True, "false": False, "1": True, "0": False}


def parse_metaimage(data: bytes) -> Header:
    """Read the header at the beginning of a file.

    Args:
        data: the first bytes of the file, at least `HEADER_BYTES` if it has so many.

    Raises:
        InvalidVolume: a field that is not on the list, twice or contradicts itself; a header too long or without end.
    """
    fields, end = _fields(data[:HEADER_BYTES])
    word_of(fields.get("objecttype", "image"), {"image": True}, "ObjectType")
    size = whole_numbers(required(fields, "dimsize"), "DimSize")
    if required(fields, "ndims") != str(len(size)):
        raise odd_field("NDims", "the number of sizes")
    if not word_of(fields.get("binarydata", "true"), _TRUTH, "BinaryData"):
        raise odd_field("BinaryData", "True")
    channels = whole_numbers(fields.get("elementnumberofchannels", "1"), "ElementNumberOfChannels")
    msb = word_of(fields.get("binarydatabyteordermsb", "false"), _TRUTH, "BinaryDataByteOrderMSB")
    packed = word_of(fields.get("compresseddata", "false"), _TRUTH, "CompressedData")
    dimension = len(size)
    spacing = numbers(_spacing(fields), dimension, "ElementSpacing")
    if min(spacing) <= 0:
        raise odd_field("ElementSpacing", "numbers above 0")
    rows = numbers(fields.get("transformmatrix", _identity(dimension)), dimension**2, "TransformMatrix")
    axes = np.reshape(rows, (dimension, dimension)) * np.reshape(spacing, (-1, 1))
    offset = numbers(fields.get("offset", "0 " * dimension), dimension, "Offset")
    (origin,) = triples((*offset, 0.0, 0.0)[:3])
    return Header(
        format="MetaImage",
        size=size,
        dtype=word_of(required(fields, "elementtype"), _TYPES, "ElementType").newbyteorder(">" if msb else "<"),
        encoding="zlib" if packed else "raw",
        offset=end,
        steps=triples(axes[:3, :3].ravel().tolist()) if dimension >= 3 else (),
        origin=origin,
        channels=channels[0],
        interleaved=channels[0] > 1,
    )


def _fields(data: bytes) -> tuple[dict[str, str], int]:
    """Return the fields, and the byte at which the header ends: after the one that says where the voxels are."""
    fields: dict[str, str] = {}
    for line, end in text_lines(data):
        name, sign, value = (part.strip() for part in line.partition("="))
        plain = _ALIASES.get(name.lower(), name.lower())
        if not sign or plain in fields or not (plain in _READ | _DROPPED or _FREE_TEXT.fullmatch(plain)):
            raise refuse_field(plain if sign else "", _ELSEWHERE.__contains__, _READ | _DROPPED)
        fields[plain] = value
        if plain == "elementdatafile":
            if value.lower() != "local":
                raise refuse_field(plain, _ELSEWHERE.__contains__, _READ | _DROPPED)
            return fields, end
    raise without_end(data, "a MetaImage header")


def _spacing(fields: dict[str, str]) -> str:
    return fields.get("elementspacing") or fields.get("elementsize") or required(fields, "elementspacing")


def _identity(dimension: int) -> str:
    return " ".join(map(str, np.eye(dimension).ravel().tolist()))
