"""Files that lie. ``{canary}`` in a header stands for a file of the machine that nobody may open."""

from __future__ import annotations

import gzip
import io
import pickle
import tarfile
import zipfile
import zlib

from hostile.headers import VOXELS, data_with_flag, mha, named_gzip, nifti, nrrd, packed_meta, zeros

CANARY = "{canary}"
PACKED = gzip.compress(VOXELS, mtime=0)
LIE = "data file: {canary}\n"


def _archive(kind):
    target = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("a.nrrd", nrrd())
    else:
        with tarfile.open(fileobj=target, mode="w") as archive:
            archive.addfile(tarfile.TarInfo("a.nrrd"))
    return target.getvalue()


NRRD = {
    "data file": nrrd(b"", after=LIE),
    "data file first": nrrd(before=LIE),
    "datafile": nrrd(after="datafile: {canary}\n"),
    "capitals": nrrd(after="DATA FILE: {canary}\n"),
    "two spaces": nrrd(after="data  file: {canary}\n"),
    "no space after": nrrd(after="data file:{canary}\n"),
    "list of files": nrrd(after="data file: LIST\n{canary}\n"),
    "pattern of files": nrrd(after="data file: {canary}%d 1 1 1\n"),
    "behind a lone CR": nrrd(after="# x\rdata file: {canary}\n"),
    "CR at its start": nrrd(after="\rdata file: {canary}\n"),
    "behind two CRs": nrrd(after="# x\r\r\ndata file: {canary}\n"),
    "behind 70 kB": nrrd(before=("# " + "p" * 1000 + "\n") * 70, after=LIE),
    "behind 300 kB": nrrd(before=("# " + "p" * 1000 + "\n") * 300, after=LIE),
    "behind a NUL": nrrd(after="# x\0" + LIE),
    "behind a form feed": nrrd(after="# x\f\n" + LIE),
    "byte skip": nrrd(after="byte skip: 4\n"),
    "byte skip from the end": nrrd(after="byte skip: -1\n"),
    "byteskip": nrrd(after="byteskip: 0\n"),
    "line skip": nrrd(after="line skip: 1\n"),
    "two encodings": nrrd(after="encoding: gzip\n"),
    "two sizes": nrrd(after="Sizes: 2 2 2\n"),
    "no end": nrrd()[:-9],
    "only its magic": b"NRRD0004\n\n",
    "unknown field": nrrd(after="plugin: {canary}\n"),
    "axis mins": nrrd(after="axis mins: 0 0 0\n"),
    "no spacing": nrrd(space_directions=None),
    "NaN direction": nrrd(space_directions="(nan,nan,nan) (0,1,0) (0,0,1)"),
    "infinite direction": nrrd(space_directions="(inf,0,0) (0,1,0) (0,0,1)"),
    "overflowing direction": nrrd(space_directions="(1e999,0,0) (0,1,0) (0,0,1)"),
    "1e30 mm": nrrd(space_directions="(1e30,0,0) (0,1,0) (0,0,1)"),
    "1e-30 mm": nrrd(space_directions="(1e-30,0,0) (0,1,0) (0,0,1)"),
    "zero spacing": nrrd(space_directions="(0,0,0) (0,1,0) (0,0,1)"),
    "sheared": nrrd(space_directions="(1,0,0) (9,1,0) (0,0,1)"),
    "NaN origin": nrrd(space_origin="(nan,0,0)"),
    "infinite origin": nrrd(space_origin="(0,1e999,0)"),
    "origin of 1e300 mm": nrrd(space_origin="(0,1e300,0)"),
    "origin beyond 10 m": nrrd(space_origin="(0,0,-10000.1)"),
    "two vectors of none": nrrd(space_directions="none none (0,0,1)"),
    "unknown space": nrrd(space="right-up"),
    "negative size": nrrd(sizes="-2 2 2"),
    "size of 2^32": nrrd(sizes="4294967298 2 2"),
    "8e9 voxels": nrrd(sizes="2000 2000 2000"),
    "sixteen axes": nrrd(sizes="2 " * 16, dimension="16"),
    "dimension lies": nrrd(dimension="4"),
    "digits of another script": nrrd(sizes="٢ ٢ ٢"),
    "a number of 10000 digits": nrrd(space_origin="(" + "9" * 10000 + ",0,0)"),
    "type block": nrrd(type="block", after="block size: 1\n"),
    "unknown type": nrrd(type="quaternion"),
    "no byte order": nrrd(VOXELS * 2, type="short"),
    "encoding of text": nrrd(b"1 1 1 1 1 1 1 1", encoding="ascii"),
    "encoding hex": nrrd(encoding="hex"),
    "encoding bzip2": nrrd(encoding="bzip2"),
    "cut short": nrrd(VOXELS[:-1]),
    "packed and cut": nrrd(PACKED[:-9], encoding="gzip"),
    "packed and damaged": nrrd(PACKED[:-6] + b"\0\0\0\0\0\0", encoding="gzip"),
    "packed, of less": nrrd(gzip.compress(VOXELS[:-1]), encoding="gzip"),
    "bomb behind a small header": nrrd(zeros(64 << 20), encoding="gzip"),
    "bomb over the cap": nrrd(zeros(64 << 20), encoding="gzip", sizes="512 512 512"),
    "a thousand bytes behind": nrrd(VOXELS + bytes(2 << 20)),
    "100000 texts": nrrd(after="".join(f"key{n}:=value\n" for n in range(100_000))),
    "a line of 5 MB": nrrd(before="# " + "x" * 5_000_000 + "\n"),
    "a segment twice": nrrd(after="Segment0_Name:=a\nSegment0_Name:=b\n"),
}
META = {
    "other file": mha(b"", after="ElementDataFile = {canary}\n"),
    "two places, other file first": mha(after="ElementDataFile = {canary}\nElementDataFile = LOCAL\n"),
    "list": mha(b"", after="ElementDataFile = LIST\n{canary}\n"),
    "pattern": mha(b"", after="ElementDataFile = {canary}%d 1 1 1\n"),
    "lower case": mha(b"", after="elementdatafile = {canary}\nElementDataFile = LOCAL\n"),
    "behind a lone CR": mha(before="Comment = x\rElementDataFile = {canary}\n"),
    "behind a NUL": mha(before="Comment = x\0\nElementDataFile = {canary}\n"),
    "header size": mha(before="HeaderSize = -1\n"),
    "no place": mha(after=""),
    "mesh": mha(ObjectType="Mesh"),
    "dimension lies": mha(NDims="4"),
    "two sizes": mha(before="DimSize = 4 4 4\n"),
    "text": mha(b"1 1 1 1 1 1 1 1", BinaryData="False"),
    "array type": mha(ElementType="MET_UCHAR_ARRAY"),
    "no type": mha(ElementType=None),
    "NaN spacing": mha(ElementSpacing="nan 1 1"),
    "origin of 1e300 mm": mha(Offset="1e300 0 0"),
    "negative spacing": mha(ElementSpacing="-1 1 1"),
    "no spacing": mha(ElementSpacing=None),
    "matrix of zeros": mha(TransformMatrix="0 0 0 0 0 0 0 0 0"),
    "huge": mha(DimSize="99999 99999 99999"),
    "unknown field": mha(before="Plugin = {canary}\n"),
    "packed and damaged": mha(zlib.compress(VOXELS)[:-4] + b"\0\0\0\0", CompressedData="True"),
    "bomb": packed_meta(bytes(32 << 20)),
    "cut short": mha(VOXELS[:-1]),
}
NIFTI = {
    "pair": nifti((344, "<4s", b"ni1\0")),
    "length lies": nifti((0, "<i", 540)),
    "negative size": nifti((40, "<4h", 3, 2, -2, 2)),
    "no axes": nifti((40, "<h", 0)),
    "seventy axes": nifti((40, "<h", 70)),
    "minus three axes": nifti((40, "<h", -3)),
    "bits lie": nifti((72, "<h", 64)),
    "complex": nifti((70, "<2h", 32, 64)),
    "colours": nifti((70, "<2h", 128, 24)),
    "unknown type": nifti((70, "<2h", 9999, 8)),
    "voxels at NaN": nifti((108, "<f", float("nan"))),
    "voxels at 1e30": nifti((108, "<f", 1e30)),
    "voxels before the file": nifti((108, "<f", -4.0)),
    "NaN spacing": nifti((76, "<4f", 1, float("nan"), 1, 1), (252, "<2h", 1, 0)),
    "infinite quaternion": nifti((256, "<6f", *[float("inf")] * 6), (252, "<2h", 1, 0)),
    "NaN transform": nifti((280, "<12f", *[float("nan")] * 12), (252, "<2h", 0, 1)),
    "origin of 1e30 mm": nifti((280, "<12f", 1, 0, 0, 1e30, 0, 1, 0, 0, 0, 0, 1, 0)),
    "origin of 1e30 mm by quaternion": nifti((252, "<2h", 1, 0), (268, "<3f", 0, 1e30, 0)),
    "infinite scaling": nifti((112, "<2f", 1, float("inf"))),
    "huge": nifti((40, "<4h", 3, 32767, 32767, 32767)),
    "cut in its header": nifti()[:200],
    "cut short": nifti(data=VOXELS[:-1]),
    "packed and cut": gzip.compress(nifti())[:-9],
    "packed, of less": gzip.compress(nifti(data=b"")),
    "bomb": gzip.compress(nifti()) + zeros(64 << 20),
    "NIfTI-2": b"\x1c\2\0\0n+2\0\r\n\x1a\n" + bytes(600),
}
OTHERS = {
    "nothing": b"",
    "text": b"a letter",
    "ELF": b"\x7fELF" + bytes(100),
    "PNG": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "DICOM": bytes(128) + b"DICM" + bytes(100),
    "zip": _archive("zip"),
    "tar": _archive("tar"),
    "pickle": pickle.dumps({"a": 1}),
    "gzip of gzip": gzip.compress(gzip.compress(nifti())),
    "gzip of NRRD": gzip.compress(nrrd()),
    "two bytes of gzip": b"\x1f\x8b",
    "gzip of nothing": gzip.compress(b""),
}
REFUSED = {
    f"{kind}: {name}": data
    for kind, files in {"NRRD": NRRD, "MetaImage": META, "NIfTI": NIFTI, "other": OTHERS}.items()
    for name, data in files.items()
}

TAKEN = {
    "a name in a text": nrrd(after="PatientName:=DOE^JOHN\n"),
    "a name in a comment": nrrd(after="# DOE^JOHN\n"),
    "a name as content": nrrd(after="content: DOE^JOHN\n"),
    "a name behind the voxels": nrrd(VOXELS + b"DOE^JOHN"),
    "a name in the gzip header": nrrd(named_gzip(VOXELS), encoding="gzip"),
    "a name in a gzip comment": nrrd(data_with_flag(PACKED, 16, b"DOE^JOHN\0"), encoding="gzip"),
    "a name behind the gzip file": nrrd(PACKED + b"DOE^JOHN", encoding="gzip"),
    "a name in another member": nrrd(PACKED + gzip.compress(b"DOE^JOHN"), encoding="gzip"),
    "a name of a segment's doctor": nrrd(after="Segment0_Doctor:=DOE\nSegment0_Name:=liver\n"),
    "a data file as a text": nrrd(after="data file:={canary}\n"),
    "lines as Windows ends them": nrrd(after="content: DOE^JOHN\n", newline="\r\n"),
    "big endian": nrrd(bytes(b for v in VOXELS for b in (0, v)), type="short", endian="big", after="k:=DOE\n"),
    "Meta: a comment": mha(before="Comment = DOE^JOHN\n"),
    "Meta: a name": mha(before="Name = DOE^JOHN\n"),
    "Meta: a DICOM tag": mha(before="0010|0010 = DOE^JOHN\n"),
    "Meta: packed": packed_meta(VOXELS, Comment="DOE^JOHN"),
    "NIfTI: description": nifti((148, "<8s", b"DOE^JOHN")),
    "NIfTI: extension": nifti(extension=b"\1\0\0\0\x10\0\0\0\6\0\0\0DOE^JOHN"),
    "NIfTI: packed under a name": named_gzip(nifti()),
    "NIfTI: scaled": nifti((112, "<2f", 0.5, 0.5), (148, "<8s", b"DOE^JOHN"), data=bytes([255, 1] * 4)),
}
