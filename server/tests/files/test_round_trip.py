"""Any orientation, spacing, little shear, type, byte order and container, on every way: voxel for voxel, names kept."""

from __future__ import annotations

import math
from pathlib import Path
from tempfile import TemporaryDirectory

import nibabel
import numpy as np
import SimpleITK as sitk
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dualnetssl import volumes
from dualnetssl.contract.errors import InvalidVolume
from dualnetssl.contract.schema import Geometry, LabelDefinition
from dualnetssl.files.grid import NEAR, SAME, affine_of
from dualnetssl.files.labelling import Classes, read_segmentation
from dualnetssl.files.pairing import Scan
from dualnetssl.files.reading import read_volume
from dualnetssl.server.inspection.inspector import Inspection
from DualNetSSLLib.client.volumes import channels_of, image_for_upload
from DualNetSSLLib.client.volumes import read_volume as read_here
from DualNetSSLLib.scans.volume_files import read_label, read_scan

LABELS = (LabelDefinition(value=7, name="liver"), LabelDefinition(value=2, name="Niere links"))
CLASSES = Classes({label.name: label.value for label in LABELS})
FEW = settings(
    max_examples=40,
    phases=(Phase.explicit, Phase.generate),  # shrinking what writes files takes minutes
    suppress_health_check=[HealthCheck.too_slow],
    deadline=None,
)
TYPES = ("u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8")


@st.composite
def grids(draw):
    """A grid in LPS: its axes permuted, flipped and turned by up to 40 degrees."""
    axes = np.eye(3)[draw(st.permutations(range(3)))] * draw(st.tuples(*[st.sampled_from([-1, 1])] * 3))
    angle = math.radians(draw(st.floats(-40, 40)))
    turn = np.array([[math.cos(angle), -math.sin(angle), 0], [math.sin(angle), math.cos(angle), 0], [0, 0, 1]])
    return Geometry(
        size=draw(st.tuples(*[st.integers(2, 5)] * 3)),
        spacing=draw(st.tuples(*[st.floats(0.2, 6).map(lambda step: round(step, 3))] * 3)),
        origin=draw(st.tuples(*[st.floats(-300, 300).map(lambda place: round(place, 2))] * 3)),
        direction=tuple((turn @ axes).ravel().tolist()),
    )


def saved(path: Path, values, grid: Geometry, big: bool, shear: float) -> Path:
    """Write the voxels as a program of others does; a shear only where a format has it: in NIfTI's sform."""
    if ".nii" in path.name:
        steps, origin = affine_of(grid)
        affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ np.vstack([np.column_stack([steps, origin]), [0, 0, 0, 1]])
        affine[:3, 2] += shear * affine[:3, 1] / (4 * max(grid.size))
        header = nibabel.Nifti1Header(endianness=">" if big else "<")
        header.set_data_dtype(values.dtype)
        image = nibabel.Nifti1Image(values.T, None, header)
        image.set_sform(affine, 1)
        nibabel.save(image, path)
        return path
    image = sitk.GetImageFromArray(values)
    image.SetSpacing(grid.spacing)
    image.SetOrigin(grid.origin)
    image.SetDirection(grid.direction)
    sitk.WriteImage(image, str(path), useCompression=path.suffix == ".nrrd" and not big)
    if big and path.suffix == ".nrrd" and values.itemsize > 1:
        data = path.read_bytes()
        end = data.index(b"\n\n") + 2
        swapped = values.astype(values.dtype.newbyteorder(">")).tobytes()
        path.write_bytes(data[:end].replace(b"endian: little", b"endian: big") + swapped)
    return path


def kept_by_the_server(path: Path, role: str, image: Path) -> Path:
    """Check a file as the server does, and return what it keeps of it."""
    target = path.with_name(f"kept-{path.name}.nrrd")
    with image.open("rb") as scan, path.open("rb") as file, target.open("wb") as out:
        answer = Inspection({"image": scan, role: file}, {role: out}, [0, 2, 7], 10_000).run()
    if role not in answer["rewritten"]:
        target.write_bytes(path.read_bytes())
    return target


def assert_there(found, grid: Geometry, within: float = SAME) -> None:
    """No corner lies so many voxels from its place, nor a thousandth more: a file has its places in float32."""
    steps, origin = affine_of(grid)
    ours, place = affine_of(found)
    for corner in np.ndindex(2, 2, 2):
        index = np.array(corner) * (np.array(grid.size) - 1)
        off = np.linalg.solve(steps, (ours @ index + place) - (steps @ index + origin))
        assert np.abs(off).max() < 1.001 * within


@FEW
@given(
    grids(),
    st.sampled_from(TYPES),
    st.booleans(),
    st.sampled_from(["nii", "nii.gz", "nrrd", "mha"]),
    st.floats(-0.4, 0.4),
    st.integers(0, 2**32 - 1),
)
def test_a_scan_arrives_as_it_is(grid, kind, big, ending, shear, seed):
    values = np.random.default_rng(seed).integers(-90 if kind[0] != "u" else 0, 90, grid.size[::-1]).astype(kind)
    if kind[0] == "f":
        values += np.array(0.25, kind)
    shear = shear if "nii" in ending else 0.0
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = saved(folder / f"Müller 1.{ending}", values, grid, big, shear)
        try:
            image, geometry = volumes.read_channels(path)
        except InvalidVolume:
            if not shear:
                raise
            return
        told = any("sheared" in text for text in read_volume(path).noticed)
        assert np.array_equal(image[0], values)
        assert_there(geometry, grid, NEAR if told else SAME)
        turned, _ = volumes.to_canonical(image, geometry)
        assert np.array_equal(volumes.from_canonical(turned[0], geometry), image[0])
        volumes.write_nifti(folder / "out.nii.gz", image[0], geometry)
        again, place = volumes.read_channels(folder / "out.nii.gz")
        assert np.array_equal(again, image)
        assert_there(place, geometry)
        sent, _, _ = read_scan(Scan("m", "Müller 1", (path,)))
        upload = image_for_upload(sent, folder / "up.nrrd")
        for file in (upload, kept_by_the_server(upload, "image", upload), kept_by_the_server(path, "image", path)):
            back = read_here(file)
            assert np.array_equal(channels_of(back)[0], values)
            assert_there(volumes.probe(file).geometry, geometry)


@FEW
@given(grids(), st.sampled_from(["nii.gz", "nrrd", "mha", "seg.nrrd"]), st.booleans(), st.integers(0, 2**32 - 1))
def test_a_label_arrives_with_the_names_of_its_classes(grid, ending, big, seed):
    label = np.random.default_rng(seed).choice(np.array([0, 2, 7], np.uint8), grid.size[::-1])
    label.flat[:2] = (2, 7)
    with TemporaryDirectory() as name:
        folder = Path(name)
        image = saved(folder / "s.nrrd", label.astype(np.int16), grid, False, 0)
        path = folder / f"s_seg.{ending}"
        if ending == "seg.nrrd":  # saved by a program that counts segments from 1
            other = tuple(each.model_copy(update={"value": 1 + (each.value == 2)}) for each in LABELS)
            volumes.write_segmentation(path, np.array([0, 0, 2, 0, 0, 0, 0, 1], np.uint8)[label], grid, other)
        else:
            saved(path, label.astype("u2"), grid, big, 0)
        found = read_segmentation(path, grid, CLASSES)
        assert np.array_equal(found.label, label)
        here = read_label(Scan("s", "s", (image,), path), grid, LABELS, None)
        assert here.verified is None
        assert np.array_equal(sitk.GetArrayFromImage(here.label), label)
        sitk.WriteImage(here.label, str(folder / "up.nrrd"))
        kept = kept_by_the_server(folder / "up.nrrd", "label", image)
        assert np.array_equal(volumes.read_label(kept)[0], label)
        volumes.write_segmentation(folder / "out.seg.nrrd", label, grid, LABELS)
        back = read_segmentation(folder / "out.seg.nrrd", grid)
        assert {segment.name: value for segment, value in zip(back.segments, back.values, strict=True)} == {
            each.name: each.value for each in LABELS
        }
        assert np.array_equal(back.label, label)
