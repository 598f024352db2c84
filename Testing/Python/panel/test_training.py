"""The training section against the real server: learn, watch, stop, and be found again."""

from __future__ import annotations

import pytest
from openedcase import desk_of, paint
from panelfixtures import client, server, user
from panelserver import GEOMETRY, image, phantom

from DualNetSSLLib.client.records import LabelDefinition

__all__ = ["client", "server", "user"]

LABELS = (LabelDefinition(value=7, name="liver", colour=(230, 159, 0)), LabelDefinition(value=2, name="spleen"))
MINUTES = 900


@pytest.fixture(scope="module")
def dataset(client):
    """Two labelled scans and one without a label."""
    from DualNetSSLLib.client.volumes import volume_from_array

    made = client.create_dataset("for training", LABELS)
    for number in range(3):
        label = volume_from_array(phantom(number)[1], GEOMETRY) if number < 2 else None
        client.upload_case(made.id, f"scan-{number}", image(number), label)
    return made


@pytest.fixture
def trainer(user, server, dataset):
    user.connect(server)
    user.open_dataset(dataset.name)
    user.ui.widthSpin.value = 2
    return user


def nodes(kind):
    import slicer.util

    return [node for node in slicer.util.getNodesByClass(kind) if node.GetAttribute("DualNetSSL.Plot")]


def plotted(chart):
    """Names and numbers of points of a chart's curves."""
    series = [chart.GetNthPlotSeriesNode(number) for number in range(chart.GetNumberOfPlotSeriesNodes())]
    return {one.GetName(): one.GetTableNode().GetTable().GetNumberOfRows() for one in series}


def points(charts):
    """The most points that a curve of these charts has."""
    return max((count for chart in charts for count in plotted(chart).values()), default=0)


def trainings(client, dataset):
    return [job.id for job in client.jobs(dataset.id) if job.kind == "train"]


def test_curves_make_room_for_the_3d_view_while_somebody_reviews(trainer, monkeypatch):
    import slicer

    ui, section, views = trainer.ui, trainer.section("TrainSection"), slicer.app.layoutManager()
    before = views.layout
    monkeypatch.setattr(section.follower, "job", object())
    section.plots.update(section.follower.curves, LABELS)
    section.plots.show("dice")
    plotted = views.layout
    assert plotted != before
    for review, layout in ((True, before), (False, plotted)):
        ui.trainSection.collapsed, ui.reviewSection.collapsed = review, not review
        assert views.layout == layout
    monkeypatch.setattr(trainer.state, "running_job", lambda _kind: object())
    ui.reviewSection.collapsed = False
    assert views.layout == plotted, "a training that runs is watched"


def test_the_steps_follow_the_time_budget_and_the_measured_speed(trainer):
    ui, section = trainer.ui, trainer.section("TrainSection")
    trainer.wait(lambda: ui.nextStepButton.text == "Next: label a scan (3 of 3)" and not ui.labelSection.collapsed)
    assert ui.trainSection.collapsed, "two labels can be trained on, a third is better"
    ui.budgetSpin.value = 10
    guessed = section.steps()
    assert "guess" in ui.estimateLabel.text
    assert f"{guessed} steps" in ui.estimateLabel.text
    ui.budgetSpin.value = 20
    assert section.steps() > guessed
    trainer.context.settings.put("speed", {f"{trainer.state.dataset.id} 2": 6.0})
    assert section.steps() == 200
    section.update()
    assert "measured" in ui.estimateLabel.text
    ui.stepsSpin.value = 7
    plain = {"preset": "default", "steps": 7, "width": 2, "seed": 0, "report_every": 1}
    assert section.config() == plain
    assert ui.modalityCombo.currentText.startswith("CT or MR")
    for row, said in ((1, {"modality": "ct"}), (0, {})):
        ui.modalityCombo.setCurrentIndex(row)
        ui.modalityCombo.activated.emit(row)
        section.update()
        assert ui.modalityCombo.currentIndex == row
        assert section.config() == plain | said


def test_a_data_set_without_labels_cannot_be_trained_and_says_why(trainer):
    from dataclasses import replace

    trainer.state.change(cases=tuple(replace(case, state="new", label=None) for case in trainer.state.cases))
    assert not trainer.ui.trainButton.enabled
    assert "label a scan" in trainer.ui.trainHint.text


def test_a_training_is_watched_stopped_found_again_and_resumed(trainer, server, client, dataset):
    import slicer

    layout = slicer.app.layoutManager()
    before = layout.layout
    ui = trainer.ui
    ui.stepsSpin.value = 100
    ui.trainButton.click()
    assert not ui.trainButton.enabled
    trainer.wait(lambda: points(nodes("vtkMRMLPlotChartNode")) >= 2 and "of 100" in ui.trainStateLabel.text, MINUTES)
    assert ui.trainButton.text == "Stop"
    assert not ui.presetCombo.enabled
    assert "liver" in ui.diceLabel.text
    assert layout.layout != before
    dice, losses = sorted(nodes("vtkMRMLPlotChartNode"), key=lambda node: node.GetName())
    assert (dice.GetYAxisRangeAuto(), dice.GetYAxisRange()) == (False, (0.0, 1.0)), "a hopeless Dice looks hopeless"
    steps = trainer.section("TrainSection").follower.curves.steps
    assert dice.GetXAxisRange() == (0.0, pytest.approx(1.3 * steps)), "the legend does not lie on the curves' ends"
    assert "supervised" in plotted(losses)
    assert set(plotted(dice)) <= {"liver", "spleen"}
    ui.curvesCombo.setCurrentIndex(ui.curvesCombo.findData(""))
    assert layout.layout == before
    ui.curvesCombo.setCurrentIndex(ui.curvesCombo.findData("losses"))
    assert layout.plotWidget(0).mrmlPlotViewNode().GetPlotChartNodeID() == losses.GetID()
    found = trainer.reload()
    assert nodes("vtkMRMLPlotChartNode") == []
    found.connect(server)
    found.wait(lambda: found.ui.trainButton.text == "Stop" and points(nodes("vtkMRMLPlotChartNode")) >= 2)
    found.ui.trainButton.click()
    found.wait(lambda: found.state.models, MINUTES)
    found.wait(lambda: found.ui.trainButton.text == "Train again")
    assert "stopped" in found.ui.trainStateLabel.text or "predicted" in found.ui.trainStateLabel.text
    assert not found.ui.resumeButton.isHidden()
    jobs = trainings(client, dataset)
    found.ui.resumeButton.click()
    found.wait(lambda: found.ui.trainButton.text == "Stop", MINUTES)
    assert trainings(client, dataset) == jobs
    found.ui.trainButton.click()
    found.wait(lambda: found.ui.trainButton.text == "Train again", MINUTES)


def corrected(user, name):
    """Paint in a case, which is kept as a draft when the next one is opened."""
    user.context.open_case(name)
    user.wait(lambda: desk_of(user).shown is not None and desk_of(user).shown.name == name, MINUTES)
    paint(user)
    user.wait(lambda: desk_of(user).modified)


def answer_with(host, text):
    """Press the button of the next dialog that says this."""
    host.dialogs.answer = lambda box: next(one for one in box.buttons() if one.text == text).click()


def test_corrections_that_are_not_submitted_are_asked_about_and_taken_along(trainer, client, slicer_host, monkeypatch):
    section, asked = trainer.section("TrainSection"), []
    dataset = trainer.state.dataset
    monkeypatch.setattr(section, "_ask", lambda text, operation, **arguments: asked.append(operation))
    corrected(trainer, "scan-1")
    corrected(trainer, "scan-2")
    trainer.wait(lambda: len(section.unsubmitted.cases) == 2)
    section.update()
    assert "your corrections of 2 scans" in trainer.ui.trainHint.text
    trainer.ui.trainButton.click()
    assert [shown.text[:7] for shown in slicer_host.dialogs.shown] == ["2 scans"]
    assert asked == [], "cancelled: nothing is trained"
    answer_with(slicer_host, "Train without")
    trainer.ui.trainButton.click()
    assert asked == ["train"]
    assert len(section.unsubmitted.cases) == 2
    answer_with(slicer_host, "Submit and train")
    trainer.ui.trainButton.click()
    assert trainer.ui.trainButton.text == "Stop"
    trainer.wait(lambda: len(asked) == 2, MINUTES)
    assert section.unsubmitted.cases == []
    assert client.case(dataset.id, "scan-1").revision == 2
    assert client.case(dataset.id, "scan-2").state != "new"
