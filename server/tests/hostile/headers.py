"""Files of every format, piece by piece, so that each piece can lie."""

from __future__ import annotations

import gzip
import struct
import zlib

NRRD = {
    "type": "unsigned char",
    "dimension": "3",
    "space": "left-posterior-superior",
    "sizes": "2 2 2",
    "space directions": "(1,0,0) (0,1,0) (0,0,1)",
    "kinds": "domain domain domain",
    "encoding": "raw",
    "space origin": "(0,0,0)",
}
META = {
    "ObjectType": "Image",
    "NDims": "3",
    "BinaryData": "True",
    "BinaryDataByteOrderMSB": "False",
    "CompressedData": "False",
    "TransformMatrix": "1 0 0 0 1 0 0 0 1",
    "Offset": "0 0 0",
    "ElementSpacing": "1 1 1",
    "DimSize": "2 2 2",
    "ElementType": "MET_UCHAR",
}
VOXELS = bytes([0, 1, 0, 1, 1, 0, 1, 0])


def changed(fields, changes):
    """Fields with some given another value (a key's _ stands for a space) and those that are None left out."""
    whole = {**fields, **{name.replace("_", " "): value for name, value in changes.items()}}
    return {name: value for name, value in whole.items() if value is not None}


def nrrd(data=VOXELS, *, before="", after="", newline="\n", **changes):
    """An NRRD file with lines before and after its usual ones."""
    lines = "".join(f"{name}: {value}\n" for name, value in changed(NRRD, changes).items())
    return ("NRRD0004\n" + before + lines + after + "\n").replace("\n", newline).encode() + data


def mha(data=VOXELS, *, before="", after="ElementDataFile = LOCAL\n", **changes):
    """A MetaImage file; ``after`` is what ends its header."""
    lines = "".join(f"{name} = {value}\n" for name, value in changed(META, changes).items())
    return (lines.replace("NDims", before + "NDims", 1) + after).encode() + data


def nifti(*places, data=VOXELS, extension=b"\0\0\0\0"):
    """A NIfTI file; each of ``places`` is an offset, a layout and the values to put there."""
    head = bytearray(348)
    sizes = (3, 2, 2, 2, 1, 1, 1, 1)
    usual = [(0, "<i", 348), (40, "<8h", *sizes), (70, "<2h", 2, 8), (76, "<4f", 1, 1, 1, 1), (112, "<2f", 1, 0)]
    usual += [(108, "<f", 348 + len(extension)), (252, "<2h", 1, 1), (344, "<4s", b"n+1\0")]
    usual += [(280, "<12f", 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0)]
    for offset, layout, *values in (*usual, *places):
        struct.pack_into(layout, head, offset, *values)
    return bytes(head) + extension + data


def named_gzip(data, name=b"DOE^JOHN"):
    """A gzip file whose own header carries a name."""
    return data_with_flag(gzip.compress(data, mtime=0), 8, name + b"\0")


def data_with_flag(packed, flag, text):
    """A gzip file with another part in its header."""
    return packed[:3] + bytes([flag]) + packed[4:10] + text + packed[10:]


def zeros(count):
    """A gzip file of many zeros, as members of 16 MiB so that it is made at once."""
    member = 16 << 20
    return gzip.compress(bytes(member)) * (count // member) + gzip.compress(bytes(count % member))


def bomb(path, size, kind="unsigned char"):
    """Write an honest NRRD of zeros that is a thousand times its size once unpacked."""
    width = {"unsigned char": 1, "double": 8}[kind]
    packed = zeros(size[0] * size[1] * size[2] * width)
    sizes = " ".join(map(str, size))
    path.write_bytes(nrrd(packed, type=kind, encoding="gzip", sizes=sizes, endian="little"))
    return path


def packed_meta(data, **changes):
    """A MetaImage file with its voxels packed."""
    return mha(zlib.compress(data), CompressedData="True", **changes)
