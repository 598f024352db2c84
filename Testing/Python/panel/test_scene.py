"""Between the scene and arrays: every voxel stays where it is, whatever the geometry, and nothing is left behind."""

from __future__ import annotations

import gc
import itertools
import weakref

import numpy as np
import pytest

from DualNetSSLLib.client.records import Geometry, LabelDefinition

LABELS = (
    LabelDefinition(value=7, name="liver", colour=(255, 128, 0)),
    LabelDefinition(value=2, name="spleen", terminology="SCT^1^Anatomy~SCT^78961009^Spleen"),
)


def turned(*angles):
    """Direction cosines after turns about x, y and z."""
    matrix = np.eye(3)
    for axis, angle in enumerate(angles):
        turn = np.eye(3)
        a, b = (n for n in range(3) if n != axis)
        turn[a, a] = turn[b, b] = np.cos(angle)
        turn[a, b], turn[b, a] = -np.sin(angle), np.sin(angle)
        matrix = turn @ matrix
    return tuple(matrix.reshape(-1).tolist())


GEOMETRIES = {
    "plain": Geometry(size=(9, 8, 7), spacing=(1.0, 1.0, 1.0), origin=(0.0, 0.0, 0.0), direction=turned(0, 0, 0)),
    "anisotropic": Geometry(
        size=(9, 8, 7), spacing=(0.7421875, 0.7421875, 3.0), origin=(-120.5, 33.25, -800.1), direction=turned(0, 0, 0)
    ),
    "RAS axes": Geometry(
        size=(9, 8, 7), spacing=(1.0, 2.0, 3.0), origin=(10.0, 20.0, 30.0), direction=(-1, 0, 0, 0, -1, 0, 0, 0, 1)
    ),
    "left-handed": Geometry(
        size=(9, 8, 7), spacing=(1.5, 1.0, 2.0), origin=(1.0, 2.0, 3.0), direction=(0, 1, 0, 1, 0, 0, 0, 0, 1)
    ),
    "oblique": Geometry(
        size=(9, 8, 7), spacing=(0.9, 1.1, 2.5), origin=(-51.0, 17.0, 4.0), direction=turned(0.3, -0.2, 0.5)
    ),
}


@pytest.fixture
def scene(slicer_host):
    import slicer

    slicer.mrmlScene.Clear(0)
    yield slicer.mrmlScene
    slicer.mrmlScene.Clear(0)


@pytest.fixture(params=GEOMETRIES, ids=str)
def geometry(request):
    return GEOMETRIES[request.param]


def label_array(geometry, seed=0):
    rng = np.random.default_rng(seed)
    return rng.choice(np.array([0, 0, 7, 2], np.uint8), size=geometry.size[::-1])


def shown(geometry, voxels, labels=LABELS):
    from DualNetSSLLib.panel.common.scene import IMAGE, LABEL, Mark, add_segmentation, add_volume

    image = np.arange(np.prod(geometry.size), dtype=np.int16).reshape(geometry.size[::-1])
    volume = add_volume(image, geometry, "scan-01", Mark(IMAGE, "d1", "scan-01"), (0.0, 100.0))
    return volume, add_segmentation(voxels, geometry, labels, "label", Mark(LABEL, "d1", "scan-01"), volume)


def written(node, geometry, tmp_path, labels=LABELS, **more):
    from DualNetSSLLib.panel.desk.labelmap import write_label

    *_, found = write_label(node, geometry, labels, tmp_path / "label.npy", **more)
    return np.load(tmp_path / "label.npy"), found


def test_geometry_is_the_same_there_and_back(scene, geometry):
    from DualNetSSLLib.panel.common.scene import geometry_of

    volume, _ = shown(geometry, label_array(geometry))
    back = geometry_of(volume)
    assert back.size == geometry.size
    for name in ("spacing", "origin", "direction"):
        assert getattr(back, name) == pytest.approx(getattr(geometry, name), abs=1e-9)


def test_a_voxel_lies_in_the_scene_where_simpleitk_says(scene, geometry):
    import SimpleITK as sitk

    from DualNetSSLLib.client.volumes import volume_from_array

    voxels = label_array(geometry)
    volume, segmentation = shown(geometry, voxels)
    image = volume_from_array(voxels, geometry)
    assert isinstance(image, sitk.Image)
    layer = segmentation.GetSegmentation().GetNthSegment(0).GetRepresentation("Binary labelmap")
    for i, j, k in ((0, 0, 0), (8, 7, 6), (2, 5, 1)):
        x, y, z = image.TransformIndexToPhysicalPoint((i, j, k))
        import vtk

        for node in (volume, layer):
            matrix = vtk.vtkMatrix4x4()
            (node.GetIJKToRASMatrix if node is volume else node.GetImageToWorldMatrix)(matrix)
            assert matrix.MultiplyPoint((i, j, k, 1))[:3] == pytest.approx((-x, -y, z))
        assert layer.GetScalarComponentAsDouble(i, j, k, 0) == voxels[k, j, i]


def test_a_label_comes_back_voxel_for_voxel(scene, geometry, tmp_path):
    voxels = label_array(geometry)
    _, node = shown(geometry, voxels)
    back, found = written(node, geometry, tmp_path)
    np.testing.assert_array_equal(back, voxels)
    assert found.labelled == np.count_nonzero(voxels)
    assert found.overlapping == 0


def test_every_orientation_of_the_axes_comes_back(scene, tmp_path):
    for axes in itertools.permutations(range(3)):
        direction = np.eye(3)[list(axes)] * (1, -1, 1)
        geometry = Geometry(
            size=(5, 4, 3), spacing=(1.0, 2.0, 3.0), origin=(1.0, -2.0, 3.0), direction=tuple(direction.reshape(-1))
        )
        voxels = label_array(geometry, seed=axes[0])
        _, node = shown(geometry, voxels)
        np.testing.assert_array_equal(written(node, geometry, tmp_path)[0], voxels)


def test_values_are_those_of_the_label_set_whatever_the_order_of_segments(scene, geometry, tmp_path):
    voxels = label_array(geometry)
    _, node = shown(geometry, voxels)
    segmentation = node.GetSegmentation()
    segmentation.SetSegmentIndex("label-7", 1)
    assert segmentation.GetNthSegment(0).GetName() == "spleen"
    np.testing.assert_array_equal(written(node, geometry, tmp_path)[0], voxels)


def test_segments_carry_name_colour_and_terminology(scene, geometry):
    import vtk

    _, node = shown(geometry, label_array(geometry))
    segment = node.GetSegmentation().GetSegment("label-7")
    assert segment.GetName() == "liver"
    assert segment.GetColor() == pytest.approx((1.0, 128 / 255, 0.0))
    entry = vtk.reference("")
    assert node.GetSegmentation().GetSegment("label-2").GetTag(segment.GetTerminologyEntryTagName(), entry)
    assert entry == "SCT^1^Anatomy~SCT^78961009^Spleen"


def painted(node, name, array, volume):
    """Paint as the Segment Editor does: the segment gets a label volume, on a layer of its own if it overlaps."""
    import slicer.util

    slicer.util.updateSegmentBinaryLabelmapFromArray(
        array, node, node.GetSegmentation().GetSegmentIdBySegmentName(name), volume
    )


def test_strokes_painted_by_slicer_come_back(scene, geometry, tmp_path):
    volume, node = shown(geometry, np.zeros(geometry.size[::-1], np.uint8))
    stroke = np.zeros(geometry.size[::-1], np.uint8)
    stroke[2:4, 1:3, 5:9] = 1
    painted(node, "spleen", stroke, volume)
    back, found = written(node, geometry, tmp_path)
    np.testing.assert_array_equal(back, stroke * 2)
    assert found.changed == found.labelled == stroke.sum()


def test_where_segments_overlap_the_later_class_wins(scene, geometry, tmp_path):
    volume, node = shown(geometry, np.zeros(geometry.size[::-1], np.uint8))
    liver, spleen = (np.zeros(geometry.size[::-1], np.uint8) for _ in range(2))
    liver[2:5, 1:5, 1:5] = 1
    spleen[4:6, 3:7, 3:7] = 1
    painted(node, "spleen", spleen, volume)
    painted(node, "liver", liver, volume)
    assert node.GetSegmentation().GetNumberOfLayers() == 2
    back, found = written(node, geometry, tmp_path)
    np.testing.assert_array_equal(back, np.where(spleen, 2, liver * 7))
    assert found.overlapping == np.count_nonzero(liver & spleen) > 0


def test_a_segmentation_on_another_grid_is_brought_onto_the_case(scene, tmp_path):
    coarse = Geometry(size=(4, 4, 4), spacing=(2.0, 2.0, 2.0), origin=(0.5, 0.5, 0.5), direction=turned(0, 0, 0))
    fine = Geometry(size=(8, 8, 8), spacing=(1.0, 1.0, 1.0), origin=(0.0, 0.0, 0.0), direction=turned(0, 0, 0))
    voxels = label_array(coarse)
    _, node = shown(coarse, voxels)
    back, _ = written(node, fine, tmp_path)
    np.testing.assert_array_equal(back, voxels.repeat(2, 0).repeat(2, 1).repeat(2, 2))


def test_a_segment_that_is_no_class_is_refused_and_one_of_a_class_s_name_is_taken(scene, geometry, tmp_path):
    from DualNetSSLLib.client.errors import UnusableVolume

    volume, node = shown(geometry, np.zeros(geometry.size[::-1], np.uint8))
    node.GetSegmentation().AddEmptySegment("mine", "tumour")
    assert written(node, geometry, tmp_path)[1].labelled == 0
    stroke = np.zeros(geometry.size[::-1], np.uint8)
    stroke[1:3, 1:3, 1:3] = 1
    painted(node, "tumour", stroke, volume)
    with pytest.raises(UnusableVolume, match="'tumour' is no class") as caught:
        written(node, geometry, tmp_path)
    assert "liver, spleen" in caught.value.remedy
    node.GetSegmentation().GetSegment("mine").SetName("liver")
    np.testing.assert_array_equal(written(node, geometry, tmp_path)[0], stroke * 7)


def test_a_moved_segmentation_is_refused(scene, geometry, tmp_path):
    from DualNetSSLLib.client.errors import UnusableVolume

    _, node = shown(geometry, label_array(geometry))
    transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    node.SetAndObserveTransformNodeID(transform.GetID())
    with pytest.raises(UnusableVolume, match="moved by the transform moved"):
        written(node, geometry, tmp_path)


def test_the_verified_mask_is_what_was_verified_before_and_what_is_changed(scene, geometry, tmp_path):
    from DualNetSSLLib.panel.desk.labelmap import Start

    before = label_array(geometry)
    after = before.copy()
    after[3, 2:5, 2:5] = 7
    verified = np.zeros_like(before)
    verified[0] = 1
    _, node = shown(geometry, after)
    file = tmp_path / "verified.npy"
    _, found = written(node, geometry, tmp_path, verified_file=file, start=lambda: Start(before, verified))
    np.testing.assert_array_equal(np.load(file), (verified != 0) | (after != before))
    assert found.changed == np.count_nonzero(after != before)


def test_a_stop_in_between_leaves_the_earlier_file(scene, geometry, tmp_path, monkeypatch):
    from DualNetSSLLib.panel.desk import labelmap

    voxels = label_array(geometry)
    _, node = shown(geometry, voxels)
    written(node, geometry, tmp_path)
    monkeypatch.setattr(labelmap, "SLAB_VOXELS", 1)
    steps = labelmap.write_label(node, geometry, LABELS, tmp_path / "label.npy")
    next(steps)
    steps.close()
    np.testing.assert_array_equal(np.load(tmp_path / "label.npy"), voxels)
    *_, found = labelmap.write_label(node, geometry, LABELS, tmp_path / "label.npy")
    assert found.labelled == np.count_nonzero(voxels)
    np.testing.assert_array_equal(np.load(tmp_path / "label.npy"), voxels)


def test_a_node_stands_on_the_file_itself_and_lets_go_of_it(scene, geometry, tmp_path):
    import slicer.util

    from DualNetSSLLib.panel.common.scene import remove

    np.save(tmp_path / "label.npy", label_array(geometry))
    voxels = np.load(tmp_path / "label.npy", mmap_mode="c")
    alive = weakref.ref(voxels)
    volume, node = shown(geometry, voxels)
    address = voxels.ctypes.data
    del voxels
    gc.collect()
    inside = slicer.util.arrayFromSegmentInternalBinaryLabelmap(node, "label-7")
    assert inside.ctypes.data == address
    np.testing.assert_array_equal(inside, np.load(tmp_path / "label.npy"))
    del inside
    remove(node)
    remove(volume)
    del node, volume
    gc.collect()
    assert alive() is None


def test_an_array_of_another_size_makes_no_node(scene, geometry):
    from DualNetSSLLib.client.errors import UnusableVolume

    before = scene.GetNumberOfNodes()
    with pytest.raises(UnusableVolume, match=r"shape \(7, 8, 8\)"):
        shown(geometry, np.zeros((7, 8, 8), np.uint8))
    volume = scene.GetFirstNodeByName("scan-01")
    from DualNetSSLLib.panel.common.scene import remove

    remove(volume)
    assert scene.GetNumberOfNodes() == before


def test_nodes_are_found_again_after_saving_and_loading_the_scene(scene, geometry, tmp_path):
    from DualNetSSLLib.panel.common.scene import LABEL, Mark, geometry_of, marked_node, marked_nodes

    voxels = label_array(geometry)
    shown(geometry, voxels)
    assert scene.WriteToMRB(str(tmp_path / "saved.mrb"))
    scene.Clear(0)
    assert list(marked_nodes()) == []
    assert scene.ReadFromMRB(str(tmp_path / "saved.mrb"))
    node = marked_node(role=LABEL, case="scan-01", dataset="d1")
    assert Mark.of(node) == Mark(LABEL, "d1", "scan-01")
    assert geometry_of(marked_node(role="image")).size == geometry.size
    np.testing.assert_array_equal(written(node, geometry, tmp_path)[0], voxels)


def test_removing_leaves_no_helper_node(scene, geometry):
    from DualNetSSLLib.panel.common.scene import marked_nodes, remove

    before = scene.GetNumberOfNodes()
    shown(geometry, label_array(geometry))
    other = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "somebody else's")
    for node in list(marked_nodes()):
        node.AddDefaultStorageNode()
        remove(node)
    assert scene.IsNodePresent(other)
    assert scene.GetNumberOfNodes() == before + 1


def test_a_label_map_is_never_saved_with_the_scene_and_a_volume_is(scene, geometry):
    from DualNetSSLLib.panel.common.scene import CHANGES, GREY, Mark, add_label_map

    volume, _ = shown(geometry, label_array(geometry))
    changes = add_label_map(label_array(geometry), geometry, "changes", Mark(CHANGES, "d1", "scan-01"), GREY)
    for node, saved in ((volume, True), (changes, False)):
        assert [bool(one.GetSaveWithScene()) for one in (node, node.GetDisplayNode())] == [saved, saved]
        assert node.GetDisplayNode().GetColorNodeID() == GREY


def test_a_colour_table_is_made_once_and_names_what_its_colours_stand_for(scene):
    from DualNetSSLLib.panel.common.colour_tables import colour_table, on_a_scale

    asked = []

    def colours():
        asked.append(True)
        return on_a_scale(np.array([[0, 0, 0, 0], [1, 0.5, 0, 0.5], [1, 1, 1, 1]], float))

    table = colour_table("DualNetSSL.Test", "test", colours)
    assert colour_table("DualNetSSL.Test", "test", colours) is table
    assert len(asked) == 1
    assert [table.GetColorName(value) for value in range(3)] == ["0.00", "0.50", "1.00"]
    colour = [0.0] * 4
    table.GetColor(1, colour)
    assert colour == pytest.approx([1, 0.5, 0, 0.5], abs=0.01)
    assert table.GetHideFromEditors()


def test_the_watch_tells_what_others_do_to_the_label_and_not_what_the_desk_does(scene):
    from DualNetSSLLib.panel.common.scene import remove
    from DualNetSSLLib.panel.desk.watching import SceneWatch

    def label():
        return shown(grid, np.zeros(grid.size[::-1], np.uint8))

    def stroke():
        painted(node, "spleen", np.ones(grid.size[::-1], np.uint8), volume)

    grid, heard = GEOMETRIES["plain"], []
    volume, node = label()
    other = label()[1]
    told = (lambda what=what: heard.append(what) for what in ("painted", "gone", "brought"))
    watch = SceneWatch(lambda: node, lambda: [node, volume], *told)
    stroke()
    remove(other)
    assert heard == []
    watch.start()
    stroke()
    assert set(heard) == {"painted"}
    del heard[:]
    watch.stop()
    stroke()
    with watch.own_doing():
        remove(node)
    assert heard == []
    volume, node = label()
    remove(node)
    assert heard == ["gone"]
    remove(volume)
    assert heard == ["gone"] * 2
    watch.close()
    volume, node = label()
    remove(node)
    assert heard == ["gone"] * 2
