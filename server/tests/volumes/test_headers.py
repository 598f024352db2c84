"""Properties of the header parsers: whatever the bytes are, a refusal with a sentence or a header that can be used."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import SimpleITK as sitk
from hostile.headers import META, NRRD, VOXELS, mha, nifti, nrrd
from hostile.settling import settle
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from dualnetssl import volumes
from dualnetssl.contract.errors import InvalidVolume, ProblemError
from dualnetssl.contract.schema import Geometry
from dualnetssl.files import reading
from dualnetssl.files.formats import read_header
from dualnetssl.files.header import HEADER_BYTES
from dualnetssl.files.metaimage import parse_metaimage
from dualnetssl.files.nrrd import parse_nrrd
from dualnetssl.server.inspection.inspector import Inspection
from DualNetSSLLib.client.volumes import image_for_upload, label_for_upload, volume_from_array

WORDS = st.sampled_from(
    [*NRRD.values(), *META.values(), "LOCAL", "nan", "1e999", "-1", "none", "gzip", "big", "0", "", "99999999999"]
)
NAMES = st.sampled_from([*NRRD, *META, "data file", "byte skip", "ElementDataFile", "endian", "spacings", "content"])
LINES = st.lists(st.tuples(NAMES, st.sampled_from([": ", ":", ":=", " = ", "="]), WORDS | st.text(max_size=20)))


@given(st.binary(max_size=600))
@settings(deadline=None)
@pytest.mark.parametrize("magic", [b"", b"NRRD0004\n", b"NDims = 3\n", b"\x1f\x8b\x08\0"])
def test_any_bytes(magic, data):
    settle(magic + data)


@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]))
@settings(deadline=None, max_examples=300)
@pytest.mark.parametrize("magic", ["NRRD0004", "ObjectType = Image"])
def test_any_lines(magic, lines, newline):
    settle(newline.join([magic, *("".join(line) for line in lines), "", ""]).encode() + VOXELS)


@given(st.sampled_from(list(NRRD)), WORDS | st.text(max_size=30), LINES)
@settings(deadline=None, max_examples=300)
def test_a_good_nrrd_with_one_field_changed_and_lines_added(name, value, lines):
    after = "".join("".join(line) + "\n" for line in lines[:2])
    settle(nrrd(after=after, **{name: value}))


@given(st.sampled_from(list(META)), WORDS | st.text(max_size=30), LINES)
@settings(deadline=None, max_examples=300)
def test_a_good_metaimage_with_one_field_changed_and_lines_added(name, value, lines):
    before = "".join("".join(line) + "\n" for line in lines[:2])
    settle(mha(before=before, **{name: value}))


@given(st.binary(min_size=348, max_size=348))
@settings(deadline=None, max_examples=300)
def test_any_nifti_header(data):
    settle(data[:344] + b"n+1\0" + VOXELS)


@given(st.integers(0, 343), st.binary(min_size=1, max_size=16))
@settings(deadline=None, max_examples=500)
def test_a_good_nifti_with_some_bytes_changed(place, data):
    good = nifti()
    settle(good[:place] + data + good[place + len(data) :])


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=4))
@settings(deadline=None, max_examples=500)
@pytest.mark.parametrize("good", [nrrd(), mha()], ids=["nrrd", "mha"])
def test_a_good_file_with_some_bytes_changed(good, changes):
    data = bytearray(good)
    for place, byte in changes:
        data[place % len(data)] = byte
    settle(bytes(data))


def test_a_header_may_be_so_long_and_no_longer():
    room = HEADER_BYTES - len(nrrd(b"", before="# \n"))
    assert read_header(io.BytesIO(nrrd(before=f"# {'x' * room}\n"))).offset == HEADER_BYTES
    with pytest.raises(ProblemError, match="without an end"):
        read_header(io.BytesIO(nrrd(before=f"# {'x' * (room + 1)}\n")))


@pytest.mark.parametrize(
    ("space", "signs"), [("LPS", (1, 1, 1)), ("right-anterior-superior", (-1, -1, 1)), ("las", (1, -1, 1))]
)
def test_places_of_an_nrrd_are_those_that_itk_sees(tmp_path, space, signs):
    path = tmp_path / "a.nrrd"
    path.write_bytes(nrrd(space=space, space_directions="(0,2,0) (-1,0,0) (0,0,3)", space_origin="(4,5,6)"))
    image, grid = sitk.ReadImage(str(path)), volumes.probe(path).geometry
    assert grid.origin == image.GetOrigin() == tuple(np.array([4, 5, 6]) * signs)
    assert grid.direction == image.GetDirection()
    assert grid.spacing == image.GetSpacing()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("same", [True, False], ids=["transforms agree", "they differ"])
@pytest.mark.parametrize("regular", [True, False], ids=["", "sheared"])
@pytest.mark.parametrize("sform", [0, 1, 2])
@pytest.mark.parametrize("qform", [0, 1, 2])
def test_places_of_a_nifti_are_those_that_itk_sees(tmp_path, qform, sform, regular, same):
    """Mirrored or not, the two transforms are weighed as ITK weighs them."""
    for seed, handed in ((1, 1.0), (2, -1.0)):
        turns = [Rotation.random(rng=np.random.default_rng(number)) for number in (seed, seed if same else seed + 5)]
        x, y, z, w = turns[0].as_quat()
        signed = np.array([x, y, z]) * (1 if w >= 0 else -1)
        matrix = turns[1].as_matrix() * [1, 1, handed]
        if not regular:
            matrix[0, 1] += 0.1
        affine = np.column_stack([matrix * [0.7, 1.3, 3.0], [5, 6, 7]])
        path = tmp_path / "a.nii"
        path.write_bytes(
            nifti(
                (76, "<4f", handed, 0.7, 1.3, 3.0),
                (252, "<2h", qform, sform),
                (256, "<6f", *signed, 5, 6, 7),
                (280, "<12f", *affine.ravel()),
            )
        )
        try:
            image = sitk.ReadImage(str(path))
        except RuntimeError:  # ITK looks at angles, we at how far a corner of this small volume moves: hardly
            cosines = np.reshape(reading.read_volume(path).grid.direction, (3, 3))
            np.testing.assert_allclose(cosines.T @ cosines, np.eye(3), atol=1e-5)
            continue
        seen = Geometry(
            size=image.GetSize(),
            spacing=image.GetSpacing(),
            origin=image.GetOrigin(),
            direction=image.GetDirection(),
        )
        assert volumes.same_geometry(volumes.probe(path).geometry, seen)


@pytest.mark.parametrize("code", ["<i2", ">i2", "<u4", "<f4", ">f8"])
@pytest.mark.parametrize(("slope", "intercept"), [(1.0, 0.0), (0.5, -3.0), (0.0, 0.0), (float("nan"), 0.0)])
def test_values_of_a_nifti_are_those_that_itk_sees(tmp_path, code, slope, intercept):
    kinds = {"i2": 4, "u4": 768, "f4": 16, "f8": 64}
    order, dtype = code[0], np.dtype(code)
    values = np.arange(8).astype(dtype)
    data = bytearray(nifti(data=values.tobytes()))
    if order == ">":
        for offset, layout in ((0, "i"), (40, "8h"), (76, "8f"), (108, "f"), (252, "2h"), (280, "12f")):
            struct.pack_into(f">{layout}", data, offset, *struct.unpack_from(f"<{layout}", data, offset))
    struct.pack_into(f"{order}2h", data, 70, kinds[code[1:]], dtype.itemsize * 8)
    struct.pack_into(f"{order}2f", data, 112, slope, intercept)
    path = tmp_path / "a.nii"
    path.write_bytes(bytes(data))
    np.testing.assert_allclose(volumes.read_image(path)[0], sitk.GetArrayFromImage(sitk.ReadImage(str(path))))


GRIDS = [
    Geometry(
        size=(3, 4, 5),
        spacing=(0.7, 1 / 3, 3.0),
        origin=(-12.5, 40.25, 0.1),
        direction=(np.cos(0.3), -np.sin(0.3), 0, np.sin(0.3), np.cos(0.3), 0, 0, 0, 1),
    ),
    Geometry(size=(3, 4, 5), spacing=(1, 1, 2), origin=(-0.0, 1e-7, 1e4), direction=(-1, 0, 0, 0, -1, 0, 0, 0, 1)),
    Geometry(size=(3, 4, 5), spacing=(2, 1, 1), origin=(0, 0, 0), direction=(0, 0, 1, 1, 0, 0, 0, -1, 0)),
]


@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("make", [image_for_upload, label_for_upload])
def test_what_our_client_sends_is_kept_as_it_is(tmp_path, grid, make):
    path = make(volume_from_array(np.ones((5, 4, 3), np.float32), grid), tmp_path / "a.nrrd")
    with path.open("rb") as file:
        assert Inspection({"image": file}, {"image": io.BytesIO()}, [0], 60).run()["rewritten"] == []


@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int16, np.uint16, np.int32, np.int64, np.float32, np.float64])
@pytest.mark.parametrize("compressed", [True, False])
def test_what_itk_writes_is_kept_as_it_is(tmp_path, grid, kind, compressed):
    image = sitk.GetImageFromArray(np.ones((5, 4, 3), kind))
    image.SetSpacing(grid.spacing)
    image.SetOrigin(grid.origin)
    image.SetDirection(grid.direction)
    sitk.WriteImage(image, str(tmp_path / "a.nrrd"), useCompression=compressed)
    with (tmp_path / "a.nrrd").open("rb") as file:
        found = Inspection({"image": file}, {"image": io.BytesIO()}, [0], 60).run()
    assert found["rewritten"] == []


NRRD_LINES = b"NRRD0004\ntype: short\n"
META_LINES = b"NDims = 3\n"


@pytest.mark.parametrize(
    ("parse", "data", "received"),
    [
        (parse_nrrd, NRRD_LINES + b"type: short\n", "the field 'type' twice"),
        (parse_nrrd, NRRD_LINES + b"Meier Anna: 1\n", "a field of its own making"),
        (parse_nrrd, NRRD_LINES + b"Segment0_Name:=a\nSegment0_Name:=b\n", "the field 'Segment0_Name' twice"),
        (parse_nrrd, NRRD_LINES + b"kin\x01ds: x\n\n", "an NRRD header with control characters"),
        (parse_nrrd, NRRD_LINES, "an NRRD header without an end"),
        (parse_metaimage, META_LINES + b"NDims = 3\n", "the field 'ndims' twice"),
        (parse_metaimage, META_LINES + b"MeierAnna = 3\n", "a field of its own making"),
        (parse_metaimage, META_LINES + b"DimSize\n", "a field of its own making"),
        (parse_metaimage, META_LINES + b"Name = \x02\n", "a MetaImage header with control characters"),
        (parse_metaimage, META_LINES, "a MetaImage header without an end"),
    ],
)
def test_what_is_wrong_with_a_header_is_named_but_nobody(parse, data, received):
    with pytest.raises(InvalidVolume) as caught:
        parse(data)
    assert received in str(caught.value)
    assert "meier" not in str(caught.value).lower()
    assert "field" not in received or "sizes" in str(caught.value) or "dimsize" in str(caught.value)
