"""The map in the panel: of one label, on a surface, under the cursor, and what its values mean."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from panelfixtures import client, server
from panelserver import GEOMETRY, LABELS, MODULE, PATIENCE, ConnectedPanel, image, phantom
from plantedmodel import Planted, plant

from DualNetSSLLib.client.volumes import volume_from_array
from DualNetSSLLib.maps.classmap import only_about

__all__ = ["client", "server"]

SHAPE = GEOMETRY.size[::-1]
LIVER, SPLEEN = 7, 2
RELIABILITY = {
    "scans": 2,
    "held_out": True,
    "uncertainty": [[0.0, 0.2, 5000, 10], [0.2, 0.6, 1000, 120], [0.6, 1.0, 7, 3]],
    "disagreement": [[0.0, 1.0, 6000, 130]],
}


@pytest.fixture(scope="module")
def dataset(server, client, tmp_path_factory):
    """Two scans; the model says the truth, is unsure at random, and its map was measured on validation scans."""
    made = client.create_dataset("mapped", LABELS)
    folder = tmp_path_factory.mktemp("said")
    said = []
    for seed, case in enumerate(("scan-1", "scan-2")):
        client.upload_case(made.id, case, image(seed))
        doubt = np.random.default_rng(seed).random(SHAPE, dtype=np.float32)
        files = [folder / f"{case}-{number}.nrrd" for number in range(3)]
        for file, voxels in zip(files, (phantom(seed)[1], doubt, doubt / 2), strict=True):
            sitk.WriteImage(volume_from_array(voxels, GEOMETRY), str(file))
        said.append(Planted(case, *files))
    plant(server.data_folder, client, made, said, {"reliability": RELIABILITY})
    return client.dataset(made.id)


@pytest.fixture
def panel(load_module, pump, server, dataset, tmp_path, monkeypatch):
    import qt

    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path / "panel"))
    qt.QSettings().remove("DualNetSSL")
    panel = ConnectedPanel(load_module(str(MODULE)), pump)
    panel.connect(server)
    panel.open_dataset(dataset)
    panel.pump(lambda: len(panel.results.fetching.predictions) == 2, PATIENCE)
    panel.open("scan-1")
    return panel


def shown_map(panel):
    import slicer.util

    composite = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")[0]
    return slicer.util.getNode(composite.GetForegroundVolumeID())


def choose(panel, label):
    panel.ui.overlayClassCombo.currentIndex = panel.ui.overlayClassCombo.findText(label)
    panel.pump(lambda: not panel.results.overlay.choice.busy, PATIENCE)


def doubt(seed=0):
    return np.random.default_rng(seed).random(SHAPE, dtype=np.float32)


def test_the_map_of_one_label_and_back(panel):
    import slicer.util

    assert [panel.ui.overlayClassCombo.itemText(n) for n in range(3)] == ["all labels", "spleen", "liver"]
    np.testing.assert_array_equal(slicer.util.arrayFromVolume(shown_map(panel)), doubt())
    choose(panel, "spleen")
    expected = only_about(doubt(), phantom(0)[1], SPLEEN)
    np.testing.assert_array_equal(slicer.util.arrayFromVolume(shown_map(panel)), expected)
    assert shown_map(panel).GetName() == "uncertainty, spleen"
    panel.ui.overlayKindCombo.currentIndex = 1
    panel.pump(lambda: not panel.results.overlay.choice.busy, PATIENCE)
    np.testing.assert_array_equal(slicer.util.arrayFromVolume(shown_map(panel)), expected / 2)
    panel.open("scan-2")
    panel.pump(lambda: not panel.results.overlay.choice.busy, PATIENCE)
    other = only_about(doubt(1), phantom(1)[1], SPLEEN) / 2
    np.testing.assert_array_equal(slicer.util.arrayFromVolume(shown_map(panel)), other)
    choose(panel, "all labels")
    np.testing.assert_array_equal(slicer.util.arrayFromVolume(shown_map(panel)), doubt(1) / 2)
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLColorLegendDisplayNode") == 1


def test_the_threshold_says_what_it_means(panel):
    panel.ui.overlayThresholdSlider.value = 0.3
    assert panel.ui.overlayMeaning.text == "0.30: about 12 % of such voxels were wrong on validation scans."
    panel.ui.overlayThresholdSlider.value = 0.1
    assert "less than 1 %" in panel.ui.overlayMeaning.text
    panel.ui.overlayThresholdSlider.value = 0.9
    assert "too few voxels" in panel.ui.overlayMeaning.text
    panel.ui.overlayKindCombo.currentIndex = 1
    assert "about 2 %" in panel.ui.overlayMeaning.text
    panel.desk.leave()
    assert panel.ui.overlayMeaning.text == ""


def test_what_was_never_measured_is_not_claimed(panel):
    from DualNetSSLLib.panel.overlay.words import meaning

    assert meaning({}, 0.3, "uncertainty").startswith("Not calibrated")
    learnt = meaning({"reliability": RELIABILITY | {"held_out": False}}, 0.3, "uncertainty")
    assert learnt == "0.30: about 12 % of such voxels were wrong on scans the model learnt from; expect more."


def point_at(node, index):
    """Move the cursor to a voxel (i, j, k) of a node."""
    import slicer
    import vtk

    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    place = matrix.MultiplyPoint((*index, 1.0))[:3]
    crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    crosshair.SetCursorPositionRAS(place)


def test_the_value_under_the_cursor(panel):
    import slicer

    node = shown_map(panel)
    k, j, i = np.argwhere((doubt() > 0.25) & (doubt() < 0.5))[100]
    panel.ui.overlayThresholdSlider.value = 0.95
    point_at(node, (i, j, k))
    assert (
        panel.ui.overlayProbe.text
        == f"{doubt()[k, j, i]:.2f}: about 12 % of such voxels were wrong on validation scans."
    )
    point_at(node, (-40, 0, 0))
    assert panel.ui.overlayProbe.text == "–"
    point_at(node, (i, j, k))
    slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode").SetCursorPositionInvalid()
    assert panel.ui.overlayProbe.text == "–"
    panel.ui.overlayGroup.checked = False
    point_at(node, (i, j, k))
    assert panel.ui.overlayProbe.text == "–"


def surface(panel):
    return None if panel.desk.shown is None else panel.desk.shown.node("surface")


def show_surface(panel):
    panel.ui.overlaySurfaceCheck.checked = True
    panel.pump(lambda: surface(panel) is not None, PATIENCE)


def highest(panel):
    return surface(panel).GetPolyData().GetPointData().GetScalars().GetRange()[1]


def test_the_surface_carries_the_map_from_the_threshold_on(panel):
    import slicer.util

    panel.ui.overlayThresholdSlider.value = 0.0
    show_surface(panel)
    values = slicer.util.arrayFromModelPointData(surface(panel), "uncertainty")
    assert len(values) == surface(panel).GetPolyData().GetNumberOfPoints() > 100
    assert 0.6 < values.max() <= doubt().max()
    kept = values.copy()
    panel.ui.overlayThresholdSlider.value = 0.6
    values = slicer.util.arrayFromModelPointData(surface(panel), "uncertainty")
    np.testing.assert_array_equal(values, np.where(kept >= 0.6, kept, 0))
    display = surface(panel).GetDisplayNode()
    assert display.GetActiveScalarName() == "uncertainty"
    assert display.GetScalarVisibility()
    assert not surface(panel).GetSaveWithScene()
    lower, upper = np.array(surface(panel).GetPolyData().GetBounds()).reshape(3, 2).T
    liver = np.argwhere(phantom(0)[1] > 0)[:, ::-1]
    assert np.linalg.norm(upper - lower) < np.linalg.norm((np.ptp(liver, axis=0) + 1) * GEOMETRY.spacing) * 1.5


def test_the_surface_follows_the_label_and_goes_with_the_case(panel):
    import slicer

    models = slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLModelNode")
    displays = slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLModelDisplayNode")
    show_surface(panel)
    both = surface(panel).GetPolyData().GetNumberOfPoints()
    choose(panel, "spleen")
    panel.pump(lambda: surface(panel) is not None and not panel.results.overlay.surfaces.busy, PATIENCE)
    assert surface(panel).GetPolyData().GetNumberOfPoints() < both / 2
    panel.open("scan-2")
    panel.pump(lambda: surface(panel) is not None, PATIENCE)
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLModelNode") == models + 1
    panel.ui.overlayGroup.checked = False
    assert surface(panel) is None
    panel.ui.overlayGroup.checked = True
    panel.pump(lambda: surface(panel) is not None, PATIENCE)
    panel.desk.leave()
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLModelNode") == models
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLModelDisplayNode") == displays


def test_the_map_is_toggled(panel):
    panel.results.overlay.toggle()
    assert not panel.ui.overlayGroup.checked
    assert panel.results.overlay.overlay.node is None
    panel.results.overlay.toggle()
    assert panel.results.overlay.overlay.node is shown_map(panel)


def test_the_legend_is_drawn_anew_once_the_views_have_the_map(panel):
    import slicer.util

    composite = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")[0]
    legend = slicer.modules.colors.logic().GetColorLegendDisplayNode(shown_map(panel))
    seen = []
    tag = legend.AddObserver("ModifiedEvent", lambda *_: seen.append(composite.GetForegroundVolumeID()))
    panel.results.overlay.toggle()
    without = list(seen)
    panel.results.overlay.toggle()
    legend.RemoveObserver(tag)
    assert without[-1] is None
    assert seen[-1] == shown_map(panel).GetID()


def test_the_look_is_remembered_when_the_panel_goes_and_no_step_of_a_slider_writes(panel, monkeypatch):
    from DualNetSSLLib.panel.common.settings import PanelSettings

    written, put = [], PanelSettings.put
    monkeypatch.setattr(PanelSettings, "put", lambda self, name, value: (written.append(name), put(self, name, value)))
    panel.ui.overlayThresholdSlider.value = 0.7
    panel.ui.overlayKindCombo.currentIndex = 1
    panel.results.overlay.toggle()
    assert not written
    panel.context.entered(True)
    assert not written
    panel.context.entered(False)
    assert panel.context.settings.get("overlay", {})["kind"] == "disagreement"
    assert panel.context.settings.get("overlay", {})["on"] is False


def colours_of(display, values):
    """What a volume's display makes of values: red, green, blue and opacity, 0 to 255, shape (n, 4)."""
    import vtk
    from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

    picture = vtk.vtkImageData()
    picture.SetDimensions(len(values), 1, 1)
    picture.GetPointData().SetScalars(numpy_to_vtk(values, deep=True))
    source = vtk.vtkTrivialProducer()
    source.SetOutput(picture)
    display.SetInputImageDataConnection(source.GetOutputPort())
    output = display.GetOutputImageDataConnection().GetProducer()
    output.Update()
    return vtk_to_numpy(output.GetOutput().GetPointData().GetScalars()).copy()


class EarlierDisplay:
    """A volume's display in Slicer 5.10: it has no mapping of values, all else is the real one's."""

    def __init__(self, display):
        self._display = display

    def __getattr__(self, name):
        if "WindowMapping" in name:
            raise AttributeError(name)
        return getattr(self._display, name)


def mapping(display):
    return display.GetWindowMappingMethodAsString(display.GetWindowMappingMethod())


def display_of_values():
    import slicer

    display = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeDisplayNode")
    display.SetAutoWindowLevel(False)
    display.SetWindowLevelMinMax(0.0, 1.0)
    return display


def test_slicer_of_before_shows_the_same_logarithmic_colours_as_slicer_does_now(slicer_host):
    from DualNetSSLLib.panel.overlay.scale import spread

    values = np.linspace(0.0, 1.0, 256)
    now, before = display_of_values(), display_of_values()
    for logarithmic in (True, False):
        spread(now, logarithmic)
        spread(EarlierDisplay(before), logarithmic)
        assert mapping(now) == ("Linear", "Logarithmic")[logarithmic]
        assert mapping(before) == "Linear"
        difference = np.abs(colours_of(now, values).astype(int) - colours_of(before, values))
        assert difference.max() <= 8  # the tables have 256 places, and each rounds by itself
    assert now.GetColorNodeID() == before.GetColorNodeID()


def test_logarithmic_colours_are_chosen_shown_everywhere_and_remembered(panel):
    from DualNetSSLLib.panel.overlay.section import scale_style

    show_surface(panel)
    display, plain = shown_map(panel).GetDisplayNode(), panel.ui.overlayScale.styleSheet
    value = np.array([0.1, 0.1])
    flat = colours_of(display, value)
    on_surface = surface(panel).GetDisplayNode().GetColorNode()
    panel.ui.overlayLogarithmCheck.checked = True
    assert mapping(display) == "Logarithmic"
    assert colours_of(display, value)[0, 0] > flat[0, 0] + 20
    assert panel.ui.overlayScale.styleSheet == scale_style(logarithmic=True) != plain
    assert surface(panel).GetDisplayNode().GetColorNode() is not on_surface
    panel.open("scan-2")
    display = shown_map(panel).GetDisplayNode()
    assert mapping(display) == "Logarithmic"
    panel.context.entered(False)
    assert panel.context.settings.get("overlay", {})["logarithmic"] is True
    panel.context.entered(True)
    panel.ui.overlayLogarithmCheck.checked = False
    assert mapping(display) == "Linear"
    assert panel.ui.overlayScale.styleSheet == plain


def legend_colours(panel):
    """The colours that the legend in the axial view draws, from 0 to 1, shape (256, 4) of uint8."""
    import slicer
    from vtk.util.numpy_support import vtk_to_numpy

    view = slicer.app.layoutManager().sliceWidget("Red").sliceView()
    manager = view.displayableManagerByClassName("vtkMRMLColorLegendDisplayableManager")
    legend = slicer.modules.colors.logic().GetColorLegendDisplayNode(shown_map(panel))
    return vtk_to_numpy(manager.GetColorLegendActor(legend).GetLookupTable().GetTable()).copy()


def test_the_legend_tells_of_logarithmic_colours_too(panel, rendering):
    from DualNetSSLLib.maps.colourmap import by_logarithm, uncertainty_colours

    np.testing.assert_allclose(legend_colours(panel), 255 * uncertainty_colours(), atol=1)
    panel.ui.overlayLogarithmCheck.checked = True
    np.testing.assert_allclose(legend_colours(panel), 255 * by_logarithm(uncertainty_colours()), atol=1)
